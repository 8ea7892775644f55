package fakeapi_test

import (
	"cmp"
	"context"
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

func TestFault_responses(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	const page = `{"result":[{"id":"a","n":2.0},{"id":"b"}],"success":true,"errors":[],"messages":[],` +
		`"result_info":{"page":1,"per_page":1000,"count":2,"total_count":2,"total_pages":1}}`
	const edited = `"result_info":{"count":2,"page":1,"per_page":1000,"total_count":2,"total_pages":1},"success":true}`
	const errorList = `{"result":null,"success":false,"errors":[{"code":1971,"message":"slow down"}],"messages":[]}`
	message := fakeapi.Message{Code: 1971, Text: "slow down"}
	for name, test := range map[string]struct {
		target       string
		do           http.HandlerFunc
		status       int
		header, body string // the header as "name: value"
		deviates     string // from the contract, part of the error
	}{
		"Pass":                {"", fakeapi.Pass(), 200, "Content-Type: application/json", page, ""},
		"Status":              {"", fakeapi.Status(503, "busy"), 503, "", "busy", "status"},
		"Envelope":            {"", fakeapi.Envelope(429, message), 429, "Content-Type: application/json", errorList, ""},
		"Header":              {"", fakeapi.Header(fakeapi.Status(429, ""), "Retry-After", "2"), 429, "Retry-After: 2", "", "Content-Type"},
		"Envelope, 200":       {"", fakeapi.Envelope(200, message), 200, "Content-Type: application/json", errorList, "success"},
		"HTML":                {"", fakeapi.HTML(502), 502, "Content-Type: text/html; charset=UTF-8", "<!DOCTYPE html>\n<html><head><title>502</title></head><body><h1>Error 502: Bad Gateway</h1></body></html>\n", "status"},
		"Redirect":            {"", fakeapi.Redirect("https://example.org/"), 302, "Location: https://example.org/", "<a href=\"https://example.org/\">Found</a>.\n\n", "status"},
		"WrongType":           {"", fakeapi.WrongType("id", 7), 200, "Content-Type: application/json", `{"errors":[],"messages":[],"result":[{"id":7,"n":2.0},{"id":"b"}],` + edited, "/id"},
		"WrongType, a time":   {"", fakeapi.WrongType("created_at", "now"), 200, "Content-Type: application/json", `{"errors":[],"messages":[],"result":[{"created_at":"now","id":"a","n":2.0},{"id":"b"}],` + edited, "/created_at"},
		"Edit":                {"", fakeapi.Edit(func(envelope map[string]any) { delete(envelope, "result") }), 200, "Content-Type: application/json", `{"errors":[],"messages":[],` + edited, ""},
		"WrongType, a user":   {"/a", fakeapi.WrongType("n", 7), 200, "Content-Type: application/json", `{"errors":[],"messages":[],"result":{"id":"a","n":7},"success":true}`, ""},
		"WrongType, no user":  {"?per_page=2&page=2", fakeapi.WrongType("n", 7), 200, "Content-Type: application/json", `{"errors":[],"messages":[],"result":[],"result_info":{"count":0,"page":2,"per_page":2,"total_count":2,"total_pages":1},"success":true}`, ""},
		"WrongType, an error": {"/nobody", fakeapi.WrongType("n", 7), 404, "Content-Type: application/json", `{"errors":[{"code":12131,"message":"access.api.error.not_found: there is no user \"nobody\""}],"messages":[],"result":null,"success":false}`, ""},
	} {
		s := fakeapi.New([]fakeapi.User{{"id": "a", "n": json.Number("2.0")}, {"id": "b"}})
		s.Faults = []fakeapi.Fault{{Attempts: -1, Do: test.do}}
		r := newRequest(t, http.MethodGet, usersPath+test.target)
		w := send(s, r)
		field, value, _ := strings.Cut(test.header, ": ")
		if got := w.Header().Get(field); w.Code != test.status || got != value || w.Header().Get("CF-Ray") == "" {
			t.Errorf("%s: status %d and header %v, want %d, %s and a CF-Ray", name, w.Code, w.Header(), test.status, test.header)
		}
		if got := w.Body.String(); got != test.body {
			t.Errorf("%s: body %s\nwant %s", name, got, test.body)
		}
		err := contract.CheckResponse(r, w.Code, w.Header(), w.Body.Bytes())
		if (err == nil) != (test.deviates == "") || err != nil && !strings.Contains(err.Error(), test.deviates) {
			t.Errorf("%s: the contract's error is %v, want %q", name, err, test.deviates)
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
	for request, want := range map[string][]int{
		"GET ?page=1": {502, 200, 200, 200},
		"GET ?page=2": {200, 503, 503, 200},
		"GET ?page=3": {502, 200, 200, 200},
		"GET ?page=4": {504, 504, 504, 504},
		"GET ?page=0": {502, 400, 400, 400},
		"GET /a":      {502, 200, 200, 200},
		"GET /b":      {502, 200, 200, 200},
		"POST /a":     {405, 405, 405, 405},
	} {
		method, target, _ := strings.Cut(request, " ")
		var got []int
		for range want {
			got = append(got, send(s, newRequest(t, method, usersPath+target)).Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s, four times: %v, want %v", request, got, want)
		}
	}
}

// Hang and Stall end with the request's context. CutShort ends at once, with a
// panic that closes the connection.
func TestFault_incomplete(t *testing.T) {
	t.Parallel()
	complete := get(t, fakeapi.New(lettered(5)), "").Body.String()
	half := complete[:len(complete)/2]
	for name, test := range map[string]struct {
		do     http.HandlerFunc
		before any // how the handler ended before the context did; nil: it has not
		after  any
		body   string
	}{
		"Hang":     {fakeapi.Hang(), nil, "returned", ""},
		"Stall":    {fakeapi.Stall(), nil, "returned", half},
		"CutShort": {fakeapi.CutShort(), http.ErrAbortHandler, http.ErrAbortHandler, half},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := fakeapi.New(lettered(5))
			s.Faults = []fakeapi.Fault{{Attempts: -1, Do: test.do}}
			ctx, cancel := context.WithCancel(t.Context())
			w, r := httptest.NewRecorder(), newRequest(t, http.MethodGet, usersPath)
			var ended any
			go func() {
				defer func() { ended = cmp.Or(recover(), any("returned")) }()
				s.ServeHTTP(w, r.WithContext(ctx))
			}()
			synctest.Wait()
			before := ended
			cancel()
			synctest.Wait()
			if before != test.before || ended != test.after {
				t.Errorf("%s: handler %v, with a cancelled context %v, want %v and %v", name, before, ended, test.before, test.after)
			}
			length := w.Header().Get("Content-Length")
			if w.Body.String() != test.body || test.body != "" && (!w.Flushed || length != strconv.Itoa(len(complete))) {
				t.Errorf("%s: sent %q of %q bytes, flushed %t, want %q of %d", name, w.Body, length, w.Flushed, test.body, len(complete))
			}
		})
	}
}

func TestRecorded(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(1))
	api := fakeapi.Recorded(s)
	for range 2 {
		for page, body := range map[string]string{"1": `[{"email":"a@0","id":"a"}]`, "2": "[]"} {
			w := httptest.NewRecorder()
			api.ServeHTTP(w, newRequest(t, http.MethodGet, usersPath+"?page="+page))
			if got := w.Body.String(); !strings.Contains(got, body) || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("page %s: got %v, %s, want JSON with %s", page, w.Header(), got, body)
			}
		}
	}
	if got := len(s.Requests()); got != 2 {
		t.Errorf("API: got %d requests, want 2", got)
	}
}
