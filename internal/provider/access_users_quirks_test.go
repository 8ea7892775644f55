package provider_test

import (
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// byEmail reads the users whose address has this in it.
const byEmail = `
data "cloudflare_access_users" "all" {
  email = "example.org"
}
`

func isByEmail(u fakeapi.User) bool {
	return strings.Contains(strings.ToLower(text(u["email"])), "example.org")
}

// churn makes the first users leave and new ones join in front of the others,
// before the second of every three responses up to the last one.
func churn(last, leave, join int) func(int, []fakeapi.User) []fakeapi.User {
	return func(response int, users []fakeapi.User) []fakeapi.User {
		if response%3 != 2 || response > last {
			return users
		}
		var joined []fakeapi.User
		for i := range join {
			joined = append(joined, fakeapi.Newcomer(response*join+i))
		}
		return append(joined, users[min(leave, len(users)):]...)
	}
}

// Each step reads the list four times or more: a quirk that happens once is in
// the first read, whose result is what the others are compared with.
func TestAccUsersComeWholeFromAListThatMisleads(t *testing.T) {
	t.Parallel()
	count := func(n int) func(int) int { return func(int) int { return n } }
	for name, test := range map[string]struct {
		quirks  fakeapi.Quirks
		change  func(int, []fakeapi.User) []fakeapi.User
		byEmail bool
	}{
		"pages smaller than asked for":       {},
		"pages smaller than they say":        {quirks: fakeapi.Quirks{SilentPageSize: true}},
		"no result_info":                     {quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a count too large":                  {quirks: fakeapi.Quirks{TotalCount: count(100_000)}},
		"a count one too large":              {quirks: fakeapi.Quirks{TotalCount: count(251)}},
		"a count too small":                  {quirks: fakeapi.Quirks{TotalCount: count(100)}},
		"a count of none":                    {quirks: fakeapi.Quirks{TotalCount: count(0)}},
		"a list that loses a user once":      {change: churn(2, 1, 0)},
		"a list that gains a user once":      {change: churn(2, 0, 1)},
		"the first page empty once":          {quirks: fakeapi.Quirks{EmptyOnce: 1}},
		"a middle page empty once":           {quirks: fakeapi.Quirks{EmptyOnce: 2}},
		"the last page empty once":           {quirks: fakeapi.Quirks{EmptyOnce: 3}},
		"a user twice":                       {quirks: fakeapi.Quirks{RepeatUser: true}},
		"an order that moves":                {change: fakeapi.Rotate},
		"the last page again past the end":   {quirks: fakeapi.Quirks{LastPageAgain: true}},
		"an empty page that is null":         {quirks: fakeapi.Quirks{NullResult: true, NoResultInfo: true}},
		"a filter":                           {byEmail: true},
		"a filter, a count of all users":     {byEmail: true, quirks: fakeapi.Quirks{UnfilteredTotal: true}},
		"a filter, no result_info":           {byEmail: true, quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a filter, a page empty once":        {byEmail: true, quirks: fakeapi.Quirks{EmptyOnce: 1, UnfilteredTotal: true}},
		"a filter and an order that moves":   {byEmail: true, change: fakeapi.Rotate},
		"a filter that is applied to pages":  {byEmail: true, quirks: fakeapi.Quirks{FilterAfterPaging: true}},
		"a filter, a list that changes once": {byEmail: true, quirks: fakeapi.Quirks{UnfilteredTotal: true}, change: churn(2, 2, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Quirks, fake.Change = test.quirks, test.change
			step := reads(everyUser, fake, nil)
			if test.byEmail {
				fake.MaxPageSize = 50
				step = reads(byEmail, fake, isByEmail)
			}
			terraform(t, start(t, fake), step)
		})
	}
}

func TestAccUsersAreRefusedFromAListThatNoReadCanVouchFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		quirks fakeapi.Quirks
		change func(int, []fakeapi.User) []fakeapi.User
		want   string
	}{
		"every page the first one":            {quirks: fakeapi.Quirks{FirstPageOnly: true}, want: "page 2"},
		"every page the first one, unsaid":    {quirks: fakeapi.Quirks{FirstPageOnly: true, EchoPage: true}, want: "page 2"},
		"every page the first one, no counts": {quirks: fakeapi.Quirks{FirstPageOnly: true, NoResultInfo: true}, want: "page 2"},
		"a page that is always empty":         {quirks: fakeapi.Quirks{EmptyAlways: 2}, want: "page 3"},
		"a user who is counted twice":         {quirks: fakeapi.Quirks{RepeatUser: true, RepeatCounted: true}, want: "page 2"},
		"a list that always gains users":      {change: churn(100, 0, 1), want: "kept changing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Quirks, fake.Change = test.quirks, test.change
			got := failure(t, start(t, fake), reads(everyUser, fake, nil))
			if !strings.Contains(oneLine(got), test.want) {
				t.Errorf("terraform plan: got %s\nwant %q in it", got, test.want)
			}
		})
	}
}
