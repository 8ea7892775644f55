terraform {
  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.22"
    }

    cloudflare-access = {
      source  = "local/cloudflare-access"
      version = "~> 0.1"
    }
  }
}

provider "cloudflare-access" {
  account_id = "023e105f4ecef8ad9ca31a8372d0c353"
}

data "cloudflare_access_users" "all" {
  provider = cloudflare-access
}

output "users" {
  value = length(data.cloudflare_access_users.all.users)
}
