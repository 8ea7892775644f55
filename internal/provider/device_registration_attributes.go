package provider

import (
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

// deviceRegistrationObject returns the attributes of a registration. Their names in
// the schema are also the API's. Its public key and its policy are left out.
func deviceRegistrationObject() rawstate.Object[cloudflare.DeviceRegistration] {
	type (
		registration = *cloudflare.DeviceRegistration
		device       = *cloudflare.RegisteredDevice
		user         = *cloudflare.RegisteredUser
	)
	devices := rawstate.Object[cloudflare.RegisteredDevice]{
		rawstate.String("id", func(d device) *string { return d.ID }, "ID of the device."),
		rawstate.String("name", func(d device) *string { return d.Name }, "Name of the device."),
		rawstate.String("client_version", func(d device) *string { return d.ClientVersion }, "Version of the WARP client."),
	}
	users := rawstate.Object[cloudflare.RegisteredUser]{
		rawstate.String("id", func(u user) *string { return u.ID }, "ID of the user. Cloudflare's reference does not say whether it is that of `cloudflare_access_users`."),
		rawstate.String("email", func(u user) *string { return u.Email }, "Email address, in the API's spelling."),
		rawstate.String("name", func(u user) *string { return u.Name }, "Name of the user."),
	}
	return rawstate.Object[cloudflare.DeviceRegistration]{
		rawstate.String("id", func(r registration) *string { return r.ID }, "ID of the registration."),
		rawstate.String("created_at", func(r registration) *string { return r.CreatedAt }, "Time at which the registration was created, in RFC 3339."),
		rawstate.String("updated_at", func(r registration) *string { return r.UpdatedAt }, "Time at which the registration was last changed, in RFC 3339."),
		rawstate.String("last_seen_at", func(r registration) *string { return r.LastSeenAt }, "Time at which the device was last seen, in RFC 3339."),
		rawstate.String("deleted_at", func(r registration) *string { return r.DeletedAt }, "Time at which the registration was deleted, in RFC 3339."),
		rawstate.String("revoked_at", func(r registration) *string { return r.RevokedAt }, "Time at which the registration was revoked, in RFC 3339."),
		rawstate.String("key_type", func(r registration) *string { return r.KeyType }, "Type of the device's key."),
		rawstate.String("tunnel_type", func(r registration) *string { return r.TunnelType }, "Type of the tunnel."),
		rawstate.String("virtual_ipv4", func(r registration) *string { return r.VirtualIPv4 }, "Virtual IPv4 address of the device."),
		rawstate.String("virtual_ipv6", func(r registration) *string { return r.VirtualIPv6 }, "Virtual IPv6 address of the device."),
		rawstate.SingleNested("device", func(r registration) device { return r.Device }, devices, "The device."),
		rawstate.SingleNested("user", func(r registration) user { return r.User }, users, "The user. Null for devices of service tokens."),
	}
}
