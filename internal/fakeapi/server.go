// Package fakeapi is a fake Cloudflare API for tests and the demo: an
// http.Handler that serves
//
//	GET /client/v4/accounts/{account_id}/access/users
//	GET /client/v4/accounts/{account_id}/access/users/{user_id}
//
// as testdata/access-users.openapi.yaml describes them, and deviates from that
// description where a test tells it to.
//
// It shares no type with the client, so that a wrong JSON name fails a test.
package fakeapi

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// BasePath is the path below which Cloudflare's API and every [Server] have
// their endpoints.
const BasePath = "/client/v4"

// The credentials and the account of a [Server] from [New]. All are made up.
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

	// Token, or Key with Email, is what a request must carry.
	Token, Key, Email string

	// MaxPageSize is the largest number of users on a page, whatever per_page
	// requests. 0 means 1000.
	MaxPageSize int

	// ExactFilters makes email, name and search match complete values, with
	// their case. Otherwise they match parts of values, case-insensitively.
	// Which of the two Cloudflare does is unknown. Filters combine with "and".
	ExactFilters bool

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

	// MaxPerSecond is the largest number of requests accepted within a second.
	// Others are rejected with 429 and Retry-After: 1. 0 means no limit.
	MaxPerSecond int

	// Now is the clock of MaxPerSecond. Nil means time.Now.
	Now func() time.Time

	mu       sync.Mutex // guards Accounts, calls of Change, and what follows
	encoded  map[uintptr]encodedUser
	requests []Request
	attempts map[string]int // see exchange.attempt
	accepted []time.Time    // requests, as far as MaxPerSecond needs them
	pages    int            // responses that contained a page
	served   map[int]int    // of those, how many contained the page with this number
}

// New returns a server with one account, [AccountID], that has these users.
func New(users []User) *Server {
	return &Server{
		Accounts: map[string][]User{AccountID: users},
		Token:    Token,
		Key:      Key,
		Email:    Email,
		encoded:  map[uintptr]encodedUser{},
		attempts: map[string]int{},
		served:   map[int]int{},
	}
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

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := s.record(r)
	w.Header().Set("CF-Ray", fmt.Sprintf("%016x-FKE", x.number))
	switch {
	case !s.accept():
		w.Header().Set("Retry-After", "1")
		tooManyRequests().send(w)
	case x.accountID == "":
		noRoute(r).send(w)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		wrongMethod(r).send(w)
	default:
		s.serve(x, w, r)
	}
}

// serve serves a GET request of one of the endpoints.
func (s *Server) serve(x *exchange, w http.ResponseWriter, r *http.Request) {
	if s.Gate != nil && x.page > 0 {
		s.Gate(x.page)
	}
	x.respond = func() response { return s.respond(x, r) }
	if do := s.fault(x); do != nil {
		do(w, x.attachTo(r))
		return
	}
	x.respond().send(w)
}

// respond returns the response that no fault replaces.
func (s *Server) respond(x *exchange, r *http.Request) response {
	if rejection, ok := s.authenticate(r.Header); !ok {
		return rejection
	}
	if x.userID != "" {
		return s.respondUser(x, r)
	}
	q, err := s.parseListQuery(r.URL.Query())
	if err != nil {
		return badRequest(err)
	}
	return s.respondPage(x, q, r)
}

// respondUser returns one user.
func (s *Server) respondUser(x *exchange, r *http.Request) response {
	s.mu.Lock()
	users, ok := s.Accounts[x.accountID]
	s.mu.Unlock()
	if !ok {
		return noAccount(r)
	}
	i := slices.IndexFunc(users, func(user User) bool { return user["id"] == x.userID })
	if i < 0 {
		return noUser(x.userID)
	}
	return success(s.Messages, nil, s.encode(users[i : i+1])[0])
}
