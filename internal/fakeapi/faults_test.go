package fakeapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestFault_responses(t *testing.T) {
	t.Parallel()
	const page = `{"result":[{"id":"a","n":2.0},{"id":"b"}],"success":true,"errors":[],"messages":[],` +
		`"result_info":{"page":1,"per_page":1000,"count":2,"total_count":2,"total_pages":1}}`
	const edited = `"result_info":{"count":2,"page":1,"per_page":1000,"total_count":2,"total_pages":1},"success":true}`
	message := fakeapi.Message{Code: 971, Text: "slow down", DocumentationURL: "https://example.com/"}
	for name, test := range map[string]struct {
		do           http.HandlerFunc
		status       int
		header, body string // the header as "name: value"
	}{
		"Pass":         {fakeapi.Pass(), 200, "Content-Type: application/json", page},
		"Status":       {fakeapi.Status(503, "busy", "Retry-After", "7", "X-Other", "y"), 503, "X-Other: y", "busy"},
		"Envelope":     {fakeapi.Envelope(429), 429, "Content-Type: application/json", `{"result":null,"success":false,"errors":[],"messages":[]}`},
		"Header":       {fakeapi.Header(fakeapi.Status(429, ""), "Retry-After", "2"), 429, "Retry-After: 2", ""},
		"SuccessFalse": {fakeapi.SuccessFalse(message), 200, "Content-Type: application/json", `{"result":null,"success":false,"errors":[{"code":971,"message":"slow down","documentation_url":"https://example.com/"}],"messages":[]}`},
		"HTML":         {fakeapi.HTML(502), 502, "Content-Type: text/html; charset=UTF-8", "<!DOCTYPE html>\n<html><head><title>502</title></head><body><h1>Error 502: Bad Gateway</h1></body></html>\n"},
		"NotJSON":      {fakeapi.NotJSON(), 200, "Content-Type: application/json", "upstream says: try later"},
		"Redirect":     {fakeapi.Redirect("https://example.org/"), 302, "Location: https://example.org/", "<a href=\"https://example.org/\">Found</a>.\n\n"},
		"WrongType":    {fakeapi.WrongType("id", 7), 200, "Content-Type: application/json", `{"errors":[],"messages":[],"result":[{"id":7,"n":2.0},{"id":"b"}],` + edited},
		"Edit":         {fakeapi.Edit(func(envelope map[string]any) { delete(envelope, "result") }), 200, "Content-Type: application/json", `{"errors":[],"messages":[],` + edited},
		"Trailing":     {fakeapi.Trailing("{}"), 200, "Content-Type: application/json", page + "{}"},
		"Huge":         {fakeapi.Huge(64, nil), 200, "Content-Type: application/json", `{"success":true,"errors":[],"messages":[],"result":[{"name":"aaa`},
	} {
		s := fakeapi.New([]fakeapi.User{{"id": "a", "n": json.Number("2.0")}, {"id": "b"}})
		s.Faults = []fakeapi.Fault{{Page: 1, Attempts: -1, Do: test.do}}
		w := get(t, s, "")
		field, value, _ := strings.Cut(test.header, ": ")
		if got := w.Header().Get(field); w.Code != test.status || got != value || w.Header().Get("CF-Ray") == "" {
			t.Errorf("%s: status %d and header %v, want %d, %s and a CF-Ray", name, w.Code, w.Header(), test.status, test.header)
		}
		if got := w.Body.String(); got != test.body {
			t.Errorf("%s: body %s\nwant %s", name, got, test.body)
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
	for query, want := range map[string][]int{
		"page=1": {502, 200, 200, 200},
		"page=2": {200, 503, 503, 200},
		"page=3": {502, 200, 200, 200},
		"page=4": {504, 504, 504, 504},
		"page=0": {502, 400, 400, 400},
	} {
		var got []int
		for range want {
			got = append(got, get(t, s, query).Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("GET ?%s, four times: %v, want %v", query, got, want)
		}
	}
}

// A fault of any page applies to single users too, one of page 2 does not.
func TestFault_user(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(2))
	s.Faults = []fakeapi.Fault{
		{Page: 2, Attempts: -1, Do: fakeapi.HTML(500)},
		{Attempts: 1, Do: fakeapi.HTML(502)},
		{Attempts: 2, Do: fakeapi.WrongType("id", 7)},
	}
	for _, id := range []string{"a", "b"} { // each user has attempts of its own
		for _, want := range []string{"<!DOCTYPE", `{"errors":[],"messages":[],"result":{"email":"` + id + `@0","id":7}`, `{"result":{"email":"` + id + `@0","id":"` + id + `"}`} {
			if got := send(s, newRequest(t, http.MethodGet, usersPath+"/"+id)).Body.String(); !strings.HasPrefix(got, want) {
				t.Errorf("GET of user %s = %s, want %s", id, got, want)
			}
		}
	}
	if got := send(s, newRequest(t, http.MethodPost, usersPath)).Code; got != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d, want 405", got)
	}
}

func TestWrongType_noUser(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	s.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.WrongType("id", 7)}}
	if got := page(t, s, ""); len(got.Result) != 0 || got.Info.TotalCount != 0 {
		t.Errorf("GET of an empty list = %+v, want it as it is", got)
	}
}

// connect requests the list over a network, from a server that has 50 users and
// this fault. It returns the body and the length that was declared for it.
func connect(ctx context.Context, t *testing.T, do http.HandlerFunc, start func(http.Handler) *httptest.Server) (body io.ReadCloser, length int64, err error) {
	t.Helper()
	s := fakeapi.New(fakeapi.Users(50, fixedTime()))
	s.Faults = []fakeapi.Fault{{Attempts: -1, Do: do}}
	server := start(s)
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+usersPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+fakeapi.Token)
	resp, err := server.Client().Do(r)
	if err != nil {
		return nil, 0, err
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp.Body, resp.ContentLength, nil
}

// withoutFault returns the body that connect gets if there is no fault.
func withoutFault(t *testing.T) string {
	t.Helper()
	return get(t, fakeapi.New(fakeapi.Users(50, fixedTime())), "").Body.String()
}

func TestCutShort(t *testing.T) {
	t.Parallel()
	body, length, err := connect(t.Context(), t, fakeapi.CutShort(), httptest.NewServer)
	if err != nil {
		t.Fatal(err)
	}
	want := withoutFault(t)
	got, err := io.ReadAll(body)
	if !errors.Is(err, io.ErrUnexpectedEOF) || length != int64(len(want)) || string(got) != want[:len(want)/2] {
		t.Errorf("got %d bytes of %d, %v, want the first half of %d, %v", len(got), length, err, len(want), io.ErrUnexpectedEOF)
	}
}

func TestStall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	body, _, err := connect(ctx, t, fakeapi.Stall(), httptest.NewServer)
	if err != nil {
		t.Fatal(err)
	}
	want := withoutFault(t)
	half := make([]byte, len(want)/2)
	if _, err := io.ReadFull(body, half); err != nil || string(half) != want[:len(half)] {
		t.Errorf("first half: %v, %q, want %q", err, half, want[:len(half)])
	}
	cancel()
	if _, err := io.ReadAll(body); !errors.Is(err, context.Canceled) {
		t.Errorf("reading on after cancelling: %v, want %v", err, context.Canceled)
	}
}

func TestHang(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	hang := func(w http.ResponseWriter, r *http.Request) {
		cancel()
		fakeapi.Hang()(w, r)
	}
	if _, _, err := connect(ctx, t, hang, httptest.NewServer); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(http.Handler) *httptest.Server{"HTTP": httptest.NewServer, "TLS": httptest.NewTLSServer} {
		if _, _, err := connect(t.Context(), t, fakeapi.Reset(), start); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: got %v, want %v", name, err, syscall.ECONNRESET)
		}
	}
	http2 := func(handler http.Handler) *httptest.Server {
		server := httptest.NewUnstartedServer(handler)
		server.EnableHTTP2 = true
		server.StartTLS()
		return server
	}
	if _, _, err := connect(t.Context(), t, fakeapi.Reset(), http2); err == nil {
		t.Error("HTTP/2: got a response, want an error")
	}
}

func TestHuge(t *testing.T) {
	t.Parallel()
	const size, most = 3 << 20, 1 << 40
	var written atomic.Int64
	body, _, err := connect(t.Context(), t, fakeapi.Huge(size, &written), httptest.NewServer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	if err != nil || len(got) != size || written.Load() != size || !strings.HasSuffix(string(got), "aaaa") {
		t.Errorf("got %d bytes, %v, and %d were counted, want %d", len(got), err, written.Load(), size)
	}

	written.Store(0)
	ended := make(chan struct{})
	endless := func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		fakeapi.Huge(most, &written)(w, r)
	}
	if body, _, err = connect(t.Context(), t, endless, httptest.NewServer); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, body, size); err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	<-ended
	if got := written.Load(); got < size || got > size+(64<<20) {
		t.Errorf("%d bytes were counted for a client that left after %d", got, size)
	}
}
