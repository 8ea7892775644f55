package provider

import (
	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// accessUserEncoder makes the rows of state of users: nil is null, all else
// stays as it is. A row takes about 350 bytes.
func accessUserEncoder() func(*cloudflare.AccessUser) []byte {
	return rowEncoder(func(row *object, u *cloudflare.AccessUser) {
		// An object's attributes are in alphabetical order, and none is missing.
		row.begin(11)
		row.bool("access_seat", u.AccessSeat)
		row.int("active_device_count", (*int64)(u.ActiveDeviceCount))
		row.string("created_at", u.CreatedAt)
		row.string("email", u.Email)
		row.bool("gateway_seat", u.GatewaySeat)
		row.string("id", u.ID)
		row.string("last_successful_login", u.LastSuccessfulLogin)
		row.string("name", u.Name)
		row.string("seat_uid", u.SeatUID)
		row.string("uid", u.UID)
		row.string("updated_at", u.UpdatedAt)
	})
}
