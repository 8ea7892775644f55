package cloudflare

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func TestError_text(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"GET /x": &Error{Method: "GET", Path: "/x", Attempts: 1},
		"GET /x, page 3: 403 Forbidden: 6003: Headers [/a] <https://example.com/> (6111: Format): 2: More: cause (4 attempts in 1.5s)": &Error{
			Method: "GET", Path: "/x", Page: 3, Status: 403, Err: errors.New("cause"), Attempts: 4, Elapsed: 1500 * time.Millisecond,
			Messages: []Message{{
				Code: 6003, Message: "Headers", DocumentationURL: "https://example.com/", Source: Source{"/a"},
				ErrorChain: []Message{{Code: 6111, Message: "Format"}},
			}, {Code: 2, Message: "More"}},
		},
		"the value of row 1 is not an object": &ValueError{Row: 1, Want: "an object"},
		"email of row 2 is not a string":      &ValueError{Row: 2, Field: "email", Want: "a string"},
		"result is not a list":                &ValueError{Field: "result", Want: "a list"},
	} {
		if got := err.Error(); got != want {
			t.Errorf("Error() = %s, want %s", got, want)
		}
	}
}

func TestError_messages(t *testing.T) {
	t.Parallel()
	err := &Error{Messages: []Message{{Code: 1, Message: "One"}, {Code: 2, Message: "Two", ErrorChain: []Message{
		{Code: 3, ErrorChain: []Message{{Code: 9999, Message: "access.api.error.NOT_enabled: see below"}}},
	}}}}
	for code := range int64(5) {
		if got, want := err.HasCode(7, code), 0 < code && code < 4; got != want {
			t.Errorf("HasCode(7, %d) = %t, want %t", code, got, want)
		}
	}
	for part, want := range map[string]bool{"one": true, "TWO": true, "access.api.error.not_enabled": true, "three": false} {
		if got := err.HasMessage(part); got != want {
			t.Errorf("HasMessage(%s) = %t, want %t", part, got, want)
		}
	}
	if !err.Refused() || !(&Error{Err: errRefused}).Refused() || (&Error{Status: 403, Err: errEmpty}).Refused() {
		t.Error("Refused() is not about messages and success: false alone")
	}
}

func TestError_refusesPageSize(t *testing.T) {
	t.Parallel()
	want := map[int]bool{400: true, 402: true, 405: true, 409: true, 413: true, 414: true, 422: true, 428: true, 431: true, 499: true}
	for _, status := range []int{0, 200, 302, 399, 400, 401, 402, 403, 404, 405, 408, 409, 413, 414, 422, 428, 429, 431, 499, 500, 503} {
		if got := (&Error{Status: status}).refusesPageSize(); got != want[status] {
			t.Errorf("refusesPageSize() for %d = %t, want %t", status, got, want[status])
		}
	}
}

func TestError_isTLS(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want bool
	}{
		{tls.AlertError(42), true},
		{fmt.Errorf("proxyconnect tcp: %w", x509.UnknownAuthorityError{}), true},
		{&net.DNSError{Err: "no such host", Name: "tls: x509: "}, false},
		{nil, false},
	} {
		if got := (&Error{Err: test.err}).IsTLS(); got != test.want {
			t.Errorf("IsTLS() for %v = %t, want %t", test.err, got, test.want)
		}
	}
}

// TestDecodeError_repeatsNothing decodes texts with a private word where the
// library's own errors would repeat it.
func TestDecodeError_repeatsNothing(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"private":1,"private":2}`:                       "a key appears twice in one JSON object",
		"{\"private\":{\"private\xff\":1}}":               "the text is not valid UTF-8",
		`{"a":"\ud800private"}`:                           "JSON syntax error at byte 6",
		`{"a":private}`:                                   "JSON syntax error at byte 5",
		`{"private":"private`:                             "the response is truncated",
		`{"errors":"private"}`:                            "errors is not a list",
		`{"errors":[{"code":"private"}],"success":"yes"}`: "success is not true or false",
	} {
		if _, err := decode([]byte(body)); err == nil || err.Error() != want || strings.Contains(err.Error(), "private") {
			t.Errorf("decoding %s = %v, want %s", body, err, want)
		}
	}
	for _, err := range []error{io.ErrClosedPipe, &ValueError{Field: "result", Want: "a list"}} {
		if got := decodeError(err); !errors.Is(got, err) {
			t.Errorf("decodeError(%v) = %v, want it unchanged", err, got)
		}
	}
}
