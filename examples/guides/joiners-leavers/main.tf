terraform {
  required_version = ">= 1.5"

  required_providers {
    cloudflare = {
      source = "local/cloudflare-access"
    }
  }
}

# Settings come from CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.
provider "cloudflare" {}

variable "most_leavers" {
  description = "More leavers than this in one run are taken for a mistake in staff.csv."
  type        = number
  default     = 10
}

data "cloudflare_access_users" "all" {}

locals {
  # Addresses are compared in lower case.
  staff = toset([
    for person in csvdecode(file("${path.module}/staff.csv")) : lower(trimspace(person.email))
  ])

  # Two users may share an address: "..." makes a list for each.
  users = {
    for user in data.cloudflare_access_users.all.users : lower(user.email) => user...
    if user.email != null
  }

  joiners = setsubtract(local.staff, keys(local.users))
  leavers = setsubtract(keys(local.users), local.staff)
}

# On the list, but not yet a user of Access.
output "joiners" {
  value = local.joiners
}

# A user without an address cannot be compared with the list.
output "users_without_email" {
  value = [for user in data.cloudflare_access_users.all.users : user.id if user.email == null]
}

# One ticket for each leaver: put what your company does about it in its place.
resource "terraform_data" "leaver" {
  for_each = local.leavers

  input = {
    email = each.key
    seats = length([
      for user in local.users[each.key] : user
      if user.access_seat == true || user.gateway_seat == true
    ])
  }

  lifecycle {
    precondition {
      condition     = length(local.leavers) <= var.most_leavers
      error_message = "${length(local.leavers)} users are not in staff.csv, and var.most_leavers allows ${var.most_leavers}. Is the file complete?"
    }
  }
}
