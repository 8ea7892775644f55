terraform {
  required_version = ">= 1.5"

  required_providers {
    cloudflare = {
      source  = "local/cloudflare-access"
      version = "~> 0.1"
    }
  }
}

# The API token and the account come from CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.
provider "cloudflare" {}

variable "staff_file" {
  description = "A CSV file with a column email. Keep it outside the repository: it has personal data."
  type        = string
}

variable "staff_domains" {
  description = "Domains of the people in staff_file. Users with other addresses, such as guests, are not compared."
  type        = list(string)
}

variable "minimum_users" {
  description = "With fewer seat holders than this, the plan fails."
  type        = number
  default     = 10
}

variable "maximum_leavers" {
  description = "With more leavers than this, the plan fails."
  type        = number
  default     = 10
}

locals {
  # Addresses are compared in lower case.
  staff = toset([for person in csvdecode(file(var.staff_file)) : lower(trimspace(person.email))])
}

# Users who were removed can stay in Cloudflare's list, without a seat.
data "cloudflare_access_users" "staff" {
  has_seat      = true
  email_domains = var.staff_domains

  lifecycle {
    # Both conditions are evaluated as soon as the users are read. If one fails,
    # nothing is planned.
    postcondition {
      condition     = length(self.users) >= var.minimum_users
      error_message = "${length(self.users)} users hold a seat, but minimum_users is ${var.minimum_users}."
    }

    postcondition {
      condition     = length(setsubtract([for user in self.users : lower(user.email)], local.staff)) <= var.maximum_leavers
      error_message = "${length(setsubtract([for user in self.users : lower(user.email)], local.staff))} addresses of seat holders are not in staff_file, but maximum_leavers is ${var.maximum_leavers}. Is the file complete?"
    }
  }
}

# Counts all seat holders. Both data sources share one read.
data "cloudflare_access_seats" "all" {}

locals {
  holders = data.cloudflare_access_users.staff.users
  emails  = toset([for user in local.holders : lower(user.email)])
  joiners = setsubtract(local.staff, local.emails)

  # By id: an address can change, and two users can have the same one.
  gone    = setsubtract(local.emails, local.staff)
  leavers = { for user in local.holders : user.id => user if contains(local.gone, lower(user.email)) }
}

output "joiners" {
  description = "People in staff_file who hold no seat."
  value       = local.joiners
  sensitive   = true
}

output "leavers" {
  description = "Number of seat holders who are not in staff_file."
  value       = length(local.leavers)
}

output "not_compared" {
  description = "Number of seat holders with addresses of other domains, or with none."
  value       = data.cloudflare_access_seats.all.seats - length(local.holders)
}

# One ticket for each leaver. Replace it with the resource of your ticket system.
resource "terraform_data" "leaver" {
  for_each = local.leavers

  input = {
    email    = each.value.email
    seat_uid = each.value.seat_uid
  }
}
