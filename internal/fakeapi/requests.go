package fakeapi

import (
	"net/http"
	"net/url"
	"slices"
)

// Request is a request as it arrived.
type Request struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
	Page         int // the page asked for; 0 when it was not a request for a page
}

// Requests returns the requests so far, in order of arrival, those refused
// among them.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// visit is what the server knows of a request while it answers it.
type visit struct {
	number int // of this request among all of the server, from 1
	page   int // as in Request
	try    int // of this request among those for that page, from 1
	answer func() answer
}

type visitKey struct{}

func visitOf(r *http.Request) *visit {
	v, ok := r.Context().Value(visitKey{}).(*visit)
	if !ok {
		panic("fakeapi: this handler works only inside a Server")
	}
	return v
}

func (s *Server) record(r *http.Request, wantsPage bool) *visit {
	v := &visit{}
	query := r.URL.Query()
	if wantsPage {
		v.page, _ = positive(query, "page", 1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{
		Method: r.Method,
		Path:   r.URL.Path,
		Query:  query,
		Header: r.Header.Clone(),
		Page:   v.page,
	})
	v.number = len(s.requests)
	if v.page > 0 {
		if s.tries == nil {
			s.tries = map[int]int{}
		}
		s.tries[v.page]++
		v.try = s.tries[v.page]
	}
	return v
}
