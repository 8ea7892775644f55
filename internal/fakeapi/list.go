package fakeapi

import (
	"slices"
	"sync"
	"time"
)

// row is a user in an account's list, encoded once, when first sent.
type row struct {
	user        User
	email, name string
	encoding    sync.Once
	encoded     []byte
}

func newRow(user User) *row {
	email, _ := user["email"].(string)
	name, _ := user["name"].(string)
	return &row{user: user, email: email, name: name}
}

func (r *row) json() []byte {
	r.encoding.Do(func() { r.encoded = encode(r.user) })
	return r.encoded
}

func newRows(users []User) []*row {
	rows := make([]*row, len(users))
	for i, user := range users {
		rows[i] = newRow(user)
	}
	return rows
}

// Users returns the account's present list, nil where there is no such
// account. The users are the server's own: do not change them.
func (s *Server) Users(accountID string) []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, ok := s.allLists()[accountID]
	if !ok {
		return nil
	}
	users := make([]User, len(rows))
	for i, row := range rows {
		users[i] = row.user
	}
	return users
}

// SetUsers replaces an account's list from the next request on.
func (s *Server) SetUsers(accountID string, users []User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.allLists()[accountID] = newRows(users)
}

// allLists needs s.mu. A list is never changed, only replaced, so that it can
// be read without the lock.
func (s *Server) allLists() map[string][]*row {
	if s.lists == nil {
		s.lists = make(map[string][]*row, len(s.Accounts))
		for id, users := range s.Accounts {
			s.lists[id] = newRows(users)
		}
	}
	return s.lists
}

// visitPage returns the list as this visit of a page sees it, and how often
// the page has been visited, this time included. The list churns here and not
// once the answer is sent, or a quick client could ask again before.
func (s *Server) visitPage(accountID string, page int) (rows []*row, visits int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, ok = s.allLists()[accountID]
	if !ok {
		return nil, 0, false
	}
	if s.visits == nil {
		s.visits = map[int]int{}
	}
	s.visits[page]++
	visits = s.visits[page]
	if c := s.Quirks.Churn; c != nil && c.AfterPage == page && within(visits, c.Times) {
		s.lists[accountID] = slices.Concat(s.newcomers(c.Gain), rows[min(c.Lose, len(rows)):])
	}
	return rows, visits, true
}

// newcomers needs s.mu. It returns users that no list has had before.
func (s *Server) newcomers(n int) []*row {
	const far = 1 << 30 // beyond every index that Users can have used
	rows := make([]*row, n)
	for i := range rows {
		rows[i] = newRow(newUser(far+s.gained, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)))
		s.gained++
	}
	return rows
}

// within says whether the nth time is one of the first times, all where times
// is negative.
func within(n, times int) bool { return times < 0 || n <= times }
