# By exact address, case-insensitively.
data "cloudflare_access_user" "jane" {
  email = "jane@example.com"
}

# By id.
data "cloudflare_access_user" "ada" {
  id = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
}

# An attribute may be null: "== true" treats null as false.
output "jane_holds_a_seat" {
  value = data.cloudflare_access_user.jane.access_seat == true || data.cloudflare_access_user.jane.gateway_seat == true
}
