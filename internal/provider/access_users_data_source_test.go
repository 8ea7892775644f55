package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestAccAccessUsersDataSource_ignoreTotalCount reads 250 users in pages of 100.
// What makes a list complete is tested in package pagination.
func TestAccAccessUsersDataSource_ignoreTotalCount(t *testing.T) {
	t.Parallel()
	fake := pagedFake()
	fake.Quirks.TotalCount = func(int) int { return 253 }
	terraform(t, start(t, fake), reads("data \"cloudflare_access_users\" \"all\" {\n  ignore_total_count = true\n}\n", fake))
}

// TestAccAccessUsersDataSource_leaveAndJoin lets a user of page 1 leave after
// page 1 was read, while another user joins at the end.
func TestAccAccessUsersDataSource_leaveAndJoin(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize = 100
	var stayed []string
	for _, user := range fake.Users(fakeapi.AccountID)[1:] {
		stayed = append(stayed, fmt.Sprintf("%q", user["id"]))
	}
	fake.Change = func(response int, users []fakeapi.User) []fakeapi.User {
		if response == 2 {
			return append(users[1:], fakeapi.Newcomer(1))
		}
		return users
	}
	// The first read is the one during which the list changes.
	terraform(t, start(t, fake), resource.TestStep{PlanOnly: true, Config: `
data "cloudflare_access_users" "all" {
  lifecycle {
    postcondition {
      condition     = length(setsubtract([` + strings.Join(stayed, ", ") + `], self.users[*].id)) == 0
      error_message = "Of ${length(self.users)} users, some who stayed are missing."
    }
  }
}
`})
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

// TestAccAccessUsersDataSource_selection has all selections in one for_each.
// Wanted are the ids of users and emails_not_found.
func TestAccAccessUsersDataSource_selection(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{
		{"id": "1", "email": "ann@example.com", "access_seat": true, "gateway_seat": true},
		{"id": "2", "email": "Bob@Example.com", "access_seat": true, "gateway_seat": false},
		{"id": "3", "email": "cem@example.com", "access_seat": false, "gateway_seat": true},
		{"id": "4", "email": "dee@example.com", "access_seat": nil, "gateway_seat": nil},
		{"id": "5", "email": "zoe\u0308@example.com", "access_seat": true}, // e and a combining diaeresis
		{"id": "6", "email": "ANN@EXAMPLE.COM"},
		{"id": "7"},
	})
	var selections strings.Builder
	want := make(map[string]knownvalue.Check)
	for arguments, result := range map[string]string{
		``:                     "7621345 []",
		`access_seat = true`:   "215 []",
		`access_seat = false`:  "7634 []",
		`gateway_seat = true`:  "13 []",
		`gateway_seat = false`: "76245 []",
		`access_seat = true, gateway_seat = false`:                                           "25 []",
		`emails = ["BOB@example.COM", "bob@example.com", "ann@example.com"]`:                 "621 []",
		`emails = ["ZO\u00cb@example.com"]`:                                                  "5 []",
		`emails = ["nobody@b.example", "Nobody@A.example", "nobody@a.example"]`:              `[] ["Nobody@A.example","nobody@a.example","nobody@b.example"]`,
		`emails = ["bob@example.com", "cem@example.com", "x@a.example"], access_seat = true`: `2 ["x@a.example"]`,
		`email = "example", access_seat = true, emails = null`:                               "215 []",
	} {
		fmt.Fprintf(&selections, "%q = { %s }\n", arguments, arguments)
		want[arguments] = knownvalue.StringExact(strings.TrimPrefix(result, "[]"))
	}
	terraform(t, start(t, fake), resource.TestStep{
		Config: `
locals {
  selections = {
` + selections.String() + `
  }
}
data "cloudflare_access_users" "selected" {
  for_each     = local.selections
  email        = try(each.value.email, null)
  emails       = try(each.value.emails, null)
  access_seat  = try(each.value.access_seat, null)
  gateway_seat = try(each.value.gateway_seat, null)
}
output "selected" {
  value = { for arguments, d in data.cloudflare_access_users.selected : arguments => "${join("", d.users[*].id)} ${jsonencode(d.emails_not_found)}" }
}
`,
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("selected", knownvalue.MapExact(want))},
	}, withoutForEach())
}

func TestRead_query(t *testing.T) {
	t.Parallel()
	for want, config := range map[string]values{
		"page=1&per_page=1000":                  nil,
		"page=1&per_page=37 page=2&per_page=29": {"per_page": num(37)},
		"email=example&name=b+%26&page=1&per_page=1&search=.org": {
			"per_page": num(1), "email": str("example"), "name": str("b &"), "search": str(".org"),
		},
	} {
		fake := fakeapi.New(fixedUsers(40))
		newEndpoint(t, nil, start(t, fake), nil).diagnose(dataSource, config)
		var got []string
		for _, r := range fake.Requests() {
			got = append(got, r.Query.Encode())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("read with %v: got requests %v, want %s", config, got, want)
		}
	}
}

// emailSet is a value of emails. A nil entry is null.
func emailSet(entries ...any) tftypes.Value {
	elements := make([]tftypes.Value, len(entries))
	for i, entry := range entries {
		elements[i] = tftypes.NewValue(tftypes.String, entry)
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, elements)
}
