package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

type deviceRegistrationsDataSource struct{ accessDataSource }

func (d *deviceRegistrationsDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the registrations of the WARP client in an account: which device of which user was last seen when. " +
			"Each refresh reads the list as far as Cloudflare's cursors lead, each registration once.",
		Attributes: map[string]schema.Attribute{
			"account_id":  accountIDAttribute(),
			"status":      stringArgument(stringvalidator.OneOf("active", "all", "revoked"), "`active`, `revoked` or `all`. Default: Cloudflare's, which is `active`."),
			"seen_after":  timeAttribute("Select the registrations that were last seen after this time"),
			"seen_before": timeAttribute("Select the registrations that were last seen before this time"),
			"search":      stringArgument(rule(validateFilter), "Cloudflare's search. The response cannot be checked."),
			"user_ids": listArgument(validateUserID, "Select the registrations of the users with these ids, by Cloudflare's filter `user.id`. "+
				"An empty list selects none, without a request. A registration of another user is an error."),
			"per_page": perPageArgument("Registrations to request in one page, 5 to 1000. Default: 1000. " +
				"If Cloudflare refuses a page of this size, or fails for it, the read begins again with pages of 250, 100, 50 and at last 20."),
			"timeouts": readTimeoutAttribute(ctx),
			"registrations": schema.ListNestedAttribute{
				MarkdownDescription: "The registrations, sorted by id, in byte order.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: deviceRegistrationObject().Schema()},
			},
		},
	}
}

func timeAttribute(description string) schema.Attribute {
	return stringArgument(rule(validateTime), description+", in RFC 3339, by Cloudflare's filter. `timeadd(plantimestamp(), \"-2160h\")` is 90 days before the plan.")
}

func (d *deviceRegistrationsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	query := cloudflare.DeviceRegistrationsQuery{PerPage: cloudflare.DefaultPerPage}
	if !d.getArguments(ctx, req, resp, map[string]any{
		"status": &query.Status, "seen_after": &query.SeenAfter, "seen_before": &query.SeenBefore,
		"search": &query.Search, "user_ids": &query.UserIDs, "per_page": &query.PerPage,
	}) {
		return
	}
	ctx, cancel, rc := d.begin(ctx, req, resp, deviceRegistrationsAlternatives(query.PerPage), query.Search)
	defer cancel()
	if query.UserIDs == nil || len(query.UserIDs) > 0 { // otherwise there is nothing to read
		resp.Diagnostics.Append(d.checkRequirements(rc)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	query.AccountID = rc.account.value
	rows, err := d.client.DeviceRegistrations(ctx, query)
	if err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
		return
	}
	encoded := make([][]byte, len(rows))
	for i, row := range rows {
		encoded[i] = row.Encoded
	}
	setState(ctx, resp, map[string]any{"account_id": rc.account.state()})
	if err := rawstate.SetList(ctx, &resp.State, "registrations", encoded); err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
	}
}

func deviceRegistrationsAlternatives(perPage int) alternatives {
	return alternatives{
		noun:         "device registrations",
		row:          "registration",
		permission:   devicePermission,
		ifPermitted:  devicePermission + " is reported, not documented: Cloudflare's reference names no permission for device registrations.",
		smallerPages: smallerPages(perPage),
		otherPages:   suggestion{path.Root("per_page"), fmt.Sprintf("Run again: a cursor may have expired. If it stays, set another per_page (it is %d), or select fewer registrations with status, seen_after, seen_before, search or user_ids.", perPage)},
		otherList:    suggestion{text: fmt.Sprintf("Set another per_page (it is %d), and report this to Cloudflare's support.", perPage)},
		fewerRows:    "Select fewer registrations with status, seen_after, seen_before, search or user_ids.",
	}
}

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
