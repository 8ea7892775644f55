package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// hasUser checks that a data source has the user's attributes, the
// account's id and these timeouts.
func hasUser(address string, user fakeapi.User, timeouts any) statecheck.StateCheck {
	want := wantUser(user)
	want["account_id"], want["timeouts"] = fakeapi.AccountID, timeouts
	return hasAttributes(address, want)
}

// TestAccAccessUserDataSource_byID reads each user by id, in one for_each.
func TestAccAccessUserDataSource_byID(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(variedUsers())
	var ids []string
	var checks []statecheck.StateCheck
	for _, user := range fake.Users(fakeapi.AccountID) {
		ids = append(ids, fmt.Sprintf("%q", user["id"]))
		checks = append(checks, hasUser(fmt.Sprintf("data.cloudflare_access_user.one[%q]", user["id"]), user, nil))
	}
	terraform(t, start(t, fake), resource.TestStep{
		Config: `
data "cloudflare_access_user" "one" {
  for_each = toset([` + strings.Join(ids, ", ") + `])
  id       = each.key
}
`,
		ConfigStateChecks: checks,
	}, resource.TestStep{Config: allUsers}) // the testing library cannot destroy a for_each
}

// TestAccAccessUserDataSource_byEmail looks up a user by an address in another
// case, which Cloudflare's filter misses. State has the API's spelling.
func TestAccAccessUserDataSource_byEmail(t *testing.T) {
	t.Parallel()
	fake := pagedFake()
	fake.Quirks.EmailFilterMisses = true
	user := fakeapi.User{"id": "ann", "email": "Ann@Example.com", "name": "Ann"}
	fake.Accounts[fakeapi.AccountID] = append(fake.Accounts[fakeapi.AccountID], user)
	terraform(t, start(t, fake), resource.TestStep{
		Config: `
data "cloudflare_access_user" "one" {
  email    = "ann@EXAMPLE.com"
  timeouts = { read = "5m" }
}
`,
		ConfigStateChecks: []statecheck.StateCheck{hasUser("data.cloudflare_access_user.one", user, map[string]any{"read": "5m"})},
	})
}

// TestAccAccessUserDataSource_notFound checks that Terraform prints the line with
// the mistake.
func TestAccAccessUserDataSource_notFound(t *testing.T) {
	t.Parallel()
	terraform(t, start(t, fakeapi.New(nil)), resource.TestStep{
		Config:      "data \"cloudflare_access_user\" \"one\" {\n  email = \"nobody@example.com\"\n}\n",
		ExpectError: regexp.MustCompile(`(?s)No such Access user.*: +email = "nobody@example.com".*has no\s+Access\s+user`),
	})
}

func TestRead_accessUserErrors(t *testing.T) {
	t.Parallel()
	id, email := values{"id": str("ann")}, values{"email": str("ann@example.com")}
	got := make(map[string]string)
	for name, test := range map[string]struct {
		config values
		fault  http.HandlerFunc
	}{
		"id not found":   {id, refusal(404, 1003, "Not here")},
		"no account":     {id, refusal(404, 7003, "No route")},
		"no API":         {id, fakeapi.HTML(404)},
		"forbidden":      {id, refusal(403, 10000, "No")},
		"wrong type":     {id, fakeapi.WrongType("email", 31337)},
		"deadline":       {id, fakeapi.Header(refusal(429, 1, "Wait"), "Retry-After", "900")},
		"email refused":  {email, refusal(403, 10000, "No")},
		"part of email":  {values{"email": str("nn@example.com")}, nil},
		"email of three": {values{"email": str("x@example.com")}, nil},
	} {
		fake := fakeapi.New([]fakeapi.User{
			{"id": "ann", "email": "ann@example.com"},
			{"id": "x-2", "email": "x@example.com"},
			{"id": "x-1", "email": "X@example.com"},
			{"email": "x@example.com"},
		})
		if test.fault != nil {
			fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: test.fault}}
		}
		got[name] = newEndpoint(t, nil, start(t, fake), acctest.NewClock()).diagnose(userDataSource, test.config)
	}
	checkTexts(t, got)
}
