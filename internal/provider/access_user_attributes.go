package provider

import (
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

// accessUserObject returns all attributes of a user. Their names in the schema
// are also the API's.
func accessUserObject() rawstate.Object[cloudflare.AccessUser] {
	type user = *cloudflare.AccessUser
	return rawstate.Object[cloudflare.AccessUser]{
		rawstate.String("id", func(u user) *string { return u.ID }, "UUID of the user."),
		rawstate.String("email", func(u user) *string { return u.Email }, "Email address, in the API's spelling."),
		rawstate.String("name", func(u user) *string { return u.Name }, "Name of the user. May be empty."),
		rawstate.String("uid", func(u user) *string { return u.UID }, "Unique identifier of the user."),
		rawstate.String("seat_uid", func(u user) *string { return u.SeatUID }, "Unique identifier of the user's Zero Trust seat."),
		rawstate.Bool("access_seat", func(u user) *bool { return u.AccessSeat }, "Whether the user has an Access seat, that is, has authenticated with Cloudflare Access."),
		rawstate.Bool("gateway_seat", func(u user) *bool { return u.GatewaySeat }, "Whether the user has a Gateway seat, that is, has logged in to the WARP client."),
		rawstate.Int64("active_device_count", func(u user) *int64 { return (*int64)(u.ActiveDeviceCount) }, "Number of active devices registered to the user."),
		rawstate.String("created_at", func(u user) *string { return u.CreatedAt }, "Time at which the user was created, in RFC 3339."),
		rawstate.String("updated_at", func(u user) *string { return u.UpdatedAt }, "Time at which the user was last changed, in RFC 3339."),
		rawstate.String("last_successful_login", func(u user) *string { return u.LastSuccessfulLogin }, "Time of the user's last successful login, in RFC 3339. Null does not mean that the user is inactive: see the guide about seats."),
	}
}
