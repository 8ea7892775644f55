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

data "cloudflare_access_users" "seat_holders" {
  provider    = cloudflare-access.users
  access_seat = true

  lifecycle {
    postcondition {
      condition     = length(self.users) > 0
      error_message = "No user holds an Access seat."
    }
  }
}

locals {
  emails = toset([
    for user in data.cloudflare_access_users.seat_holders.users : lower(user.email)
    if user.email != null && user.email != ""
  ])
}

resource "cloudflare_zero_trust_list" "seat_holders" {
  account_id = var.account_id
  name       = "Access seat holders"
  type       = "EMAIL"
  items      = [for email in local.emails : { value = email }]
}

output "members" {
  value = length(local.emails)
}
