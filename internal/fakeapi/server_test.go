package fakeapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const usersPath = fakeapi.BasePath + "/accounts/" + fakeapi.AccountID + "/access/users"

func fixedTime() time.Time { return time.Date(2026, time.March, 1, 9, 30, 0, 0, time.UTC) }

// lettered returns users with the ids "a", "b" and so on.
func lettered(n int) []fakeapi.User {
	var users []fakeapi.User
	for i := range n {
		id := string(rune('a' + i))
		users = append(users, fakeapi.User{"id": id, "email": id + "@0"})
	}
	return users
}

func newRequest(t *testing.T, method, target string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	r.Header.Set("Authorization", "Bearer "+fakeapi.Token)
	return r
}

// send passes the request to the handler, without a network.
func send(s *fakeapi.Server, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// get requests a path below that of the users.
func get(t *testing.T, s *fakeapi.Server, target string) *httptest.ResponseRecorder {
	t.Helper()
	return send(s, newRequest(t, http.MethodGet, usersPath+target))
}

// read requests pages 1 to n with this query. It returns the ids, with a space
// between two pages, and the body of each page.
func read(t *testing.T, s *fakeapi.Server, n int, query string) (ids string, bodies []string) {
	t.Helper()
	id := regexp.MustCompile(`.*?"id":"(.*?)"|.+`) // all else matches too, and is dropped
	var pages []string
	for i := range n {
		w := get(t, s, fmt.Sprintf("?page=%d&%s", i+1, query))
		if w.Code != http.StatusOK {
			t.Fatalf("page %d, %s: %d %s, want a page", i+1, query, w.Code, w.Body)
		}
		bodies = append(bodies, w.Body.String())
		pages = append(pages, id.ReplaceAllString(bodies[i], "$1"))
	}
	return strings.Join(pages, " "), bodies
}

// checkContract compares a response with the contract.
func checkContract(t *testing.T, contract *acctest.Contract, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	if err := contract.CheckResponse(r, w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
}

func TestServeHTTP_rejected(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	const (
		own       = "/accounts/" + fakeapi.AccountID + "/access/users"
		malformed = `{"code":6111,"message":"Invalid format for Authorization header"}`
		lonely    = `{"code":6103,"message":"Invalid format for X-Auth-Key header"}`
		wrongKey  = `{"code":9103,"message":"Unknown X-Auth-Key or X-Auth-Email"}`
		noMethod  = `{"code":7001,"message":"Method POST not available for that URI"}`
		noRoute   = `,{"code":7000,"message":"No route for that URI"}`
	)
	couldNotRoute := func(path string) string {
		return `{"code":7003,"message":"Could not route to ` + path + `, perhaps your object identifier is invalid?"}`
	}
	badHeaders := func(chain string) string {
		return `{"code":6003,"message":"Invalid request headers","error_chain":[` + chain + `]}`
	}
	badRequest := func(text string) string {
		return `{"code":12130,"message":"access.api.error.invalid_request: ` + text + `"}`
	}
	token := func(values ...string) http.Header { return http.Header{"Authorization": values} }
	key := func(key, email string) http.Header { return http.Header{"X-Auth-Key": {key}, "X-Auth-Email": {email}} }
	good := token("Bearer mine")
	for _, test := range []struct {
		request string
		header  http.Header
		status  int
		errors  string // of the response, without the list's brackets
	}{
		{"GET " + own, http.Header{}, 400, `{"code":9106,"message":"Authentication failed (missing token or key)"}`},
		{"GET " + own, token("Bearer " + fakeapi.Token), 401, `{"code":10000,"message":"Authentication error"}`},
		{"GET " + own, token("mine"), 400, badHeaders(malformed)},
		{"GET " + own, token("bearer mine"), 400, badHeaders(malformed)},
		{"GET " + own, token("Bearer "), 400, badHeaders(malformed)},
		{"GET " + own, token("Bearer mine x"), 400, badHeaders(malformed)},
		{"GET " + own, token("Bearer mine\t"), 400, badHeaders(malformed)},
		{"GET " + own, token("Bearer mine", "Bearer mine"), 400, badHeaders(malformed)},
		{"GET " + own, key("other", fakeapi.Email), 403, wrongKey},
		{"GET " + own, key(fakeapi.Key, "other@example.com"), 403, wrongKey},
		{"GET " + own, key(fakeapi.Key, ""), 400, badHeaders(lonely)},
		{"GET " + own, key("", fakeapi.Email), 400, badHeaders(lonely)},
		{"GET " + own, http.Header{"Authorization": {""}, "X-Auth-Key": {fakeapi.Key}}, 400, badHeaders(malformed + "," + lonely)},
		{"GET " + own, http.Header{"Authorization": {"Bearer mine"}, "X-Auth-Email": {""}}, 200, ""},
		{"GET " + own, http.Header{"Authorization": {"Bearer mine"}, "X-Auth-Email": {"x"}}, 400, badHeaders(malformed + "," + lonely)},
		{"GET " + own, key(fakeapi.Key, fakeapi.Email), 200, ""},
		{"GET /zones", good, 404, couldNotRoute("/zones") + noRoute},
		{"GET " + own + "/", good, 404, couldNotRoute(own+"/") + noRoute},
		{"GET " + own + "/a/b", good, 404, couldNotRoute(own+"/a/b") + noRoute},
		{"GET /" + own, good, 404, couldNotRoute("/"+own) + noRoute},
		{"POST " + own, good, 405, noMethod},
		{"GET /accounts/nobody/access/users", good, 404, couldNotRoute("/accounts/nobody/access/users")},
		{"GET " + own + "/1", good, 404, `{"code":12131,"message":"access.api.error.not_found: there is no user \"1\""}`},
		{"GET " + own + "?page=0", good, 400, badRequest(`page must be a positive integer, not \"0\"`)},
		{"GET " + own + "?per_page=1.5", good, 400, badRequest(`per_page must be a positive integer, not \"1.5\"`)},
		{"GET " + own + "?per_page=7", good, 400, badRequest(`per_page must not be 7`)},
	} {
		s := fakeapi.New(nil)
		s.Token = "mine"
		s.Quirks.RefusePageSize = func(perPage int) bool { return perPage == 7 }
		method, target, _ := strings.Cut(test.request, " ")
		r := newRequest(t, method, fakeapi.BasePath+target)
		r.Header = test.header
		w := send(s, r)
		want := `{"result":null,"success":false,"errors":[` + test.errors + `],"messages":[]}`
		if w.Code != test.status || test.errors != "" && w.Body.String() != want {
			t.Errorf("%s %v: %d %s\nwant %d %s", test.request, test.header, w.Code, w.Body, test.status, want)
		}
		if got := w.Header().Get("Allow"); (got == http.MethodGet) != (w.Code == http.StatusMethodNotAllowed) {
			t.Errorf("%s: Allow: %q, want GET only for 405", test.request, got)
		}
		if test.errors != noMethod && !strings.Contains(test.errors, noRoute) { // the contract describes only the two endpoints
			checkContract(t, contract, r, w)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(3))
	s.Faults = []fakeapi.Fault{{Page: 2, Attempts: -1, Do: fakeapi.HTML(502)}}
	var events []string
	s.Gate = func(page int) { events = append(events, fmt.Sprintf("gate %d at request %d", page, len(s.Requests()))) }
	s.Change = func(response int, users []fakeapi.User) []fakeapi.User {
		events = append(events, fmt.Sprintf("response %d", response))
		return users
	}
	header := http.Header{"Authorization": {"Bearer " + fakeapi.Token}}
	want := []fakeapi.Request{
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"nonsense"}}, Header: header},
		{Method: "GET", Path: usersPath, Query: url.Values{"email": {"a&b"}}, Header: header, Page: 1},
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"2"}, "per_page": {"7"}}, Header: header, Page: 2},
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"3"}, "per_page": {"0"}}, Header: header, Page: 3},
		{Method: "GET", Path: usersPath + "/a b", Query: url.Values{"page": {"2"}}, Header: header},
		{Method: "POST", Path: usersPath, Query: url.Values{}, Header: header},
		{Method: "GET", Path: "/client/v4/user", Query: url.Values{}, Header: header},
	}
	for _, r := range want {
		target := url.URL{Path: r.Path, RawQuery: r.Query.Encode()}
		send(s, newRequest(t, r.Method, target.String()))
	}
	s.Requests()[0].Method = "changed"
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("Requests() (-want +got):\n%s", diff)
	}
	if want := []string{"gate 1 at request 2", "response 1", "gate 2 at request 3", "gate 3 at request 4"}; !slices.Equal(events, want) {
		t.Errorf("calls of Gate and Change: %q, want %q", events, want)
	}
}

func TestServer_concurrentUse(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(fakeapi.Users(95, fixedTime()))
	s.MaxPageSize = 10
	s.Change = func(_ int, users []fakeapi.User) []fakeapi.User { return append(users[1:], users[0]) }
	s.Faults = []fakeapi.Fault{{Page: 3, Attempts: 1, Do: fakeapi.Pass()}}
	const readers, pages = 8, 10
	var running sync.WaitGroup
	for range readers {
		running.Go(func() {
			for n := range pages {
				user := fmt.Sprint("/", s.Users(fakeapi.AccountID)[n]["id"])
				for _, target := range []string{user, fmt.Sprintf("?page=%d&search=@", n+1)} {
					if w := get(t, s, target); w.Code != http.StatusOK {
						t.Errorf("GET %s: status %d, want 200", target, w.Code)
					}
				}
			}
		})
	}
	running.Wait()
	if requests, users := len(s.Requests()), len(s.Users(fakeapi.AccountID)); requests != 2*readers*pages || users != 95 {
		t.Errorf("%d requests and %d users, want %d and 95", requests, users, 2*readers*pages)
	}
}
