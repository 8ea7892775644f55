package provider_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

// TestAccAccessUsersDataSource_busyAccount lets a user of page 1 leave after page 1
// was read, while another user joins at the end, then one leaves or joins at every
// second page. The servers accept any page size, multiples of 5 only, or nothing
// above 50.
func TestAccAccessUsersDataSource_busyAccount(t *testing.T) {
	t.Parallel()
	for name, refuses := range map[string]func(perPage int) bool{
		"any size":       nil,
		"multiples of 5": func(perPage int) bool { return perPage%5 > 0 },
		"50 at most":     func(perPage int) bool { return perPage > 50 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(450))
			fake.MaxPageSize, fake.Quirks.RefusePageSize = 100, refuses
			var stay []string
			for _, user := range fake.Users(fakeapi.AccountID)[100:] {
				stay = append(stay, fmt.Sprintf("%q", user["id"]))
			}
			fake.Change = func(response int, users []fakeapi.User) []fakeapi.User {
				if response%2 == 0 && response < 100 {
					return append(users[1:], fakeapi.Newcomer(response))
				}
				return users
			}
			// The first read is the one during which the list changes.
			terraform(t, start(t, fake), resource.TestStep{PlanOnly: true, Config: `
data "cloudflare_access_users" "all" {
  lifecycle {
    postcondition {
      condition     = length(setsubtract([` + strings.Join(stay, ", ") + `], self.users[*].id)) == 0
      error_message = "Of ${length(self.users)} users, some who stayed are missing."
    }
  }
}
`})
		})
	}
}

// TestAccAccessUsersDataSource_knownAfterApply has an argument that a plan does
// not know, so that Terraform reads the users when it applies.
func TestAccAccessUsersDataSource_knownAfterApply(t *testing.T) {
	t.Parallel()
	fake := pagedFake()
	env := start(t, fake)
	delete(env, "CLOUDFLARE_ACCOUNT_ID")
	terraform(t, env, reads(`
resource "terraform_data" "account" {
  input = "`+fakeapi.AccountID+`"
}
data "cloudflare_access_users" "all" {
  account_id = terraform_data.account.output
}
`, fake))
}

func TestAccAccessUsersDataSource_emailFilterIgnored(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{{"id": "1", "email": "bob@example.org"}})
	fake.Quirks.IgnoreFilters = true
	terraform(t, start(t, fake), resource.TestStep{
		Config:      "data \"cloudflare_access_users\" \"all\" {\n  email = \"ann@example.com\"\n}\n",
		ExpectError: regexp.MustCompile("Cannot use the response to the filter email"),
	})
}

func TestRead_query(t *testing.T) {
	t.Parallel()
	ignore := tftypes.NewValue(tftypes.Bool, true)
	for want, config := range map[string]values{
		"page=1&per_page=1000":                  nil,
		"page=1&per_page=35 page=2&per_page=30": {"per_page": num(35)},
		"email=example&name=b+%26&page=1&per_page=5&search=.org": {
			"per_page": num(5), "email": str("example"), "name": str("b &"), "search": str(".org"),
		},
	} {
		if got := queries(t, config); strings.Join(got, " ") != want {
			t.Errorf("read with %v: got requests %v, want %s", config, got, want)
		}
	}
	// No count confirms the end, so the list is read again.
	if got := queries(t, values{"per_page": num(35), "ignore_total_count": ignore}); len(got) < 6 {
		t.Errorf("read with ignore_total_count: got requests %v, want two reads", got)
	}
}

// queries reads 40 users, and returns the queries of the requests, sorted.
func queries(t *testing.T, config values) (got []string) {
	t.Helper()
	fake := fakeapi.New(fixedUsers(40))
	newEndpoint(t, nil, start(t, fake), nil).diagnose(dataSource, config)
	for _, r := range fake.Requests() {
		got = append(got, r.Query.Encode())
	}
	slices.Sort(got)
	return got
}

func TestRead_listTooLarge(t *testing.T) {
	t.Parallel()
	env := start(t, fakeapi.New(fixedUsers(5000)))
	got := make(map[string]string)
	for _, mib := range []int{1, 3} {
		e := unconfigured(t, env)
		e.server.(*rawstate.Server).MaxListBytes = mib << 20 //nolint:forcetypeassert // of NewServer
		e.configure(t.Context(), nil)
		resp := e.read(t.Context(), dataSource, nil)
		got[fmt.Sprintf("limit of %d MiB", mib)] = describe(resp.Diagnostics)
		if hasUsers := e.hasUsers(resp); hasUsers != (mib == 3) {
			t.Errorf("read with a limit of %d MiB: got users: %t", mib, hasUsers)
		}
	}
	checkTexts(t, got)
}

// TestRead_frameworkServer reads with the framework's own server.
func TestRead_frameworkServer(t *testing.T) {
	t.Parallel()
	env := start(t, fakeapi.New(variedUsers()))
	want := newEndpoint(t, nil, env, nil).read(t.Context(), dataSource, nil).State.MsgPack
	e := endpointOf(t, providerserver.NewProtocol6(provider.NewProvider(provider.Options{Getenv: env.getenv}))())
	e.configure(t.Context(), nil)
	if got := e.read(t.Context(), dataSource, nil).State.MsgPack; !bytes.Equal(got, want) {
		t.Errorf("read with the framework's server: got state\n%q\nwant, as with a rawstate.Server,\n%q", got, want)
	}
}
