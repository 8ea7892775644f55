# Only users who hold an Access seat.
data "cloudflare_access_users" "access_seats" {
  access_seat = true
}

# Users who hold a Gateway seat, but no Access seat.
data "cloudflare_access_users" "gateway_only" {
  access_seat  = false
  gateway_seat = true
}

# A user with both kinds of seat takes one seat of the subscription.
output "seats_in_use" {
  value = length(data.cloudflare_access_users.access_seats.users) + length(data.cloudflare_access_users.gateway_only.users)
}
