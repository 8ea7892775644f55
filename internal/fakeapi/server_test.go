package fakeapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestAPageIsTheEnvelopeOfTheContract(t *testing.T) {
	t.Parallel()
	s := fakeapi.New([]fakeapi.User{{"id": "a", "name": nil}, {"id": "b"}, {"id": "c"}})
	s.Messages = []fakeapi.Message{{Code: 1001, Text: "deprecated", Source: &fakeapi.Source{Pointer: "/page"}}}

	w := ask(t, s, "per_page=2")
	want := `{"result":[{"id":"a","name":null},{"id":"b"}],"success":true,"errors":[],` +
		`"messages":[{"code":1001,"message":"deprecated","source":{"pointer":"/page"}}],` +
		`"result_info":{"page":1,"per_page":2,"count":2,"total_count":3,"total_pages":2}}`
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Errorf("GET ?per_page=2: body (-want +got):\n%s", diff)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("GET ?per_page=2: Content-Type %q, want application/json", got)
	}
	if got, want := w.Header().Get("CF-Ray"), "0000000000000001-FKE"; got != want {
		t.Errorf("GET ?per_page=2: CF-Ray %q, want %q", got, want)
	}
}

func TestPagesFollowEachOtherToTheEnd(t *testing.T) {
	t.Parallel()
	users := fakeapi.Users(25, anchor())
	for _, test := range []struct {
		query string
		max   int
		from  int
		to    int
		info  info
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

func TestAnEmptyAccountHasOneEmptyPage(t *testing.T) {
	t.Parallel()
	w := ask(t, fakeapi.New(nil), "")
	want := `{"result":[],"success":true,"errors":[],"messages":[],` +
		`"result_info":{"page":1,"per_page":1000,"count":0,"total_count":0,"total_pages":0}}`
	if got := w.Body.String(); got != want {
		t.Errorf("GET = %s, want %s", got, want)
	}
}

func TestWhatIsNotAPageOfAnAccountIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method, target string
		status         int
		codes          []int
		text           string
	}{
		{http.MethodGet, "/", 404, []int{7003, 7000}, "Could not route to /, perhaps your object identifier is invalid?"},
		{http.MethodGet, "/client/v4/zones", 404, []int{7003, 7000}, "Could not route to /zones, perhaps your object identifier is invalid?"},
		{http.MethodGet, usersPath + "/", 404, []int{7003, 7000}, ""},
		{http.MethodGet, strings.Replace(usersPath, "/accounts", "//accounts", 1), 404, []int{7003, 7000}, ""},
		{http.MethodGet, strings.Replace(usersPath, fakeapi.AccountID, "nobody", 1), 404, []int{7003}, "Could not route to /accounts/nobody/access/users, perhaps your object identifier is invalid?"},
		{http.MethodGet, strings.Replace(usersPath, fakeapi.AccountID, "a%2F..%2Fb", 1), 404, []int{7003}, ""},
		{http.MethodPost, usersPath, 405, []int{7001}, "Method POST not available for that URI"},
		{http.MethodHead, usersPath, 405, []int{7001}, ""},
		{http.MethodGet, usersPath + "?page=0", 400, []int{12130}, `access.api.error.invalid_request: page must be a positive integer, not "0"`},
		{http.MethodGet, usersPath + "?page=", 400, []int{12130}, ""},
		{http.MethodGet, usersPath + "?page=two", 400, []int{12130}, ""},
		{http.MethodGet, usersPath + "?per_page=-1", 400, []int{12130}, `access.api.error.invalid_request: per_page must be a positive integer, not "-1"`},
		{http.MethodGet, usersPath + "?per_page=1.5", 400, []int{12130}, ""},
	} {
		t.Run(test.method+" "+test.target, func(t *testing.T) {
			t.Parallel()
			w := send(fakeapi.New(fakeapi.Users(3, anchor())), newRequest(t, test.method, test.target))
			got := decode(t, w)
			if w.Code != test.status {
				t.Errorf("status %d, want %d", w.Code, test.status)
			}
			if diff := cmp.Diff(test.codes, got.codes()); diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
			if test.text != "" && got.Errors[0].Text != test.text {
				t.Errorf("message %q, want %q", got.Errors[0].Text, test.text)
			}
			if !strings.HasPrefix(w.Body.String(), `{"result":null,"success":false,`) || !strings.HasSuffix(w.Body.String(), `"messages":[]}`) {
				t.Errorf("body %s, want an error envelope", w.Body)
			}
		})
	}
}

func TestAServerServesManyReadersAtOnce(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(fakeapi.Users(95, anchor()))
	s.MaxPageSize = 10
	s.MaxPerSecond = 1000
	s.Quirks = fakeapi.Quirks{MovingOrder: true, Churn: &fakeapi.Churn{AfterPage: 5, Times: -1, Lose: 1, Gain: 1}}
	s.Faults = []fakeapi.Fault{{Page: 3, Tries: 1, Do: fakeapi.Trailing(" ")}}

	const readers, pages = 8, 10
	var running sync.WaitGroup
	for range readers {
		running.Go(func() {
			for n := range pages {
				w := ask(t, s, fmt.Sprintf("page=%d&search=@", n+1))
				if w.Code != http.StatusOK {
					t.Errorf("page %d: status %d, want 200", n+1, w.Code)
				}
				_, _ = s.Users(fakeapi.AccountID), s.Requests()
			}
		})
	}
	running.Wait()

	if got := len(s.Requests()); got != readers*pages {
		t.Errorf("len(Requests()) = %d, want %d", got, readers*pages)
	}
	if got := len(s.Users(fakeapi.AccountID)); got != 95 {
		t.Errorf("len(Users()) = %d, want 95", got)
	}
}
