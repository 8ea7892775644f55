package fakeapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
)

// Message is one entry of errors[] or messages[].
type Message struct {
	Code             int       `json:"code"`
	Text             string    `json:"message"`
	DocumentationURL string    `json:"documentation_url,omitempty"`
	Source           *Source   `json:"source,omitempty"`
	Chain            []Message `json:"error_chain,omitempty"`
}

// Source names the part of a request that a [Message] is about.
type Source struct {
	Pointer string `json:"pointer"`
}

// response is a complete response in JSON. A fault may change it before it is sent.
type response struct {
	status int
	body   []byte
}

func (a response) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may have left
}

// envelope is the body of a response.
type envelope struct {
	Result   any       `json:"result"`
	Success  bool      `json:"success"`
	Errors   []Message `json:"errors"`
	Messages []Message `json:"messages"`
	Info     any       `json:"result_info,omitempty"`
}

type resultInfo struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

func (s *Server) success(result, info any) response {
	messages := append([]Message{}, s.Messages...) // an empty list is [], not null
	return newResponse(http.StatusOK, envelope{Result: result, Success: true, Errors: []Message{}, Messages: messages, Info: info})
}

func failure(status int, errors ...Message) response {
	errors = append([]Message{}, errors...) // as above
	return newResponse(status, envelope{Errors: errors, Messages: []Message{}})
}

// newResponse panics if body cannot be JSON: only a wrong test does that.
func newResponse(status int, body any) response {
	text, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("fakeapi: %v", err))
	}
	return response{status, text}
}

// Recorded returns an API that sends each body of another one again when its
// request is repeated, so that little of what a benchmark measures is the API's.
// Lists must not change, and responses must have the status 200.
func Recorded(api http.Handler) http.Handler {
	var bodies sync.Map // from path and query to []byte
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies.Load(r.URL.RequestURI())
		if !ok {
			recorder := httptest.NewRecorder()
			api.ServeHTTP(recorder, r)
			body, _ = bodies.LoadOrStore(r.URL.RequestURI(), recorder.Body.Bytes())
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body.([]byte)) //nolint:forcetypeassert,gosec // JSON, stored above
	})
}

// Fault replaces some responses of lists and of single users.
//
// Faults for the same page form a sequence: with {Page: 2, Attempts: 1, Do:
// HTML(502)} and {Page: 2, Attempts: 3, Do: Hang()} the first attempt to read
// page 2 gets the first one, the second and third attempt get the other one,
// and the fourth attempt gets page 2.
type Fault struct {
	// Page is the page of a list that the fault applies to. 0: every page,
	// and every other GET request of the endpoints.
	Page int

	// Attempts is how many attempts get the fault, counted from the first one
	// of each page, or of each path without a page, over all reads. Negative:
	// all of them.
	Attempts int

	// Do serves the request instead.
	Do http.HandlerFunc
}

// fault returns what serves a request: the first fault that applies, or Pass.
func (s *Server) fault(page, attempt int) http.HandlerFunc {
	for _, f := range s.Faults {
		if (f.Page == 0 || f.Page == page) && (f.Attempts < 0 || attempt <= f.Attempts) {
			return f.Do
		}
	}
	return Pass()
}

// respondKey is the context key of a function that returns the response that a
// fault replaces.
type respondKey struct{}

// replaced panics unless a Server called the handler.
func replaced(r *http.Request) response {
	respond, _ := r.Context().Value(respondKey{}).(func() response)
	return respond()
}

// Pass serves the request as if there were no fault, so that a later fault in
// the list starts with a later attempt.
func Pass() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { replaced(r).send(w) }
}

// Status sends this status and body.
func Status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body) // the client may have left
	}
}

// Header adds a header to the response of another fault.
func Header(do http.HandlerFunc, name, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(name, value)
		do(w, r)
	}
}

// Envelope sends this status and an envelope with success: false.
func Envelope(status int, errors ...Message) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { failure(status, errors...).send(w) }
}

// HTML sends this status and an HTML page such as a gateway's.
func HTML(status int) http.HandlerFunc {
	body := fmt.Sprintf("<!DOCTYPE html>\n<html><head><title>%[1]d</title></head>"+
		"<body><h1>Error %[1]d: %[2]s</h1></body></html>\n", status, http.StatusText(status))
	return Status(status, body)
}

// Redirect sends a 302 to this address.
func Redirect(address string) http.HandlerFunc {
	return http.RedirectHandler(address, http.StatusFound).ServeHTTP
}

// Edit sends the real response after edit has changed its envelope. Numbers in
// it are json.Number.
func Edit(edit func(envelope map[string]any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		resp := replaced(r)
		decoder := json.NewDecoder(bytes.NewReader(resp.body))
		decoder.UseNumber()
		var body map[string]any
		_ = decoder.Decode(&body) // a response is always JSON
		edit(body)
		newResponse(resp.status, body).send(w)
	}
}

// WrongType sends the real response, in which one field of the first row, or
// of the single user, has this value instead. A response without rows stays
// as it is.
func WrongType(field string, value any) http.HandlerFunc {
	return Edit(func(envelope map[string]any) {
		result := envelope["result"]
		if users, ok := result.([]any); ok && len(users) > 0 {
			result = users[0]
		}
		if user, ok := result.(map[string]any); ok {
			user[field] = value
		}
	})
}

// Hang sends nothing until the request's context ends.
func Hang() http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
}

// Stall sends half of the real response, then nothing until the request's
// context ends.
func Stall() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		CutShort()(w, r)
		<-r.Context().Done()
	}
}

// CutShort declares the length of the real response, but sends half of it. The
// HTTP server then closes the connection.
func CutShort() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		resp := replaced(r)
		w.Header().Set("Content-Length", strconv.Itoa(len(resp.body)))
		response{resp.status, resp.body[:len(resp.body)/2]}.send(w)
		_ = http.NewResponseController(w).Flush()
	}
}
