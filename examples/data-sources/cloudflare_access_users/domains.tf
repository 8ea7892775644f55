# Everyone with an address of these domains. Subdomains are other domains.
data "cloudflare_access_users" "partners" {
  email_domains = ["example.org", "münchen.example"]
}

output "partners" {
  value = length(data.cloudflare_access_users.partners.users)
}
