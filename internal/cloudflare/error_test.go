package cloudflare

import (
	"errors"
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
		"the next request has to wait 300ms, but the deadline is in 0s: cause": &WaitError{251 * time.Millisecond, 0, errors.New("cause")},
		"ended after 3 pages: cause":       &InterruptedError{Pages: 3, Err: errors.New("cause")},
		"ended after 3 of 13 pages: cause": &InterruptedError{Pages: 3, Of: 13, Err: errors.New("cause")},
	} {
		if got := err.Error(); got != want {
			t.Errorf("Error: got %s, want %s", got, want)
		}
	}
}

func TestError_messages(t *testing.T) {
	t.Parallel()
	err := &Error{Messages: []Message{{Code: 1, Message: "One"}, {Code: 2, Message: "Two", ErrorChain: []Message{
		{Code: 3, ErrorChain: []Message{{Code: 9999, Message: "access.api.error.NOT_enabled: see below"}}},
	}}}}
	for code := range int64(5) {
		if got, want := err.hasCode(7, code), 0 < code && code < 4; got != want {
			t.Errorf("hasCode(7, %d): got %t, want %t", code, got, want)
		}
	}
	for part, want := range map[string]bool{"one": true, "TWO": true, "access.api.error.not_enabled": true, "three": false} {
		if got := err.hasMessage(part); got != want {
			t.Errorf("hasMessage(%s): got %t, want %t", part, got, want)
		}
	}
}
