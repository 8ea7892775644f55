// Package fakeapi is a fake Cloudflare API for tests and the demo: an
// http.Handler that serves
//
//	GET /client/v4/accounts/{account_id}/access/users
//	GET /client/v4/accounts/{account_id}/access/users/{user_id}
//	GET /client/v4/accounts/{account_id}/devices/registrations
//
// as testdata/access-users.openapi.yaml describes them, and deviates from that
// description where a test tells it to.
//
// It shares no type with the client, so that a wrong JSON name fails a test.
package fakeapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// BasePath is the path below which Cloudflare's API and every [Server] have
// their endpoints.
const BasePath = "/client/v4"

// The credentials that a [Server] accepts, and the account of one from [New].
// All are made up.
const (
	Token     = "fake-token-for-tests-and-for-demos-00001" // 40 characters
	Key       = "fa4e0c0ffee0000000000000000000000ca1f"    // 37 hex digits
	Email     = "admin@example.com"
	AccountID = "023e105f4ecef8ad9ca31a8372d0c353"
)

// Server is a fake Cloudflare API. Make it with [New] and set its fields before
// it serves; from then on use only its methods, which are safe for concurrent
// use.
type Server struct {
	// Accounts holds the users of each account, by account id, in the order
	// in which they are listed.
	Accounts map[string][]User

	// Registrations holds the registrations of devices of each account, by account
	// id, in any order.
	Registrations map[string][]Registration

	// MaxPageSize is the largest number of rows on a page, whatever per_page
	// requests. New sets it to 1000.
	MaxPageSize int

	// Messages are the messages[] of every successful response.
	Messages []Message

	// Change, unless nil, changes a list while it is read. It is called before
	// each response that contains a page, one call at a time, with the number
	// of this response among all pages of all lists, from 1, and a copy of the
	// account's users. What it returns is the account's list from then on. It
	// must not change a User, only replace it, and not call the server.
	Change func(response int, users []User) []User

	// Quirks are the ways in which lists differ from their description.
	Quirks Quirks

	// Faults replace responses. The first one that applies to a request wins.
	Faults []Fault

	// Gate, unless nil, is called before each response for a page, in the
	// handler's goroutine and after the request was recorded. Tests block in
	// it to force the order in which pages arrive.
	Gate func(page int)

	mux      *http.ServeMux
	mu       sync.Mutex // guards Accounts, Registrations, calls of Change, and what follows
	requests []Request
	pages    int // responses that contained a page
}

// New returns a server with one account, [AccountID], that has these users.
func New(users []User) *Server {
	s := &Server{
		Accounts:      map[string][]User{AccountID: users},
		Registrations: make(map[string][]Registration),
		MaxPageSize:   defaultPerPage,
		mux:           http.NewServeMux(),
	}
	s.mux.HandleFunc("GET "+BasePath+"/accounts/{account_id}/access/users", s.serveList)
	s.mux.HandleFunc("GET "+BasePath+"/accounts/{account_id}/access/users/{user_id}", s.serveUser)
	s.mux.HandleFunc("GET "+BasePath+"/accounts/{account_id}/devices/registrations", s.serveRegistrations)
	s.mux.HandleFunc("/", s.serveUnknownPath)
	return s
}

// Users returns a copy of the account's present list, nil if there is no such
// account. The users themselves are the server's: do not change them.
func (s *Server) Users(accountID string) []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.Accounts[accountID])
}

// SetUsers replaces an account's list from the next response on.
func (s *Server) SetUsers(accountID string, users []User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Accounts[accountID] = slices.Clone(users)
}

// SetRegistrations replaces an account's registrations from the next response on.
func (s *Server) SetRegistrations(accountID string, registrations []Registration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Registrations[accountID] = slices.Clone(registrations)
}

// Request is a request as it arrived.
type Request struct {
	Method string
	Path   string // with BasePath, unescaped
	Query  url.Values
	Header http.Header
	Page   int // the page of the list that it requests, by cursor too; 0 if it is another request
}

// Requests returns the requests so far, in order of arrival, with those that
// were rejected.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("CF-Ray", "0123456789abcdef-FKE")
	s.mux.ServeHTTP(w, r)
}

func (s *Server) serveUnknownPath(w http.ResponseWriter, r *http.Request) {
	s.record(r, 0)
	notFound(r).send(w)
}

// serve serves a request to one of the endpoints, for this page or, if it is 0,
// for something else. The response is that of a fault, or the real one, which
// respond returns if the credentials are valid.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, page int, respond func() response) {
	attempt := s.record(r, page)
	if s.Gate != nil && page > 0 {
		s.Gate(page)
	}
	if !authenticated(r.Header) {
		respond = func() response {
			return failure(http.StatusUnauthorized, Message{Code: 10000, Text: "Authentication error"})
		}
	}
	s.fault(page, attempt)(w, r.WithContext(context.WithValue(r.Context(), respondKey{}, respond)))
}

// record returns how many requests for the same page, or the same path, there
// were, with this one.
func (s *Server) record(r *http.Request, page int) (attempt int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{r.Method, r.URL.Path, r.URL.Query(), r.Header, page})
	for _, other := range s.requests {
		if other.Path == r.URL.Path && other.Page == page {
			attempt++
		}
	}
	return attempt
}

// notFound is the response for an unknown path or account.
func notFound(r *http.Request) response {
	text := fmt.Sprintf("Could not route to %s, perhaps your object identifier is invalid?", strings.TrimPrefix(r.URL.Path, BasePath))
	return failure(http.StatusNotFound, Message{Code: 7003, Text: text}, Message{Code: 7000, Text: "No route for that URI"})
}

// authenticated reports whether a request has [Token], or [Key] with [Email], and
// no other credentials. Cloudflare's response to both at once is unknown. A client
// that sends both is wrong, and its tests are to fail.
func authenticated(header http.Header) bool {
	switch fmt.Sprintf("%q %q %q", header["Authorization"], header["X-Auth-Key"], header["X-Auth-Email"]) {
	case `["Bearer ` + Token + `"] [] []`, `[] ["` + Key + `"] ["` + Email + `"]`:
		return true
	default:
		return false
	}
}
