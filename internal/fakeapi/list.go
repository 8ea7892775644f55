package fakeapi

import (
	"cmp"
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
	page                int
	perPage             int    // the size of the page that is served
	email, name, search string // in lower case
}

// parseListQuery returns ok for a query that is accepted. The page is 0 only
// if it is invalid.
func (s *Server) parseListQuery(query url.Values) (q listQuery, ok bool) {
	q = listQuery{
		page:    positive(query, "page", 1),
		perPage: positive(query, "per_page", defaultPerPage),
		email:   lower(query.Get("email")),
		name:    lower(query.Get("name")),
		search:  lower(query.Get("search")),
	}
	refuses := s.Quirks.RefusePageSize
	ok = q.page > 0 && q.perPage > 0 && (refuses == nil || !refuses(q.perPage))
	q.perPage = cmp.Or(s.Quirks.FixedPageSize, min(q.perPage, s.MaxPageSize))
	return q, ok
}

// positive returns a parameter, or 0 if it is not a positive integer.
func positive(query url.Values, name string, byDefault int) int {
	if !query.Has(name) {
		return byDefault
	}
	n, _ := strconv.Atoi(query.Get(name)) // 0 for other texts
	return max(n, 0)
}

func (s *Server) serveList(w http.ResponseWriter, r *http.Request) {
	q, valid := s.parseListQuery(r.URL.Query())
	s.serve(w, r, q.page, func() response {
		if !valid {
			text := "access.api.error.invalid_request: page and per_page must be positive integers of an allowed size"
			return failure(http.StatusBadRequest, Message{Code: 12130, Text: text}) // Cloudflare's code is not published
		}
		all, ok := s.change(r.PathValue("account_id"))
		if !ok {
			return notFound(r)
		}
		users, info := s.page(q, all)
		if s.Quirks.NoResultInfo {
			info = nil
		}
		if s.Quirks.NullResult && len(users) == 0 {
			return s.success(nil, info)
		}
		return s.success(users, info)
	})
}

func (s *Server) serveUser(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, 0, func() response {
		users := s.Users(r.PathValue("account_id"))
		i := slices.IndexFunc(users, func(user User) bool { return user["id"] == r.PathValue("user_id") })
		if i < 0 {
			text := "access.api.error.not_found: there is no such user"
			return failure(http.StatusNotFound, Message{Code: 12131, Text: text}) // Cloudflare's code is not published
		}
		return s.success(users[i], nil)
	})
}

// change returns an account's users for a page, after Change. No list is ever
// changed, only replaced, so that it can be read without the lock.
func (s *Server) change(accountID string) (users []User, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	users, ok = s.Accounts[accountID]
	if !ok {
		return nil, false
	}
	s.pages++
	if s.Change != nil {
		users = s.Change(s.pages, slices.Clone(users))
		s.Accounts[accountID] = users
	}
	return users, true
}

// page returns the users on the page that q requests, and its result_info.
func (s *Server) page(q listQuery, all []User) (rows []User, info any) {
	matching := s.filter(q, all)
	number := q.page
	if s.Quirks.FirstPageOnly {
		number = 1
	}
	users := []User{} // an empty page is [], not null
	if pages := slices.Collect(slices.Chunk(matching, q.perPage)); number <= len(pages) {
		users = pages[number-1]
	}
	total := len(matching)
	if s.Quirks.TotalCount != nil {
		total = s.Quirks.TotalCount(total)
	}
	return users, &resultInfo{
		Page:       number,
		PerPage:    q.perPage,
		Count:      len(users),
		TotalCount: total,
		TotalPages: (total + q.perPage - 1) / q.perPage,
	}
}

// filter returns the users that match q, in their order. Filters match parts of
// values, case-insensitively, and combine with "and". Whether Cloudflare matches
// parts or complete values is unknown.
func (s *Server) filter(q listQuery, users []User) []User {
	if q.email+q.name+q.search == "" || s.Quirks.IgnoreFilters {
		return users
	}
	if q.email != "" && s.Quirks.EmailFilterMisses {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(users), func(user User) bool {
		email, name := lower(user["email"]), lower(user["name"])
		matches := strings.Contains(email, q.email) && strings.Contains(name, q.name) &&
			(strings.Contains(email, q.search) || strings.Contains(name, q.search))
		return !matches
	})
}

// lower returns a text in lower case, and "" for a value that is none.
func lower(value any) string {
	text, _ := value.(string)
	return strings.ToLower(text)
}
