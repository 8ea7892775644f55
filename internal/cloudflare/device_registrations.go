package cloudflare

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// A DeviceRegistration is one registration of the WARP client as the API returns
// it. Every field may be nil: the API omits it or returns null. Times are RFC 3339,
// unchanged.
//
// Source: https://developers.cloudflare.com/api/resources/zero_trust/subresources/devices/subresources/registrations/
type DeviceRegistration struct {
	ID          *string           `json:"id"`
	CreatedAt   *string           `json:"created_at"`
	UpdatedAt   *string           `json:"updated_at"`
	LastSeenAt  *string           `json:"last_seen_at"`
	DeletedAt   *string           `json:"deleted_at"`
	RevokedAt   *string           `json:"revoked_at"`
	KeyType     *string           `json:"key_type"`
	TunnelType  *string           `json:"tunnel_type"`
	VirtualIPv4 *string           `json:"virtual_ipv4"`
	VirtualIPv6 *string           `json:"virtual_ipv6"`
	Device      *RegisteredDevice `json:"device"`
	User        *RegisteredUser   `json:"user"` // devices of service tokens have none
}

// A RegisteredDevice is the device of a registration.
type RegisteredDevice struct {
	ID            *string `json:"id"`
	Name          *string `json:"name"`
	ClientVersion *string `json:"client_version"`
}

// A RegisteredUser is the user of a registration.
type RegisteredUser struct {
	ID    *string `json:"id"`
	Email *string `json:"email"`
	Name  *string `json:"name"`
}

// A DeviceRegistrationsQuery says which registrations to read. Filters are
// Cloudflare's own; an empty one is not sent.
type DeviceRegistrationsQuery struct {
	AccountID  string
	Status     string // active, all or revoked
	SeenAfter  string // RFC 3339
	SeenBefore string // RFC 3339
	Search     string
	UserIDs    []string // of any length; nil: of all users
	PerPage    int      // registrations in a page; Cloudflare may return fewer
}

// A DeviceRegistrationRow is what a complete list keeps of a registration.
type DeviceRegistrationRow struct {
	Encoded []byte // by Config.EncodeDeviceRegistration

	key     string // identifies the registration
	isOther bool   // the registration is of another user than those of the filter
}

// A registrationsList is a list that takes one read.
type registrationsList struct {
	accountID string
	query     string // encoded, of all pages
	perPage   int
}

// maxURLBytes is what proxies and servers accept. Queries that have several ids of
// users are split, so that with the base URL and a cursor, they are not longer.
const maxURLBytes = 6000

// maxUserIDs limits the ids in such a query at first. With ids of 36 characters, it
// leaves more than 1,000 bytes for the cursor.
const maxUserIDs = 90

var errLongURL = errors.New("the ids of users and the cursor exceed the longest URL")

// DeviceRegistrations reads all registrations that the query matches, sorted by id.
// It shares reads, and has the errors of AccessUsers, which see. That the list is
// complete follows from Cloudflare's cursors, not from overlapping pages.
func (c *Client) DeviceRegistrations(ctx context.Context, q DeviceRegistrationsQuery) (rows []DeviceRegistrationRow, err error) {
	for ids := maxUserIDs; ; ids /= 2 {
		rows, err = c.readLists(ctx, q.lists(ids))
		if !errors.Is(err, errLongURL) {
			return rows, err
		}
	}
}

func (c *Client) readLists(ctx context.Context, lists []registrationsList) (rows []DeviceRegistrationRow, err error) {
	for _, list := range lists {
		read, err := c.devices.read(ctx, list, struct{}{})
		if err != nil {
			return nil, err
		}
		rows = append(rows, read...)
	}
	slices.SortFunc(rows, func(a, b DeviceRegistrationRow) int { return strings.Compare(a.key, b.key) })
	return rows, nil
}

// lists returns the lists whose rows are all that the query matches, each once. Their
// queries have at most this many ids.
func (q DeviceRegistrationsQuery) lists(maxIDs int) (lists []registrationsList) {
	query := url.Values{
		"sort_by": {"id"}, "status": {q.Status}, "seen_after": {q.SeenAfter}, "seen_before": {q.SeenBefore}, "search": {q.Search},
	}
	maps.DeleteFunc(query, func(_ string, values []string) bool { return values[0] == "" })
	if q.UserIDs == nil {
		return []registrationsList{{q.AccountID, query.Encode(), q.PerPage}}
	}
	ids := slices.Compact(slices.Sorted(slices.Values(q.UserIDs)))
	for chunk := range slices.Chunk(ids, maxIDs) {
		query["user.id"] = chunk
		lists = append(lists, registrationsList{q.AccountID, query.Encode(), q.PerPage})
	}
	return lists
}

// readDeviceRegistrations reads one list. Calls need nothing but all rows.
func (c *Client) readDeviceRegistrations(ctx context.Context, list registrationsList, _ []struct{}, progress *pagination.Progress) (rows []DeviceRegistrationRow, err error) {
	err = c.shrink(ctx, list.perPage, progress, func(ctx context.Context, perPage int) (err error) {
		fetch := func(ctx context.Context, cursor string, number int) (pagination.CursorPage[DeviceRegistrationRow], error) {
			return c.fetchDeviceRegistrations(ctx, list, cursor, number, perPage)
		}
		rows, err = pagination.ReadByCursor(ctx, fetch, func(row DeviceRegistrationRow) string { return row.key }, progress)
		return err
	})
	if err != nil {
		return nil, err
	}
	if mismatch := checkFilter("user_ids", rows, func(row DeviceRegistrationRow) bool { return row.isOther }); mismatch != nil {
		return nil, mismatch
	}
	return rows, nil
}

func (c *Client) fetchDeviceRegistrations(ctx context.Context, list registrationsList, cursor string, number, perPage int) (page pagination.CursorPage[DeviceRegistrationRow], err error) {
	query, _ := url.ParseQuery(list.query) // Encode wrote it
	isFiltered := query.Has("search") || query.Has("user.id") || query.Has("seen_after") || query.Has("seen_before")
	query.Set("per_page", strconv.Itoa(perPage))
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	path := []string{"accounts", segment(list.accountID), "devices", "registrations"}
	if size := len(c.baseURL.JoinPath(path...).String()) + len("?"+query.Encode()); size > maxURLBytes && len(query["user.id"]) > 1 {
		return page, errLongURL
	}
	info, err := c.fetch(ctx, path, query, number, func() resultDecoder {
		page.Rows = nil // of an earlier attempt
		decoder := listDecoder(func(r *DeviceRegistration) {
			row := DeviceRegistrationRow{Encoded: c.config.EncodeDeviceRegistration(r), key: keyOf(r, r.ID, nil)}
			isOwner := func(id string) bool { return r.User != nil && strings.EqualFold(id, stringOrEmpty(r.User.ID)) }
			row.isOther = query.Has("user.id") && !slices.ContainsFunc(query["user.id"], isOwner)
			page.Rows = append(page.Rows, row)
		})
		decoder.notNull = number > 1 || !isFiltered // no count would show that rows are missing
		return decoder
	})
	page.Next = info.nextCursor()
	return page, pageError(err)
}
