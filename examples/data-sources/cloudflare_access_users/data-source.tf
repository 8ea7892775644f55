data "cloudflare_access_users" "all" {}

output "users" {
  value = length(data.cloudflare_access_users.all.users)
}
