terraform {
  required_version = ">= 1.7"

  required_providers {
    cloudflare = {
      source  = "local/cloudflare-access"
      version = "~> 0.1"
    }
  }
}

provider "cloudflare" {}

# The data source is in a module of its own, which tests can override.
module "access_users" {
  source = "./access-users"
}

output "seat_holders_by_domain" {
  value = {
    for domain, users in {
      for user in module.access_users.seat_holders :
      try(lower(split("@", user.email)[1]), "none") => user.id...
    } : domain => length(users)
  }
}
