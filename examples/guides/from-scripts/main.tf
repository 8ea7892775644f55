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

variable "old_list" {
  description = "The last list of the old way: a response of the API, or a JSON list of users. Keep it outside the repository: it has personal data."
  type        = string
}

data "cloudflare_access_users" "all" {}

locals {
  new_ids = toset([for user in data.cloudflare_access_users.all.users : user.id if user.id != null])

  old     = jsondecode(file(var.old_list))
  old_ids = toset([for user in try(local.old.result, local.old) : user.id])

  ids_by_email = {
    for user in data.cloudflare_access_users.all.users : lower(user.email) => user.id...
    if user.email != null
  }

  # The old shape: a map from the address in lower case to the id. Where users
  # share an address, the first id in byte order is taken.
  users_by_email = { for email, ids in local.ids_by_email : email => sort(ids)[0] }
}

# While both ways are in use, each plan warns about differences.
check "same_users_as_before" {
  assert {
    condition     = length(setsubtract(local.new_ids, local.old_ids)) == 0
    error_message = "The old list lacks ${length(setsubtract(local.new_ids, local.old_ids))} of ${length(local.new_ids)} users."
  }

  assert {
    condition     = length(setsubtract(local.old_ids, local.new_ids)) == 0
    error_message = "The old list has ${length(setsubtract(local.old_ids, local.new_ids))} users who are not in the account."
  }
}

check "one_user_for_each_email" {
  assert {
    condition     = alltrue([for ids in values(local.ids_by_email) : length(ids) == 1])
    error_message = "Some addresses belong to several users."
  }
}

output "users_by_email" {
  value     = local.users_by_email
  sensitive = true
}
