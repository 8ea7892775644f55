package fakeapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestEachFaultReplacesTheAnswer(t *testing.T) {
	t.Parallel()
	const whole = `{"result":[{"id":"a"},{"id":"b"}],"success":true,"errors":[],"messages":[],` +
		`"result_info":{"page":1,"per_page":1000,"count":2,"total_count":2,"total_pages":1}}`
	for name, test := range map[string]struct {
		do     http.HandlerFunc
		status int
		header map[string]string
		body   string
	}{
		"Pass": {fakeapi.Pass(), 200, map[string]string{"Content-Type": "application/json"}, whole},
		"Status": {
			fakeapi.Status(503, "busy", "Retry-After", "7", "X-Other", "y"), 503,
			map[string]string{"Retry-After": "7", "X-Other": "y"},
			"busy",
		},
		"Envelope": {
			fakeapi.Envelope(429, fakeapi.Message{Code: 971, Text: "slow down"}), 429,
			map[string]string{"Content-Type": "application/json"},
			`{"result":null,"success":false,"errors":[{"code":971,"message":"slow down"}],"messages":[]}`,
		},
		"Header": {
			fakeapi.Header(fakeapi.Envelope(429), "Retry-After", "2"), 429,
			map[string]string{"Retry-After": "2"},
			`{"result":null,"success":false,"errors":[],"messages":[]}`,
		},
		"SuccessFalse": {
			fakeapi.SuccessFalse(fakeapi.Message{Code: 1000, Text: "no", DocumentationURL: "https://example.com/"}), 200, nil,
			`{"result":null,"success":false,"errors":[{"code":1000,"message":"no","documentation_url":"https://example.com/"}],"messages":[]}`,
		},
		"HTML": {
			fakeapi.HTML(502), 502,
			map[string]string{"Content-Type": "text/html; charset=UTF-8"},
			"<!DOCTYPE html>\n<html><head><title>502</title></head><body><h1>Error 502: Bad Gateway</h1></body></html>\n",
		},
		"NotJSON": {
			fakeapi.NotJSON(), 200, map[string]string{"Content-Type": "application/json"}, "upstream says: try later",
		},
		"Redirect": {
			fakeapi.Redirect("https://example.org/elsewhere"), 302,
			map[string]string{"Location": "https://example.org/elsewhere"},
			"<a href=\"https://example.org/elsewhere\">Found</a>.\n\n",
		},
		"WrongType": {
			fakeapi.WrongType("id", 7), 200, nil,
			`{"errors":[],"messages":[],"result":[{"id":7},{"id":"b"}],` +
				`"result_info":{"count":2,"page":1,"per_page":1000,"total_count":2,"total_pages":1},"success":true}`,
		},
		"Edit": {
			fakeapi.Edit(func(envelope map[string]any) { delete(envelope, "result_info"); envelope["success"] = "yes" }), 200, nil,
			`{"errors":[],"messages":[],"result":[{"id":"a"},{"id":"b"}],"success":"yes"}`,
		},
		"Trailing": {fakeapi.Trailing("{}"), 200, nil, whole + "{}"},
		"Huge":     {fakeapi.Huge(64), 200, nil, `{"success":true,"errors":[],"messages":[],"result":[{"name":"aaa`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fakeapi.New([]fakeapi.User{{"id": "a"}, {"id": "b"}})
			s.Faults = []fakeapi.Fault{{Page: 1, Tries: -1, Do: test.do}}
			w := ask(t, s, "")
			if w.Code != test.status {
				t.Errorf("status %d, want %d", w.Code, test.status)
			}
			for name, want := range test.header {
				if got := w.Header().Get(name); got != want {
					t.Errorf("header %s: %q, want %q", name, got, want)
				}
			}
			if diff := cmp.Diff(test.body, w.Body.String()); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if w.Header().Get("CF-Ray") == "" {
				t.Error("no CF-Ray header")
			}
		})
	}
}

func TestFaultsAreCountedForEachPageAndChain(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(2))
	s.Faults = []fakeapi.Fault{
		{Page: 2, Tries: 1, Do: fakeapi.Pass()},
		{Page: 2, Tries: 3, Do: fakeapi.Status(503, "")},
		{Page: 3, Tries: 0, Do: fakeapi.Status(500, "")},
		{Page: 4, Tries: -1, Do: fakeapi.Status(504, "")},
		{Tries: 1, Do: fakeapi.Status(502, "")},
	}
	for query, want := range map[string][]int{
		"page=1": {502, 200, 200, 200},
		"page=2": {200, 503, 503, 200},
		"page=3": {502, 200, 200, 200},
		"page=4": {504, 504, 504, 504},
		"page=0": {400, 400, 400, 400},
	} {
		var got []int
		for range want {
			got = append(got, ask(t, s, query).Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("GET ?%s, four times: %v, want %v", query, got, want)
		}
	}
}

func TestAWrongTypeNeedsAUser(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	s.Faults = []fakeapi.Fault{{Tries: -1, Do: fakeapi.WrongType("id", 7)}}
	if got := page(t, s, ""); len(got.Result) != 0 || got.Info.TotalCount != 0 {
		t.Errorf("GET of an empty list = %+v, want it as it is", got)
	}
}

func TestAnEditKeepsNumbersAsTheyWereSent(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(fakeapi.Users(12, anchor()))
	s.Faults = []fakeapi.Fault{{Tries: -1, Do: fakeapi.Edit(func(map[string]any) {})}}
	if got := ask(t, s, "").Body.String(); !strings.Contains(got, `"active_device_count":2.0`) {
		t.Errorf("body %s, want a count of 2.0 in it", got)
	}
}
