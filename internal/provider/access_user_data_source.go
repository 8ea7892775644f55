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
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

func newAccessUserDataSource() datasource.DataSource {
	return &accessUserDataSource{accessDataSource{name: "_access_user"}}
}

type accessUserDataSource struct {
	accessDataSource
}

// Schema returns the schema: the user's attributes, of which id or email is set.
func (d *accessUserDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"account_id": accountIDAttribute(),
		"timeouts":   readTimeoutAttribute(ctx),
	}
	maps.Copy(attributes, accessUserObject().Schema())
	attributes["id"] = schema.StringAttribute{
		MarkdownDescription: "UUID of the user. Exactly one of `id` and `email` must be set.",
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{rule(validateUserID)},
	}
	attributes["email"] = schema.StringAttribute{
		MarkdownDescription: "Email address of the user, compared with the whole address, ignoring case. In state, it has " +
			"the API's spelling. If Cloudflare's filter does not find the user, the complete list is searched.",
		Optional:   true,
		Computed:   true,
		Validators: []validator.String{rule(validateEmail)},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one Zero Trust (Access) user of an account, by id or by email address. It is an error " +
			"if there is no such user, or more than one.",
		Attributes: attributes,
	}
}

// ConfigValidators returns the rules for arguments that depend on each other.
func (d *accessUserDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("email")),
	}
}

// Read reads one user into state.
func (d *accessUserDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.checkConfig(req, resp) {
		return
	}
	var account accountModel
	var id, email types.String
	for name, target := range map[string]any{"account_id": &account.AccountID, "timeouts": &account.Timeouts, "id": &id, "email": &email} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), target)...)
	}
	suggested := userByEmailAlternatives()
	if !id.IsNull() {
		suggested = userByIDAlternatives()
	}
	ctx, cancel, rc := d.begin(ctx, account, suggested, resp, email.ValueString(), id.ValueString())
	defer cancel()
	resp.Diagnostics.Append(d.checkRequirements(rc)...)
	if resp.Diagnostics.HasError() {
		return
	}
	user, problem := d.find(ctx, rc, id.ValueString(), email.ValueString())
	if problem != nil {
		resp.Diagnostics.Append(problem)
		return
	}
	attributes := accessUserObject().Values(user)
	attributes["account_id"] = rc.account.value
	for name, value := range attributes { // timeouts is there: state begins as the configuration
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

func userByIDAlternatives() alternatives {
	return alternatives{noun: "the Access user", alsoCheck: "Check id, too: it is a part of the same address."}
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
			return nil, rc.noUserWithID(id, failed)
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

func (rc readContext) noUserWithID(id string, e *cloudflare.Error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("id"), "No such Access user",
		fmt.Sprintf("Account %s (from %s) has no Access user with the id %q.\n\n%s\n\n"+
			"Set id to the id of a user of this account, as cloudflare_access_users returns it, or look the user up by email.",
			rc.account.value, rc.account, id, rc.exchange(e)))
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
