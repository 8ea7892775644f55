data "cloudflare_access_users" "jane" {
  emails = ["jane@example.com"]
}

locals {
  jane = one(data.cloudflare_access_users.jane.users)
}

output "jane_exists" {
  value = local.jane != null
}
