package fakeapi_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func people() []fakeapi.User {
	return []fakeapi.User{
		{"id": "1", "email": "anna.berg@example.com", "name": "Anna Berg"},
		{"id": "2", "email": "Anna.Berg@Example.com", "name": "anna berg"},
		{"id": "3", "email": "joanna.bergman@example.com", "name": "Joanna Bergman"},
		{"id": "4", "email": "zoe@example.org", "name": "Zoë Abbott"},
		{"id": "5", "email": "none@example.org", "name": nil},
		{"id": "6", "email": "absent@example.org"},
	}
}

func TestFiltersMatchPartsOrWholeValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		query       string
		part, whole []string
	}{
		{"email=anna.berg@example.com", []string{"1", "2"}, []string{"1"}},
		{"email=Anna.Berg", []string{"1", "2", "3"}, nil},
		{"name=anna+berg", []string{"1", "2", "3"}, []string{"2"}},
		{"name=ZO%C3%8B+abbott", []string{"4"}, nil},
		{"name=Zo%C3%AB+Abbott", []string{"4"}, []string{"4"}},
		{"search=zo", []string{"4"}, nil},
		{"search=Anna+Berg", []string{"1", "2", "3"}, []string{"1"}},
		{"search=none@example.org", []string{"5"}, []string{"5"}},
		{"email=example.com&name=joanna", []string{"3"}, nil},
		{"email=zoe@example.org&name=Zo%C3%AB+Abbott&search=zoe@example.org", []string{"4"}, []string{"4"}},
		{"email=nobody", nil, nil},
		{"email=&name=&search=", []string{"1", "2", "3", "4", "5", "6"}, []string{"1", "2", "3", "4", "5", "6"}},
	} {
		for exact, want := range map[bool][]string{false: test.part, true: test.whole} {
			t.Run(fmt.Sprintf("%s exact %t", test.query, exact), func(t *testing.T) {
				t.Parallel()
				s := fakeapi.New(people())
				s.ExactFilters = exact
				got := page(t, s, test.query)
				if diff := cmp.Diff(append([]string{}, want...), got.ids()); diff != "" {
					t.Errorf("GET ?%s: ids (-want +got):\n%s", test.query, diff)
				}
				if got.Info.TotalCount != len(want) {
					t.Errorf("GET ?%s: total_count %d, want %d", test.query, got.Info.TotalCount, len(want))
				}
			})
		}
	}
}

func TestMatchesAreCutIntoPages(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(people())
	got := page(t, s, "name=berg&per_page=2&page=2")
	if diff := cmp.Diff([]string{"3"}, got.ids()); diff != "" {
		t.Errorf("second page: ids (-want +got):\n%s", diff)
	}
	want := &info{Page: 2, PerPage: 2, Count: 1, TotalCount: 3, TotalPages: 2}
	if diff := cmp.Diff(want, got.Info); diff != "" {
		t.Errorf("second page: result_info (-want +got):\n%s", diff)
	}
}
