package cloudflare

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Causes of an Error, see Error.Err. There are also TransportError,
// RedirectError, ValueError and proxyError.
var (
	ErrTimeout  = errors.New("no complete response within 60 s") // attemptTimeout
	ErrTooLarge = errors.New("the response is over 32 MiB")      // maxBodyBytes

	errNoList    = errors.New("result is null, and there is no total_count") // which does not show an empty list
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

// Error leaves out what depends on the number of attempts.
func (e *Error) Error() string {
	parts := []string{e.Method + " " + e.Path, e.StatusLine(), e.cause()}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
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

func (e *Error) Unwrap() error { return e.Err }

// StatusLine returns the status with its name, also those that only Cloudflare
// uses, or "" if there was no response.
func (e *Error) StatusLine() string { return statusLine(e.Status) }

func statusLine(status int) string {
	if status == 0 {
		return ""
	}
	text := cmp.Or(http.StatusText(status), map[int]string{
		520: "Web Server Returned an Unknown Error", 521: "Web Server Is Down", 522: "Connection Timed Out",
		523: "Origin Is Unreachable", 524: "A Timeout Occurred", 525: "SSL Handshake Failed", 526: "Invalid SSL Certificate",
	}[status])
	return strings.TrimSpace(strconv.Itoa(status) + " " + text)
}

// Outcome sums up what came back: the status, of the API or of a proxy, or, if it
// says nothing, what is wrong with the response.
func (e *Error) Outcome() string {
	proxy, ok := errors.AsType[*proxyError](e.Err)
	switch {
	case ok:
		return proxy.Error()
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

// hasMessage reports whether one of the messages, or of those in error chains, matches.
func hasMessage(messages []Message, matches func(*Message) bool) bool {
	return slices.ContainsFunc(messages, func(m Message) bool {
		return matches(&m) || hasMessage(m.ErrorChain, matches)
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

func (e *TransportError) Error() string { return e.Err.Error() }
func (e *TransportError) Unwrap() error { return e.Err }

// A RedirectError is the cause of an Error whose response is a redirect. The
// client does not follow it, because credentials are for the base URL only.
type RedirectError struct {
	Host string // "" if the response does not name one
}

func (e *RedirectError) Error() string {
	if e.Host == "" {
		return "a redirect, which is not followed"
	}
	return fmt.Sprintf("a redirect to %s, which is not followed", e.Host)
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

func (e *ValueError) Error() string { return e.Describe("row") }

// Describe returns the text of the error, with another word for a row.
func (e *ValueError) Describe(row string) string {
	field := cmp.Or(e.Field, "the value")
	if e.Row > 0 {
		field = fmt.Sprintf("%s of %s %d", field, row, e.Row)
	}
	return field + " is not " + e.Want
}

// causedBy reports whether the cause has this type.
func causedBy[E error](e *Error) bool {
	_, ok := errors.AsType[E](e.Err)
	return ok
}

// decodeError returns an error without anything of the response. Unlike a truncated
// response or a gateway's page, a complete object that is no JSON is not retryable.
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
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return err
	case !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")):
		return errNotJSON
	case errors.Is(syntax, jsontext.ErrDuplicateName):
		return errors.New("a key appears twice in one JSON object")
	default:
		return fmt.Errorf("JSON syntax error at byte %d", syntax.ByteOffset)
	}
}
