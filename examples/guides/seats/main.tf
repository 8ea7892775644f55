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

variable "seats" {
  description = "Seats of the subscription."
  type        = number
}

# The numbers, without anything about a user.
data "cloudflare_access_seats" "current" {}

# Everyone with an Access seat, a Gateway seat or both, for the review. Leave this,
# the registrations and the module out to keep personal data out of state.
data "cloudflare_access_users" "holders" {
  has_seat = true
}

# When each device was last seen, also one that was revoked since.
data "cloudflare_device_registrations" "all" {
  status = "all"
}

module "unused_seats" {
  source = "./unused-seats"

  holders       = data.cloudflare_access_users.holders.users
  registrations = data.cloudflare_device_registrations.all.registrations
  unused_since  = timeadd(plantimestamp(), "-2160h") # 90 days
}

output "seats" {
  value = {
    bought  = var.seats
    held    = data.cloudflare_access_seats.current.seats
    access  = data.cloudflare_access_seats.current.access_seats
    gateway = data.cloudflare_access_seats.current.gateway_seats
    unused  = module.unused_seats.unused
    unknown = module.unused_seats.unknown
  }
}

output "seats_to_review" {
  description = "The holders of unused seats, for a person to decide."
  sensitive   = true
  value       = module.unused_seats.to_review
}

# A warning in each plan and apply from nine tenths on.
check "seats_left" {
  assert {
    condition     = data.cloudflare_access_seats.current.seats < var.seats * 0.9
    error_message = "${data.cloudflare_access_seats.current.seats} of ${var.seats} seats are in use."
  }
}
