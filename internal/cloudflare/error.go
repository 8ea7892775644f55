package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// ErrTooLarge is the cause of an Error whose answer is over 32 MiB.
var ErrTooLarge = errors.New("the answer is over 32 MiB")

// ErrNotJSON is the cause of an Error whose answer is not JSON, such as a
// gateway's HTML page.
var ErrNotJSON = errors.New("the answer is not JSON")

// An Error is a question that Cloudflare did not answer as asked: no answer
// at all (Status is 0, Err says why), a refusal (Messages), or an answer that
// cannot be read (Err).
type Error struct {
	Method   string
	Path     string    // of the URL; the query, which may hold a person's data, is left out
	Page     int       // the page that was asked for; 0 where there are no pages
	Status   int       // HTTP's; 0 when no answer came
	RayID    string    // Cloudflare's name for the request, from the CF-Ray header
	Messages []Message // the envelope's errors
	Err      error     // the cause where it is not Cloudflare that speaks
}

// A Message is one entry of an envelope's errors or messages.
type Message struct {
	Code             int64     `json:"code"`
	Message          string    `json:"message"`
	DocumentationURL string    `json:"documentation_url"`
	Source           Source    `json:"source"`
	ErrorChain       []Message `json:"error_chain"`
}

// Source says which part of the request a Message is about.
type Source struct {
	Pointer string `json:"pointer"`
}

// A ValueError is the cause of an Error whose answer holds a value of the
// wrong type. It does not repeat the value, which may be a person's.
type ValueError struct {
	Row   int    // position on the page, from 1; 0 outside the rows
	Field string // JSON name, "" for the row itself
	Want  string // "a string", say
}

func (e *ValueError) Error() string {
	where := e.Field
	if where == "" {
		where = "the value"
	}
	if e.Row > 0 {
		where += " of row " + strconv.Itoa(e.Row)
	}
	return where + " is not " + e.Want
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Method, e.Path)
	if e.Page > 0 {
		fmt.Fprintf(&b, ", page %d", e.Page)
	}
	if e.Status > 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	for _, m := range e.Messages {
		fmt.Fprintf(&b, ": %s", m)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause, if there is one beside Cloudflare's own words.
func (e *Error) Unwrap() error { return e.Err }

// String gives code and text, then what led to it: "6003: Invalid request
// headers (6111: Invalid format for Authorization header)".
func (m Message) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %s", m.Code, m.Message)
	if m.Source.Pointer != "" {
		fmt.Fprintf(&b, " [%s]", m.Source.Pointer)
	}
	for _, cause := range m.ErrorChain {
		fmt.Fprintf(&b, " (%s)", cause)
	}
	return b.String()
}

// because returns e with its cause, or what ended ctx where that is the cause.
func (e *Error) because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e.Err = err
	return e
}
