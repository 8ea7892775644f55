package fakeapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestFault_responses compares the bodies of faults, and what the contract finds
// wrong with them. Of other faults, the tests of the provider compare all.
func TestFault_responses(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	const (
		page = `{"result":[{"id":"a","n":2.0},{"id":"b"}],"success":true,"errors":[],"messages":[],` +
			`"result_info":{"page":1,"per_page":1000,"count":2,"total_count":2,"total_pages":1}}`
		edited     = `{"errors":[],"messages":[],`
		editedInfo = `"result_info":{"count":2,"page":1,"per_page":1000,"total_count":2,"total_pages":1},"success":true}`
		emptyInfo  = `"result_info":{"count":0,"page":2,"per_page":1000,"total_count":2,"total_pages":1},"success":true}`
		unknown    = `{"errors":[{"code":12131,"message":"access.api.error.not_found: there is no such user"}],"messages":[],`
	)
	for name, test := range map[string]struct {
		target string
		do     http.HandlerFunc
		body   string
		want   string // a part of the contract's error
	}{
		"Pass":          {"", fakeapi.Pass(), page, ""},
		"Status":        {"", fakeapi.Status(503, "busy"), "busy", "status"},
		"Header":        {"", fakeapi.Header(fakeapi.Status(429, ""), "Retry-After", "2"), "", "Content-Type"},
		"Envelope, 200": {"", fakeapi.Envelope(200), `{"result":null,"success":false,"errors":[],"messages":[]}`, "success"},
		"no result":     {"", fakeapi.Edit(func(envelope map[string]any) { delete(envelope, "result") }), edited + editedInfo, ""},
		"an id":         {"", fakeapi.WrongType("id", 7), edited + `"result":[{"id":7,"n":2.0},{"id":"b"}],` + editedInfo, "/id"},
		"a time":        {"", fakeapi.WrongType("created_at", "now"), edited + `"result":[{"created_at":"now","id":"a","n":2.0},{"id":"b"}],` + editedInfo, "/created_at"},
		"of one user":   {"/a", fakeapi.WrongType("n", 7), edited + `"result":{"id":"a","n":7},"success":true}`, ""},
		"of no user":    {"?per_page=5000&page=2", fakeapi.WrongType("n", 7), edited + `"result":[],` + emptyInfo, ""},
		"of an error":   {"/nobody", fakeapi.WrongType("n", 7), unknown + `"result":null,"success":false}`, ""},
	} {
		s := fakeapi.New([]fakeapi.User{{"id": "a", "n": json.Number("2.0")}, {"id": "b"}})
		s.Faults = []fakeapi.Fault{{Attempts: -1, Do: test.do}}
		r := newRequest(t, http.MethodGet, usersPath+test.target)
		w := send(s, r)
		if got := w.Body.String(); got != test.body {
			t.Errorf("%s: got body %s\nwant %s", name, got, test.body)
		}
		err := contract.CheckResponse(r, w.Code, w.Header(), w.Body.Bytes())
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v from the contract, want %q", name, err, test.want)
		}
	}
}

func TestFault_attempts(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(2))
	s.Faults = []fakeapi.Fault{
		{Page: 2, Attempts: 1, Do: fakeapi.Pass()},
		{Page: 2, Attempts: 3, Do: fakeapi.Status(503, "")},
		{Page: 3, Attempts: 0, Do: fakeapi.Status(500, "")},
		{Page: 4, Attempts: -1, Do: fakeapi.Status(504, "")},
		{Attempts: 1, Do: fakeapi.Status(502, "")},
	}
	for target, want := range map[string][]int{
		"?page=1": {502, 200, 200, 200},
		"?page=2": {200, 503, 503, 200},
		"?page=3": {502, 200, 200, 200},
		"?page=4": {504, 504, 504, 504},
		"?page=0": {502, 400, 400, 400},
		"/a":      {502, 200, 200, 200},
		"/b":      {502, 200, 200, 200},
	} {
		var got []int
		for range want {
			got = append(got, get(t, s, target).Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("GET %s, four times: got %v, want %v", target, got, want)
		}
	}
}

// TestFault_incomplete runs each handler until it ends or blocks. The bubble
// fails the test if one blocks beyond the request's context.
func TestFault_incomplete(t *testing.T) {
	t.Parallel()
	complete := get(t, fakeapi.New(lettered(5)), "").Body.String()
	half := complete[:len(complete)/2]
	for name, test := range map[string]struct {
		do     http.HandlerFunc
		blocks bool
		body   string
	}{
		"Hang":     {fakeapi.Hang(), true, ""},
		"Stall":    {fakeapi.Stall(), true, half},
		"CutShort": {fakeapi.CutShort(), false, half},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := fakeapi.New(lettered(5))
			s.Faults = []fakeapi.Fault{{Attempts: -1, Do: test.do}}
			w, r := httptest.NewRecorder(), newRequest(t, http.MethodGet, usersPath)
			blocks := true
			go func() {
				s.ServeHTTP(w, r) // with the test's context, which ends before the bubble
				blocks = false
			}()
			synctest.Wait()
			if got := w.Body.String(); blocks != test.blocks || got != test.body || w.Flushed != (got != "") {
				t.Errorf("%s: got %q, flushed %t, blocks %t, want %q, blocks %t", name, got, w.Flushed, blocks, test.body, test.blocks)
			}
			if got := w.Header().Get("Content-Length"); test.body != "" && got != strconv.Itoa(len(complete)) {
				t.Errorf("%s: got Content-Length %s, want %d", name, got, len(complete))
			}
		})
	}
}

func TestRecorded(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(1))
	api := fakeapi.Recorded(s)
	for _, page := range []string{"1", "2", "1"} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, newRequest(t, http.MethodGet, usersPath+"?page="+page))
		if got := w.Body.String(); strings.Contains(got, `"id":"a"`) != (page == "1") || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("page %s: got %v, %s, want JSON of this page", page, w.Header(), got)
		}
	}
	if got := len(s.Requests()); got != 2 {
		t.Errorf("API: got %d requests, want 2", got)
	}
}
