package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

const userDataSource = "cloudflare_access_user"

// addressedUsers have addresses that differ by case, in a list of 3 pages.
func addressedUsers() []fakeapi.User {
	return append(fixedUsers(250),
		fakeapi.User{"id": "ann", "email": "Ann@Example.com", "name": "Ann"},
		fakeapi.User{"id": "joann", "email": "JoAnn@example.com"},
		fakeapi.User{"id": "twice-1", "email": "twice@example.com"},
		fakeapi.User{"id": "twice-2", "email": "Twice@Example.com"},
		fakeapi.User{"id": "zoe", "email": "zoe\u0308@example.com"})
}

// TestAccAccessUserDataSource_byEmail looks up a user by an address in another
// case. State has the API's spelling.
func TestAccAccessUserDataSource_byEmail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		quirks   fakeapi.Quirks
		complete bool // whether the complete list is needed
	}{
		"filter finds":   {},
		"filter misses":  {fakeapi.Quirks{EmailFilterMisses: true}, true},
		"filter ignored": {fakeapi.Quirks{IgnoreFilters: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(addressedUsers())
			fake.MaxPageSize, fake.Quirks = 100, test.quirks
			terraform(t, start(t, fake), resource.TestStep{
				Config: `
data "cloudflare_access_user" "one" {
  email    = "ann@EXAMPLE.com"
  timeouts = { read = "5m" }
}
`,
				ConfigStateChecks: []statecheck.StateCheck{hasUser("data.cloudflare_access_user.one", fake.Users(fakeapi.AccountID)[250], map[string]any{"read": "5m"})},
			})
			complete := false
			for _, r := range fake.Requests() {
				complete = complete || !r.Query.Has("email")
			}
			if complete != test.complete {
				t.Errorf("complete list requested: got %t, want %t", complete, test.complete)
			}
		})
	}
}

// TestAccAccessUserDataSource_errors checks what Terraform prints: the line with
// the mistake among it.
func TestAccAccessUserDataSource_errors(t *testing.T) {
	t.Parallel()
	for argument, want := range map[string]string{
		`id = "nobody"`:                `has no Access user with the id "nobody".`,
		`email = "nobody@example.com"`: `has no Access user with the email address "nobody@example.com". The complete list was searched, ignoring case.`,
		`email = "twice@example.com"`:  "Their ids are: twice-1 twice-2 Set id to one of them instead of email.",
	} {
		t.Run(argument, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(addressedUsers())
			step := resource.TestStep{Config: "data \"cloudflare_access_user\" \"one\" {\n  " + argument + "\n}\n"}
			if got := failure(t, start(t, fake), step); !strings.Contains(got, want) || !strings.Contains(got, ": "+argument) {
				t.Errorf("terraform: got %s\nwant %q and %q in it", got, want, argument)
			}
		})
	}
}

func TestRead_accessUserErrors(t *testing.T) {
	t.Parallel()
	const (
		account  = "Account 023e105f4ecef8ad9ca31a8372d0c353 (from the environment variable CLOUDFLARE_ACCOUNT_ID) has "
		request  = "Request: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users/ann\nResponse: "
		atID     = "at AttributeName(\"id\")\n"
		noUser   = "ERROR: No such Access user\n" + atID + account + "no Access user with the id \"ann\".\n\n" + request
		setID    = "\n\nSet id to the id of a user of this account, as cloudflare_access_users returns it, or look the user up by email.\n"
		invalid  = "ERROR: Cannot read the Access user: invalid response\n" + request + "200 OK"
		byID     = "id"
		byEmail  = "email"
		accounts = "ERROR: Cannot read the Access user: 404 Not Found\nat AttributeName(\"account_id\")\n" + request
	)
	edit := func(edit func(user map[string]any)) http.HandlerFunc {
		return fakeapi.Edit(func(envelope map[string]any) {
			user, _ := envelope["result"].(map[string]any)
			edit(user)
		})
	}
	for name, test := range map[string]struct {
		argument, value string
		fault           http.HandlerFunc
		want            string // prefix
	}{
		"id not found":   {byID, "ann", refusal(404, 1003, "Not here"), noUser + "404 Not Found, CF-Ray RAY\n  1003: Not here" + setID},
		"no account":     {byID, "ann", refusal(404, 7003, "No route"), accounts + "404 Not Found, CF-Ray RAY\n  7003: No route\n\nCheck the account id"},
		"forbidden":      {byID, "ann", refusal(403, 10000, "No"), "ERROR: Cannot read the Access user: 403 Forbidden\n" + request},
		"another user":   {byID, "ann", edit(func(user map[string]any) { user["id"] = "joann" }), invalid + "\n  id is not the id that was requested\n\n"},
		"wrong type":     {byID, "ann", fakeapi.WrongType("email", 31337), invalid + ", CF-Ray RAY\n  result/email is not a string\n\n" + reportValue},
		"email refused":  {byEmail, "ann@example.com", refusal(403, 10000, "No"), "ERROR: Cannot read the Access user: 403 Forbidden\n"},
		"part of email":  {byEmail, "nn@example.com", nil, "ERROR: No such Access user\nat AttributeName(\"email\")\n" + account + "no Access user with the email address \"nn@example.com\". The complete list was searched, ignoring case.\n\nCheck the address."},
		"email of three": {byEmail, "x@example.com", nil, "ERROR: More than one Access user\nat AttributeName(\"email\")\n" + account + "3 Access users with the email address \"x@example.com\". Their ids are:\n  (no id)\n  x-1\n  x-2\n\nSet id to one of them instead of email.\n"},
	} {
		fake := fakeapi.New(append(addressedUsers(), fakeapi.User{"id": "x-1", "email": "x@example.com"},
			fakeapi.User{"id": "x-2", "email": "x@example.com"}, fakeapi.User{"email": "x@example.com"}))
		if test.fault != nil {
			fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: test.fault}}
		}
		e := newEndpoint(t, nil, start(t, fake), acctest.NewClock())
		got := describe(e.readType(t.Context(), userDataSource, values{test.argument: str(test.value)}).Diagnostics, "")
		if !strings.HasPrefix(got, test.want) || strings.Count(got, "ERROR") != 1 || strings.Contains(got, "31337") {
			t.Errorf("read, %s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

func TestValidate_accessUser(t *testing.T) {
	t.Parallel()
	const (
		exactly  = "Exactly one of these attributes must be configured: [id,email]\n"
		emptyID  = "ERROR: Cannot use id\nat AttributeName(\"id\")\nid is empty: set it to the id of a user"
		badID    = "ERROR: Cannot use id\nat AttributeName(\"id\")\nid contains white space, a control character or one of / \\ ? # %, or is a dot segment: "
		badEmail = "ERROR: Cannot use email\nat AttributeName(\"email\")\nemail "
	)
	e := unconfigured(t, provider.Options{Getenv: environment{}.getenv})
	for name, test := range map[string]struct {
		config values
		want   string
	}{
		"id":              {values{"id": str("f174e90a-fafe-4643-bbbc-4a0ed4fc8415")}, ""},
		"email":           {values{"email": str("ann@example.com")}, ""},
		"unknown id":      {values{"id": unknownStr()}, ""},
		"both unknown":    {values{"id": unknownStr(), "email": unknownStr()}, ""},
		"both":            {values{"id": str("1"), "email": str("ann@example.com")}, "ERROR: Invalid Attribute Combination\nat AttributeName(\"id\")\n" + exactly},
		"neither":         {nil, "ERROR: Missing Attribute Configuration\n" + exactly},
		"empty id":        {values{"id": str("")}, emptyID},
		"slash":           {values{"id": str("a/b")}, badID},
		"dot segment":     {values{"id": str(".")}, badID},
		"two dots":        {values{"id": str("..")}, badID},
		"three dots":      {values{"id": str("...")}, ""},
		"white space":     {values{"id": str("a b")}, badID},
		"line break":      {values{"id": str("a\n")}, badID},
		"empty email":     {values{"email": str("")}, badEmail + "is empty"},
		"white space end": {values{"email": str("ann@example.com ")}, badEmail + "begins or ends with white space"},
		"account":         {values{"id": str("1"), "account_id": str("a/b")}, "ERROR: Cannot use account_id\n"},
		"timeout":         {values{"id": str("1"), "timeouts": readTimeout("0s")}, "ERROR: Cannot use timeouts.read\n"},
	} {
		got := describe(e.validateType(userDataSource, test.config), "")
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" || strings.Count(got, "ERROR") > 1 {
			t.Errorf("validate, %s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}
