data "cloudflare_access_users" "all" {}

data "cloudflare_device_registrations" "all" {
  status = "all"
}

locals {
  users = data.cloudflare_access_users.all.users

  # The API may omit any attribute, which is then null. "== true" treats null as false.
  access  = [for user in local.users : user if user.access_seat == true]
  gateway = [for user in local.users : user if user.gateway_seat == true]
  holders = [for user in local.users : user if user.access_seat == true || user.gateway_seat == true]

  # When the devices of each user were last seen. Devices of service tokens have no user.
  seen = {
    for r in data.cloudflare_device_registrations.all.registrations : r.user.id => r.last_seen_at...
    if try(r.user.id, null) != null && r.last_seen_at != null
  }

  # Logins show use of Access, devices show use of Gateway. A holder of whom that is
  # unknown is left out. The guide about seats has this as a module, which knows more.
  known = [
    for user in local.holders : user
    if user.gateway_seat == false ? user.last_successful_login != null : can(local.seen[user.id])
  ]
  ninety_days_ago = timeadd(plantimestamp(), "-2160h")
  unused = [
    for user in local.known : user
    if !anytrue([
      for time in concat(try(local.seen[user.id], []), [user.last_successful_login]) :
      timecmp(time, local.ninety_days_ago) >= 0 if time != null
    ])
  ]
}
