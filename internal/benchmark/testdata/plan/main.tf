terraform {
  required_providers {
    cloudflare = {
      source = "local/cloudflare-access"
    }
  }
}

provider "cloudflare" {}

variable "access_seat" {
  type    = bool
  default = null
}

data "cloudflare_access_users" "all" {
  access_seat = var.access_seat
}

output "users" {
  value = length(data.cloudflare_access_users.all.users)
}
