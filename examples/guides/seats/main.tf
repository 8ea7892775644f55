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

data "cloudflare_access_users" "all" {}

locals {
  # A user with both kinds of seat takes one. "== true" treats null as false.
  holders = [
    for user in data.cloudflare_access_users.all.users : user
    if user.access_seat == true || user.gateway_seat == true
  ]

  # Use of the WARP client may not show in last_successful_login. Only users
  # who have no Gateway seat can be judged by it.
  access_only = [for user in local.holders : user if user.gateway_seat == false]

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
    held    = length(local.holders)
    access  = length([for user in local.holders : user if user.access_seat == true])
    gateway = length([for user in local.holders : user if user.gateway_seat == true])
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
    condition     = length(local.holders) < var.seats * 0.9
    error_message = "${length(local.holders)} of ${var.seats} seats are in use."
  }
}
