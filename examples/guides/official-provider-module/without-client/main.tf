terraform {
  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = ">= 5.22"
    }

    cloudflare-access = {
      source                = "local/cloudflare-access"
      version               = ">= 0.1"
      configuration_aliases = [cloudflare-access.users]
    }
  }
}

variable "account_id" {
  type = string
}

variable "contractor_domains" {
  type = list(string)
}

variable "minimum_users" {
  type = number
}

variable "entries_per_list" {
  type    = number
  default = 1000
}

data "cloudflare_access_users" "without_client" {
  provider      = cloudflare-access.users
  email_domains = var.contractor_domains
  access_seat   = true
  gateway_seat  = false

  lifecycle {
    postcondition {
      condition     = length(self.users) >= var.minimum_users
      error_message = "Only ${length(self.users)} contractors are without the client, but minimum_users is ${var.minimum_users}."
    }
  }
}

locals {
  emails = sort(distinct([for user in data.cloudflare_access_users.without_client.users : lower(user.email)]))
  chunks = { for i, emails in chunklist(local.emails, var.entries_per_list) : format("%02d", i + 1) => emails }
}

resource "cloudflare_zero_trust_list" "without_client" {
  for_each = local.chunks

  account_id = var.account_id
  name       = "Contractors without WARP ${each.key}"
  type       = "EMAIL"
  items      = [for email in each.value : { value = email }]
}

output "members" {
  value = length(local.emails)
}

output "list_ids" {
  value = [for list in cloudflare_zero_trust_list.without_client : list.id]
}
