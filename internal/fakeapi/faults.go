package fakeapi

import (
	"fmt"
	"io"
	"net/http"
)

// Fault replaces some answers for pages.
//
// Faults for the same page chain: with {Page: 2, Tries: 1, Do: HTML(502)} and
// {Page: 2, Tries: 3, Do: Reset()} the first try of page 2 meets the first
// one, the second and third try the other, and the fourth is answered.
type Fault struct {
	Page  int // 0: every page
	Tries int // the first so many tries of a page, over all reads; negative: every try
	Do    func(w http.ResponseWriter, r *http.Request)
}

// fault returns what replaces the answer to v, nil where nothing does.
func (s *Server) fault(v *visit) func(http.ResponseWriter, *http.Request) {
	if v.page == 0 {
		return nil
	}
	for _, f := range s.Faults {
		if (f.Page == 0 || f.Page == v.page) && within(v.try, f.Tries) {
			return f.Do
		}
	}
	return nil
}

// Pass answers as if there were no fault. It lets the first tries of a page
// through that a later fault in the list is to meet.
func Pass() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { visitOf(r).answer().send(w) }
}

// Status answers with this status and body. The headers are pairs of a name
// and a value.
func Status(code int, body string, headers ...string) http.HandlerFunc {
	return Header(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}, headers...)
}

// Header adds headers, pairs of a name and a value, to another fault's answer.
func Header(do http.HandlerFunc, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		do(w, r)
	}
}

// Envelope answers with this status and an envelope without success.
func Envelope(status int, errors ...Message) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { failure(status, errors...).send(w) }
}

// SuccessFalse answers with success: false under HTTP 200.
func SuccessFalse(errors ...Message) http.HandlerFunc {
	return Envelope(http.StatusOK, errors...)
}

// HTML answers with this status and a page such as a gateway's.
func HTML(status int) http.HandlerFunc {
	body := fmt.Sprintf("<!DOCTYPE html>\n<html><head><title>%[1]d</title></head>"+
		"<body><h1>Error %[1]d: %[2]s</h1></body></html>\n", status, http.StatusText(status))
	return Status(status, body, "Content-Type", "text/html; charset=UTF-8")
}

// NotJSON answers 200 with a body that claims to be JSON and is not.
func NotJSON() http.HandlerFunc {
	return Status(http.StatusOK, "upstream says: try later", "Content-Type", "application/json")
}

// Redirect answers 302 to this address.
func Redirect(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) }
}
