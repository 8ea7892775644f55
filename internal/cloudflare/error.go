package cloudflare

import (
	"bytes"
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

// Causes of an Error, see Error.Err. There are also TransportError,
// RedirectError, ValueError, InvalidJSONError and proxyError.
var (
	// ErrTimeout means that an attempt took more than 60 s.
	ErrTimeout = errors.New("no complete response within 60 s")
	// ErrTooLarge means that the response is over maxBodyBytes.
	ErrTooLarge = errors.New("the response is over 32 MiB")

	// errNoList means that a list that has no filter is null on page 1, without a
	// count: that does not show that it is empty.
	errNoList    = errors.New("result is null, and there is no total_count")
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
	PerPage  int       // its size
	Tried    []int     // sizes with which the list was read, if a smaller one did not help, either
	Rows     int       // of the list that came before the request failed
	Status   int       // the HTTP status; 0 if there was no response
	RayID    string    // the CF-Ray header, by which Cloudflare finds the request
	Messages []Message // the envelope's errors, or what a problem document states
	Err      error     // the cause, if it is not one of Cloudflare's messages

	RetryAfter time.Duration // how long Cloudflare asks to wait; 0 if it does not
	Attempts   int
	Elapsed    time.Duration // from the start of the first attempt to the end of the last

	problem  *problem // nil: the response is not a problem document
	admitted bool     // an earlier request for the same path was successful
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Method, e.Path)
	if e.Page > 0 {
		fmt.Fprintf(&b, ", page %d", e.Page)
	}
	if e.Status > 0 {
		b.WriteString(": " + e.StatusLine())
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

// StatusLine returns the status with its name, also those that only Cloudflare
// uses, or "" if there was no response.
func (e *Error) StatusLine() string {
	if e.Status == 0 {
		return ""
	}
	return statusLine(e.Status)
}

func statusLine(status int) string {
	text := cmp.Or(http.StatusText(status), map[int]string{
		520: "Web Server Returned an Unknown Error", 521: "Web Server Is Down", 522: "Connection Timed Out",
		523: "Origin Is Unreachable", 524: "A Timeout Occurred",
	}[status])
	return strings.TrimSpace(strconv.Itoa(status) + " " + text)
}

// Outcome sums up what came back: the status or, if it says nothing, what is
// wrong with the response.
func (e *Error) Outcome() string {
	switch {
	case e.Status == 0:
		return "no response"
	case e.Status != http.StatusOK:
		return e.StatusLine()
	case e.refused():
		return "request refused"
	default:
		return "invalid response"
	}
}

// hasCode reports whether one of the messages, or of the messages in their
// error chains, has one of the codes.
func (e *Error) hasCode(codes ...int64) bool {
	return containsMessage(e.Messages, func(m *Message) bool { return slices.Contains(codes, m.Code) })
}

// hasMessage reports whether the text of one of the messages, or of the
// messages in their error chains, contains part, case-insensitively.
func (e *Error) hasMessage(part string) bool {
	part = strings.ToLower(part)
	return containsMessage(e.Messages, func(m *Message) bool { return strings.Contains(strings.ToLower(m.Message), part) })
}

func containsMessage(messages []Message, match func(*Message) bool) bool {
	return slices.ContainsFunc(messages, func(m Message) bool {
		return match(&m) || containsMessage(m.ErrorChain, match)
	})
}

// refused reports whether the response states that the request failed.
func (e *Error) refused() bool { return len(e.Messages) > 0 || errors.Is(e.Err, errRefused) }

// hasEnvelope reports whether the response comes from the API, which wraps all
// that it says in an envelope.
func (e *Error) hasEnvelope() bool { return e.problem == nil && (e.Err == nil || e.refused()) }

// A TransportError is the cause of an Error whose connection failed. Unlike the
// other causes, it may repeat what a server or a proxy sent.
type TransportError struct{ Err error }

func newTransportError(err error) error {
	if proxy, ok := errors.AsType[*proxyError](err); ok {
		return proxy
	}
	return &TransportError{err}
}

func (e *TransportError) Error() string { return e.Err.Error() }

// Unwrap returns the error of net/http.
func (e *TransportError) Unwrap() error { return e.Err }

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

// A proxyError is the cause of an Error whose connection a proxy refuses.
type proxyError struct{ status int }

func (e *proxyError) Error() string { return "the proxy responded with " + statusLine(e.status) }

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

func isInvalidValue(err error) bool {
	_, ok := errors.AsType[*ValueError](err)
	return ok
}

func isInvalidJSON(err error) bool {
	_, ok := errors.AsType[*InvalidJSONError](err)
	return ok
}

// decodeError converts an error of the JSON library into one that does not
// contain anything of the response.
func decodeError(err error, body []byte) error {
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
		if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
			return errNotJSON
		}
		return newInvalidJSONError(syntax)
	}
	return err
}

func newInvalidJSONError(syntax *jsontext.SyntacticError) *InvalidJSONError {
	if errors.Is(syntax, jsontext.ErrDuplicateName) {
		return &InvalidJSONError{"a key appears twice in one JSON object"}
	}
	return &InvalidJSONError{"JSON syntax error at byte " + strconv.FormatInt(syntax.ByteOffset, 10)}
}
