// Package fakeapi is a Cloudflare for tests and the demo: an http.Handler that
// answers GET /client/v4/accounts/{account_id}/access/users as the published
// contract says, and misbehaves on request.
//
// It shares no type with the client, so that a wrong JSON name fails a test.
package fakeapi

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"sync"
	"time"
)

// BasePath is the path under which Cloudflare's API, and every [Server], lives.
const BasePath = "/client/v4"

// What every [Server] from [New] accepts until its fields are changed. All of
// it is made up.
const (
	Token     = "fake-token-for-tests-and-for-demos-00001" // 40 characters
	Key       = "fa4e0c0ffee0000000000000000000000ca1f"    // 37 hex digits
	Email     = "admin@example.com"
	AccountID = "023e105f4ecef8ad9ca31a8372d0c353"
)

const (
	usersRoute     = BasePath + "/accounts/{account_id}/access/users"
	defaultPerPage = 1000
)

// Server is a fake Cloudflare API. Set its fields before it serves; from then
// on use only its methods, which are safe for concurrent use.
type Server struct {
	// Accounts holds the users of each account, by account id, in the order
	// in which they are listed.
	Accounts map[string][]User

	// Token, or Key with Email, is what a request must carry.
	Token, Key, Email string

	// MaxPageSize is the most users on a page, whatever per_page asks for.
	// 0 means 1000.
	MaxPageSize int

	// ExactFilters makes email, name and search match whole values exactly.
	// Otherwise they match parts of values, whatever the case. Which of the
	// two Cloudflare does is unknown. Filters combine with "and".
	ExactFilters bool

	// Messages go into messages[] of every page.
	Messages []Message

	// Quirks are the ways in which the answers differ from the contract.
	Quirks Quirks

	// Faults replace answers; the first one that applies to a request wins.
	Faults []Fault

	// Gate, unless nil, is called before each answer for a page, in the
	// handler's goroutine and after the request was recorded. Tests block in
	// it to force the order in which pages arrive.
	Gate func(page int)

	// MaxPerSecond is how many requests are let through in any second; more
	// are refused with 429 and Retry-After: 1. 0 means no limit.
	MaxPerSecond int

	// Now is the clock of MaxPerSecond. Nil means time.Now.
	Now func() time.Time

	routing sync.Once
	mux     *http.ServeMux

	mu       sync.Mutex
	lists    map[string][]*row // nil until first used
	requests []Request
	tries    map[int]int // requests for each page
	visits   map[int]int // answers with each page
	admitted []time.Time
	gained   int
}

// New returns a server with one account, [AccountID], that has these users.
func New(users []User) *Server {
	return &Server{
		Accounts: map[string][]User{AccountID: users},
		Token:    Token,
		Key:      Key,
		Email:    Email,
	}
}

// ServeHTTP answers one request, under [BasePath].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.routing.Do(s.route)
	handler, pattern := s.handler(r)
	v := s.record(r, pattern == usersRoute && r.Method == http.MethodGet)
	w.Header().Set("CF-Ray", fmt.Sprintf("%016x-FKE", v.number))
	if !s.admit() {
		tooManyRequests()(w, r)
		return
	}
	handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
}

// handler is s.mux, and the pattern that the request matches there. A ServeMux
// would redirect paths such as //accounts; here they are unknown, so that a
// client that makes them sees it.
func (s *Server) handler(r *http.Request) (handler http.Handler, pattern string) {
	if asked := r.URL.EscapedPath(); asked != path.Clean(asked) {
		return http.HandlerFunc(serveNoRoute), ""
	}
	_, pattern = s.mux.Handler(r)
	return s.mux, pattern
}

func (s *Server) route() {
	s.mux = http.NewServeMux()
	s.mux.HandleFunc(usersRoute, s.serveUsers)
	s.mux.HandleFunc("/", serveNoRoute)
}

func serveNoRoute(w http.ResponseWriter, r *http.Request) { noRoute(r).send(w) }

func (s *Server) serveUsers(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		wrongMethod(r).send(w)
		return
	}
	v := visitOf(r)
	if s.Gate != nil && v.page > 0 {
		s.Gate(v.page)
	}
	v.answer = func() answer { return s.answer(r, v.number) }
	if do := s.fault(v); do != nil {
		do(w, r)
		return
	}
	v.answer().send(w)
}

// answer is what the request gets where no fault is in the way.
func (s *Server) answer(r *http.Request, number int) answer {
	if refusal, ok := s.authenticate(r.Header); !ok {
		return refusal
	}
	q, err := questionOf(r)
	if err != nil {
		return badRequest(err)
	}
	p, ok := s.page(q, number)
	if !ok {
		return noAccount(r)
	}
	return p.answer(s.Messages, s.Quirks)
}
