package fakeapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const usersPath = fakeapi.BasePath + "/accounts/" + fakeapi.AccountID + "/access/users"

// envelope is a response for the list, as a client decodes it that shares no
// type with the fake.
type envelope struct {
	Success bool      `json:"success"`
	Errors  []message `json:"errors"`
	Result  []struct {
		ID string `json:"id"`
	} `json:"result"`
	Info *info `json:"result_info"`
}

type message struct {
	Code  int       `json:"code"`
	Text  string    `json:"message"`
	Chain []message `json:"error_chain"`
}

type info struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

func (e envelope) ids() []string {
	ids := []string{}
	for _, user := range e.Result {
		ids = append(ids, user.ID)
	}
	return ids
}

// codes are those of errors[], each followed by those of its chain.
func (e envelope) codes() []int {
	var codes []int
	for _, m := range e.Errors {
		codes = append(codes, m.Code)
		for _, cause := range m.Chain {
			codes = append(codes, cause.Code)
		}
	}
	return codes
}

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

func idsOf(users []fakeapi.User) []string {
	ids := []string{}
	for _, user := range users {
		ids = append(ids, fmt.Sprint(user["id"]))
	}
	return ids
}

func newRequest(tb testing.TB, method, target string) *http.Request {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), method, target, http.NoBody)
	r.Header.Set("Authorization", "Bearer "+fakeapi.Token)
	return r
}

// send passes the request to the handler, without a network.
func send(s *fakeapi.Server, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// get requests the list with this query.
func get(tb testing.TB, s *fakeapi.Server, query string) *httptest.ResponseRecorder {
	tb.Helper()
	return send(s, newRequest(tb, http.MethodGet, usersPath+"?"+query))
}

func decode(t *testing.T, w *httptest.ResponseRecorder) envelope {
	t.Helper()
	var got envelope
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("body %q: %v", w.Body, err)
	}
	return got
}

// page requests the list with this query and expects a page.
func page(t *testing.T, s *fakeapi.Server, query string) envelope {
	t.Helper()
	w := get(t, s, query)
	got := decode(t, w)
	if w.Code != http.StatusOK || !got.Success {
		t.Fatalf("GET ?%s = %d %s, want a page", query, w.Code, w.Body)
	}
	return got
}

// read requests pages 1 to n with this query. It returns the ids, with a space
// between two pages, and the pages.
func read(t *testing.T, s *fakeapi.Server, n int, query string) (string, []envelope) {
	t.Helper()
	var ids []string
	var pages []envelope
	for i := range n {
		p := page(t, s, fmt.Sprintf("page=%d&%s", i+1, query))
		ids, pages = append(ids, strings.Join(p.ids(), "")), append(pages, p)
	}
	return strings.Join(ids, " "), pages
}

func TestServeHTTP_user(t *testing.T) {
	t.Parallel()
	s := fakeapi.New([]fakeapi.User{{"id": "a"}, {"id": "b/c", "name": nil}})
	s.Messages = []fakeapi.Message{{Code: 1001, Text: "deprecated"}}
	for path, want := range map[string]string{
		usersPath + "/a":     `{"result":{"id":"a"},"success":true,"errors":[],"messages":[{"code":1001,"message":"deprecated"}]}`,
		usersPath + "/b%2Fc": `{"result":{"id":"b/c","name":null},"success":true,"errors":[],"messages":[{"code":1001,"message":"deprecated"}]}`,
	} {
		w := send(s, newRequest(t, http.MethodGet, path))
		if diff := cmp.Diff(want, w.Body.String()); diff != "" || w.Code != http.StatusOK {
			t.Errorf("GET %s: status %d, body (-want +got):\n%s", path, w.Code, diff)
		}
	}
	s.SetUsers(fakeapi.AccountID, lettered(0))
	if got := send(s, newRequest(t, http.MethodGet, usersPath+"/a")).Code; got != http.StatusNotFound {
		t.Errorf("GET of a user who left: status %d, want 404", got)
	}
}

func TestServeHTTP_rejected(t *testing.T) {
	t.Parallel()
	other := func(account string) string { return strings.Replace(usersPath, fakeapi.AccountID, account, 1) }
	for _, test := range []struct {
		method, target string
		status         int
		codes          []int
		text           string
	}{
		{http.MethodGet, "/", 404, []int{7003, 7000}, "Could not route to /, perhaps your object identifier is invalid?"},
		{http.MethodGet, "/client/v4/zones", 404, []int{7003, 7000}, "Could not route to /zones, perhaps your object identifier is invalid?"},
		{http.MethodGet, usersPath + "/", 404, []int{7003, 7000}, ""},
		{http.MethodGet, usersPath + "/a/b", 404, []int{7003, 7000}, ""},
		{http.MethodGet, strings.Replace(usersPath, "/accounts", "//accounts", 1), 404, []int{7003, 7000}, ""},
		{http.MethodGet, other(".."), 404, []int{7003, 7000}, ""},
		{http.MethodGet, other("nobody"), 404, []int{7003}, "Could not route to /accounts/nobody/access/users, perhaps your object identifier is invalid?"},
		{http.MethodGet, other("nobody") + "/1", 404, []int{7003}, ""},
		{http.MethodGet, other("a%2F..%2Fb"), 404, []int{7003}, ""},
		{http.MethodGet, usersPath + "/1", 404, []int{12131}, `access.api.error.not_found: there is no user "1"`},
		{http.MethodPost, usersPath, 405, []int{7001}, "Method POST not available for that URI"},
		{http.MethodHead, usersPath + "/1", 405, []int{7001}, ""},
		{http.MethodGet, usersPath + "?page=0", 400, []int{12130}, `access.api.error.invalid_request: page must be a positive integer, not "0"`},
		{http.MethodGet, usersPath + "?page=", 400, []int{12130}, ""},
		{http.MethodGet, usersPath + "?page=two", 400, []int{12130}, ""},
		{http.MethodGet, usersPath + "?per_page=-1", 400, []int{12130}, `access.api.error.invalid_request: per_page must be a positive integer, not "-1"`},
		{http.MethodGet, usersPath + "?per_page=1.5", 400, []int{12130}, ""},
	} {
		t.Run(test.method+" "+test.target, func(t *testing.T) {
			t.Parallel()
			s := fakeapi.New(fakeapi.Users(3, fixedTime()))
			s.Accounts[".."] = nil
			w := send(s, newRequest(t, test.method, test.target))
			got := decode(t, w)
			if w.Code != test.status || !slices.Equal(got.codes(), test.codes) {
				t.Errorf("status %d and codes %d, want %d and %d", w.Code, got.codes(), test.status, test.codes)
			}
			if test.text != "" && got.Errors[0].Text != test.text {
				t.Errorf("message %q, want %q", got.Errors[0].Text, test.text)
			}
			if !strings.HasPrefix(w.Body.String(), `{"result":null,"success":false,`) || !strings.HasSuffix(w.Body.String(), `"messages":[]}`) {
				t.Errorf("body %s, want an error envelope", w.Body)
			}
			if got := w.Header().Get("Allow"); test.status == http.StatusMethodNotAllowed && got != http.MethodGet {
				t.Errorf("Allow: %q, want GET", got)
			}
		})
	}
}

func TestServer_accounts(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(2))
	s.Accounts["other/one"] = lettered(5)[3:]
	path := strings.Replace(usersPath, fakeapi.AccountID, "other%2Fone", 1)
	if got := decode(t, send(s, newRequest(t, http.MethodGet, path))).ids(); !slices.Equal(got, []string{"d", "e"}) {
		t.Errorf("users of the other account = %v, want [d e]", got)
	}
	if got := s.Users("nobody"); got != nil {
		t.Errorf("Users(nobody) = %v, want nil", got)
	}
	s.SetUsers(fakeapi.AccountID, lettered(4))
	if got, _ := read(t, s, 1, ""); got != "abcd" {
		t.Errorf("page after SetUsers = %q, want abcd", got)
	}
}

func TestServer_gate(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	s := fakeapi.New(fakeapi.Users(3, fixedTime()))
	s.Gate = func(page int) {
		switch page {
		case 0:
			t.Error("Gate(0), want calls for pages only")
		case 1:
			close(arrived)
			<-release
		}
	}
	get(t, s, "page=0")
	send(s, newRequest(t, http.MethodGet, usersPath+"/1"))
	send(s, newRequest(t, http.MethodPost, usersPath))
	status := make(chan int)
	request := newRequest(t, http.MethodGet, usersPath)
	go func() { status <- send(s, request).Code }()
	<-arrived
	if got := s.Requests(); got[len(got)-1].Page != 1 {
		t.Errorf("Requests() in the gate = %v, want page 1 as the last one", got)
	}
	page(t, s, "page=2")
	select {
	case <-status:
		t.Error("page 1 was served while its gate was closed")
	default:
	}
	close(release)
	if got := <-status; got != http.StatusOK {
		t.Errorf("page 1 after its gate opened: status %d, want 200", got)
	}
}

func TestServer_concurrentUse(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(fakeapi.Users(95, fixedTime()))
	s.MaxPageSize = 10
	s.MaxPerSecond = 10_000
	s.Change = fakeapi.Rotate
	s.Faults = []fakeapi.Fault{{Page: 3, Attempts: 1, Do: fakeapi.Trailing(" ")}}

	const readers, pages = 8, 10
	var running sync.WaitGroup
	for range readers {
		running.Go(func() {
			for n := range pages {
				id := fmt.Sprint(s.Users(fakeapi.AccountID)[n]["id"])
				list := get(t, s, fmt.Sprintf("page=%d&search=@", n+1)).Code
				if user := send(s, newRequest(t, http.MethodGet, usersPath+"/"+id)).Code; list != http.StatusOK || user != http.StatusOK {
					t.Errorf("status of page %d: %d, of a user: %d, want 200", n+1, list, user)
				}
			}
		})
	}
	running.Wait()
	if got := len(s.Requests()); got != 2*readers*pages {
		t.Errorf("len(Requests()) = %d, want %d", got, 2*readers*pages)
	}
	if got := len(s.Users(fakeapi.AccountID)); got != 95 {
		t.Errorf("len(Users()) = %d, want 95", got)
	}
}
