package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// listOf is a list of texts. A nil entry is null.
func listOf(entries ...any) tftypes.Value {
	elements := make([]tftypes.Value, len(entries))
	for i, entry := range entries {
		elements[i] = tftypes.NewValue(tftypes.String, entry)
	}
	return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, elements)
}

func boolean(b bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, b) }

// TestRead_selection has users with each combination of seats, and with addresses
// that are easily taken for others.
func TestRead_selection(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{
		{"id": "1", "email": "ann@example.com", "access_seat": true, "gateway_seat": true},
		{"id": "2", "email": "Bob@Example.com", "access_seat": true, "gateway_seat": false},
		{"id": "3", "email": "cem@sub.example.com", "access_seat": false, "gateway_seat": true},
		{"id": "4", "email": "dee@example.com", "access_seat": nil, "gateway_seat": nil},
		{"id": "5", "email": "zoe\u0308@m\u00fcnchen.example", "access_seat": true}, // e and a combining diaeresis
		{"id": "6", "email": "ANN@EXAMPLE.COM", "access_seat": false, "gateway_seat": false},
		{"id": "7"},
		{"id": "8", "email": "weiss@xn--mnchen-3ya.example"},
		{"id": "9", "email": "kim@example.org\ufffd", "gateway_seat": true},
	})
	e := newEndpoint(t, nil, start(t, fake), nil)
	null := tftypes.NewValue(listOf().Type(), nil)
	for name, test := range map[string]struct {
		config values
		want   string // ids of users, emails_not_found, number of requests
	}{
		"all users":                  {nil, "762134985 [] 1"},
		"any seat":                   {values{"has_seat": boolean(true)}, "21395 [] 1"},
		"no seat":                    {values{"has_seat": boolean(false)}, "7648 [] 1"},
		"access seat":                {values{"access_seat": boolean(true)}, "215 [] 1"},
		"no access seat":             {values{"access_seat": boolean(false)}, "763498 [] 1"},
		"gateway seat":               {values{"gateway_seat": boolean(true)}, "139 [] 1"},
		"no gateway seat":            {values{"gateway_seat": boolean(false)}, "762485 [] 1"},
		"access seat alone":          {values{"access_seat": boolean(true), "gateway_seat": boolean(false)}, "25 [] 1"},
		"any seat, no access":        {values{"has_seat": boolean(true), "access_seat": boolean(false)}, "39 [] 1"},
		"filter and seat":            {values{"email": str("example"), "access_seat": boolean(true), "emails": null, "email_domains": null}, "215 [] 1"},
		"addresses in any case":      {values{"emails": listOf("BOB@example.COM", "bob@example.com", "ann@example.com")}, "621 [] 1"},
		"an address in another form": {values{"emails": listOf("ZO\u00cb@XN--Mnchen-3ya.example")}, "5 [] 1"},
		"addresses that look the same": {
			values{"emails": listOf("wei\u00df@m\u00fcnchen.example", "\u212aim@example.org", "kim@example.org\ufffd", "\uff41nn@example.com", "")},
			` ["" "kim@example.org\ufffd" "wei\u00df@m\u00fcnchen.example" "\u212aim@example.org" "\uff41nn@example.com"] 1`,
		},
		"addresses of nobody": {
			values{"emails": listOf("nobody@b.example", "Nobody@A.example", "nobody@a.example", "nobody@b.example")},
			` ["Nobody@A.example" "nobody@a.example" "nobody@b.example"] 1`,
		},
		"addresses and seat": {
			values{"emails": listOf("bob@example.com", "cem@sub.example.com", "x@a.example"), "access_seat": boolean(true)}, `2 ["x@a.example"] 1`,
		},
		"addresses and domain": {
			values{"emails": listOf("bob@example.com", "cem@sub.example.com"), "email_domains": listOf("example.com")}, "2 [] 1",
		},
		"a domain":               {values{"email_domains": listOf("EXAMPLE.com")}, "6214 [] 1"},
		"a domain in one form":   {values{"email_domains": listOf("M\u00dcNCHEN.example")}, "85 [] 1"},
		"a domain in another":    {values{"email_domains": listOf("xn--mnchen-3ya.EXAMPLE", "xn--mnchen-3ya.example", "")}, "85 [] 1"},
		"domains and seat":       {values{"email_domains": listOf("example.com", "sub.example.com"), "has_seat": boolean(true)}, "213 [] 1"},
		"a domain of nobody":     {values{"email_domains": listOf("example.org\ufffd", "m\u00fcnchen", "www.example.com")}, " [] 1"},
		"no addresses":           {values{"emails": listOf()}, " [] 0"},
		"no domains":             {values{"email_domains": listOf()}, " [] 0"},
		"no addresses, a domain": {values{"emails": listOf(), "email_domains": listOf("example.com")}, " [] 0"},
		"no domains, addresses":  {values{"emails": listOf("ann@example.com", "x@a.example"), "email_domains": listOf()}, ` ["x@a.example"] 1`},
	} {
		var state struct {
			Users []struct {
				ID string `msgpack:"id"`
			} `msgpack:"users"`
			EmailsNotFound []string `msgpack:"emails_not_found"`
		}
		before := len(fake.Requests())
		resp := e.read(t.Context(), dataSource, test.config)
		if err := msgpack.Unmarshal(resp.State.MsgPack, &state); err != nil {
			t.Fatal(err)
		}
		var ids strings.Builder
		for _, user := range state.Users {
			ids.WriteString(user.ID)
		}
		got := fmt.Sprintf("%s %+q %d", &ids, state.EmailsNotFound, len(fake.Requests())-before)
		if got != test.want || state.Users == nil || state.EmailsNotFound == nil || len(resp.Diagnostics) > 0 {
			t.Errorf("read, %s: got %s, null users: %t, null emails_not_found: %t, want %s; %s",
				name, got, state.Users == nil, state.EmailsNotFound == nil, test.want, describe(resp.Diagnostics))
		}
	}
}

// TestAccAccessUsersDataSource_emails has 20,000 addresses of a file, one half of
// them repeated, and a set, which Terraform converts to a list.
func TestAccAccessUsersDataSource_emails(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "emails.txt")
	var lines strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&lines, "PERSON-%d@example.com\n", i/2)
	}
	if err := os.WriteFile(file, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	fake := fakeapi.New([]fakeapi.User{{"id": "1", "email": "person-7@example.com"}, {"id": "2", "email": "person-10000@example.com"}})
	terraform(t, start(t, fake), resource.TestStep{PlanOnly: true, Config: fmt.Sprintf(`
data "cloudflare_access_users" "file" {
  emails = split("\n", trimspace(file(%q)))
  lifecycle {
    postcondition {
      condition     = one(self.users[*].id) == "1" && length(self.emails_not_found) == 9999
      error_message = "Got ${length(self.users)} users, ${length(self.emails_not_found)} not found."
    }
  }
}
data "cloudflare_access_users" "set" {
  emails        = toset([for i in range(3) : "person-${i + 6}@example.com"])
  email_domains = toset(["example.com"])
  lifecycle {
    postcondition {
      condition     = one(self.users[*].id) == "1" && length(self.emails_not_found) == 2
      error_message = "Got ${length(self.users)} users, ${length(self.emails_not_found)} not found."
    }
  }
}
`, filepath.ToSlash(file))})
}
