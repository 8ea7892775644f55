terraform {
  required_version = ">= 1.5"

  required_providers {
    cloudflare = {
      source  = "local/cloudflare-access"
      version = "~> 0.1"
    }
  }
}

# The API token and the account come from CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.
provider "cloudflare" {}

variable "previous_file" {
  description = "The seat holders of an earlier run. Keep it outside the repository: it has personal data."
  type        = string
}

data "cloudflare_access_users" "holders" {
  has_seat = true
}

locals {
  # The first run finds no file.
  previous = jsondecode(fileexists(var.previous_file) ? file(var.previous_file) : "{}")
  current  = { for user in data.cloudflare_access_users.holders.users : user.id => user.email }
}

output "seat_holders" {
  description = "From id to address, for the next run."
  value       = local.current
  sensitive   = true
}

output "left" {
  description = "Who held a seat in the earlier run, and does not now."
  value       = { for id in setsubtract(keys(local.previous), keys(local.current)) : id => local.previous[id] }
  sensitive   = true
}

output "joined" {
  description = "Who holds a seat now, and did not in the earlier run."
  value       = { for id in setsubtract(keys(local.current), keys(local.previous)) : id => local.current[id] }
  sensitive   = true
}
