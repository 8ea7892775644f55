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
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
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

	mu       sync.Mutex // guards Accounts, calls of Change, and what follows
	requests []Request
	attempts map[string]int // see exchange.attempt
	pages    int            // responses that contained a page
}

// New returns a server with one account, [AccountID], that has these users.
func New(users []User) *Server {
	return &Server{
		Accounts: map[string][]User{AccountID: users},
		Token:    Token,
		Key:      Key,
		Email:    Email,
		attempts: map[string]int{},
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

// Request is a request as it arrived.
type Request struct {
	Method string
	Path   string // with BasePath, unescaped
	Query  url.Values
	Header http.Header
	Page   int // the page of the list that it requests; 0 if it is another request
}

// Requests returns the requests so far, in order of arrival, with those that
// were rejected.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// exchange is a request and what the server knows of it.
type exchange struct {
	*http.Request
	accountID, userID string    // of the path; userID is empty for the list, both are for other paths
	query             listQuery // of a GET request for the list
	invalid           error     // why that query is rejected
	number            int       // of this request among all requests, from 1
	attempt           int       // of this request among those for the same page, or the same path, from 1
}

var usersPath = regexp.MustCompile(`^` + BasePath + `/accounts/([^/]+)/access/users(?:/([^/]+))?$`)

func (s *Server) record(r *http.Request) *exchange {
	x := &exchange{Request: r}
	if ids := usersPath.FindStringSubmatch(r.URL.EscapedPath()); ids != nil {
		x.accountID, _ = url.PathUnescape(ids[1]) // a URL that was parsed has no invalid escape
		x.userID, _ = url.PathUnescape(ids[2])
	}
	query := r.URL.Query()
	if r.Method == http.MethodGet && x.accountID != "" && x.userID == "" {
		x.query, x.invalid = s.parseListQuery(query)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{r.Method, r.URL.Path, query, r.Header, x.query.page})
	x.number = len(s.requests)
	counted := fmt.Sprint(r.Method, r.URL.Path, x.query.page)
	s.attempts[counted]++
	x.attempt = s.attempts[counted]
	return x
}

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := s.record(r)
	w.Header().Set("CF-Ray", fmt.Sprintf("%016x-FKE", x.number))
	switch {
	case x.accountID == "":
		failure(http.StatusNotFound, couldNotRoute(r), Message{Code: 7000, Text: "No route for that URI"}).send(w)
		return
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		failure(http.StatusMethodNotAllowed, Message{Code: 7001, Text: "Method " + r.Method + " not available for that URI"}).send(w)
		return
	}
	if s.Gate != nil && x.query.page > 0 {
		s.Gate(x.query.page)
	}
	respond := func() response { return s.respond(x) }
	s.fault(x)(w, r.WithContext(context.WithValue(r.Context(), respondKey{}, respond)))
}

// respond returns the response that no fault replaces.
func (s *Server) respond(x *exchange) response {
	if rejection, ok := s.authenticate(x.Header); !ok {
		return rejection
	}
	if x.invalid != nil {
		text := "access.api.error.invalid_request: " + x.invalid.Error()
		return failure(http.StatusBadRequest, Message{Code: 12130, Text: text}) // Cloudflare's code is not published
	}
	users, ok := s.list(x)
	switch {
	case !ok:
		return failure(http.StatusNotFound, couldNotRoute(x.Request))
	case x.userID != "":
		return s.respondUser(x, users)
	default:
		return s.respondPage(x, users)
	}
}

func couldNotRoute(r *http.Request) Message {
	return Message{Code: 7003, Text: fmt.Sprintf(
		"Could not route to %s, perhaps your object identifier is invalid?",
		strings.TrimPrefix(r.URL.Path, BasePath))}
}

var wellFormedBearer = regexp.MustCompile(`^Bearer [^ \t]+$`)

// authenticate returns ok, or the rejection of these headers.
func (s *Server) authenticate(header http.Header) (rejection response, ok bool) {
	tokens := header.Values("Authorization")
	key, email := header.Get("X-Auth-Key"), header.Get("X-Auth-Email")
	badToken := Message{Code: 6111, Text: "Invalid format for Authorization header"}
	badKey := Message{Code: 6103, Text: "Invalid format for X-Auth-Key header"}
	badHeaders := func(chain ...Message) response {
		return failure(http.StatusBadRequest, Message{Code: 6003, Text: "Invalid request headers", Chain: chain})
	}
	switch hasKey := key != "" || email != ""; {
	case len(tokens) > 0 && hasKey:
		// Cloudflare's response to both at once is unknown. A client that
		// sends both is wrong, and its tests are to fail.
		return badHeaders(badToken, badKey), false
	case len(tokens) > 1 || len(tokens) == 1 && !wellFormedBearer.MatchString(tokens[0]):
		return badHeaders(badToken), false
	case len(tokens) == 1 && tokens[0] != "Bearer "+s.Token:
		return failure(http.StatusUnauthorized, Message{Code: 10000, Text: "Authentication error"}), false
	case len(tokens) == 1:
		return response{}, true
	case !hasKey:
		return failure(http.StatusBadRequest, Message{Code: 9106, Text: "Authentication failed (missing token or key)"}), false
	case key == "" || email == "":
		return badHeaders(badKey), false
	case key != s.Key || email != s.Email:
		return failure(http.StatusForbidden, Message{Code: 9103, Text: "Unknown X-Auth-Key or X-Auth-Email"}), false
	default:
		return response{}, true
	}
}
