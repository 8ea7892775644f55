package provider_test

import (
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// isLive reports whether the environment names a real account and has
// credentials for it.
func isLive() bool {
	set := func(variable string) bool { return os.Getenv(variable) != "" }
	return set("CLOUDFLARE_ACCOUNT_ID") &&
		(set("CLOUDFLARE_API_TOKEN") || set("CLOUDFLARE_API_KEY") && set("CLOUDFLARE_EMAIL"))
}

// TestAccProvider_live reads the caller's own account: all users, their number, and
// the first of them with Cloudflare's email filter and by id. The output makes a plan fail
// that has other users or another order; a login in the meantime is no change.
// The checks are booleans, so that no failure prints a user's data.
func TestAccProvider_live(t *testing.T) {
	t.Parallel()
	if !isLive() {
		t.Skip("to read a real account, set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN, " +
			"or CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL instead of the token")
	}
	// Registrations take another permission, which the token need not have.
	registrations := `locals {
  registrations = []
}
`
	if os.Getenv("TEST_DEVICE_REGISTRATIONS") != "" {
		registrations = `data "cloudflare_device_registrations" "all" {
  status = "all"
}
locals {
  registrations = data.cloudflare_device_registrations.all.registrations
}
`
	}
	resource.Test(t, testCase(os.Getenv, resource.TestStep{
		Config: allUsers + registrations + `
locals {
  users = data.cloudflare_access_users.all.users
  first = [for user in local.users : user if user.email != null && user.email != ""]
}
output "ids" {
  value = sha256(jsonencode(local.users[*].id))
}
data "cloudflare_access_users" "filtered" {
  count = min(length(local.first), 1)
  email = local.first[0].email
}
data "cloudflare_access_user" "one" {
  count = min(length(local.first), 1)
  id    = local.first[0].id
}
data "cloudflare_access_seats" "count" {}
output "checks" {
  value = {
    "each user has an id of its own"      = length(distinct(compact(local.users[*].id))) == length(local.users)
    "the email filter finds the first"    = alltrue([for d in data.cloudflare_access_users.filtered : contains(d.users[*].id, local.first[0].id)])
    "the first, read by id, has the email" = alltrue([for d in data.cloudflare_access_user.one : lower(d.email) == lower(local.first[0].email)])
    "all users are counted"               = data.cloudflare_access_seats.count.users == length(local.users)
    "each registration has an id of its own" = length(distinct(compact(local.registrations[*].id))) == length(local.registrations)
  }
}
`,
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("checks", knownvalue.MapExact(map[string]knownvalue.Check{
			"each user has an id of its own":         knownvalue.Bool(true),
			"the email filter finds the first":       knownvalue.Bool(true),
			"the first, read by id, has the email":   knownvalue.Bool(true),
			"all users are counted":                  knownvalue.Bool(true),
			"each registration has an id of its own": knownvalue.Bool(true),
		}))},
	}))
}
