package fakeapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const usersPath = fakeapi.BasePath + "/accounts/" + fakeapi.AccountID + "/access/users"

// wire is an answer as a reader who trusts nobody sees it.
type wire struct {
	Success  bool      `json:"success"`
	Errors   []message `json:"errors"`
	Messages []message `json:"messages"`
	Result   []struct {
		ID    string `json:"id"`
		Email string `json:"email"`
		Name  string `json:"name"`
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

func (w wire) ids() []string {
	ids := []string{}
	for _, user := range w.Result {
		ids = append(ids, user.ID)
	}
	return ids
}

// codes are those of errors[], each followed by those of its chain.
func (w wire) codes() []int {
	var codes []int
	for _, e := range w.Errors {
		codes = append(codes, e.Code)
		for _, cause := range e.Chain {
			codes = append(codes, cause.Code)
		}
	}
	return codes
}

func anchor() time.Time { return time.Date(2026, time.March, 1, 9, 30, 0, 0, time.UTC) }

func idsOf(users []fakeapi.User) []string {
	ids := []string{}
	for _, user := range users {
		ids = append(ids, fmt.Sprint(user["id"]))
	}
	return ids
}

func newRequest(t *testing.T, method, target string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	r.Header.Set("Authorization", "Bearer "+fakeapi.Token)
	return r
}

// send hands the request to the handler itself, with no network between.
func send(s *fakeapi.Server, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// ask asks for users with this query.
func ask(t *testing.T, s *fakeapi.Server, query string) *httptest.ResponseRecorder {
	t.Helper()
	return send(s, newRequest(t, http.MethodGet, usersPath+"?"+query))
}

func decode(t *testing.T, w *httptest.ResponseRecorder) wire {
	t.Helper()
	var got wire
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("answer %q: %v", w.Body, err)
	}
	return got
}

// page asks for users with this query and expects a page.
func page(t *testing.T, s *fakeapi.Server, query string) wire {
	t.Helper()
	w := ask(t, s, query)
	got := decode(t, w)
	if w.Code != http.StatusOK || !got.Success {
		t.Fatalf("GET ?%s = %d %s, want a page", query, w.Code, w.Body)
	}
	return got
}

// first asks for the first so many pages, in turn, with this query.
func first(t *testing.T, s *fakeapi.Server, pages int, query string) []wire {
	t.Helper()
	var got []wire
	for n := range pages {
		got = append(got, page(t, s, fmt.Sprintf("page=%d&%s", n+1, query)))
	}
	return got
}
