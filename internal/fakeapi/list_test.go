package fakeapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestList_pages(t *testing.T) {
	t.Parallel()
	users := fakeapi.Users(25, fixedTime())
	for _, test := range []struct {
		query    string
		max      int // page size
		from, to int // index in users
		info     info
	}{
		{query: "", from: 0, to: 25, info: info{Page: 1, PerPage: 1000, Count: 25, TotalCount: 25, TotalPages: 1}},
		{query: "per_page=10", from: 0, to: 10, info: info{Page: 1, PerPage: 10, Count: 10, TotalCount: 25, TotalPages: 3}},
		{query: "page=3&per_page=10", from: 20, to: 25, info: info{Page: 3, PerPage: 10, Count: 5, TotalCount: 25, TotalPages: 3}},
		{query: "page=4&per_page=10", info: info{Page: 4, PerPage: 10, TotalCount: 25, TotalPages: 3}},
		{query: "page=9223372036854775807", info: info{Page: 9223372036854775807, PerPage: 1000, TotalCount: 25, TotalPages: 1}},
		{query: "page=2", max: 20, from: 20, to: 25, info: info{Page: 2, PerPage: 20, Count: 5, TotalCount: 25, TotalPages: 2}},
		{query: "page=2&per_page=999", max: 20, from: 20, to: 25, info: info{Page: 2, PerPage: 20, Count: 5, TotalCount: 25, TotalPages: 2}},
		{query: "page=2&per_page=5", max: 20, from: 5, to: 10, info: info{Page: 2, PerPage: 5, Count: 5, TotalCount: 25, TotalPages: 5}},
		{query: "per_page=5000", from: 0, to: 25, info: info{Page: 1, PerPage: 1000, Count: 25, TotalCount: 25, TotalPages: 1}},
		{query: "per_page=5000", max: 4000, from: 0, to: 25, info: info{Page: 1, PerPage: 4000, Count: 25, TotalCount: 25, TotalPages: 1}},
	} {
		t.Run(fmt.Sprintf("%s max %d", test.query, test.max), func(t *testing.T) {
			t.Parallel()
			s := fakeapi.New(users)
			s.MaxPageSize = test.max
			got := page(t, s, test.query)
			if diff := cmp.Diff(idsOf(users[test.from:test.to]), got.ids()); diff != "" {
				t.Errorf("GET ?%s: ids (-want +got):\n%s", test.query, diff)
			}
			if diff := cmp.Diff(&test.info, got.Info); diff != "" {
				t.Errorf("GET ?%s: result_info (-want +got):\n%s", test.query, diff)
			}
		})
	}
}

func TestList_filters(t *testing.T) {
	t.Parallel()
	users := []fakeapi.User{
		{"id": "1", "email": "anna.berg@example.com", "name": "Anna Berg"},
		{"id": "2", "email": "Anna.Berg@Example.com", "name": "anna berg"},
		{"id": "3", "email": "joanna.bergman@example.com", "name": "Joanna Bergman"},
		{"id": "4", "email": "zoe@example.org", "name": "Zoë Abbott"},
		{"id": "5", "email": "none@example.org", "name": nil},
		{"id": "6", "email": "absent@example.org"},
	}
	for _, test := range []struct {
		query, part, exact string // ids, with ExactFilters false and true
	}{
		{"email=anna.berg@example.com", "12", "1"},
		{"email=Anna.Berg", "123", ""},
		{"name=anna+berg", "123", "2"},
		{"name=ZO%C3%8B+abbott", "4", ""},
		{"name=Zo%C3%AB+Abbott", "4", "4"},
		{"search=zo", "4", ""},
		{"search=Anna+Berg", "123", "1"},
		{"search=none@example.org", "5", "5"},
		{"email=example.com&name=joanna", "3", ""},
		{"email=zoe@example.org&name=Zo%C3%AB+Abbott&search=zoe@example.org", "4", "4"},
		{"email=nobody", "", ""},
		{"email=&name=&search=", "123456", "123456"},
	} {
		for exact, want := range map[bool]string{false: test.part, true: test.exact} {
			s := fakeapi.New(users)
			s.ExactFilters = exact
			if got := page(t, s, test.query); strings.Join(got.ids(), "") != want || got.Info.TotalCount != len(want) {
				t.Errorf("ExactFilters %t: GET ?%s = %s of %d, want %q", exact, test.query, got.ids(), got.Info.TotalCount, want)
			}
		}
	}
	if got, _ := read(t, fakeapi.New(users), 2, "name=berg&per_page=2"); got != "12 3" {
		t.Errorf("matches on two pages = %q, want 12 3", got)
	}
}

// Before the second response the first user leaves, and another one joins at
// the end: d is on no page, and the count does not tell.
func TestChange_betweenPages(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(7))
	s.MaxPageSize = 3
	var responses []int
	s.Change = func(response int, users []fakeapi.User) []fakeapi.User {
		responses = append(responses, response)
		if response == 2 {
			return append(users[1:], fakeapi.User{"id": "z"})
		}
		return users
	}
	s.Faults = []fakeapi.Fault{{Page: 3, Attempts: 1, Do: fakeapi.HTML(502)}, {Page: 1, Attempts: 1, Do: fakeapi.Pass()}}
	get(t, s, "page=3") // none of these is a page
	get(t, s, "page=0")
	send(s, newRequest(t, http.MethodGet, usersPath+"/a"))
	send(s, newRequest(t, http.MethodGet, usersPath+"s"))
	if got, pages := read(t, s, 3, ""); got != "abc efg z" || pages[0].Info.TotalCount != 7 || pages[1].Info.TotalCount != 7 {
		t.Errorf("first read: pages %q of %d and %d, want %q of 7", got, pages[0].Info.TotalCount, pages[1].Info.TotalCount, "abc efg z")
	}
	if got, _ := read(t, s, 3, ""); got != "bcd efg z" {
		t.Errorf("second read: pages %q, want %q", got, "bcd efg z")
	}
	if want := []int{1, 2, 3, 4, 5, 6}; !slices.Equal(responses, want) {
		t.Errorf("Change was called before responses %v, want %v", responses, want)
	}
	if got := strings.Join(idsOf(s.Users(fakeapi.AccountID)), ""); got != "bcdefgz" {
		t.Errorf("Users() = %q, want bcdefgz", got)
	}
}

// Change may modify the slice that it gets, although other responses use it.
func TestChange_getsACopy(t *testing.T) {
	t.Parallel()
	users := lettered(3)
	s := fakeapi.New(users)
	s.Change = func(_ int, users []fakeapi.User) []fakeapi.User {
		users[0] = fakeapi.User{"id": "z"}
		return users[:2]
	}
	if got, _ := read(t, s, 1, ""); got != "zb" || users[0]["id"] != "a" {
		t.Errorf("page = %q and the first user of the caller %v, want zb and a", got, users[0]["id"])
	}
}

// A user that replaces another one must not get the JSON of the other one.
func TestList_encodesNewUsers(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	for i := range 10_000 {
		id := strconv.Itoa(i)
		s.SetUsers(fakeapi.AccountID, []fakeapi.User{{"id": id}})
		if got, _ := read(t, s, 1, ""); got != id {
			t.Fatalf("page = %q, want %q", got, id)
		}
	}
}

// BenchmarkList is what the fake costs a benchmark of a client: a read of
// 100,000 users in pages of 1000, from a server that has served them before.
func BenchmarkList(b *testing.B) {
	s := fakeapi.New(fakeapi.Users(100_000, fixedTime()))
	read := func() {
		for n := range 100 {
			if w := get(b, s, fmt.Sprintf("page=%d", n+1)); w.Code != http.StatusOK {
				b.Fatalf("page %d: status %d, want 200", n+1, w.Code)
			}
		}
	}
	read()
	for b.Loop() {
		read()
	}
}
