package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

func newAccessUserDataSource() datasource.DataSource { return &accessUserDataSource{} }

type accessUserDataSource struct {
	accessDataSource
}

// Metadata sets the name of the data source.
func (d *accessUserDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_user"
}

// Schema returns the schema: the user's attributes, of which id or email is set.
func (d *accessUserDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"account_id": accountIDAttribute(),
		"timeouts":   readTimeoutAttribute(ctx),
	}
	maps.Copy(attributes, accessUserSchema())
	attributes["id"] = schema.StringAttribute{
		MarkdownDescription: "UUID of the user. Exactly one of `id` and `email` must be set.",
		Optional:            true,
		Computed:            true,
		Validators:          validatedBy(validateUserID),
	}
	attributes["email"] = schema.StringAttribute{
		MarkdownDescription: "Email address of the user, compared with the whole address, ignoring case. In state, it has " +
			"the API's spelling. If Cloudflare's filter does not find the user, the complete list is searched.",
		Optional:   true,
		Computed:   true,
		Validators: validatedBy(validateEmail),
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one Zero Trust (Access) user of an account, by id or by email address. It is an error " +
			"if there is no such user, or more than one.",
		Attributes: attributes,
	}
}

// ConfigValidators returns the validators of the whole block.
func (d *accessUserDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("email")),
		readTimeoutValidator{"timeouts.read must be above zero"},
	}
}

// Read reads one user into state.
func (d *accessUserDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.checkConfig(req, resp) {
		return
	}
	var accountID, id, email types.String
	var limits timeouts.Value
	for name, target := range map[string]any{"account_id": &accountID, "id": &id, "email": &email, "timeouts": &limits} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), target)...)
	}
	account, timeout := d.accountAndTimeout(ctx, accountID, limits, resp)
	if resp.Diagnostics.HasError() {
		return
	}

	suggested := userByEmailAlternatives()
	if !id.IsNull() {
		suggested = userByIDAlternatives()
	}
	rc := d.readContext("the Access user", account, timeout, suggested, email.ValueString())
	ctx, cancel := context.WithTimeout(withMasker(ctx, d.credentials.secrets(), email.ValueString(), id.ValueString()), timeout)
	defer cancel()
	encoded, problem := d.find(ctx, rc, id, email.ValueString())
	if problem != nil {
		resp.Diagnostics.Append(problem)
		return
	}
	var config map[string]tftypes.Value
	state, err := decodeAccessUser(ctx, encoded)
	if err := errors.Join(err, req.Config.Raw.As(&config)); err != nil {
		resp.Diagnostics.AddError("Cannot decode the Access user", err.Error())
		return
	}
	state["timeouts"] = config["timeouts"]
	state["account_id"] = tftypes.NewValue(tftypes.String, account.value)
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), state)
}

func userByIDAlternatives() alternatives {
	return alternatives{alsoCheck: "Check id, too: it is a part of the same address."}
}

// userByEmailAlternatives is for an address, for which the complete list may be
// read.
func userByEmailAlternatives() alternatives {
	return alternatives{
		otherPages: suggestion{path.Root("email"), "Set id instead of email."},
		otherList:  suggestion{text: "Set id instead of email, and report this to Cloudflare's support."},
		wrongCount: suggestion{text: "If you know that the count is wrong, set id instead of email, or use cloudflare_access_users with emails and ignore_total_count = true."},
	}
}

// find returns the user with this id or, if it is null, with this address.
func (d *accessUserDataSource) find(ctx context.Context, rc readContext, id types.String, email string) ([]byte, diag.Diagnostic) {
	if !id.IsNull() {
		user, err := d.client.AccessUser(ctx, rc.account.value, id.ValueString())
		if failed, ok := errors.AsType[*cloudflare.Error](err); ok && failed.Kind() == cloudflare.NotFound {
			return nil, rc.noUserWithID(id.ValueString(), failed)
		}
		if err != nil {
			return nil, rc.diagnose(err)
		}
		return newAccessUserEncoder()(user), nil
	}
	rows, err := d.client.AccessUsersByEmail(ctx, rc.account.value, email)
	if err != nil {
		return nil, rc.diagnose(err)
	}
	if len(rows) == 1 {
		return rows[0].Encoded, nil
	}
	return nil, rc.notOneUser(ctx, email, rows)
}

func (rc readContext) noUserWithID(id string, e *cloudflare.Error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("id"), "No such Access user",
		fmt.Sprintf("Account %s (from %s) has no Access user with the id %q.\n\n%s\n\n"+
			"Set id to the id of a user of this account, as cloudflare_access_users returns it, or look the user up by email.",
			rc.account.value, rc.account, id, rc.exchange(e)))
}

// notOneUser is the diagnostic for an address that no user has, or several.
func (rc readContext) notOneUser(ctx context.Context, email string, rows []*cloudflare.AccessUserRow) diag.Diagnostic {
	if len(rows) == 0 {
		return diag.NewAttributeErrorDiagnostic(path.Root("email"), "No such Access user",
			fmt.Sprintf("Account %s (from %s) has no Access user with the email address %q. The complete list was searched, ignoring case.\n\n"+
				"Check the address. To look up addresses without an error for those that no user has, use emails of cloudflare_access_users.",
				rc.account.value, rc.account, email))
	}
	var ids []string
	for _, row := range rows {
		id := "(no id)"
		var s *string
		if user, err := decodeAccessUser(ctx, row.Encoded); err == nil && user["id"].As(&s) == nil && s != nil {
			id = *s
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return diag.NewAttributeErrorDiagnostic(path.Root("email"), "More than one Access user",
		fmt.Sprintf("Account %s (from %s) has %d Access users with the email address %q. Their ids are:\n  %s\n\n"+
			"Set id to one of them instead of email.", rc.account.value, rc.account, len(rows), email, strings.Join(ids, "\n  ")))
}
