# Fails each plan and apply, and so a pipeline, once no seat is left: Cloudflare
# then refuses new logins.
data "cloudflare_access_seats" "pipeline" {
  lifecycle {
    postcondition {
      condition     = self.seats < var.seats
      error_message = "All ${var.seats} seats are in use."
    }
  }
}
