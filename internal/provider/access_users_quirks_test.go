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

// Each step reads the list four times or more: a quirk that happens once is in
// the first read, whose result is what the others are compared with.
func TestAccUsersComeWholeFromAListThatMisleads(t *testing.T) {
	t.Parallel()
	once := func(lose, gain int) *fakeapi.Churn {
		return &fakeapi.Churn{AfterPage: 1, Times: 1, Lose: lose, Gain: gain}
	}
	count := func(n int) func(int) int { return func(int) int { return n } }
	for name, test := range map[string]struct {
		quirks  fakeapi.Quirks
		byEmail bool
	}{
		"pages smaller than asked for":       {},
		"pages smaller than they say":        {quirks: fakeapi.Quirks{SilentPageSize: true}},
		"no result_info":                     {quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a count too large":                  {quirks: fakeapi.Quirks{TotalCount: count(100_000)}},
		"a count one too large":              {quirks: fakeapi.Quirks{TotalCount: count(251)}},
		"a count too small":                  {quirks: fakeapi.Quirks{TotalCount: count(100)}},
		"a count of none":                    {quirks: fakeapi.Quirks{TotalCount: count(0)}},
		"a list that loses a user once":      {quirks: fakeapi.Quirks{Churn: once(1, 0)}},
		"a list that gains a user once":      {quirks: fakeapi.Quirks{Churn: once(0, 1)}},
		"the first page empty once":          {quirks: fakeapi.Quirks{EmptyOnce: 1}},
		"a middle page empty once":           {quirks: fakeapi.Quirks{EmptyOnce: 2}},
		"the last page empty once":           {quirks: fakeapi.Quirks{EmptyOnce: 3}},
		"a user twice":                       {quirks: fakeapi.Quirks{RepeatUser: true}},
		"an order that moves":                {quirks: fakeapi.Quirks{MovingOrder: true}},
		"the last page again past the end":   {quirks: fakeapi.Quirks{LastPageAgain: true}},
		"an empty page that is null":         {quirks: fakeapi.Quirks{NullResult: true, NoResultInfo: true}},
		"a filter":                           {byEmail: true},
		"a filter, a count of all users":     {byEmail: true, quirks: fakeapi.Quirks{UnfilteredTotal: true}},
		"a filter, no result_info":           {byEmail: true, quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a filter, a page empty once":        {byEmail: true, quirks: fakeapi.Quirks{EmptyOnce: 1, UnfilteredTotal: true}},
		"a filter and an order that moves":   {byEmail: true, quirks: fakeapi.Quirks{MovingOrder: true}},
		"a filter that is applied to pages":  {byEmail: true, quirks: fakeapi.Quirks{FilterAfterPaging: true}},
		"a filter, a list that changes once": {byEmail: true, quirks: fakeapi.Quirks{UnfilteredTotal: true, Churn: once(2, 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Quirks = test.quirks
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
	always := func(lose, gain int) *fakeapi.Churn {
		return &fakeapi.Churn{AfterPage: 1, Times: -1, Lose: lose, Gain: gain}
	}
	for name, test := range map[string]struct {
		quirks fakeapi.Quirks
		want   string
	}{
		"every page the first one":            {quirks: fakeapi.Quirks{FirstPageOnly: true}, want: "page 2"},
		"every page the first one, unsaid":    {quirks: fakeapi.Quirks{FirstPageOnly: true, EchoPage: true}, want: "page 2"},
		"every page the first one, no counts": {quirks: fakeapi.Quirks{FirstPageOnly: true, NoResultInfo: true}, want: "page 2"},
		"a page that is always empty":         {quirks: fakeapi.Quirks{EmptyAlways: 2}, want: "page 3"},
		"a user who is counted twice":         {quirks: fakeapi.Quirks{RepeatUser: true, RepeatCounted: true}, want: "page 2"},
		"a list that always loses users":      {quirks: fakeapi.Quirks{Churn: always(1, 0)}, want: "kept changing"},
		"a list that always gains users":      {quirks: fakeapi.Quirks{Churn: always(0, 1)}, want: "kept changing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Quirks = test.quirks
			got := failure(t, start(t, fake), reads(everyUser, fake, nil))
			if !strings.Contains(oneLine(got), test.want) {
				t.Errorf("terraform plan: got %s\nwant %q in it", got, test.want)
			}
		})
	}
}
