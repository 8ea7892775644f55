terraform {
  required_version = ">= 1.5"

  required_providers {
    # The official provider keeps the local name that its resource types imply.
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.22"
    }

    # This provider has another local name.
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

variable "contractor_domains" {
  description = "Email domains of contractors."
  type        = list(string)
}

variable "minimum_users" {
  description = "With fewer users than this, the plan fails."
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

# Contractors who use Access and hold no Gateway seat: their devices do not run the
# WARP client.
data "cloudflare_access_users" "without_client" {
  provider      = cloudflare-access
  email_domains = var.contractor_domains
  access_seat   = true
  gateway_seat  = false

  lifecycle {
    # Evaluated before anything is planned.
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

# items is a set: a user who joins or leaves changes one element of the plan.
resource "cloudflare_zero_trust_list" "without_client" {
  for_each = local.chunks

  account_id = var.account_id
  name       = "Contractors without WARP ${each.key}"
  type       = "EMAIL"
  items      = [for email in each.value : { value = email }]
}

resource "cloudflare_zero_trust_access_group" "without_client" {
  account_id = var.account_id
  name       = "Contractors without WARP"
  include    = [for list in cloudflare_zero_trust_list.without_client : { email_list = { id = list.id } }]
}

output "members" {
  value = length(local.emails)
}
