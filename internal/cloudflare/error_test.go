package cloudflare

import (
	"errors"
	"testing"
	"time"
)

func TestError_text(t *testing.T) {
	t.Parallel()
	headers := Message{Code: 6003, Message: "Headers", DocumentationURL: "https://example.com/", ErrorChain: []Message{{Code: 6111, Message: "Format"}}}
	headers.Source.Pointer = "/a"
	for want, err := range map[string]error{
		"GET /x": &Error{Method: "GET", Path: "/x", Attempts: 1},
		"GET /x: 403 Forbidden: 6003: Headers [/a] <https://example.com/> (6111: Format): 2: More: cause": &Error{
			Method: "GET", Path: "/x", Page: 3, Status: 403, Err: errors.New("cause"), Attempts: 4, Elapsed: 1500 * time.Millisecond,
			Messages: []Message{headers, {Code: 2, Message: "More"}},
		},
		"the next request has to wait 300ms, but the deadline is in 0s: cause": &WaitError{251 * time.Millisecond, 0, errors.New("cause")},
		"ended after 3 pages, of 0 that were expected: cause":                  &InterruptedError{Pages: 3, Err: errors.New("cause")},
		"ended after 3 pages, of 13 that were expected: cause":                 &InterruptedError{Pages: 3, Of: 13, Err: errors.New("cause")},
	} {
		if got := err.Error(); got != want {
			t.Errorf("Error: got %s, want %s", got, want)
		}
	}
}

// TestError_messages finds codes and texts at every level of the error chains.
func TestError_messages(t *testing.T) {
	t.Parallel()
	chain := func(last Message) *Error {
		return &Error{Status: 400, Messages: []Message{{Code: 1, Message: "One"}, {Code: 2, ErrorChain: []Message{{Code: 3, ErrorChain: []Message{last}}}}}}
	}
	for want, last := range map[Kind]Message{
		UnknownAccount:   {Code: 7003},
		NotAuthenticated: {Code: 6111},
		NotEnabled:       {Code: 9, Message: "access.api.error.NOT_enabled: see below"},
		BadRequest:       {Code: 9, Message: "access.api.error"},
	} {
		if got := chain(last).Kind(); got != want {
			t.Errorf("Kind of %v: got %d, want %d", chain(last), got, want)
		}
	}
}
