output "users" {
  value = length(local.users)
}

output "access_seats" {
  value = length(local.access)
}

output "gateway_seats" {
  value = length(local.gateway)
}

output "without_login" {
  description = "Users without a recorded login. They may use the WARP client."
  value       = length([for user in local.users : user if user.last_successful_login == null])
}

output "inactive" {
  description = "Holders of an Access seat alone who have not logged in for 90 days."
  value       = length(local.inactive)
}

output "to_review" {
  description = "The inactive users, for a person to decide."
  sensitive   = true
  value       = [for user in local.inactive : { id = user.id, email = user.email, last_login = user.last_successful_login }]
}
