package fakeapi

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

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
	number            int    // of this request among all requests, from 1
	accountID, userID string // of the path; userID is empty for the list, both are for other paths
	page              int    // as in Request
	attempt           int    // of this request among those for the same page, or the same path, from 1
	respond           func() response
}

type exchangeKey struct{}

// attachTo returns r with x, for exchangeOf.
func (x *exchange) attachTo(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
}

func exchangeOf(r *http.Request) *exchange {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		panic("fakeapi: this handler works only as a Fault of a Server")
	}
	return x
}

func (s *Server) record(r *http.Request) *exchange {
	x := &exchange{}
	x.accountID, x.userID = parsePath(r.URL)
	query := r.URL.Query()
	counted := r.Method + " " + r.URL.Path
	if r.Method == http.MethodGet && x.accountID != "" && x.userID == "" {
		if page, err := positive(query, "page", 1); err == nil {
			x.page = page
			counted = "page " + strconv.Itoa(page)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{
		Method: r.Method,
		Path:   r.URL.Path,
		Query:  query,
		Header: r.Header.Clone(),
		Page:   x.page,
	})
	x.number = len(s.requests)
	s.attempts[counted]++
	x.attempt = s.attempts[counted]
	return x
}

var usersPath = regexp.MustCompile(`^` + BasePath + `/accounts/([^/]+)/access/users(?:/([^/]+))?$`)

// parsePath returns the ids in the path of an endpoint. A path that is not in
// its shortest form, such as //accounts, is none.
func parsePath(address *url.URL) (accountID, userID string) {
	escaped := address.EscapedPath()
	ids := usersPath.FindStringSubmatch(escaped)
	if ids == nil || escaped != path.Clean(escaped) {
		return "", ""
	}
	accountID, _ = url.PathUnescape(ids[1]) // a URL that was parsed has no invalid escape
	userID, _ = url.PathUnescape(ids[2])
	return accountID, userID
}

// accept reports whether MaxPerSecond allows a request now. Those that are
// rejected do not count.
func (s *Server) accept() bool {
	if s.MaxPerSecond <= 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	t := now()
	s.accepted = slices.DeleteFunc(s.accepted, func(earlier time.Time) bool {
		return t.Sub(earlier) >= time.Second
	})
	if len(s.accepted) >= s.MaxPerSecond {
		return false
	}
	s.accepted = append(s.accepted, t)
	return true
}

// authenticate returns ok, or the rejection of these headers.
func (s *Server) authenticate(header http.Header) (rejection response, ok bool) {
	authorization := header.Values("Authorization")
	key, email := header.Get("X-Auth-Key"), header.Get("X-Auth-Email")
	hasToken, hasKey := len(authorization) > 0, key != "" || email != ""
	badToken := Message{Code: 6111, Text: "Invalid format for Authorization header"}
	badKey := Message{Code: 6103, Text: "Invalid format for X-Auth-Key header"}
	switch {
	case hasToken && hasKey:
		// Cloudflare's response to both at once is unknown. A client that
		// sends both is wrong, and its tests are to fail.
		return badHeaders(badToken, badKey), false
	case hasToken && !isBearer(authorization):
		return badHeaders(badToken), false
	case hasToken && authorization[0] != "Bearer "+s.Token:
		return failure(http.StatusUnauthorized, Message{Code: 10000, Text: "Authentication error"}), false
	case hasToken:
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

// isBearer reports whether an Authorization header is one well-formed token.
func isBearer(authorization []string) bool {
	token, bearer := strings.CutPrefix(authorization[0], "Bearer ")
	return len(authorization) == 1 && bearer && token != "" && !strings.ContainsAny(token, " \t")
}
