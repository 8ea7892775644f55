package fakeapi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// numbered are users with the ids "a", "b" and so on.
func numbered(n int) []fakeapi.User {
	var users []fakeapi.User
	for i := range n {
		id := string(rune('a' + i))
		users = append(users, fakeapi.User{"id": id, "email": id + "@0"})
	}
	return users
}

// rows writes pages as one letter a user, one word a page.
func rows(pages []wire) string {
	var words []string
	for _, p := range pages {
		words = append(words, strings.Join(p.ids(), ""))
	}
	return strings.Join(words, " ")
}

// Seven users, three a page: each quirk shows in what four pages hold, and in
// the result_info of one of them.
func TestEachQuirkMisleadsInItsOwnWay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		quirks fakeapi.Quirks
		query  string
		rows   string
		of     int // the page whose result_info is looked at
		info   *info
	}{
		"none": {
			rows: "abc def g ", of: 3,
			info: &info{Page: 3, PerPage: 3, Count: 1, TotalCount: 7, TotalPages: 3},
		},
		"SilentPageSize": {
			quirks: fakeapi.Quirks{SilentPageSize: true}, query: "per_page=5", rows: "abc def g ", of: 1,
			info: &info{Page: 1, PerPage: 5, Count: 3, TotalCount: 7, TotalPages: 2},
		},
		"NoResultInfo": {
			quirks: fakeapi.Quirks{NoResultInfo: true}, rows: "abc def g ", of: 1,
		},
		"TotalCount": {
			quirks: fakeapi.Quirks{TotalCount: func(matches int) int { return matches * 10 }}, rows: "abc def g ", of: 2,
			info: &info{Page: 2, PerPage: 3, Count: 3, TotalCount: 70, TotalPages: 24},
		},
		"UnfilteredTotal": {
			quirks: fakeapi.Quirks{UnfilteredTotal: true}, query: "email=d", rows: "d   ", of: 1,
			info: &info{Page: 1, PerPage: 3, Count: 1, TotalCount: 7, TotalPages: 3},
		},
		"EmptyAlways": {
			quirks: fakeapi.Quirks{EmptyAlways: 2}, rows: "abc  g ", of: 2,
			info: &info{Page: 2, PerPage: 3, TotalCount: 7, TotalPages: 3},
		},
		"FirstPageOnly": {
			quirks: fakeapi.Quirks{FirstPageOnly: true}, rows: "abc abc abc abc", of: 4,
			info: &info{Page: 1, PerPage: 3, Count: 3, TotalCount: 7, TotalPages: 3},
		},
		"FirstPageOnly and EchoPage": {
			quirks: fakeapi.Quirks{FirstPageOnly: true, EchoPage: true}, rows: "abc abc abc abc", of: 4,
			info: &info{Page: 4, PerPage: 3, Count: 3, TotalCount: 7, TotalPages: 3},
		},
		"LastPageAgain": {
			quirks: fakeapi.Quirks{LastPageAgain: true}, rows: "abc def g g", of: 4,
			info: &info{Page: 3, PerPage: 3, Count: 1, TotalCount: 7, TotalPages: 3},
		},
		"LastPageAgain and EchoPage": {
			quirks: fakeapi.Quirks{LastPageAgain: true, EchoPage: true}, rows: "abc def g g", of: 4,
			info: &info{Page: 4, PerPage: 3, Count: 1, TotalCount: 7, TotalPages: 3},
		},
		"LastPageAgain without a match": {
			quirks: fakeapi.Quirks{LastPageAgain: true}, query: "email=none", rows: "   ", of: 4,
			info: &info{Page: 1, PerPage: 3},
		},
		"RepeatUser": {
			quirks: fakeapi.Quirks{RepeatUser: true}, rows: "abc ade fg ", of: 2,
			info: &info{Page: 2, PerPage: 3, Count: 3, TotalCount: 7, TotalPages: 3},
		},
		"RepeatUser on one page": {
			quirks: fakeapi.Quirks{RepeatUser: true}, query: "email=d", rows: "dd   ", of: 1,
			info: &info{Page: 1, PerPage: 3, Count: 2, TotalCount: 1, TotalPages: 1},
		},
		"RepeatCounted": {
			quirks: fakeapi.Quirks{RepeatUser: true, RepeatCounted: true}, rows: "abc ade fg ", of: 3,
			info: &info{Page: 3, PerPage: 3, Count: 2, TotalCount: 8, TotalPages: 3},
		},
		"MovingOrder": {
			quirks: fakeapi.Quirks{MovingOrder: true}, rows: "bcd fga c ", of: 1,
			info: &info{Page: 1, PerPage: 3, Count: 3, TotalCount: 7, TotalPages: 3},
		},
		"IgnoreFilters": {
			quirks: fakeapi.Quirks{IgnoreFilters: true}, query: "email=d", rows: "abc def g ", of: 1,
			info: &info{Page: 1, PerPage: 3, Count: 3, TotalCount: 7, TotalPages: 3},
		},
		"FilterAfterPaging": {
			quirks: fakeapi.Quirks{FilterAfterPaging: true}, query: "email=g", rows: "  g ", of: 1,
			info: &info{Page: 1, PerPage: 3, TotalCount: 1, TotalPages: 1},
		},
		"FilterAfterPaging and IgnoreFilters": {
			quirks: fakeapi.Quirks{FilterAfterPaging: true, IgnoreFilters: true}, query: "email=g", rows: "abc def g ", of: 3,
			info: &info{Page: 3, PerPage: 3, Count: 1, TotalCount: 7, TotalPages: 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fakeapi.New(numbered(7))
			s.MaxPageSize = 3
			s.Quirks = test.quirks

			got := first(t, s, 4, test.query)
			if rows(got) != test.rows {
				t.Errorf("pages %q, want %q", rows(got), test.rows)
			}
			if diff := cmp.Diff(test.info, got[test.of-1].Info); diff != "" {
				t.Errorf("result_info of page %d (-want +got):\n%s", test.of, diff)
			}
		})
	}
}

func TestAPageMayBeEmptyOnceOnly(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(7))
	s.MaxPageSize = 3
	s.Quirks = fakeapi.Quirks{EmptyOnce: 2}
	if got, want := rows(first(t, s, 3, "")), "abc  g"; got != want {
		t.Errorf("first read: pages %q, want %q", got, want)
	}
	if got, want := rows(first(t, s, 3, "")), "abc def g"; got != want {
		t.Errorf("second read: pages %q, want %q", got, want)
	}
}

func TestAnEmptyPageMayBeNull(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(1))
	s.Quirks = fakeapi.Quirks{NullResult: true, NoResultInfo: true}
	want := `{"result":null,"success":true,"errors":[],"messages":[]}`
	if got := ask(t, s, "page=2").Body.String(); got != want {
		t.Errorf("GET ?page=2 = %s, want %s", got, want)
	}
	if got := rows(first(t, s, 1, "")); got != "a" {
		t.Errorf("GET ?page=1 = %q, want a", got)
	}
}

func TestAMovingOrderLosesNobodyInTheEnd(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(7))
	s.Quirks = fakeapi.Quirks{MovingOrder: true}
	for _, want := range []string{"bcdefga", "cdefgab", "defgabc"} {
		if got := rows(first(t, s, 1, "")); got != want {
			t.Errorf("one page of all = %q, want %q", got, want)
		}
	}
	if got := strings.Join(idsOf(s.Users(fakeapi.AccountID)), ""); got != "abcdefg" {
		t.Errorf("Users() = %q, want abcdefg", got)
	}
}
