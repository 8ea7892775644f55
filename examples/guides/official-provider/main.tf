terraform {
  required_version = ">= 1.5"

  required_providers {
    # The official provider keeps the local name that its resource types imply.
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.22"
    }

    # This provider takes another local name.
    cloudflare-access = {
      source  = "local/cloudflare-access"
      version = "~> 0.1"
    }
  }
}

variable "account_id" {
  description = "The account that both providers use."
  type        = string
}

variable "users_token" {
  description = "API token that reads users: permission \"Access: Audit Logs Read\"."
  type        = string
  sensitive   = true
}

variable "minimum_users" {
  description = "With fewer seat holders than this, the plan fails."
  type        = number
  default     = 10
}

variable "entries_per_list" {
  description = "Cloudflare allows 1,000 entries in a list, 5,000 for Enterprise."
  type        = number
  default     = 1000
}

# Its token comes from CLOUDFLARE_API_TOKEN.
provider "cloudflare" {}

# Credentials in the block replace those of the environment.
provider "cloudflare-access" {
  api_token  = var.users_token
  account_id = var.account_id
}

data "cloudflare_access_users" "seat_holders" {
  provider    = cloudflare-access
  access_seat = true
}

locals {
  emails = sort(distinct([
    for user in data.cloudflare_access_users.seat_holders.users : lower(user.email)
    if user.email != null && user.email != ""
  ]))

  chunks = { for i, emails in chunklist(local.emails, var.entries_per_list) : format("%02d", i + 1) => emails }
}

# items is a set: a user who joins or leaves changes one element of the plan.
resource "cloudflare_zero_trust_list" "seat_holders" {
  for_each = local.chunks

  account_id = var.account_id
  name       = "Access seat holders ${each.key}"
  type       = "EMAIL"
  items      = [for email in each.value : { value = email }]
}

resource "cloudflare_zero_trust_access_group" "seat_holders" {
  account_id = var.account_id
  name       = "Access seat holders"
  include    = [for list in cloudflare_zero_trust_list.seat_holders : { email_list = { id = list.id } }]

  lifecycle {
    # The group exists once, so this is evaluated in every plan, also without any list.
    precondition {
      condition     = length(local.emails) >= var.minimum_users
      error_message = "Only ${length(local.emails)} seat holders have an address, but minimum_users is ${var.minimum_users}."
    }
  }
}

output "members" {
  value = length(local.emails)
}
