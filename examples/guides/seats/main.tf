terraform {
  required_version = ">= 1.5"

  required_providers {
    cloudflare = {
      source = "local/cloudflare-access"
    }
  }
}

# Settings come from CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.
provider "cloudflare" {}

variable "seats" {
  description = "How many seats the subscription has."
  type        = number
}

data "cloudflare_access_users" "all" {}

locals {
  # A user counts once, whichever seat it is. "== true" takes null for no.
  holders = [
    for user in data.cloudflare_access_users.all.users : user
    if user.access_seat == true || user.gateway_seat == true
  ]

  ninety_days_ago = timeadd(plantimestamp(), "-2160h")

  # Who has never logged in has no last login, which counts as long ago.
  absent = [
    for user in local.holders : user
    if timecmp(coalesce(user.last_successful_login, "1970-01-01T00:00:00Z"), local.ninety_days_ago) < 0
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

output "never_logged_in" {
  value = [for user in local.absent : user.email if user.last_successful_login == null]
}

# Holders who seem to use neither seat: no login for 90 days, and no device.
# Where the number of devices is not known, the user is left out.
output "seats_to_free" {
  value = [
    for user in local.absent : {
      email      = user.email
      seat_uid   = user.seat_uid
      last_login = user.last_successful_login
    } if user.active_device_count == 0
  ]
}

# A warning in each plan and apply from nine tenths on. It stops neither.
check "seats_left" {
  assert {
    condition     = length(local.holders) < var.seats * 0.9
    error_message = "${length(local.holders)} of ${var.seats} seats are taken. The output seats_to_free names who may not need one."
  }
}
