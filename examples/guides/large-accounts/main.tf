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
provider "cloudflare" {
  max_retries = 8
}

# Only seat holders reach the state. All users are read to find them.
data "cloudflare_access_users" "seat_holders" {
  has_seat = true
  per_page = 500

  timeouts = {
    read = "30m"
  }
}

# Outputs are shown in logs and copied to state: use counts.
output "seat_holders" {
  value = length(data.cloudflare_access_users.seat_holders.users)
}

output "seat_holders_by_domain" {
  value = {
    for domain, users in {
      for user in data.cloudflare_access_users.seat_holders.users :
      try(lower(split("@", user.email)[1]), "none") => user.id...
    } : domain => length(users)
  }
}
