package provider_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// filterable are few users whom filters tell apart.
func filterable() []fakeapi.User {
	return []fakeapi.User{
		{"id": "1", "email": "ann@example.com", "name": "Ann"},
		{"id": "2", "email": "Joann@Example.com", "name": "Jo"},
		{"id": "3", "email": "bob@example.org", "name": "Bob & Ann"},
		{"id": "4", "email": "ann+a&b=c%20#?/ü@example.com", "name": ""},
		{"id": "5", "email": nil, "name": nil},
	}
}

// filtered has all three filters; variables that are not set leave theirs null.
const filtered = `
variable "email" {
  default = null
}
variable "name" {
  default = null
}
variable "search" {
  default = null
}
data "cloudflare_access_users" "all" {
  email  = var.email
  name   = var.name
  search = var.search
}
`

func TestAccFiltersAreCloudflares(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		filters map[string]string
		exact   bool
		ids     string
	}{
		"no filter":            {ids: "12345"},
		"email, parts":         {filters: map[string]string{"email": "ann"}, ids: "124"},
		"email, whole":         {filters: map[string]string{"email": "ann@example.com"}, exact: true, ids: "1"},
		"email, another case":  {filters: map[string]string{"email": "JOANN@example.com"}, ids: "2"},
		"email, odd letters":   {filters: map[string]string{"email": "ann+a&b=c%20#?/ü@example.com"}, exact: true, ids: "4"},
		"email, no match":      {filters: map[string]string{"email": "nobody"}, ids: ""},
		"name, parts":          {filters: map[string]string{"name": "ann"}, ids: "13"},
		"name, whole":          {filters: map[string]string{"name": "Ann"}, exact: true, ids: "1"},
		"name, odd letters":    {filters: map[string]string{"name": "Bob & Ann"}, exact: true, ids: "3"},
		"search, parts":        {filters: map[string]string{"search": "ann"}, ids: "1234"},
		"search, whole":        {filters: map[string]string{"search": "Jo"}, exact: true, ids: "2"},
		"all at once, parts":   {filters: map[string]string{"email": "example", "name": "ann", "search": ".org"}, ids: "3"},
		"all at once, whole":   {filters: map[string]string{"email": "ann@example.com", "name": "Ann", "search": "Ann"}, exact: true, ids: "1"},
		"blanks around, whole": {filters: map[string]string{"name": " Ann "}, exact: true, ids: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(filterable())
			fake.ExactFilters = test.exact
			step := reads(filtered, fake, func(u fakeapi.User) bool { return strings.Contains(test.ids, text(u["id"])) })
			step.ConfigVariables = make(config.Variables)
			for filter, value := range test.filters {
				step.ConfigVariables[filter] = config.StringVariable(value)
			}
			terraform(t, start(t, fake), step)

			want := url.Values{"page": {"1"}, "per_page": {"1000"}}
			for filter, value := range test.filters {
				want.Set(filter, value)
			}
			for _, r := range fake.Requests() {
				if !maps.EqualFunc(r.Query, want, func(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }) {
					t.Errorf("the query was %v, want %v", r.Query, want)
				}
			}
		})
	}
}

func TestAccAnIgnoredEmailFilterIsAnError(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(filterable())
	fake.Quirks.IgnoreFilters = true
	step := reads(filtered, fake, nil)
	step.ConfigVariables = config.Variables{"email": config.StringVariable("ann@example.com")}

	got := failure(t, start(t, fake), step)
	for _, word := range []string{"filter", "email"} {
		if !strings.Contains(got, word) {
			t.Errorf("terraform plan: got %s\nwant %q in it", got, word)
		}
	}
	if strings.Contains(got, "bob@example.org") {
		t.Errorf("terraform plan: got %s\nwant no address in it", got)
	}
}

// What name and search match may be looser than a part of the value.
func TestAccAnIgnoredNameOrSearchFilterKeepsTheUsers(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{"name", "search"} {
		t.Run(filter, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(filterable())
			fake.Quirks.IgnoreFilters = true
			step := reads(filtered, fake, nil)
			step.ConfigVariables = config.Variables{filter: config.StringVariable("Ann")}
			terraform(t, start(t, fake), step)
		})
	}
}
