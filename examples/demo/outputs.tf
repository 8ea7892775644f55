output "users" {
  value = length(local.users)
}

output "seats" {
  description = "Users with an Access or a Gateway seat, or both."
  value       = length(local.holders)
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
  description = "Seats whose holders have not logged in for 90 days, nor have their devices been seen."
  value       = length(local.unused)
}

output "to_review" {
  description = "The holders of unused seats, for a person to decide."
  sensitive   = true
  value       = [for user in local.unused : { id = user.id, email = user.email, last_login = user.last_successful_login }]
}
