package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

type accessUserDataSource struct{ accessDataSource }

func (d *accessUserDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"account_id": accountIDAttribute(),
		"timeouts":   readTimeoutAttribute(ctx),
	}
	maps.Copy(attributes, accessUserObject().Schema())
	attributes["id"] = computedArgument(rule(validateUserID), "UUID of the user. Exactly one of `id` and `email` must be set.")
	attributes["email"] = computedArgument(rule(validateEmail), "Email address of the user, compared with the whole address, ignoring case. "+
		"In state, it has the API's spelling. If Cloudflare's filter does not find the user, the complete list is searched.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one Zero Trust (Access) user of an account, by id or by email address. " +
			"It is an error if there is no such user, or more than one.",
		Attributes: attributes,
	}
}

func (d *accessUserDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("email"))}
}

func (d *accessUserDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var id, email string
	if !d.getArguments(ctx, req, resp, map[string]any{"id": &id, "email": &email}) {
		return
	}
	suggested := userByEmailAlternatives()
	if id != "" {
		suggested = alternatives{noun: "the Access user", alsoCheck: "Check id, too: it is a part of the same address."}
	}
	ctx, cancel, rc := d.begin(ctx, req, resp, suggested, email, id)
	defer cancel()
	resp.Diagnostics.Append(d.checkRequirements(rc)...)
	if resp.Diagnostics.HasError() {
		return
	}
	user, problem := d.find(ctx, rc, id, email)
	if problem != nil {
		resp.Diagnostics.Append(problem)
		return
	}
	attributes := accessUserObject().Values(user)
	attributes["account_id"] = rc.account.value
	setState(ctx, resp, attributes)
}

// userByEmailAlternatives is for an address, for which the complete list may be
// read.
func userByEmailAlternatives() alternatives {
	return alternatives{
		noun:       "the Access user",
		otherPages: suggestion{path.Root("email"), "Set id instead of email."},
		otherList:  suggestion{text: "Set id instead of email, and report this to Cloudflare's support."},
		wrongCount: suggestion{text: "If the count is wrong, set id instead of email, or use cloudflare_access_users with emails and ignore_total_count = true."},
	}
}

// find returns the user with this id or, if it is empty, with this address.
func (d *accessUserDataSource) find(ctx context.Context, rc readContext, id, email string) (*cloudflare.AccessUser, diag.Diagnostic) {
	if id != "" {
		user, err := d.client.AccessUser(ctx, rc.account.value, id)
		if failed, ok := errors.AsType[*cloudflare.Error](err); ok && failed.Kind() == cloudflare.NotFound {
			return nil, diag.NewAttributeErrorDiagnostic(path.Root("id"), "No such Access user",
				fmt.Sprintf("Account %s (from %s) has no Access user with the id %q.\n\n%s\n\n"+
					"Set id to the id of a user of this account, as cloudflare_access_users returns it, or look the user up by email.",
					rc.account.value, rc.account, id, rc.exchange(failed)))
		}
		if err != nil {
			return nil, rc.diagnose(err)
		}
		return user, nil
	}
	users, err := d.client.AccessUsersByEmail(ctx, rc.account.value, email)
	if err != nil {
		return nil, rc.diagnose(err)
	}
	if len(users) == 1 {
		return users[0], nil
	}
	return nil, rc.notOneUser(email, users)
}

// notOneUser is the diagnostic for an address that no user has, or several.
func (rc readContext) notOneUser(email string, users []*cloudflare.AccessUser) diag.Diagnostic {
	if len(users) == 0 {
		return diag.NewAttributeErrorDiagnostic(path.Root("email"), "No such Access user",
			fmt.Sprintf("Account %s (from %s) has no Access user with the email address %q. The complete list was searched, ignoring case.\n\n"+
				"Check the address. To look up addresses without an error for those that no user has, use emails of cloudflare_access_users.",
				rc.account.value, rc.account, email))
	}
	var ids []string
	for _, user := range users {
		ids = append(ids, cmp.Or(types.StringPointerValue(user.ID).ValueString(), "(no id)"))
	}
	slices.Sort(ids)
	return diag.NewAttributeErrorDiagnostic(path.Root("email"), "More than one Access user",
		fmt.Sprintf("Account %s (from %s) has %d Access users with the email address %q. Their ids are:\n  %s\n\n"+
			"Set id to one of them instead of email.", rc.account.value, rc.account, len(users), email, strings.Join(ids, "\n  ")))
}

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
