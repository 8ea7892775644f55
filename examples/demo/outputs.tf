output "users" {
  value = length(local.users)
}

output "seats" {
  description = "Users with an Access or a Gateway seat, or both."
  value       = length([for user in local.users : user if user.access_seat == true || user.gateway_seat == true])
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

output "unused_seats" {
  description = "Holders of an Access seat alone who have not logged in for 90 days."
  value       = length(local.inactive)
}

output "to_review" {
  description = "The holders of unused seats, for a person to decide."
  sensitive   = true
  value       = [for user in local.inactive : { id = user.id, email = user.email, last_login = user.last_successful_login }]
}
