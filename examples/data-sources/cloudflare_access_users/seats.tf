data "cloudflare_access_users" "access_seats" {
  access_seat = true
}

output "access_seats" {
  value = length(data.cloudflare_access_users.access_seats.users)
}
