terraform {
  required_version = ">= 1.5"

  required_providers {
    # Cloudflare's own provider has the local name that its resources expect.
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.0"
    }

    # This one takes another local name, which its data sources then have to say.
    cloudflare-access = {
      source = "local/cloudflare-access"
    }
  }
}

variable "account_id" {
  description = "The account that both providers work on."
  type        = string
}

variable "users_token" {
  description = "API token for reading users: permission \"Access: Audit Logs Read\"."
  type        = string
  sensitive   = true
}

# From the environment: CLOUDFLARE_API_TOKEN, a token that may write Access groups.
provider "cloudflare" {}

# What stands here beats the environment, so each provider has its own token.
provider "cloudflare-access" {
  api_token  = var.users_token
  account_id = var.account_id
}

data "cloudflare_access_users" "all" {
  provider = cloudflare-access
}

locals {
  # Who has never logged in, or not for 90 days, stays outside.
  ninety_days_ago = timeadd(plantimestamp(), "-2160h")
  active = toset([
    for user in data.cloudflare_access_users.all.users : lower(user.email)
    if user.email != null
    && timecmp(coalesce(user.last_successful_login, "1970-01-01T00:00:00Z"), local.ninety_days_ago) >= 0
  ])
}

resource "cloudflare_zero_trust_access_group" "active" {
  account_id = var.account_id
  name       = "Logged in within 90 days"
  include    = [for email in local.active : { email = { email = email } }]

  lifecycle {
    precondition {
      condition     = length(local.active) > 0
      error_message = "Nobody has logged in within 90 days: a group of nobody is hardly meant."
    }
  }
}

output "members" {
  value = length(local.active)
}
