terraform {
  required_version = ">= 1.5"

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

variable "account_id" {
  type = string
}

variable "users_token" {
  type      = string
  sensitive = true
}

provider "cloudflare" {}

provider "cloudflare-access" {
  api_token  = var.users_token
  account_id = var.account_id
}

module "contractors" {
  source = "./without-client"

  # Left: the name in the module. Right: the name here.
  providers = {
    cloudflare              = cloudflare
    cloudflare-access.users = cloudflare-access
  }

  account_id         = var.account_id
  contractor_domains = ["partner.example"]
  minimum_users      = 1
}

output "members" {
  value = module.contractors.members
}

output "list_ids" {
  value = module.contractors.list_ids
}
