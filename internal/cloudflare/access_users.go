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
type AccessUserList[R any] struct {
	Users    []R // by email, then id
	Warnings []Warning
}

// A Warning is about something odd that did no harm to the list.
type Warning struct {
	Filter string // the filter that it is about, "" for the list as a whole
	Text   string
}

// accessUserRow is all that is held of a user while the list is read: beside
// what keep made of it, 100 to 150 bytes.
type accessUserRow[R any] struct {
	key, email    string
	stray, unlike bool // does not contain the email filter's value; the name filter's
	kept          R
}

// AccessUsers reads every user that the query matches. Of each it holds only
// what keep makes of it; keep is called from several goroutines and must not
// hold on to the user. Errors are *Error for a question that failed, *ListError
// for pages that make no list, *FilterError for a filter that Cloudflare
// ignored, *WaitError and *InterruptedError where the time did not suffice.
func AccessUsers[R any](ctx context.Context, c *Client, q AccessUsersQuery, keep func(*AccessUser) R) (*AccessUserList[R], error) {
	filters := url.Values{}
	for name, value := range map[string]string{"email": q.Email, "name": q.Name, "search": q.Search} {
		if value != "" {
			filters.Set(name, value)
		}
	}
	hold := func(u *AccessUser) accessUserRow[R] {
		return accessUserRow[R]{
			key: u.key(), email: text(u.Email), kept: keep(u),
			stray: !contains(u.Email, q.Email), unlike: !contains(u.Name, q.Name),
		}
	}
	users, warning, err := readAll(ctx, list[accessUserRow[R]]{
		fetch: func(ctx context.Context, number, perPage int) (page[accessUserRow[R]], error) {
			path := []string{"accounts", segment(q.AccountID), "access", "users"}
			return fetchPage(ctx, c, path, filters, number, perPage, hold)
		},
		key:      func(row *accessUserRow[R]) string { return row.key },
		perPage:  q.PerPage,
		filtered: len(filters) > 0,
	})
	if err != nil {
		return nil, err
	}
	var warnings []Warning
	if warning != "" {
		warnings = append(warnings, Warning{Text: warning})
	}
	odd, err := checkFilters(users)
	if err != nil {
		return nil, err
	}
	return &AccessUserList[R]{Users: sorted(users), Warnings: append(warnings, odd...)}, nil
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

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// contains tells whether part is part of s, whatever the case.
func contains(s *string, part string) bool {
	return part == "" || strings.Contains(strings.ToLower(text(s)), strings.ToLower(part))
}

func sorted[R any](users []*accessUserRow[R]) []R {
	slices.SortFunc(users, func(a, b *accessUserRow[R]) int {
		return cmp.Or(strings.Compare(a.email, b.email), strings.Compare(a.key, b.key))
	})
	kept := make([]R, len(users))
	for i, u := range users {
		kept[i] = u.kept
	}
	return kept
}

// A FilterError says that Cloudflare answered a filter with users whom it
// cannot match under any meaning of the filter.
type FilterError struct {
	Filter string // its name
	Users  int    // how many came
	Strays int    // how many of them do not match
}

func (e *FilterError) Error() string {
	return fmt.Sprintf("the filter %s was not applied: %d of %d users do not match it", e.Filter, e.Strays, e.Users)
}

// checkFilters holds the users against the filters. Exact or substring, an
// email filter is part of each address; what name matches may be looser.
func checkFilters[R any](users []*accessUserRow[R]) (warnings []Warning, err error) {
	strays, unlike := 0, 0
	for _, u := range users {
		if u.stray {
			strays++
		}
		if u.unlike {
			unlike++
		}
	}
	if strays > 0 {
		return nil, &FilterError{Filter: "email", Users: len(users), Strays: strays}
	}
	if unlike > 0 {
		warnings = append(warnings, Warning{Filter: "name", Text: fmt.Sprintf(
			"Cloudflare answered with %d users, but the name of %d of them does not contain the filter's value. "+
				"It may match more than the name, or may have ignored the filter.", len(users), unlike)})
	}
	return warnings, nil
}
