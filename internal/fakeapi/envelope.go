package fakeapi

import (
	"encoding/json"
	"fmt"
	"net/http"
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

// Source points at the part of a request that a [Message] is about.
type Source struct {
	Pointer string `json:"pointer"`
}

// answer is a whole answer in JSON, ready to be sent, or to be spoilt by a
// fault first.
type answer struct {
	status int
	body   []byte
}

func (a answer) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the reader may be gone, and nobody else cares
}

// envelope is what surrounds result, which is written by hand because its rows
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

// with returns the envelope around result, itself JSON.
func (e envelope) with(result []byte) []byte {
	if e.Errors == nil {
		e.Errors = []Message{}
	}
	if e.Messages == nil {
		e.Messages = []Message{}
	}
	rest := encode(e)
	body := make([]byte, 0, len(`{"result":,`)+len(result)+len(rest))
	body = append(body, `{"result":`...)
	body = append(body, result...)
	body = append(body, ',')
	return append(body, rest[1:]...)
}

// encode panics where v cannot be JSON: only a mistaken test does that.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("fakeapi: %v", err))
	}
	return text
}

func failure(status int, errors ...Message) answer {
	return answer{status: status, body: envelope{Errors: errors}.with([]byte("null"))}
}

func noRoute(r *http.Request) answer {
	return failure(http.StatusNotFound, couldNotRoute(r), Message{Code: 7000, Text: "No route for that URI"})
}

func noAccount(r *http.Request) answer {
	return failure(http.StatusNotFound, couldNotRoute(r))
}

func couldNotRoute(r *http.Request) Message {
	return Message{Code: 7003, Text: fmt.Sprintf(
		"Could not route to %s, perhaps your object identifier is invalid?",
		strings.TrimPrefix(r.URL.Path, BasePath))}
}

func wrongMethod(r *http.Request) answer {
	return failure(http.StatusMethodNotAllowed, Message{
		Code: 7001,
		Text: "Method " + r.Method + " not available for that URI",
	})
}

// badRequest has a code of this fake's own: Cloudflare's is not published.
func badRequest(err error) answer {
	return failure(http.StatusBadRequest, Message{Code: 12130, Text: "access.api.error.invalid_request: " + err.Error()})
}
