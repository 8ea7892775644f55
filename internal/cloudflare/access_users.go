package cloudflare

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// DefaultPerPage is the page size that the API's contract gives as default.
const DefaultPerPage = 1000

// An AccessUser is one Zero Trust user as the API returns it. Every field may
// be nil: the API omits it or returns null. Times are RFC 3339, unchanged.
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

// An AccessUsersQuery says which list of users to read. Filters are
// Cloudflare's own; an empty one is not sent.
type AccessUsersQuery struct {
	AccountID        string
	Email            string
	Name             string
	Search           string
	PerPage          int  // users in a page; Cloudflare may return fewer
	IgnoreTotalCount bool // accept a list that is shorter than Cloudflare's count
}

// Filters returns the values of the filters that are set, by their names in the API.
func (q *AccessUsersQuery) Filters() map[string]string {
	filters := map[string]string{"email": q.Email, "name": q.Name, "search": q.Search}
	maps.DeleteFunc(filters, func(_, value string) bool { return value == "" })
	return filters
}

// An AccessUserRow is what a complete list keeps of a user whom a call selected.
type AccessUserRow struct {
	Email       string // as the API returns it
	AccessSeat  bool   // false also for null
	GatewaySeat bool   // false also for null
	Encoded     []byte // by Config.EncodeAccessUser; nil if no call of AccessUsers selected the row

	user *AccessUser // nil if no call of AccessUsersByEmail selected the row
	key  string      // identifies the user
}

// A listedUser is what a list keeps of every user while it is read: a million of
// them fit into memory.
type listedUser struct {
	key [sha256.Size / 2]byte // a hash of AccessUserRow.key, of 128 bits
	row *AccessUserRow        // nil if no call selected the user

	accessSeat, gatewaySeat     bool
	emailMismatch, nameMismatch bool // the field does not contain the filter's value
}

// An accessUserList is a complete list. It is shared: nobody may change it.
type accessUserList struct {
	rows         []*AccessUserRow // of those whom a call selected
	seats        AccessSeatCount  // of all
	nameMismatch *FilterError     // nil: the names contain the filter's value
}

// A FilterError reports that Cloudflare's response to a filter contains rows that
// the filter seems to exclude.
type FilterError struct {
	Filter     string // the filter's name
	Rows       int    // in the response
	Mismatches int    // of these
}

func (e *FilterError) Error() string {
	return fmt.Sprintf("the filter %s was not applied: %d of %d rows do not match it", e.Filter, e.Mismatches, e.Rows)
}

// AccessUsers reads the complete list of users that the query matches, and
// returns those that selected accepts, sorted by email, then id. selected is
// called from several goroutines, and more than once for a user.
//
// Calls share reads, see sharedLists. The error is an *Error for a request that
// failed, an *IncompleteError for responses that do not show that the list is
// complete, a *FilterError for a filter that was ignored, a *WaitError for a wait
// that exceeds the deadline, or an *InterruptedError if ctx ended. A filter by name
// that may have been ignored is no error, but mismatch.
func (c *Client) AccessUsers(ctx context.Context, q AccessUsersQuery, selected func(*AccessUserRow) bool) (rows []*AccessUserRow, mismatch *FilterError, err error) {
	list, err := c.lists.read(ctx, q, func(row *AccessUserRow, u *AccessUser) {
		if row.Encoded == nil && selected(row) {
			row.Encoded = c.config.EncodeAccessUser(u)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	rows = slices.DeleteFunc(slices.Clone(list.rows), func(row *AccessUserRow) bool { return !selected(row) })
	return rows, list.nameMismatch, nil
}

// AccessUser reads one user by id. The error is an *Error, with status 404 if
// there is no such user, a *WaitError, or ctx's.
func (c *Client) AccessUser(ctx context.Context, accountID, id string) (*AccessUser, error) {
	var user AccessUser
	_, err := c.fetch(ctx, append(accessUsersPath(accountID), segment(id)), nil, 0, func() resultDecoder {
		user = AccessUser{} // of an earlier attempt
		return userDecoder(&user, id)
	})
	if err != nil {
		return nil, err
	}
	return &user, nil
}

// AccessUsersByEmail returns the users that have this address, compared by
// AddressKey: those of the first page of Cloudflare's email filter or, if the
// filter finds none or is ignored, those of the complete list. The errors are
// those of AccessUsers, or ctx's.
func (c *Client) AccessUsersByEmail(ctx context.Context, accountID, email string) ([]*AccessUser, error) {
	key := AddressKey(email)
	keep := func(row *AccessUserRow, u *AccessUser) {
		if key != "" && row.user == nil && AddressKey(row.Email) == key {
			row.user = new(*u)
		}
	}

	q := AccessUsersQuery{AccountID: accountID, Email: email, PerPage: DefaultPerPage}
	var page pagination.Response[listedUser]
	err := c.shrink(ctx, q.PerPage, new(pagination.Progress), func(ctx context.Context, perPage int) (err error) {
		page, err = c.fetchAccessUsers(ctx, &q, pagination.Request{Page: 1, PerPage: perPage}, []converter{keep})
		return err
	})
	if err != nil {
		return nil, err
	}
	ignored := slices.ContainsFunc(page.Rows, func(u listedUser) bool { return u.emailMismatch })
	if users := usersWithKey(selectedRows(page.Rows), key); len(users) > 0 && !ignored {
		return users, nil
	}
	list, err := c.lists.read(ctx, AccessUsersQuery{AccountID: accountID, PerPage: DefaultPerPage}, keep)
	if err != nil {
		return nil, err
	}
	return usersWithKey(list.rows, key), nil
}

// usersWithKey returns the users that were selected of these rows, each once, and whose
// address has this key: another call of AccessUsersByEmail keeps others.
func usersWithKey(rows []*AccessUserRow, key string) (users []*AccessUser) {
	listed := make(map[string]bool)
	for _, row := range rows {
		if row.user != nil && AddressKey(row.Email) == key && !listed[row.key] {
			listed[row.key] = true
			users = append(users, row.user)
		}
	}
	return users
}

// FoldCase returns what two texts have in common that differ only by case or
// normalisation form: the Unicode standard's canonical caseless matching (D145).
func FoldCase(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return norm.NFD.String(cases.Fold().String(norm.NFD.String(s)))
		}
	}
	return strings.ToLower(s)
}

// contains reports whether part is part of s, as FoldCase compares.
func contains(s, part string) bool {
	return part == "" || strings.Contains(FoldCase(s), FoldCase(part))
}

// A converter puts into a row what a call needs of the user. It is called from
// several goroutines, and must not keep the user, which is overwritten.
type converter func(*AccessUserRow, *AccessUser)

// list converts a user.
func (q *AccessUsersQuery) list(u *AccessUser, converters []converter) listedUser {
	row := AccessUserRow{
		Email:       stringOrEmpty(u.Email),
		AccessSeat:  u.AccessSeat != nil && *u.AccessSeat,
		GatewaySeat: u.GatewaySeat != nil && *u.GatewaySeat,
		key:         keyOf(u, u.ID, u.UID),
	}
	hash := sha256.Sum256([]byte(row.key))
	listed := listedUser{
		key:           [sha256.Size / 2]byte(hash[:]),
		accessSeat:    row.AccessSeat,
		gatewaySeat:   row.GatewaySeat,
		emailMismatch: !contains(row.Email, q.Email),
		nameMismatch:  !contains(stringOrEmpty(u.Name), q.Name),
	}
	for _, convert := range converters {
		convert(&row, u)
	}
	if row.Encoded != nil || row.user != nil {
		listed.row = &row
	}
	return listed
}

// selectedRows returns the rows of those who were selected, sorted by email, then id.
func selectedRows(users []listedUser) (rows []*AccessUserRow) {
	for _, u := range users {
		if u.row != nil {
			rows = append(rows, u.row)
		}
	}
	slices.SortFunc(rows, func(a, b *AccessUserRow) int {
		return cmp.Or(strings.Compare(a.Email, b.Email), strings.Compare(a.key, b.key))
	})
	return rows
}

// keyOf identifies a row: by id, otherwise by uid, which the API's reference calls
// unique, otherwise by all fields, as long as they do not change. Two rows must not
// share a key, as one of them would be lost, so that what has U+FFFD in it, which
// stands for any text that is not valid, identifies nothing.
func keyOf(row any, id, uid *string) string {
	identifies := func(s *string) bool {
		return stringOrEmpty(s) != "" && !strings.ContainsRune(*s, unicode.ReplacementChar)
	}
	if identifies(id) {
		return *id
	}
	if identifies(uid) {
		return "uid " + *uid
	}
	fields, err := json.Marshal(row)
	if err != nil {
		panic(err) // strings, booleans and numbers can always be encoded
	}
	return string(fields)
}

func stringOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// checkFilter returns a *FilterError if rows do not match a filter, otherwise nil.
func checkFilter[R any](filter string, rows []R, isMismatch func(R) bool) *FilterError {
	if n := count(rows, isMismatch); n > 0 {
		return &FilterError{Filter: filter, Rows: len(rows), Mismatches: n}
	}
	return nil
}

// count returns the number of rows that match.
func count[R any](rows []R, matches func(R) bool) (n int) {
	for _, row := range rows {
		if matches(row) {
			n++
		}
	}
	return n
}
