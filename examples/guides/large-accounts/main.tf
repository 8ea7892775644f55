terraform {
  required_version = ">= 1.5"

  required_providers {
    cloudflare = {
      source = "local/cloudflare-access"
    }
  }
}

# Settings come from CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.
provider "cloudflare" {
  max_retries = 8
}

# One block for the whole configuration: each further one reads every page again.
data "cloudflare_access_users" "all" {
  per_page = 500

  timeouts = {
    read = "30m"
  }
}

locals {
  users = data.cloudflare_access_users.all.users
}

# Outputs are shown in logs and copied to state: numbers rather than people.
output "users" {
  value = length(local.users)
}

output "seats_by_domain" {
  value = {
    for domain, users in {
      for user in local.users : try(lower(split("@", user.email)[1]), "none") => user...
    } : domain => length([for user in users : user if user.access_seat == true || user.gateway_seat == true])
  }
}
