package provider

import (
	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// accessUserEncoder returns a function that encodes users for state. It is
// safe for concurrent use. A user takes about 350 bytes.
func accessUserEncoder() func(*cloudflare.AccessUser) []byte {
	encoders := newObjectEncoderPool()
	return func(u *cloudflare.AccessUser) []byte {
		return encoders.object(11, func(e *objectEncoder) {
			e.encode("access_seat", u.AccessSeat)
			e.encode("active_device_count", (*int64)(u.ActiveDeviceCount))
			e.encode("created_at", u.CreatedAt)
			e.encode("email", u.Email)
			e.encode("gateway_seat", u.GatewaySeat)
			e.encode("id", u.ID)
			e.encode("last_successful_login", u.LastSuccessfulLogin)
			e.encode("name", u.Name)
			e.encode("seat_uid", u.SeatUID)
			e.encode("uid", u.UID)
			e.encode("updated_at", u.UpdatedAt)
		})
	}
}
