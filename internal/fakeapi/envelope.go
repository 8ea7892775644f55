package fakeapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
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

// envelope is what surrounds result, which is added as text because its users
// are encoded already.
type envelope struct {
	Success  bool        `json:"success"`
	Errors   []Message   `json:"errors"`
	Messages []Message   `json:"messages"`
	Info     *resultInfo `json:"result_info,omitempty"`
}

type resultInfo struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

// with returns the envelope around result, which is JSON in parts.
func (e envelope) with(result ...[]byte) []byte {
	e.Errors = append([]Message{}, e.Errors...) // an empty list is [], not null
	e.Messages = append([]Message{}, e.Messages...)
	parts := append([][]byte{[]byte(`{"result":`)}, result...)
	return slices.Concat(append(parts, []byte(","), encode(e)[1:])...)
}

// encode panics if v cannot be JSON: only a wrong test does that.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("fakeapi: %v", err))
	}
	return text
}

func success(messages []Message, info *resultInfo, result ...[]byte) response {
	return response{http.StatusOK, envelope{Success: true, Messages: messages, Info: info}.with(result...)}
}

func failure(status int, errors ...Message) response {
	return response{status, envelope{Errors: errors}.with([]byte("null"))}
}

func noRoute(r *http.Request) response {
	return failure(http.StatusNotFound, couldNotRoute(r), Message{Code: 7000, Text: "No route for that URI"})
}

func noAccount(r *http.Request) response {
	return failure(http.StatusNotFound, couldNotRoute(r))
}

func couldNotRoute(r *http.Request) Message {
	return Message{Code: 7003, Text: fmt.Sprintf(
		"Could not route to %s, perhaps your object identifier is invalid?",
		strings.TrimPrefix(r.URL.Path, BasePath))}
}

func wrongMethod(r *http.Request) response {
	return failure(http.StatusMethodNotAllowed, Message{
		Code: 7001,
		Text: "Method " + r.Method + " not available for that URI",
	})
}

func badHeaders(chain ...Message) response {
	return failure(http.StatusBadRequest, Message{Code: 6003, Text: "Invalid request headers", Chain: chain})
}

func tooManyRequests() response {
	return failure(http.StatusTooManyRequests, Message{
		Code: 10100,
		Text: "Please wait and consider throttling your request speed",
	})
}

// badRequest and noUser have codes of this fake's own: Cloudflare's are not
// published.
func badRequest(err error) response {
	return failure(http.StatusBadRequest, Message{Code: 12130, Text: "access.api.error.invalid_request: " + err.Error()})
}

func noUser(id string) response {
	return failure(http.StatusNotFound, Message{Code: 12131, Text: "access.api.error.not_found: there is no user " + strconv.Quote(id)})
}
