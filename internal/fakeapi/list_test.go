package fakeapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// resultInfo has page, per_page, count, total_count and total_pages.
type resultInfo [5]int

// readPage returns the ids of the users on the page that the query requests,
// joined, or "null" as its result is, and its result_info.
func readPage(t *testing.T, s *fakeapi.Server, query string) (string, resultInfo) {
	t.Helper()
	w := get(t, s, "?"+query)
	var body struct {
		Result []fakeapi.User `json:"result"`
		Info   map[string]int `json:"result_info"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusOK {
		t.Fatalf("GET ?%s: got %d %s, want a page", query, w.Code, w.Body)
	}
	var ids strings.Builder
	if body.Result == nil {
		ids.WriteString("null")
	}
	for _, user := range body.Result {
		fmt.Fprint(&ids, user["id"])
	}
	var info resultInfo
	for i, name := range []string{"page", "per_page", "count", "total_count", "total_pages"} {
		info[i] = body.Info[name]
	}
	return ids.String(), info
}

// TestServeHTTP_pages reads pages of seven users, at most three on a page, and
// compares them with the contract.
func TestServeHTTP_pages(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	tenfold := func(matches int) int { return matches * 10 }
	zero := func(int) int { return 0 }
	type quirks = fakeapi.Quirks
	for _, test := range []struct {
		quirks quirks
		query  string
		ids    string
		info   resultInfo
	}{
		{quirks{}, "", "abc", resultInfo{1, 3, 3, 7, 3}},
		{quirks{}, "page=3", "g", resultInfo{3, 3, 1, 7, 3}},
		{quirks{}, "page=4", "", resultInfo{4, 3, 0, 7, 3}},
		{quirks{}, "page=2&per_page=2", "cd", resultInfo{2, 2, 2, 7, 4}},
		{quirks{FixedPageSize: 4}, "page=2&per_page=2", "efg", resultInfo{2, 4, 3, 7, 2}},
		{quirks{NullResult: true}, "page=3", "g", resultInfo{3, 3, 1, 7, 3}},
		{quirks{NullResult: true}, "page=4", "null", resultInfo{4, 3, 0, 7, 3}},
		{quirks{NoResultInfo: true}, "", "abc", resultInfo{}},
		{quirks{TotalCount: tenfold}, "email=d", "d", resultInfo{1, 3, 1, 10, 4}},
		{quirks{TotalCount: zero}, "page=2", "def", resultInfo{2, 3, 3, 0, 0}},
		{quirks{FirstPageOnly: true}, "page=4", "abc", resultInfo{1, 3, 3, 7, 3}},
		{quirks{IgnoreFilters: true}, "email=d", "abc", resultInfo{1, 3, 3, 7, 3}},
		{quirks{EmailFilterMisses: true}, "email=d", "", resultInfo{1, 3, 0, 0, 0}},
		{quirks{EmailFilterMisses: true}, "search=d", "d", resultInfo{1, 3, 1, 1, 1}},
	} {
		s := fakeapi.New(lettered(7))
		s.MaxPageSize = 3
		s.Quirks = test.quirks
		if ids, info := readPage(t, s, test.query); ids != test.ids || info != test.info {
			t.Errorf("GET ?%s with %+v: got users %q, %d, want %q, %d", test.query, test.quirks, ids, info, test.ids, test.info)
		}
		if test.ids != "null" { // which the contract does not allow
			r := newRequest(t, http.MethodGet, usersPath+"?"+test.query)
			checkContract(t, contract, r, send(s, r))
		}
	}
}

func TestServeHTTP_filters(t *testing.T) {
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
		"email=anna.berg@example.com":                "12",
		"email=Anna.Berg":                            "123",
		"name=ZO%C3%8B+abbott":                       "4",
		"search=Anna+Berg":                           "123",
		"search=none@example.org":                    "5",
		"email=zoe@example.org&name=zo&search=zoe":   "4",
		"email=zoe@example.org&name=zo&search=berg":  "",
		"email=example.org&search=example.org&name=": "456",
	} {
		if got, info := readPage(t, s, query); got != want || info[3] != len(want) {
			t.Errorf("GET ?%s: got users %q of %d, want %q of %d", query, got, info[3], want, len(want))
		}
	}
}

// TestChange lets the first user leave and another one join at the end, before
// the second response: d is on no page, and the count does not tell.
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
	var pages []string
	for _, query := range []string{"page=1", "page=2", "page=3", "page=1"} {
		ids, info := readPage(t, s, query)
		if pages = append(pages, ids); info[3] != 7 {
			t.Errorf("GET ?%s: got total_count %d, want 7", query, info[3])
		}
	}
	if got := strings.Join(pages, " "); got != "abc efg z bcd" {
		t.Errorf("pages 1, 2, 3 and 1: got %q, want abc efg z bcd", got)
	}
	if last := s.Users(fakeapi.AccountID)[6]["id"]; users[0]["id"] != "a" || last != "z" {
		t.Errorf("got %v as the caller's first user, %v as the account's last one, want a and z", users[0]["id"], last)
	}
}

func TestSetUsers(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	s.Accounts["other/one"] = []fakeapi.User{{"id": "b/c"}}
	users := lettered(2)
	s.SetUsers(fakeapi.AccountID, users)
	users[0], s.Users(fakeapi.AccountID)[0] = nil, nil // not the server's
	if got, _ := readPage(t, s, ""); got != "ab" {
		t.Errorf("GET after SetUsers: got users %q, want ab", got)
	}
	path := strings.Replace(usersPath, fakeapi.AccountID, "other%2Fone", 1)
	if got := send(s, newRequest(t, http.MethodGet, path+"/b%2Fc")); got.Code != http.StatusOK || s.Users("nobody") != nil {
		t.Errorf("GET %s/b%%2Fc: got %d %s; Users of no account: got %v", path, got.Code, got.Body, s.Users("nobody"))
	}
}
