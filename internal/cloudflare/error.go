package cloudflare

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Causes of an Error, see Error.Err. There are also RedirectError, ValueError
// and InvalidJSONError.
var (
	// ErrTimeout means that an attempt took more than 60 s.
	ErrTimeout = errors.New("no complete response within 60 s")
	// ErrTooLarge means that the response is over maxBodyBytes.
	ErrTooLarge = errors.New("the response is over 32 MiB")

	errEmpty     = errors.New("the response is empty")
	errNotJSON   = errors.New("the response is not JSON") // a gateway's HTML page, say
	errTruncated = errors.New("the response is truncated")
	errRefused   = errors.New("success is false, and no error is stated")
)

// An Error is a request that failed: without a response (Status is 0, Err has
// the cause), refused by Cloudflare (Messages), or with a response that cannot
// be used (Err).
type Error struct {
	Method   string
	Path     string    // of the URL, without the query, which may hold personal data
	Page     int       // the requested page; 0 if the request is not for a page
	Status   int       // the HTTP status; 0 if there was no response
	RayID    string    // the CF-Ray header, by which Cloudflare finds the request
	Messages []Message // the envelope's errors
	Err      error     // the cause, if it is not one of Cloudflare's messages

	RetryAfter time.Duration // how long Cloudflare asks to wait; 0 if it does not
	Attempts   int
	Elapsed    time.Duration // from the start of the first attempt to the end of the last
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
	if cause := e.cause(); cause != "" {
		b.WriteString(": " + cause)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (%d attempts in %s)", e.Attempts, e.Elapsed.Round(100*time.Millisecond).String())
	}
	return b.String()
}

// cause returns Cloudflare's messages and the text of Err.
func (e *Error) cause() string {
	var causes []string
	for _, m := range e.Messages {
		causes = append(causes, m.String())
	}
	if e.Err != nil {
		causes = append(causes, e.Err.Error())
	}
	return strings.Join(causes, ": ")
}

// Unwrap returns the cause, if it is not one of Cloudflare's messages.
func (e *Error) Unwrap() error { return e.Err }

// HasCode reports whether one of the messages, or of the messages in their
// error chains, has one of the codes.
func (e *Error) HasCode(codes ...int64) bool {
	return containsMessage(e.Messages, func(m *Message) bool { return slices.Contains(codes, m.Code) })
}

// HasMessage reports whether the text of one of the messages, or of the
// messages in their error chains, contains part, case-insensitively.
func (e *Error) HasMessage(part string) bool {
	part = strings.ToLower(part)
	return containsMessage(e.Messages, func(m *Message) bool { return strings.Contains(strings.ToLower(m.Message), part) })
}

func containsMessage(messages []Message, match func(*Message) bool) bool {
	return slices.ContainsFunc(messages, func(m Message) bool {
		return match(&m) || containsMessage(m.ErrorChain, match)
	})
}

// Refused reports whether Cloudflare itself states that the request failed.
func (e *Error) Refused() bool { return len(e.Messages) > 0 || errors.Is(e.Err, errRefused) }

// IsTLS reports whether TLS failed: an untrusted certificate, an alert, or a
// server that does not use TLS.
func (e *Error) IsTLS() bool {
	// crypto/tls has no type for most of its errors, but they all start with
	// its name.
	for err := e.Err; err != nil; err = errors.Unwrap(err) {
		if text := err.Error(); strings.HasPrefix(text, "tls: ") || strings.HasPrefix(text, "x509: ") {
			return true
		}
	}
	return false
}

// refusesPageSize reports whether per_page may be what the server refuses.
func (e *Error) refusesPageSize() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return e.Status/100 == 4
}

// A Message is one entry of an envelope's errors or messages.
type Message struct {
	Code             int64     `json:"code"`
	Message          string    `json:"message"`
	DocumentationURL string    `json:"documentation_url"`
	Source           Source    `json:"source"`
	ErrorChain       []Message `json:"error_chain"`
}

// Source is the part of the request that a Message is about.
type Source struct {
	Pointer string `json:"pointer"`
}

// UnmarshalJSONFrom accepts every value: a message in an unexpected form must
// neither be lost nor make a valid list fail.
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

// String returns code and text, then the error chain: "6003: Invalid request
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

// A RedirectError is the cause of an Error whose response is a redirect. The
// client does not follow it, because credentials are for the base URL only.
type RedirectError struct {
	Host string // "" if the response does not name one
}

// newRedirectError keeps nothing of the location but the host.
func newRedirectError(location string) *RedirectError {
	if u, err := url.Parse(location); err == nil {
		return &RedirectError{Host: u.Host}
	}
	return &RedirectError{}
}

func (e *RedirectError) Error() string {
	if e.Host == "" {
		return "a redirect, which is not followed"
	}
	return "a redirect to " + e.Host + ", which is not followed"
}

// A ValueError is the cause of an Error whose response has a value of the wrong
// type. It does not contain the value, which may be personal data.
type ValueError struct {
	Row   int    // position on the page, from 1; 0 outside the rows
	Field string // JSON name, "" for the row itself
	Want  string // for example "a string"
}

func (e *ValueError) Error() string {
	where := cmp.Or(e.Field, "the value")
	if e.Row > 0 {
		where += " of row " + strconv.Itoa(e.Row)
	}
	return where + " is not " + e.Want
}

// An InvalidJSONError is the cause of an Error whose response is a complete
// JSON object that breaks JSON's rules. Unlike a truncated response or a
// gateway's page it is not retryable.
type InvalidJSONError struct {
	Reason string // does not contain anything of the response
}

func (e *InvalidJSONError) Error() string { return e.Reason }

func isInvalidJSON(err error) bool {
	_, ok := errors.AsType[*InvalidJSONError](err)
	return ok
}

// decodeError converts an error of the JSON library into one that does not
// contain anything of the response.
func decodeError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errTruncated
	}
	if value, ok := errors.AsType[*ValueError](err); ok {
		return value
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return newValueError(string(semantic.JSONPointer), semantic.GoType)
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return newInvalidJSONError(syntax)
	}
	return err
}

func newInvalidJSONError(syntax *jsontext.SyntacticError) *InvalidJSONError {
	if errors.Is(syntax, jsontext.ErrDuplicateName) {
		return &InvalidJSONError{"a key appears twice in one JSON object"}
	}
	if syntax.Err.Error() == "invalid UTF-8" { // the library exports no error for it
		return &InvalidJSONError{"the text is not valid UTF-8"}
	}
	return &InvalidJSONError{"JSON syntax error at byte " + strconv.FormatInt(syntax.ByteOffset, 10)}
}
