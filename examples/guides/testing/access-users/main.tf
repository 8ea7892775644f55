terraform {
  required_providers {
    cloudflare = {
      source = "local/cloudflare-access"
    }
  }
}

data "cloudflare_access_users" "seat_holders" {
  access_seat = true
}

output "seat_holders" {
  value = data.cloudflare_access_users.seat_holders.users
}
