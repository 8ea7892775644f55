terraform {
  required_version = ">= 1.5"
}

variable "holders" {
  description = "The users who hold a seat, of cloudflare_access_users."
  type = list(object({
    id                    = string
    email                 = string
    seat_uid              = string
    gateway_seat          = bool
    last_successful_login = string
  }))
}

variable "registrations" {
  description = "The registrations of devices, of cloudflare_device_registrations."
  type = list(object({
    last_seen_at = string
    user = object({
      id    = string
      email = string
    })
  }))
}

variable "unused_since" {
  description = "A seat is unused if its holder was last seen before this time, in RFC 3339."
  type        = string
}

locals {
  # Devices of service tokens have no user.
  owned = [for r in var.registrations : r if r.user != null]
  by_id = { for r in local.owned : r.user.id => r.last_seen_at... if r.user.id != null }
  by_email = {
    for r in local.owned : lower(r.user.email) => r.last_seen_at... if r.user.email != null && r.user.email != ""
  }

  holders = [
    for user in var.holders : merge(user, {
      # By id and, where that finds nobody, by address.
      seen = try(local.by_id[user.id], local.by_email[lower(user.email)], [])
    })
  ]

  # Nothing is known of a holder without a time, of a device that was never seen, and
  # of the devices of a Gateway user for whom there is no registration.
  judged = [
    for user in local.holders : merge(user, {
      recent = anytrue([
        for time in concat(user.seen, [user.last_successful_login]) : timecmp(time, var.unused_since) >= 0 if time != null
      ])
      unknown = (
        length(user.seen) == 0 && (user.gateway_seat != false || user.last_successful_login == null)
        || anytrue([for time in user.seen : time == null])
      )
    })
  ]
  unused = [for user in local.judged : user if !user.recent && !user.unknown]
}

output "unused" {
  description = "Number of seats that nobody has used since then."
  value       = length(local.unused)
}

output "unknown" {
  description = "Number of seats of which nothing shows whether they are used. They do not count as unused."
  value       = length([for user in local.judged : user if !user.recent && user.unknown])
}

output "to_review" {
  description = "The holders of unused seats, for a person to decide."
  sensitive   = true
  value = [
    for user in local.unused : {
      id         = user.id
      email      = user.email
      seat_uid   = user.seat_uid
      last_login = user.last_successful_login
      last_seen  = try(reverse(sort(user.seen))[0], null) # by text, which is by time for times in UTC
    }
  ]
}
