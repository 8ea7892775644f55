data "cloudflare_access_users" "all" {}

locals {
  users = data.cloudflare_access_users.all.users

  # The API may omit any attribute, which is then null. "== true" treats null as false.
  access  = [for user in local.users : user if user.access_seat == true]
  gateway = [for user in local.users : user if user.gateway_seat == true]

  # Use of the WARP client may not show in last_successful_login. It takes a
  # gateway seat, so only users without one can be judged by their last login.
  access_only = [for user in local.access : user if user.gateway_seat == false]

  # A user without a login counts from creation, and not at all if that is unknown.
  ninety_days_ago = timeadd(plantimestamp(), "-2160h")
  inactive = [
    for user in local.access_only : user
    if timecmp(coalesce(user.last_successful_login, user.created_at, plantimestamp()), local.ninety_days_ago) < 0
  ]
}
