data "cloudflare_access_users" "all" {}

locals {
  users = data.cloudflare_access_users.all.users

  # The API may leave out any attribute, which is null here: "== true" takes null for no.
  seat_holders = [for user in local.users : user if user.access_seat == true || user.gateway_seat == true]

  # Someone who has never logged in is inactive too.
  ninety_days_ago = timeadd(plantimestamp(), "-2160h")
  inactive = [
    for user in local.users : user
    if timecmp(coalesce(user.last_successful_login, "1970-01-01T00:00:00Z"), local.ninety_days_ago) < 0
  ]

  # They hold both kinds of seat and seem to use neither: no login, and no device.
  seats_to_review = [
    for user in local.inactive : user
    if user.access_seat == true && user.gateway_seat == true && user.active_device_count == 0
  ]
}

# One ticket for each user whose seats should be reviewed.
resource "terraform_data" "review" {
  for_each = { for user in local.seats_to_review : user.id => user }

  input = {
    email      = each.value.email
    last_login = each.value.last_successful_login
  }
}
