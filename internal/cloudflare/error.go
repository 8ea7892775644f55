package cloudflare

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

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

	RetryAfter time.Duration // how long Cloudflare asks to wait; 0 where it does not
	Tries      int           // how often it was tried
	Elapsed    time.Duration // from the first try to the last one's end
}

// ErrCutShort is the cause of an Error whose answer ends too early.
var ErrCutShort = errors.New("the answer was cut short")

// errEmpty is the cause of an Error whose answer has no body.
var errEmpty = errors.New("the answer is empty")

// ErrTimeout is the cause of an Error whose answer was not complete in 60 s.
var ErrTimeout = errors.New("no complete answer within 60 s")

// errRefused is the cause of an Error where success is false without a reason.
var errRefused = errors.New("success is false, and no error is stated")

// A RedirectError is the cause of an Error whose answer sends the client
// elsewhere. It does not go there: credentials are for the base URL alone.
type RedirectError struct {
	Host string // "" where the answer does not name one
}

func (e *RedirectError) Error() string {
	if e.Host == "" {
		return "a redirect, which is not followed"
	}
	return "a redirect to " + e.Host + ", which is not followed"
}

// errRedirect leaves out all of the location but the host.
func errRedirect(location string) error {
	u, err := url.Parse(location)
	if err != nil {
		return &RedirectError{}
	}
	return &RedirectError{Host: u.Host}
}

// A Message is one entry of an envelope's errors or messages.
type Message struct {
	Code             int64     `json:"code"`
	Message          string    `json:"message"`
	DocumentationURL string    `json:"documentation_url"`
	Source           Source    `json:"source"`
	ErrorChain       []Message `json:"error_chain"`
}

// UnmarshalJSONFrom takes any value: what Cloudflare wants to say must not be
// lost, nor a good list refused, because of the form that it is said in.
func (m *Message) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	type plain Message
	if err := json.Unmarshal(value, (*plain)(m)); err != nil {
		*m = Message{Message: string(value)}
	}
	return nil
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
		b.WriteString(": " + m.String())
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Tries > 1 {
		fmt.Fprintf(&b, " (tried %d times in %s)", e.Tries, round(e.Elapsed))
	}
	return b.String()
}

// HasCode tells whether Cloudflare states one of these codes, or one of them
// as what led to another.
func (e *Error) HasCode(codes ...int64) bool { return hasCode(e.Messages, codes) }

func hasCode(messages []Message, codes []int64) bool {
	return slices.ContainsFunc(messages, func(m Message) bool {
		return slices.Contains(codes, m.Code) || hasCode(m.ErrorChain, codes)
	})
}

// Refused tells whether Cloudflare itself says that it did not do as asked.
func (e *Error) Refused() bool { return len(e.Messages) > 0 || errors.Is(e.Err, errRefused) }

// IsTLS tells whether the connection failed because the server did not prove
// who it is, or does not speak TLS.
func (e *Error) IsTLS() bool {
	if e.Err == nil {
		return false
	}
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(e.Err, &certificate) || errors.As(e.Err, &record) ||
		strings.Contains(e.Err.Error(), "server gave HTTP response to HTTPS client")
}

// Unwrap gives the cause, if there is one beside Cloudflare's own words.
func (e *Error) Unwrap() error { return e.Err }

// String gives code and text, then what led to it: "6003: Invalid request
// headers (6111: Invalid format for Authorization header)".
func (m *Message) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %s", m.Code, m.Message)
	if m.Source.Pointer != "" {
		fmt.Fprintf(&b, " [%s]", m.Source.Pointer)
	}
	if m.DocumentationURL != "" {
		fmt.Fprintf(&b, " <%s>", m.DocumentationURL)
	}
	for _, cause := range m.ErrorChain {
		b.WriteString(" (" + cause.String() + ")")
	}
	return b.String()
}
