package provider_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// isLive tells whether the environment names a real account and holds
// credentials for it.
func isLive() bool {
	set := func(variable string) bool { return os.Getenv(variable) != "" }
	return set("CLOUDFLARE_ACCOUNT_ID") &&
		(set("CLOUDFLARE_API_TOKEN") || set("CLOUDFLARE_API_KEY") && set("CLOUDFLARE_EMAIL"))
}

// live takes a real Terraform through the steps on the caller's own account,
// which it only reads.
func live(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	if !isLive() {
		t.Skip("to read a real account, set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN, " +
			"or CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL in the token's place")
	}
	resource.Test(t, testCase(os.Getenv, steps...))
}

// idsOutput shows in a plan who is in the list and in which order: a login in
// the meantime is no change.
const idsOutput = `
output "ids" {
  value = sha256(jsonencode(data.cloudflare_access_users.all.users[*].id))
}
`

func TestAccLiveUsersAreEachThereOnceAndStayAsTheyAre(t *testing.T) {
	t.Parallel()
	live(t, resource.TestStep{
		Config:            everyUser + idsOutput,
		ConfigStateChecks: []statecheck.StateCheck{liveCheck(checkIDs)},
	})
}

func TestAccLiveAnEmailFilterFindsItsUser(t *testing.T) {
	t.Parallel()
	live(t, resource.TestStep{
		Config: everyUser + `
locals {
  emails = [for user in data.cloudflare_access_users.all.users : user.email if user.email != null && user.email != ""]
}
data "cloudflare_access_users" "one" {
  count = min(length(local.emails), 1)
  email = local.emails[0]
}
`,
		ConfigStateChecks: []statecheck.StateCheck{liveCheck(checkFilter)},
	})
}

// liveCheck is a check of a state whose values are not known beforehand. Its
// errors hold no user's data.
type liveCheck func(statecheck.CheckStateRequest) error

// CheckState is statecheck.StateCheck's.
func (check liveCheck) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = check(req)
}

func checkIDs(req statecheck.CheckStateRequest) error {
	users, err := usersIn(req, address)
	if err != nil {
		return err
	}
	rows := make(map[string]int)
	for i, user := range users {
		id := text(user["id"])
		if id == "" {
			return fmt.Errorf("users[%d] has no id", i)
		}
		if first, again := rows[id]; again {
			return fmt.Errorf("users[%d] and users[%d] have one id", first, i)
		}
		rows[id] = i
	}
	return nil
}

func checkFilter(req statecheck.CheckStateRequest) error {
	all, err := usersIn(req, address)
	if err != nil {
		return err
	}
	wanted := ""
	for _, user := range all {
		if wanted = text(user["email"]); wanted != "" {
			break
		}
	}
	if wanted == "" {
		return nil // no user with an address, no filter to try
	}
	found, err := usersIn(req, "data.cloudflare_access_users.one[0]")
	if err != nil {
		return err
	}
	for _, user := range found {
		if strings.EqualFold(text(user["email"]), wanted) {
			return nil
		}
	}
	return errors.New("the filter by the first user's address does not find that user")
}
