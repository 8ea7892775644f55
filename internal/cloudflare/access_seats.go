package cloudflare

import "context"

// An AccessSeatCount counts the users of an account and the seats that they have.
type AccessSeatCount struct {
	Users   int // with and without a seat
	Access  int // users with an Access seat
	Gateway int // users with a Gateway seat
	Both    int // users with both, who take one seat
}

// Seats returns the number of users with any seat.
func (n AccessSeatCount) Seats() int { return n.Access + n.Gateway - n.Both }

// AccessSeats counts the seats of the complete list of users. It selects no user,
// and shares reads with AccessUsers, which see for the errors.
func (c *Client) AccessSeats(ctx context.Context, accountID string, ignoreTotalCount bool) (n AccessSeatCount, err error) {
	q := AccessUsersQuery{AccountID: accountID, PerPage: DefaultPerPage, IgnoreTotalCount: ignoreTotalCount}
	list, err := c.lists.read(ctx, q, func(*AccessUserRow, *AccessUser) {})
	if err != nil {
		return n, err
	}
	return list.seats, nil
}

func countSeats(users []listedUser) AccessSeatCount {
	return AccessSeatCount{
		Users:   len(users),
		Access:  count(users, func(u listedUser) bool { return u.accessSeat }),
		Gateway: count(users, func(u listedUser) bool { return u.gatewaySeat }),
		Both:    count(users, func(u listedUser) bool { return u.accessSeat && u.gatewaySeat }),
	}
}
