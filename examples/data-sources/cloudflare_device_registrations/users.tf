# The registrations of some users, also revoked ones.
data "cloudflare_access_users" "example_com" {
  email_domains = ["example.com"]
}

data "cloudflare_device_registrations" "example_com" {
  status   = "all"
  user_ids = [for user in data.cloudflare_access_users.example_com.users : user.id if user.id != null]
}

output "registrations" {
  value = length(data.cloudflare_device_registrations.example_com.registrations)
}
