package fakeapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// Seven users, at most three on a page: what four pages contain, and the
// result_info of one of them.
func TestQuirks(t *testing.T) {
	t.Parallel()
	tenfold := func(matches int) int { return matches * 10 }
	zero := func(int) int { return 0 }
	for _, test := range []struct {
		quirks fakeapi.Quirks
		query  string
		ids    string // with a space between two pages
		of     int    // the page whose result_info is compared
		info   *info
	}{
		{fakeapi.Quirks{}, "", "abc def g ", 3, &info{3, 3, 1, 7, 3}},
		{fakeapi.Quirks{FixedPageSize: 4}, "per_page=2", "abcd efg  ", 2, &info{2, 4, 3, 7, 2}},
		{fakeapi.Quirks{FixedPageSize: 4, SilentPageSize: true}, "per_page=2", "abcd efg  ", 2, &info{2, 2, 3, 7, 4}},
		{fakeapi.Quirks{SilentPageSize: true}, "per_page=5", "abc def g ", 1, &info{1, 5, 3, 7, 2}},
		{fakeapi.Quirks{NoResultInfo: true}, "", "abc def g ", 1, nil},
		{fakeapi.Quirks{TotalCount: tenfold}, "", "abc def g ", 2, &info{2, 3, 3, 70, 24}},
		{fakeapi.Quirks{TotalCount: zero}, "", "abc def g ", 2, &info{2, 3, 3, 0, 0}},
		{fakeapi.Quirks{UnfilteredTotal: true}, "email=d", "d   ", 1, &info{1, 3, 1, 7, 3}},
		{fakeapi.Quirks{ZeroPastEnd: true}, "", "abc def g ", 4, &info{4, 3, 0, 0, 0}},
		{fakeapi.Quirks{ZeroPastEnd: true}, "", "abc def g ", 3, &info{3, 3, 1, 7, 3}},
		{fakeapi.Quirks{EmptyAlways: 2}, "", "abc  g ", 2, &info{2, 3, 0, 7, 3}},
		{fakeapi.Quirks{FirstPageOnly: true}, "", "abc abc abc abc", 4, &info{1, 3, 3, 7, 3}},
		{fakeapi.Quirks{FirstPageOnly: true, EchoPage: true}, "", "abc abc abc abc", 4, &info{4, 3, 3, 7, 3}},
		{fakeapi.Quirks{LastPageAgain: true}, "", "abc def g g", 4, &info{3, 3, 1, 7, 3}},
		{fakeapi.Quirks{LastPageAgain: true, EchoPage: true}, "", "abc def g g", 4, &info{4, 3, 1, 7, 3}},
		{fakeapi.Quirks{LastPageAgain: true}, "email=none", "   ", 4, &info{1, 3, 0, 0, 0}},
		{fakeapi.Quirks{RepeatUser: true}, "", "abc dae fg ", 2, &info{2, 3, 3, 7, 3}},
		{fakeapi.Quirks{RepeatUser: true}, "email=d", "dd   ", 1, &info{1, 3, 2, 1, 1}},
		{fakeapi.Quirks{RepeatUser: true, RepeatCounted: true}, "email=none", "   ", 1, &info{1, 3, 0, 0, 0}},
		{fakeapi.Quirks{RepeatUser: true, RepeatCounted: true}, "", "abc dae fg ", 3, &info{3, 3, 2, 8, 3}},
		{fakeapi.Quirks{IgnoreFilters: true}, "email=d", "abc def g ", 1, &info{1, 3, 3, 7, 3}},
		{fakeapi.Quirks{EmailFilterMisses: true}, "email=d", "   ", 1, &info{1, 3, 0, 0, 0}},
		{fakeapi.Quirks{EmailFilterMisses: true}, "search=d", "d   ", 1, &info{1, 3, 1, 1, 1}},
		{fakeapi.Quirks{FilterAfterPaging: true}, "email=g", "  g ", 1, &info{1, 3, 0, 1, 1}},
		{fakeapi.Quirks{FilterAfterPaging: true, IgnoreFilters: true}, "email=g", "abc def g ", 3, &info{3, 3, 1, 7, 3}},
	} {
		s := fakeapi.New(lettered(7))
		s.MaxPageSize = 3
		s.Quirks = test.quirks
		ids, pages := read(t, s, 4, test.query)
		if ids != test.ids {
			t.Errorf("%+v, %q: pages %q, want %q", test.quirks, test.query, ids, test.ids)
		}
		if diff := cmp.Diff(test.info, pages[test.of-1].Info); diff != "" {
			t.Errorf("%+v, %q: result_info of page %d (-want +got):\n%s", test.quirks, test.query, test.of, diff)
		}
	}
}

func TestQuirks_refusePageSize(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(7))
	s.Quirks.RefusePageSize = func(perPage int) bool { return perPage%2 == 1 }
	if got, _ := read(t, s, 2, "per_page=4"); got != "abcd efg" {
		t.Errorf("GET ?per_page=4: pages %q, want %q", got, "abcd efg")
	}
	w := get(t, s, "per_page=3")
	if got := decode(t, w); w.Code != http.StatusBadRequest || !slices.Equal(got.codes(), []int{12130}) || !strings.HasSuffix(got.Errors[0].Text, "per_page must not be 3") {
		t.Errorf("GET ?per_page=3: %d %s, want 400 and code 12130", w.Code, w.Body)
	}
}

func TestQuirks_emptyOnce(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(7))
	s.MaxPageSize = 3
	s.Quirks.EmptyOnce = 2
	for _, want := range []string{"abc  g", "abc def g"} {
		if got, _ := read(t, s, 3, ""); got != want {
			t.Errorf("pages %q, want %q", got, want)
		}
	}
}

func TestQuirks_nullResult(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(1))
	s.Quirks = fakeapi.Quirks{NullResult: true, NoResultInfo: true}
	want := `{"result":null,"success":true,"errors":[],"messages":[]}`
	if got := get(t, s, "page=2").Body.String(); got != want {
		t.Errorf("GET ?page=2 = %s, want %s", got, want)
	}
	if got, _ := read(t, s, 1, ""); got != "a" {
		t.Errorf("GET ?page=1 = %q, want a", got)
	}
}

func TestQuirks_noDeviceCount(t *testing.T) {
	t.Parallel()
	s := fakeapi.New([]fakeapi.User{{"id": "a", "active_device_count": 2}})
	s.Quirks.NoDeviceCount = true
	for _, path := range []string{usersPath, usersPath + "/a"} {
		if got := send(s, newRequest(t, http.MethodGet, path)).Body.String(); !strings.Contains(got, `{"id":"a"}`) {
			t.Errorf(`GET %s = %s, want {"id":"a"} in it`, path, got)
		}
	}
	if got := s.Users(fakeapi.AccountID)[0]["active_device_count"]; got != 2 {
		t.Errorf("active_device_count in Users() = %v, want 2", got)
	}
}
