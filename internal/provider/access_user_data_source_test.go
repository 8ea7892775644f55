package provider_test

import (
	"encoding/json"
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

// variedUsers have every kind of value that an attribute can have. They are not
// in the order of state.
func variedUsers() []fakeapi.User {
	null := fakeapi.User{}
	for name := range wantUser(nil) {
		null[name] = nil
	}
	null["id"] = "null"
	return append([]fakeapi.User{
		{
			"id":                    "f174e90a-fafe-4643-bbbc-4a0ed4fc8415",
			"email":                 "Jane.Doe+vpn@Example.com",
			"name":                  "Jane \"JD\" Doe ${x} %{y} \\ <&>",
			"uid":                   "0b53b5c1-30ac-4b52-8b4b-9d0f0a1b7c11",
			"seat_uid":              "a3e9c64e-35f8-4b06-9b8e-0c5f0d3d2a77",
			"access_seat":           true,
			"gateway_seat":          false,
			"active_device_count":   2,
			"created_at":            "2014-01-01T05:20:00.12345Z",
			"updated_at":            "2014-01-01T05:20:00.120000000Z",
			"last_successful_login": "2020-07-01T05:20:00+02:00",
			"unknown":               map[string]any{"id": 1},
		},
		{
			"id":                  "not-ascii",
			"email":               "müller@exämple.example",
			"name":                "Zoë Mu\u0308ller 山田 花子 👩‍💻", // u and a combining diaeresis
			"access_seat":         false,
			"gateway_seat":        true,
			"active_device_count": json.Number("2.0"),
			"created_at":          "0001-01-01T00:00:00Z",
			"updated_at":          "",
		},
		{"id": "large", "email": "z@example.com", "active_device_count": json.Number("9007199254740993")}, // 2^53 + 1
		{"id": "empty", "name": "", "email": "", "active_device_count": 0, "access_seat": false},
		{"id": "9", "email": "same@example.com"},
		{"id": "10", "email": "same@example.com"},
		{"id": "absent"},
		null,
	}, fixedUsers(15)...) // with users who never authenticated or lost their seats
}

func TestAccAccessUsersDataSource_attributes(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(append(variedUsers(), fakeapi.User{"email": "no-id@example.com"}))
	terraform(t, start(t, fake), reads(allUsers, fake))
}
