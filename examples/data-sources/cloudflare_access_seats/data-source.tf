data "cloudflare_access_seats" "current" {}

variable "seats" {
  description = "Seats of the subscription."
  type        = number
}

# Warns in each plan and apply while there is time to buy seats. A check does not
# stop a run.
check "seats_left" {
  assert {
    condition     = var.seats - data.cloudflare_access_seats.current.seats >= 10
    error_message = "${var.seats - data.cloudflare_access_seats.current.seats} of ${var.seats} seats are left."
  }
}

output "seats" {
  value = data.cloudflare_access_seats.current.seats
}
