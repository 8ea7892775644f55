package fakeapi

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const defaultPerPage = 1000

// listQuery is the query of a request for a page of the list.
type listQuery struct {
	page, perPage       int
	size                int // of the pages that are served, instead of perPage
	email, name, search string
}

func (s *Server) parseListQuery(query url.Values) (listQuery, error) {
	page, err := positive(query, "page", 1)
	if err != nil {
		return listQuery{}, err
	}
	perPage, err := positive(query, "per_page", defaultPerPage)
	if err != nil {
		return listQuery{}, err
	}
	if refuses := s.Quirks.RefusePageSize; refuses != nil && refuses(perPage) {
		return listQuery{}, fmt.Errorf("per_page must not be %d", perPage)
	}
	size := min(perPage, defaultPerPage)
	if s.MaxPageSize > 0 {
		size = min(perPage, s.MaxPageSize)
	}
	if s.Quirks.FixedPageSize > 0 {
		size = s.Quirks.FixedPageSize
	}
	return listQuery{
		page: page, perPage: perPage, size: size,
		email: query.Get("email"), name: query.Get("name"), search: query.Get("search"),
	}, nil
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

// respondPage returns a page of an account's list.
func (s *Server) respondPage(x *exchange, q listQuery, r *http.Request) response {
	all, nth, ok := s.nextList(x.accountID, q.page)
	if !ok {
		return noAccount(r)
	}
	users, info := s.page(q, all, nth)
	stated := &info
	if s.Quirks.NoResultInfo {
		stated = nil
	}
	if s.Quirks.NullResult && len(users) == 0 {
		return success(s.Messages, stated, []byte("null"))
	}
	rows := bytes.Join(s.encode(users), []byte(","))
	return success(s.Messages, stated, []byte("["), rows, []byte("]"))
}

// nextList returns an account's list for one response, after Change, and how
// often the page was served, this response included. No list is ever changed,
// only replaced, so that it can be read without the lock.
func (s *Server) nextList(accountID string, page int) (users []User, nth int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	users, ok = s.Accounts[accountID]
	if !ok {
		return nil, 0, false
	}
	s.pages++
	s.served[page]++
	if s.Change != nil {
		users = s.Change(s.pages, slices.Clone(users))
		s.Accounts[accountID] = users
	}
	return users, s.served[page], true
}

// page returns the users on the page that q requests, served for the nth time,
// and its result_info.
func (s *Server) page(q listQuery, all []User, nth int) ([]User, resultInfo) {
	quirks := s.Quirks
	matching := s.filter(q, all)
	total := len(matching)
	if quirks.UnfilteredTotal {
		total = len(all)
	}
	listed := matching
	if quirks.FilterAfterPaging {
		listed = all
	}
	if quirks.RepeatUser && len(listed) > 0 {
		listed = slices.Insert(slices.Clone(listed), (len(listed)+1)/2, listed[0])
		if quirks.RepeatCounted {
			total++
		}
	}
	last := pages(len(listed), q.size)
	served := quirks.servedPage(q.page, last)
	users := cut(listed, served, q.size)
	if quirks.FilterAfterPaging {
		users = s.filter(q, users)
	}
	if q.page == quirks.EmptyAlways || q.page == quirks.EmptyOnce && nth == 1 {
		users = nil
	}
	info := quirks.info(q, served, len(users), total)
	if quirks.ZeroPastEnd && served > last {
		info.TotalCount, info.TotalPages = 0, 0
	}
	return users, info
}

// filter returns the users that match q, in their order.
func (s *Server) filter(q listQuery, users []User) []User {
	if q.email == "" && q.name == "" && q.search == "" || s.Quirks.IgnoreFilters {
		return users
	}
	if q.email != "" && s.Quirks.EmailFilterMisses {
		return nil
	}
	match := func(user User, field, value string) bool {
		text, _ := user[field].(string)
		if s.ExactFilters {
			return text == value
		}
		return strings.Contains(strings.ToLower(text), strings.ToLower(value))
	}
	var matching []User
	for _, user := range users {
		if (q.email == "" || match(user, "email", q.email)) &&
			(q.name == "" || match(user, "name", q.name)) &&
			(q.search == "" || match(user, "email", q.search) || match(user, "name", q.search)) {
			matching = append(matching, user)
		}
	}
	return matching
}

// pages returns how many pages of a size contain so many users.
func pages(users, size int) int { return (users + size - 1) / size }

// cut returns the users of one page, none if the page is past the end.
func cut(users []User, page, size int) []User {
	if page > pages(len(users), size) {
		return nil
	}
	start := (page - 1) * size
	return users[start:min(start+size, len(users))]
}

// encodedUser is a user with its JSON. The user is there to keep its map alive,
// whose address is the key of Server.encoded.
type encodedUser struct {
	user User
	json []byte
}

// encode returns the JSON of each user. Each map is encoded once: tests read
// lists of 100,000 users many times.
func (s *Server) encode(users []User) [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := make([][]byte, len(users))
	for i, user := range users {
		key := reflect.ValueOf(user).Pointer()
		row, ok := s.encoded[key]
		if !ok {
			sent := user
			if s.Quirks.NoDeviceCount {
				sent = maps.Clone(user)
				delete(sent, "active_device_count")
			}
			row = encodedUser{user, encode(sent)}
			s.encoded[key] = row
		}
		rows[i] = row.json
	}
	return rows
}
