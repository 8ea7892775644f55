# Everyone with an Access seat, a Gateway seat or both.
data "cloudflare_access_users" "seat_holders" {
  has_seat = true
}

output "seat_holders" {
  value = length(data.cloudflare_access_users.seat_holders.users)
}
