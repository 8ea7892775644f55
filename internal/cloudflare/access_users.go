package cloudflare

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// An AccessUser is one Zero Trust user as the API gives it. Every field may be
// nil: the API leaves it out or says null. Times are RFC 3339, as they came.
//
// Source: https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/users/
type AccessUser struct {
	ID                  *string      `json:"id"`
	Email               *string      `json:"email"`
	Name                *string      `json:"name"`
	UID                 *string      `json:"uid"`
	SeatUID             *string      `json:"seat_uid"`
	AccessSeat          *bool        `json:"access_seat"`
	GatewaySeat         *bool        `json:"gateway_seat"`
	ActiveDeviceCount   *WholeNumber `json:"active_device_count"`
	CreatedAt           *string      `json:"created_at"`
	UpdatedAt           *string      `json:"updated_at"`
	LastSuccessfulLogin *string      `json:"last_successful_login"`
}

// AccessUsersQuery says which users to read. Empty filters are left out.
type AccessUsersQuery struct {
	AccountID string
	Email     string
	Name      string
	Search    string
	PerPage   int // users a page; Cloudflare may give fewer
}

// AccessUserList is a complete read.
type AccessUserList struct {
	Users    []*AccessUser // by email, then id
	Warnings []Warning
}

// A Warning is about something odd that did no harm to the list.
type Warning struct {
	Filter string // the filter that it is about, "" for the list as a whole
	Text   string
}

// AccessUsers reads every user that the query matches. Errors are *Error for a
// question that failed, *ListError for pages that make no list, *FilterError
// for a filter that Cloudflare ignored, or ctx's own.
func (c *Client) AccessUsers(ctx context.Context, q AccessUsersQuery) (*AccessUserList, error) {
	filters := url.Values{}
	for name, value := range map[string]string{"email": q.Email, "name": q.Name, "search": q.Search} {
		if value != "" {
			filters.Set(name, value)
		}
	}
	users, warning, err := readAll(ctx, list[AccessUser]{
		fetch: func(ctx context.Context, number, perPage int) (page[AccessUser], error) {
			path := []string{"accounts", segment(q.AccountID), "access", "users"}
			return fetchPage[AccessUser](ctx, c, path, filters, number, perPage)
		},
		key:      (*AccessUser).key,
		perPage:  q.PerPage,
		filtered: len(filters) > 0,
	})
	if err != nil {
		return nil, err
	}
	result := &AccessUserList{Users: users}
	if warning != "" {
		result.Warnings = append(result.Warnings, Warning{Text: warning})
	}
	if err := result.checkFilters(q); err != nil {
		return nil, err
	}
	slices.SortFunc(users, compareAccessUsers)
	return result, nil
}

// key tells users apart: by id or, where a row has none, by all it holds.
func (u *AccessUser) key() string {
	if id := text(u.ID); id != "" {
		return id
	}
	row, err := json.Marshal(u)
	if err != nil {
		panic(err) // strings, booleans and numbers can always be written
	}
	return string(row)
}

func compareAccessUsers(a, b *AccessUser) int {
	return cmp.Or(cmp.Compare(text(a.Email), text(b.Email)), cmp.Compare(a.key(), b.key()))
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// A FilterError says that Cloudflare answered a filter with users whom it
// cannot match under any meaning of the filter.
type FilterError struct {
	Filter  string // its name
	Strays  int    // how many users do not match
	Matched int    // how many do
}

func (e *FilterError) Error() string {
	return fmt.Sprintf("the filter %s was not applied: of %d users, %d do not contain it",
		e.Filter, e.Strays+e.Matched, e.Strays)
}

// checkFilters holds the users against the filters. Exact or substring, an
// email filter is part of each address; what name matches may be looser.
func (l *AccessUserList) checkFilters(q AccessUsersQuery) error {
	if n := l.without(q.Email, func(u *AccessUser) *string { return u.Email }); n > 0 {
		return &FilterError{Filter: "email", Strays: n, Matched: len(l.Users) - n}
	}
	if n := l.without(q.Name, func(u *AccessUser) *string { return u.Name }); n > 0 {
		l.Warnings = append(l.Warnings, Warning{Filter: "name", Text: fmt.Sprintf(
			"Cloudflare answered with %d users, but the name of %d of them does not contain the filter's value. "+
				"It may match more than the name, or may have ignored the filter.", len(l.Users), n)})
	}
	return nil
}

// without counts the users whose field does not contain part, whatever the case.
func (l *AccessUserList) without(part string, field func(*AccessUser) *string) (n int) {
	part = strings.ToLower(part)
	for _, u := range l.Users {
		if !strings.Contains(strings.ToLower(text(field(u))), part) {
			n++
		}
	}
	return n
}
