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

# Everyone with an Access seat, a Gateway seat or both, for the review. Leave this
# out to keep personal data out of state.
data "cloudflare_access_users" "holders" {
  has_seat = true
}

locals {
  # Use of the WARP client may not show in last_successful_login. Only users
  # who have no Gateway seat can be judged by it.
  access_only = [for user in data.cloudflare_access_users.holders.users : user if user.gateway_seat == false]

  # A user who has not logged in counts from the time of creation, and is not
  # counted where that is unknown.
  ninety_days_ago = timeadd(plantimestamp(), "-2160h")
  inactive = [
    for user in local.access_only : user
    if timecmp(coalesce(user.last_successful_login, user.created_at, plantimestamp()), local.ninety_days_ago) < 0
  ]
}

output "seats" {
  value = {
    bought  = var.seats
    held    = data.cloudflare_access_seats.current.seats
    access  = data.cloudflare_access_seats.current.access_seats
    gateway = data.cloudflare_access_seats.current.gateway_seats
  }
}

output "inactive" {
  description = "Users without a Gateway seat who have not logged in for 90 days, by number of active devices."
  value = {
    no_device      = length([for user in local.inactive : user if user.active_device_count == 0])
    has_device     = length([for user in local.inactive : user if coalesce(user.active_device_count, 0) > 0])
    device_unknown = length([for user in local.inactive : user if user.active_device_count == null])
  }
}

output "seats_to_review" {
  description = "Inactive users, for a person to decide."
  sensitive   = true
  value = [
    for user in local.inactive : {
      id         = user.id
      email      = user.email
      seat_uid   = user.seat_uid
      last_login = user.last_successful_login
      devices    = user.active_device_count
    }
  ]
}

# A warning in each plan and apply from nine tenths on.
check "seats_left" {
  assert {
    condition     = data.cloudflare_access_seats.current.seats < var.seats * 0.9
    error_message = "${data.cloudflare_access_seats.current.seats} of ${var.seats} seats are in use."
  }
}
