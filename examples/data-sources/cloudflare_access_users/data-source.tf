# Every Access user of the account.
data "cloudflare_access_users" "all" {}

# An attribute may be null: "== true" takes null for no.
output "seats" {
  value = length([
    for user in data.cloudflare_access_users.all.users : user
    if user.access_seat == true || user.gateway_seat == true
  ])
}

# Only those whom Cloudflare's filter finds: that may be more than this one address.
data "cloudflare_access_users" "jane" {
  email = "jane@example.com"
}

output "jane_last_logged_in" {
  value = [
    for user in data.cloudflare_access_users.jane.users : user.last_successful_login
    if lower(user.email) == "jane@example.com"
  ]
}
