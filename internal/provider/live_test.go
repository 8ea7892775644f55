package provider_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// isLive reports whether the environment names a real account and has
// credentials for it.
func isLive() bool {
	set := func(variable string) bool { return os.Getenv(variable) != "" }
	return set("CLOUDFLARE_ACCOUNT_ID") &&
		(set("CLOUDFLARE_API_TOKEN") || set("CLOUDFLARE_API_KEY") && set("CLOUDFLARE_EMAIL"))
}

// TestAccProvider_live reads the caller's own account: all users, and the first
// of them with Cloudflare's email filter and by id. The output makes a plan fail
// that has other users or another order; a login in the meantime is no change.
func TestAccProvider_live(t *testing.T) {
	t.Parallel()
	if !isLive() {
		t.Skip("to read a real account, set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN, " +
			"or CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL instead of the token")
	}
	resource.Test(t, testCase(os.Getenv, resource.TestStep{
		Config: allUsers + `
output "ids" {
  value = sha256(jsonencode(data.cloudflare_access_users.all.users[*].id))
}
locals {
  first = [for user in data.cloudflare_access_users.all.users : user if user.email != null && user.email != ""]
}
data "cloudflare_access_users" "filtered" {
  count = min(length(local.first), 1)
  email = local.first[0].email
}
data "cloudflare_access_user" "one" {
  count = min(length(local.first), 1)
  id    = local.first[0].id
}
`,
		ConfigStateChecks: []statecheck.StateCheck{stateCheck(checkLive)},
	}))
}

// checkLive returns errors that contain no user's data.
func checkLive(req statecheck.CheckStateRequest) error {
	users, err := usersIn(req, usersAddress)
	if err != nil {
		return err
	}
	rows := make(map[string]int)
	for i, user := range users {
		id := text(user["id"])
		first, again := rows[id]
		if id == "" || again {
			return fmt.Errorf("users[%d] has no id, or that of users[%d]", i, first)
		}
		rows[id] = i
	}
	first := slices.IndexFunc(users, func(user map[string]any) bool { return text(user["email"]) != "" })
	if first < 0 {
		return nil // no user with an address
	}
	filtered, err := usersIn(req, "data.cloudflare_access_users.filtered[0]")
	if err != nil {
		return err
	}
	isFirst := func(user map[string]any) bool {
		return strings.EqualFold(text(user["email"]), text(users[first]["email"]))
	}
	if !slices.ContainsFunc(filtered, isFirst) {
		return errors.New("the filter by the first user's address does not find that user")
	}
	one, err := attributesIn(req, "data.cloudflare_access_user.one[0]")
	if err == nil && (one["id"] != users[first]["id"] || !isFirst(one)) {
		err = errors.New("the first user, read by id, has another id or address than in the list")
	}
	return err
}
