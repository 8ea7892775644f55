package fakeapi_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// info is a result_info: page, per_page, count, total_count and total_pages.
type info [5]int

func (v info) String() string {
	return fmt.Sprintf(`,"result_info":{"page":%d,"per_page":%d,"count":%d,"total_count":%d,"total_pages":%d}`, v[0], v[1], v[2], v[3], v[4])
}

func TestList_bodies(t *testing.T) {
	t.Parallel()
	const maxInt = 9223372036854775807
	odd := fakeapi.Quirks{NullResult: true, NoResultInfo: true}
	users := []fakeapi.User{{"id": "a", "name": nil}, {"id": "b/c", "active_device_count": 2}, {"id": "d"}}
	for _, test := range []struct {
		target string
		quirks fakeapi.Quirks
		result string
		info   string
	}{
		{"?per_page=2", fakeapi.Quirks{}, `[{"id":"a","name":null},{"active_device_count":2,"id":"b/c"}]`, info{1, 2, 2, 3, 2}.String()},
		{"?per_page=5000&page=" + strconv.Itoa(maxInt), fakeapi.Quirks{}, `[]`, info{maxInt, 1000, 0, 3, 1}.String()},
		{"/a", fakeapi.Quirks{}, `{"id":"a","name":null}`, ""},
		{"/b%2Fc", fakeapi.Quirks{}, `{"active_device_count":2,"id":"b/c"}`, ""},
		{"?per_page=2", odd, `[{"id":"a","name":null},{"active_device_count":2,"id":"b/c"}]`, ""},
		{"?page=2", odd, `null`, ""},
	} {
		s := fakeapi.New(users)
		s.Quirks = test.quirks
		s.Messages = []fakeapi.Message{{Code: 1001, Text: "old", DocumentationURL: "https://example.com/", Source: &fakeapi.Source{Pointer: "/page"}}}
		want := `{"result":` + test.result + `,"success":true,"errors":[],"messages":[{"code":1001,"message":"old",` +
			`"documentation_url":"https://example.com/","source":{"pointer":"/page"}}]` + test.info + "}"
		w := get(t, s, test.target)
		if got := w.Body.String(); got != want || w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("GET %s with %+v: %d, %v, %s\nwant 200 %s", test.target, test.quirks, w.Code, w.Header(), got, want)
		}
	}
}

// Seven users, at most three on a page: what four pages contain, and the
// result_info of one of them. All of it follows the contract.
func TestList_pages(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	tenfold := func(matches int) int { return matches * 10 }
	zero := func(int) int { return 0 }
	type quirks = fakeapi.Quirks
	for _, test := range []struct {
		quirks quirks
		query  string
		ids    string // with a space between two pages
		info   info   // of the page with this number
		of     int
	}{
		{quirks{}, "", "abc def g ", info{3, 3, 1, 7, 3}, 3},
		{quirks{}, "per_page=2", "ab cd ef g", info{2, 2, 2, 7, 4}, 2},
		{quirks{}, "per_page=5000", "abc def g ", info{1, 3, 3, 7, 3}, 1},
		{quirks{FixedPageSize: 4}, "per_page=2", "abcd efg  ", info{2, 4, 3, 7, 2}, 2},
		{quirks{TotalCount: tenfold}, "email=d", "d   ", info{2, 3, 0, 10, 4}, 2},
		{quirks{TotalCount: zero}, "", "abc def g ", info{2, 3, 3, 0, 0}, 2},
		{quirks{UnfilteredTotal: true}, "email=d", "d   ", info{1, 3, 1, 7, 3}, 1},
		{quirks{FirstPageOnly: true}, "", "abc abc abc abc", info{1, 3, 3, 7, 3}, 4},
		{quirks{IgnoreFilters: true}, "email=d", "abc def g ", info{1, 3, 3, 7, 3}, 1},
		{quirks{EmailFilterMisses: true}, "email=d", "   ", info{1, 3, 0, 0, 0}, 1},
		{quirks{EmailFilterMisses: true}, "search=d", "d   ", info{1, 3, 1, 1, 1}, 1},
	} {
		s := fakeapi.New(lettered(7))
		s.MaxPageSize = 3
		s.Quirks = test.quirks
		ids, bodies := read(t, s, 4, test.query)
		if got := bodies[test.of-1]; ids != test.ids || !strings.HasSuffix(got, test.info.String()+"}") {
			t.Errorf("%+v, %q: pages %q, page %d %s\nwant %q, %s", test.quirks, test.query, ids, test.of, got, test.ids, test.info)
		}
		r := newRequest(t, http.MethodGet, usersPath+"?"+test.query)
		checkContract(t, contract, r, send(s, r))
	}
}

func TestList_filters(t *testing.T) {
	t.Parallel()
	s := fakeapi.New([]fakeapi.User{
		{"id": "1", "email": "anna.berg@example.com", "name": "Anna Berg"},
		{"id": "2", "email": "Anna.Berg@Example.com", "name": "anna berg"},
		{"id": "3", "email": "joanna.bergman@example.com", "name": "Joanna Bergman"},
		{"id": "4", "email": "zoe@example.org", "name": "Zoë Abbott"},
		{"id": "5", "email": "none@example.org", "name": nil},
		{"id": "6", "email": "absent@example.org"},
	})
	for query, want := range map[string]string{
		"email=anna.berg@example.com":                "12 ",
		"email=Anna.Berg":                            "12 3",
		"name=anna+berg":                             "12 3",
		"name=ZO%C3%8B+abbott":                       "4 ",
		"search=zo":                                  "4 ",
		"search=Anna+Berg":                           "12 3",
		"search=none@example.org":                    "5 ",
		"email=example.com&name=joanna":              "3 ",
		"email=zoe@example.org&name=zo&search=zoe":   "4 ",
		"email=zoe@example.org&name=zo&search=berg":  " ",
		"email=example.org&search=example.org&name=": "45 6",
	} {
		got, bodies := read(t, s, 2, "per_page=2&"+query)
		total := fmt.Sprintf(`"total_count":%d,`, len(want)-1) // without the space
		if got != want || !strings.Contains(bodies[0], total) {
			t.Errorf("GET ?%s = %q, %s\nwant %q, %s", query, got, bodies[0], want, total)
		}
	}
}

// Before the second response the first user leaves, and another one joins at
// the end: d is on no page, and the count does not tell.
func TestChange(t *testing.T) {
	t.Parallel()
	users := lettered(7)
	s := fakeapi.New(users)
	s.MaxPageSize = 3
	s.Change = func(response int, users []fakeapi.User) []fakeapi.User {
		if response == 2 {
			users[0] = fakeapi.User{"id": "z"} // of its copy
			return append(users[1:], users[0])
		}
		return users
	}
	for _, want := range []string{"abc efg z", "bcd efg z"} {
		if got, bodies := read(t, s, 3, ""); got != want || !strings.Contains(bodies[1], `"total_count":7`) {
			t.Errorf("pages %q, the second one %s, want %q of 7", got, bodies[1], want)
		}
	}
	if last := s.Users(fakeapi.AccountID)[6]["id"]; users[0]["id"] != "a" || last != "z" {
		t.Errorf("the caller's first user is %v, and the account's last one %v, want a and z", users[0]["id"], last)
	}
}

func TestSetUsers(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	s.Accounts["other/one"] = lettered(1)
	users := lettered(2)
	s.SetUsers(fakeapi.AccountID, users)
	users[0], s.Users(fakeapi.AccountID)[0] = nil, nil // not the server's
	if got, _ := read(t, s, 1, ""); got != "ab" {
		t.Errorf("page = %q, want ab", got)
	}
	path := strings.Replace(usersPath, fakeapi.AccountID, "other%2Fone", 1)
	if got := send(s, newRequest(t, http.MethodGet, path+"/a")); got.Code != http.StatusOK || s.Users("nobody") != nil {
		t.Errorf("user of another account: %d %s; of none: %v", got.Code, got.Body, s.Users("nobody"))
	}
}
