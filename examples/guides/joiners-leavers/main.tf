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

variable "minimum_users" {
  description = "With fewer users than this in Access, the plan fails."
  type        = number
  default     = 10
}

variable "maximum_leavers" {
  description = "With more leavers than this, the plan fails."
  type        = number
  default     = 10
}

data "cloudflare_access_users" "all" {
  lifecycle {
    # Evaluated once in every plan, also without leavers. Nothing is planned after it fails.
    postcondition {
      condition     = length(self.users) >= var.minimum_users
      error_message = "Access has ${length(self.users)} users, but minimum_users is ${var.minimum_users}."
    }
  }
}

locals {
  # Addresses are compared in lower case.
  staff = toset([
    for person in csvdecode(file("${path.module}/staff.csv")) : lower(trimspace(person.email))
  ])

  users               = data.cloudflare_access_users.all.users
  users_with_email    = [for user in local.users : user if user.email != null && user.email != ""]
  users_without_email = [for user in local.users : user if user.email == null || user.email == ""]

  joiners = setsubtract(local.staff, [for user in local.users_with_email : lower(user.email)])

  # By id: an address can change, and two users can have the same one.
  leavers = {
    for user in local.users_with_email : user.id => user
    if !contains(local.staff, lower(user.email))
  }
}

output "joiners" {
  description = "People on the list who are not users of Access."
  value       = local.joiners
  sensitive   = true
}

output "leavers" {
  description = "Number of users of Access who are not on the list."
  value       = length(local.leavers)

  # Evaluated once in every plan, also without leavers.
  precondition {
    condition     = length(local.leavers) <= var.maximum_leavers
    error_message = "${length(local.leavers)} users are not in staff.csv, but maximum_leavers is ${var.maximum_leavers}. Is the file complete?"
  }
}

output "users_without_email" {
  description = "Ids of users who cannot be compared with the list."
  value       = local.users_without_email[*].id
}

# One ticket for each leaver. Replace it with the resource of your ticket system.
resource "terraform_data" "leaver" {
  for_each = local.leavers

  input = {
    email = each.value.email
    seat  = each.value.access_seat == true || each.value.gateway_seat == true
  }
}
