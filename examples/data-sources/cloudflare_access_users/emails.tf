variable "emails" {
  type    = list(string)
  default = ["jane@example.com", "omar@example.com"]
}

# An address without a user is not an error.
data "cloudflare_access_users" "team" {
  emails = var.emails
}

# Each plan warns about addresses that no user has.
check "team_has_users" {
  assert {
    condition     = length(data.cloudflare_access_users.team.emails_not_found) == 0
    error_message = "No Access user has one of: ${join(", ", data.cloudflare_access_users.team.emails_not_found)}."
  }
}

output "team_ids" {
  value = sort(data.cloudflare_access_users.team.users[*].id)
}
