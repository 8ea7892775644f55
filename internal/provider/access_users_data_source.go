package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

// minPerPage is the least page size with which pages can overlap by multiples of 5.
const minPerPage = 5

func newAccessUsersDataSource() datasource.DataSource { return &accessUsersDataSource{} }

var (
	_ datasource.DataSourceWithConfigure        = (*accessUsersDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*accessUsersDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig   = (*accessUsersDataSource)(nil)
)

type accessUsersDataSource struct {
	accessDataSource
}

// accessUsersModel is the data source's configuration and state.
type accessUsersModel struct {
	AccountID        types.String   `tfsdk:"account_id"`
	Email            types.String   `tfsdk:"email"`
	Name             types.String   `tfsdk:"name"`
	Search           types.String   `tfsdk:"search"`
	Emails           types.List     `tfsdk:"emails"`
	EmailDomains     types.List     `tfsdk:"email_domains"`
	HasSeat          types.Bool     `tfsdk:"has_seat"`
	AccessSeat       types.Bool     `tfsdk:"access_seat"`
	GatewaySeat      types.Bool     `tfsdk:"gateway_seat"`
	PerPage          types.Int64    `tfsdk:"per_page"`
	IgnoreTotalCount types.Bool     `tfsdk:"ignore_total_count"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`
	Users            types.List     `tfsdk:"users"`
	EmailsNotFound   types.List     `tfsdk:"emails_not_found"`
}

// Metadata sets the name of the data source.
func (d *accessUsersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_users"
}

// Schema returns the schema: the API's filters, the selection, the users.
func (d *accessUsersDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads all Zero Trust (Access) users of an account, or those that are selected. Each refresh " +
			"reads the complete list, each user once. A list that may lack somebody is an error.",
		Attributes: map[string]schema.Attribute{
			"account_id": accountIDAttribute(),
			"email": schema.StringAttribute{
				MarkdownDescription: "Cloudflare's filter by email address. A response with an address that does not contain the value, ignoring case, is an error. " +
					"Conflicts with `emails`, which selects exactly.",
				Optional:   true,
				Validators: validatedBy(validateEmailFilter),
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "Cloudflare's filter by name. A response with a name that does not contain the value, ignoring case, is a warning.",
				Optional:            true,
				Validators:          validatedBy(validateFilter),
			},
			"search": schema.StringAttribute{
				MarkdownDescription: "Cloudflare's search over the other filters. The response cannot be checked.",
				Optional:            true,
				Validators:          validatedBy(validateFilter),
			},
			"emails": schema.ListAttribute{
				MarkdownDescription: "Select the users who have one of these email addresses, ignoring case. An empty list selects " +
					"nobody. Addresses that no user has are in `emails_not_found`. Conflicts with `email`.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.List{entriesValidator{"must have email addresses only", validateEmail}},
			},
			"email_domains": schema.ListAttribute{
				MarkdownDescription: "Select the users whose email address has one of these domains. Subdomains are other domains. " +
					"An empty list selects nobody.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.List{entriesValidator{"must have domains only", validateDomain}},
			},
			"has_seat": schema.BoolAttribute{
				MarkdownDescription: "Select the users who have an Access seat, a Gateway seat or both, or with `false` neither.",
				Optional:            true,
			},
			"access_seat":  seatAttribute("access_seat"),
			"gateway_seat": seatAttribute("gateway_seat"),
			"per_page": schema.Int64Attribute{
				MarkdownDescription: "Users to request in one page, 5 to 1000. Default: 1000. Cloudflare may return fewer; " +
					"the list is complete either way. If Cloudflare refuses a page of this size, or a page times out, " +
					"the read begins again with pages of 250, then of 50. Use a multiple of 50: Cloudflare is reported " +
					"to refuse other sizes than multiples of 5, and with small pages of other sizes a busy account " +
					"takes more requests.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(minPerPage, cloudflare.DefaultPerPage)},
			},
			"ignore_total_count": ignoreTotalCountAttribute(),
			"timeouts":           readTimeoutAttribute(ctx),
			"users": schema.ListNestedAttribute{
				MarkdownDescription: "The users, sorted by email, then id, in byte order.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: accessUserObject().Schema()},
			},
			"emails_not_found": schema.ListAttribute{
				MarkdownDescription: "The entries of `emails` that no user has, sorted, once each.",
				ElementType:         types.StringType,
				Computed:            true,
			},
		},
	}
}

func seatAttribute(name string) schema.Attribute {
	return schema.BoolAttribute{
		MarkdownDescription: "Select the users whose `" + name + "` is true, or with `false` all others.",
		Optional:            true,
	}
}

// ConfigValidators returns the rules for arguments that depend on each other.
func (d *accessUsersDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.Conflicting(path.MatchRoot("email"), path.MatchRoot("emails")),
	}
}

// Read reads the complete list, and puts the selected users into state.
func (d *accessUsersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var state accessUsersModel
	if !d.checkConfig(req, resp) {
		return
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &state)...)
	account, timeout := d.accountAndTimeout(ctx, state.AccountID, state.Timeouts, resp)
	selection, diags := state.selection(ctx)
	resp.Diagnostics.Append(diags...)
	if !selection.isEmpty() {
		resp.Diagnostics.Append(d.checkRequirements("Access users", account)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}

	query := state.query(account.value)
	filters := slices.Collect(maps.Values(query.Filters()))
	rc := d.readContext("Access users", account, timeout, accessUsersAlternatives(query), filters...)
	ctx, cancel := context.WithTimeout(withMasker(ctx, d.credentials.secrets(), filters...), timeout)
	defer cancel()
	var rows []*cloudflare.AccessUserRow
	if !selection.isEmpty() {
		var warnings []cloudflare.Warning
		var err error
		if rows, warnings, err = d.client.AccessUsers(ctx, query, selection.needs); err != nil {
			resp.Diagnostics.Append(rc.diagnose(err))
			return
		}
		resp.Diagnostics.Append(rc.warnings(warnings)...)
	}
	users, notFound := selection.apply(rows)
	state.AccountID = account.state()
	state.EmailsNotFound, diags = types.ListValueFrom(ctx, types.StringType, notFound)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	if err := rawstate.SetList(ctx, &resp.State, "users", users); err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
	}
}

func accessUsersAlternatives(query cloudflare.AccessUsersQuery) alternatives {
	otherList := fmt.Sprintf("Set another per_page (it is %d), and report this to Cloudflare's support.", query.PerPage)
	if len(query.Filters()) > 0 {
		otherList = "Remove the filter and select users in Terraform."
	}
	return alternatives{
		smallerPages: smallerPages(query.PerPage),
		otherPages:   suggestion{perPagePath(), fmt.Sprintf("Set another per_page (it is %d), or a filter (email, name or search) that matches fewer users.", query.PerPage)},
		otherList:    suggestion{text: otherList},
		wrongCount:   suggestion{path.Root("ignore_total_count"), "If the count is wrong, set ignore_total_count = true."},
		fewerRows:    "Select fewer users with emails, email_domains, has_seat, access_seat, gateway_seat or a filter (email, name, search).",
	}
}

func (m accessUsersModel) query(accountID string) cloudflare.AccessUsersQuery {
	return cloudflare.AccessUsersQuery{
		AccountID:        accountID,
		Email:            m.Email.ValueString(),
		Name:             m.Name.ValueString(),
		Search:           m.Search.ValueString(),
		PerPage:          int(cmp.Or(m.PerPage.ValueInt64(), cloudflare.DefaultPerPage)),
		IgnoreTotalCount: m.IgnoreTotalCount.ValueBool(),
	}
}
