package fakeapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
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

// checkContract compares a response with the contract.
func checkContract(t *testing.T, contract *acctest.Contract, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	if err := contract.CheckResponse(r, w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
}

func TestServeHTTP_credentials(t *testing.T) {
	t.Parallel()
	const valid = "Bearer " + fakeapi.Token
	for _, test := range []struct {
		header http.Header
		want   int
	}{
		{http.Header{"Authorization": {valid}}, 200},
		{http.Header{"X-Auth-Key": {fakeapi.Key}, "X-Auth-Email": {fakeapi.Email}}, 200},
		{http.Header{}, 401},
		{http.Header{"Authorization": {fakeapi.Token}}, 401},
		{http.Header{"Authorization": {valid, valid}}, 401},
		{http.Header{"X-Auth-Key": {"other"}, "X-Auth-Email": {fakeapi.Email}}, 401},
		{http.Header{"X-Auth-Key": {fakeapi.Key}, "X-Auth-Email": {"other@example.com"}}, 401},
		{http.Header{"X-Auth-Key": {fakeapi.Key}}, 401},
		{http.Header{"Authorization": {valid}, "X-Auth-Key": {fakeapi.Key}}, 401},
		{http.Header{"Authorization": {valid}, "X-Auth-Email": {fakeapi.Email}}, 401},
	} {
		r := newRequest(t, http.MethodGet, usersPath)
		r.Header = test.header
		if got := send(fakeapi.New(nil), r); got.Code != test.want {
			t.Errorf("GET with %v: got %d %s, want %d", test.header, got.Code, got.Body, test.want)
		}
	}
}

func TestServeHTTP_rejected(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	const list = "/accounts/" + fakeapi.AccountID + "/access/users"
	for _, test := range []struct {
		request       string
		status, code  int
		notInContract bool
	}{
		{"GET /zones", 404, 7003, true},
		{"GET " + list + "/", 404, 7003, true},
		{"POST " + list, 404, 7003, true},
		{"GET /accounts/nobody/access/users", 404, 7003, false},
		{"GET " + list + "/1", 404, 12131, false},
		{"GET " + list + "?page=x", 400, 12130, false},
		{"GET " + list + "?page=", 400, 12130, false},
		{"GET " + list + "?per_page=0", 400, 12130, false},
		{"GET " + list + "?per_page=1.5", 400, 12130, false},
		{"GET " + list + "?per_page=7", 400, 12130, false},
	} {
		s := fakeapi.New(nil)
		s.Quirks.RefusePageSize = func(perPage int) bool { return perPage == 7 }
		method, target, _ := strings.Cut(test.request, " ")
		r := newRequest(t, method, fakeapi.BasePath+target)
		w := send(s, r)
		if code := fmt.Sprintf(`[{"code":%d,`, test.code); w.Code != test.status || !strings.Contains(w.Body.String(), code) {
			t.Errorf("%s: got %d %s, want %d and code %d", test.request, w.Code, w.Body, test.status, test.code)
		}
		if !test.notInContract {
			checkContract(t, contract, r, w)
		}
	}
}

// TestRequests checks the order of calls, too: Gate is called after a request
// was recorded, and Change only for a page.
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
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"-1"}}, Header: header},
		{Method: "GET", Path: usersPath, Query: url.Values{"email": {"a&b"}}, Header: header, Page: 1},
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"2"}, "per_page": {"7"}}, Header: header, Page: 2},
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"3"}, "per_page": {"0"}}, Header: header, Page: 3},
		{Method: "GET", Path: usersPath + "/a b", Query: url.Values{"page": {"2"}}, Header: header},
		{Method: "POST", Path: "/client/v4/user", Query: url.Values{}, Header: header},
	}
	for _, r := range want {
		target := url.URL{Path: r.Path, RawQuery: r.Query.Encode()}
		send(s, newRequest(t, r.Method, target.String()))
	}
	s.Requests()[0].Method = "changed" // of a copy
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("Requests (-want +got):\n%s", diff)
	}
	if want := []string{"gate 1 at request 2", "response 1", "gate 2 at request 3", "gate 3 at request 4"}; !slices.Equal(events, want) {
		t.Errorf("calls of Gate and Change: got %q, want %q", events, want)
	}
}

func TestServer_concurrentUse(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(3))
	s.Change = func(_ int, users []fakeapi.User) []fakeapi.User { return append(users[1:], users[0]) }
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			readPage(t, s, "search=@")
			s.SetUsers(fakeapi.AccountID, s.Users(fakeapi.AccountID))
			s.Requests()
		})
	}
	running.Wait()
	if requests, users := len(s.Requests()), len(s.Users(fakeapi.AccountID)); requests != 8 || users != 3 {
		t.Errorf("8 readers: got %d requests and %d users, want 8 and 3", requests, users)
	}
}
