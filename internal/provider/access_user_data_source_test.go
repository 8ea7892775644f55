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
	}, withoutForEach())
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

// TestAccAccessUserDataSource_errors checks what Terraform prints, the line with
// the mistake included.
func TestAccAccessUserDataSource_errors(t *testing.T) {
	t.Parallel()
	for argument, want := range map[string]string{
		`id = "nobody"`:                `has no Access user with the id "nobody"`,
		`email = "nobody@example.com"`: `"nobody@example.com". The complete list was searched, ignoring case.`,
		`email = "twice@example.com"`:  "Their ids are: twice-1 twice-2 Set id to one of them instead of email.",
	} {
		t.Run(argument, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New([]fakeapi.User{{"id": "twice-1", "email": "twice@example.com"}, {"id": "twice-2", "email": "Twice@Example.com"}})
			anySpace := strings.ReplaceAll(regexp.QuoteMeta(want), " ", `\s+`) // Terraform wraps lines
			terraform(t, start(t, fake), resource.TestStep{
				Config:      "data \"cloudflare_access_user\" \"one\" {\n  " + argument + "\n}\n",
				ExpectError: regexp.MustCompile(`(?s): +` + regexp.QuoteMeta(argument) + ".*" + anySpace),
			})
		})
	}
}

func TestRead_accessUserErrors(t *testing.T) {
	t.Parallel()
	const (
		account   = "Account 023e105f4ecef8ad9ca31a8372d0c353 (from the environment variable CLOUDFLARE_ACCOUNT_ID) has "
		request   = "Request: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users/ann\nResponse: "
		noUser    = "ERROR: No such Access user\nat AttributeName(\"id\")\n" + account + "no Access user with the id \"ann\".\n\n" + request
		setID     = "\n\nSet id to the id of a user of this account, as cloudflare_access_users returns it, or look the user up by email.\n"
		invalid   = "ERROR: Cannot read the Access user: invalid response\n" + request + "200 OK"
		noAccount = "ERROR: Cannot read the Access user: 404 Not Found\nat AttributeName(\"account_id\")\n" + request
		noAddress = "ERROR: No such Access user\nat AttributeName(\"email\")\n" + account + "no Access user with the email address " +
			"\"nn@example.com\". The complete list was searched, ignoring case.\n\nCheck the address. To look up addresses without an " +
			"error for those that no user has, use emails of cloudflare_access_users.\n"
		several = "ERROR: More than one Access user\nat AttributeName(\"email\")\n" + account + "3 Access users with the email address " +
			"\"x@example.com\". Their ids are:\n  (no id)\n  x-1\n  x-2\n\nSet id to one of them instead of email.\n"
	)
	for name, test := range map[string]struct {
		argument, value string
		fault           http.HandlerFunc
		want            string // prefix
	}{
		"id not found":   {"id", "ann", refusal(404, 1003, "Not here"), noUser + "404 Not Found, CF-Ray RAY\n  1003: Not here" + setID},
		"no account":     {"id", "ann", refusal(404, 7003, "No route"), noAccount + "404 Not Found, CF-Ray RAY\n  7003: No route\n\nCheck the account id"},
		"forbidden":      {"id", "ann", refusal(403, 10000, "No"), "ERROR: Cannot read the Access user: 403 Forbidden\n" + request},
		"wrong type":     {"id", "ann", fakeapi.WrongType("email", 31337), invalid + ", CF-Ray RAY\n  result/email is not a string\n\n" + reportValue},
		"email refused":  {"email", "ann@example.com", refusal(403, 10000, "No"), "ERROR: Cannot read the Access user: 403 Forbidden\n"},
		"deadline":       {"id", "ann", fakeapi.Header(refusal(429, 1, "Wait"), "Retry-After", "900"), "ERROR: Cannot read the Access user within 10m\n"},
		"part of email":  {"email", "nn@example.com", nil, noAddress},
		"email of three": {"email", "x@example.com", nil, several},
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
		got := newEndpoint(t, nil, start(t, fake), acctest.NewClock()).diagnose(userDataSource, values{test.argument: str(test.value)})
		if !strings.HasPrefix(got, test.want) || strings.Count(got, "ERROR") != 1 || strings.Contains(got, "31337") {
			t.Errorf("read, %s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

func TestValidate_accessUser(t *testing.T) {
	t.Parallel()
	const (
		exactly  = "Exactly one of these attributes must be configured: [id,email]\n"
		emptyID  = "ERROR: Cannot use id\nat AttributeName(\"id\")\nid is empty: set it to the id of a user, as cloudflare_access_users returns it.\n"
		badID    = "ERROR: Cannot use id\nat AttributeName(\"id\")\nid contains white space, a control character or one of / \\ ? # %, or is a dot segment: set it to the id of a user alone.\n"
		badEmail = "ERROR: Cannot use email\nat AttributeName(\"email\")\nemail "
	)
	e := unconfigured(t, nil)
	for name, test := range map[string]struct {
		config values
		want   string // prefix
	}{
		"id":           {values{"id": str("f174e90a-fafe-4643-bbbc-4a0ed4fc8415")}, ""},
		"email":        {values{"email": str("ann@example.com")}, ""},
		"both unknown": {values{"id": unknownStr(), "email": unknownStr()}, ""},
		"both":         {values{"id": str("1"), "email": str("ann@example.com")}, "ERROR: Invalid Attribute Combination\nat AttributeName(\"id\")\n" + exactly},
		"neither":      {nil, "ERROR: Missing Attribute Configuration\n" + exactly},
		"empty id":     {values{"id": str("")}, emptyID},
		"slash":        {values{"id": str("a/b")}, badID},
		"dot segment":  {values{"id": str(".")}, badID},
		"two dots":     {values{"id": str("..")}, badID},
		"three dots":   {values{"id": str("...")}, ""},
		"empty email":  {values{"email": str("")}, badEmail + "is empty: set it to an email address.\n"},
		"line break":   {values{"email": str("a\n@b.c")}, badEmail + "contains a line break or another control character, which matches no address: remove it.\n"},
		"account":      {values{"id": str("1"), "account_id": str("a/b")}, "ERROR: Cannot use account_id\n"},
		"timeout":      {values{"id": str("1"), "timeouts": readTimeout("0s")}, "ERROR: Cannot use timeouts.read\n"},
	} {
		got := e.validateDataSource(userDataSource, test.config)
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" || strings.Count(got, "ERROR") > 1 {
			t.Errorf("validate, %s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}
