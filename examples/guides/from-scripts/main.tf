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

data "cloudflare_access_users" "all" {}

locals {
  new_ids = toset([for user in data.cloudflare_access_users.all.users : user.id if user.id != null])

  # What the old way last wrote: a JSON list of users, as in the API's "result".
  old_ids = toset([for user in jsondecode(file("${path.module}/users.json")) : user.id])
}

# While both ways stand side by side, each plan says where they differ.
check "same_users_as_before" {
  assert {
    condition     = length(setsubtract(local.new_ids, local.old_ids)) == 0
    error_message = "The old list lacks ${length(setsubtract(local.new_ids, local.old_ids))} of ${length(local.new_ids)} users."
  }

  assert {
    condition     = length(setsubtract(local.old_ids, local.new_ids)) == 0
    error_message = "The old list has ${length(setsubtract(local.old_ids, local.new_ids))} users whom the account has not."
  }
}

# What the rest of the configuration used, under its old shape.
output "users_by_email" {
  value = {
    for user in data.cloudflare_access_users.all.users : user.email => user.id...
    if user.email != null
  }
}
