output "users" {
  value = length(local.users)
}

output "seats" {
  value = {
    access  = length([for user in local.users : user if user.access_seat == true])
    gateway = length([for user in local.users : user if user.gateway_seat == true])
    either  = length(local.seat_holders)
  }
}

output "inactive_for_90_days" {
  value = length(local.inactive)
}

output "never_logged_in" {
  value = length([for user in local.users : user if user.last_successful_login == null])
}

output "seats_to_review" {
  value = length(local.seats_to_review)
}

output "first_to_review" {
  value = [for user in slice(local.seats_to_review, 0, min(3, length(local.seats_to_review))) : user.email]
}
