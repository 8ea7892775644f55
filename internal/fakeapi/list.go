package fakeapi

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Quirks are ways in which a list misleads its reader although each response
// is well-formed. The zero value has none. They can be combined.
type Quirks struct {
	// FixedPageSize is the size of every page, whatever per_page requests and
	// MaxPageSize says. result_info states it. 0: none.
	FixedPageSize int

	// RefusePageSize, unless nil, reports the values of per_page that are
	// rejected with 400. It may be called concurrently.
	RefusePageSize func(perPage int) bool

	// NoResultInfo: there is no result_info.
	NoResultInfo bool

	// TotalCount, unless nil, gives the total_count that is stated instead of
	// the real one, on which total_pages depends. It may be called concurrently.
	TotalCount func(matches int) int

	// UnfilteredTotal: total_count counts all users of the account, not only
	// those that match the filters.
	UnfilteredTotal bool

	// FirstPageOnly: every page is the first one, and result_info.page is 1.
	FirstPageOnly bool

	// IgnoreFilters: all users match every filter.
	IgnoreFilters bool

	// EmailFilterMisses: no user matches a filter on email.
	EmailFilterMisses bool

	// NullResult: an empty page is "result": null.
	NullResult bool
}

const defaultPerPage = 1000

// listQuery is the query of a request for a page of the list.
type listQuery struct {
	page, perPage       int
	size                int // of the pages that are served, instead of perPage
	email, name, search string
}

// parseListQuery returns an error for a query that is rejected. The page is 0
// only if it is the page that is invalid.
func (s *Server) parseListQuery(query url.Values) (q listQuery, err error) {
	q.email, q.name, q.search = query.Get("email"), query.Get("name"), query.Get("search")
	if q.page, err = positive(query, "page", 1); err != nil {
		return q, err
	}
	if q.perPage, err = positive(query, "per_page", defaultPerPage); err != nil {
		return q, err
	}
	if refuses := s.Quirks.RefusePageSize; refuses != nil && refuses(q.perPage) {
		return q, fmt.Errorf("per_page must not be %d", q.perPage)
	}
	q.size = min(q.perPage, cmp.Or(s.MaxPageSize, defaultPerPage))
	q.size = cmp.Or(s.Quirks.FixedPageSize, q.size)
	return q, nil
}

// positive returns a parameter that must be a positive integer.
func positive(query url.Values, name string, byDefault int) (int, error) {
	if !query.Has(name) {
		return byDefault, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s must be a positive integer, not %q", name, query.Get(name))
	}
	return n, nil
}

// respondPage returns a page of a list.
func (s *Server) respondPage(x *exchange, all []User) response {
	users, info := s.page(x.query, all)
	if s.Quirks.NoResultInfo {
		info = nil
	}
	if s.Quirks.NullResult && len(users) == 0 {
		return s.success(nil, info)
	}
	return s.success(append([]User{}, users...), info) // an empty page is [], not null
}

// respondUser returns one user.
func (s *Server) respondUser(x *exchange, all []User) response {
	i := slices.IndexFunc(all, func(user User) bool { return user["id"] == x.userID })
	if i < 0 {
		text := "access.api.error.not_found: there is no user " + strconv.Quote(x.userID)
		return failure(http.StatusNotFound, Message{Code: 12131, Text: text}) // Cloudflare's code is not published
	}
	return s.success(all[i], nil)
}

// list returns an account's users for one response, for a page after Change. No
// list is ever changed, only replaced, so that it can be read without the lock.
func (s *Server) list(x *exchange) (users []User, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	users, ok = s.Accounts[x.accountID]
	if !ok || x.userID != "" {
		return users, ok
	}
	s.pages++
	if s.Change != nil {
		users = s.Change(s.pages, slices.Clone(users))
		s.Accounts[x.accountID] = users
	}
	return users, true
}

// page returns the users on the page that q requests, and its result_info.
func (s *Server) page(q listQuery, all []User) ([]User, *resultInfo) {
	quirks := s.Quirks
	matching := s.filter(q, all)
	info := &resultInfo{Page: q.page, PerPage: q.size, TotalCount: len(matching)}
	if quirks.UnfilteredTotal {
		info.TotalCount = len(all)
	}
	if quirks.TotalCount != nil {
		info.TotalCount = quirks.TotalCount(info.TotalCount)
	}
	if quirks.FirstPageOnly {
		info.Page = 1
	}
	var users []User
	if info.Page <= pages(len(matching), q.size) {
		start := (info.Page - 1) * q.size
		users = matching[start:min(start+q.size, len(matching))]
	}
	info.Count = len(users)
	info.TotalPages = pages(info.TotalCount, info.PerPage)
	return users, info
}

// filter returns the users that match q, in their order. Filters match parts of
// values, case-insensitively, and combine with "and". Whether Cloudflare matches
// parts or complete values is unknown.
func (s *Server) filter(q listQuery, users []User) []User {
	if q.email == "" && q.name == "" && q.search == "" || s.Quirks.IgnoreFilters {
		return users
	}
	if q.email != "" && s.Quirks.EmailFilterMisses {
		return nil
	}
	var matching []User
	for _, user := range users {
		if contains(user, q.email, "email") && contains(user, q.name, "name") && contains(user, q.search, "email", "name") {
			matching = append(matching, user)
		}
	}
	return matching
}

// contains reports whether part is in one of these fields of the user.
func contains(user User, part string, fields ...string) bool {
	return slices.ContainsFunc(fields, func(field string) bool {
		text, _ := user[field].(string)
		return strings.Contains(strings.ToLower(text), strings.ToLower(part))
	})
}

// pages returns how many pages of a size contain so many users.
func pages(users, size int) int { return (users + size - 1) / size }
