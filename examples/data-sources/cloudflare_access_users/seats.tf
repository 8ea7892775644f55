data "cloudflare_access_users" "seat_holders" {
  email_domains = ["example.com", "münchen.example"]
  has_seat      = true
}

output "seat_holders" {
  value = length(data.cloudflare_access_users.seat_holders.users)
}
