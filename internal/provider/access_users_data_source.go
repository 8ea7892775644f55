package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

func newAccessUsersDataSource() datasource.DataSource { return &accessUsersDataSource{} }

type accessUsersDataSource struct {
	accessDataSource
}

// accessUsersModel is the data source's configuration and state.
type accessUsersModel struct {
	AccountID        types.String   `tfsdk:"account_id"`
	Email            types.String   `tfsdk:"email"`
	Name             types.String   `tfsdk:"name"`
	Search           types.String   `tfsdk:"search"`
	Emails           types.Set      `tfsdk:"emails"`
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
				MarkdownDescription: "Cloudflare's filter by email address. A response with an address that does not contain " +
					"the value, ignoring case, is an error. To select addresses exactly, use `emails`. Conflicts with `emails`.",
				Optional:   true,
				Validators: validatedBy(validateEmailFilter),
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "Cloudflare's filter by name. A response with a name that does not contain the value, " +
					"ignoring case, is a warning.",
				Optional:   true,
				Validators: validatedBy(validateFilter),
			},
			"search": schema.StringAttribute{
				MarkdownDescription: "Cloudflare's search over the other filters. The response cannot be checked.",
				Optional:            true,
				Validators:          validatedBy(validateFilter),
			},
			"emails": schema.SetAttribute{
				MarkdownDescription: "Select the users who have one of these email addresses, ignoring case. Applied by the " +
					"provider to the complete list. Addresses that no user has are in `emails_not_found`.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Set{emailsValidator{"must have email addresses only"}},
			},
			"access_seat":  seatAttribute("access_seat"),
			"gateway_seat": seatAttribute("gateway_seat"),
			"per_page": schema.Int64Attribute{
				MarkdownDescription: "Users to request in one page, 1 to 1000. Default: 1000. Cloudflare may return fewer; " +
					"the list is complete either way. Set a smaller number if pages time out.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(1, cloudflare.DefaultPerPage)},
			},
			"ignore_total_count": schema.BoolAttribute{
				MarkdownDescription: "Accept a list with fewer users than Cloudflare's `total_count`, if two reads in " +
					"succession agree on it. Default: `false`.",
				Optional: true,
			},
			"timeouts": readTimeoutAttribute(ctx),
			"users": schema.ListNestedAttribute{
				MarkdownDescription: "The users, sorted by email, then id, in byte order: upper case before lower case. " +
					"What the API omits or returns as null is null.",
				Computed:     true,
				NestedObject: schema.NestedAttributeObject{Attributes: accessUserSchema()},
			},
			"emails_not_found": schema.ListAttribute{
				MarkdownDescription: "The entries of `emails` that no user has, sorted. Empty if there are none, or if " +
					"`emails` is not set.",
				ElementType: types.StringType,
				Computed:    true,
			},
		},
	}
}

func seatAttribute(name string) schema.Attribute {
	return schema.BoolAttribute{
		MarkdownDescription: "Select the users whose `" + name + "` is true, or with `false` all others. Applied by " +
			"the provider to the complete list.",
		Optional: true,
	}
}

// ConfigValidators returns the validators of the whole block.
func (d *accessUsersDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.Conflicting(path.MatchRoot("email"), path.MatchRoot("emails")),
		readTimeoutValidator{"timeouts.read must be above zero"},
	}
}

// emailsValidator says what is wrong with which entry of emails. The library's
// validators of sets say neither.
type emailsValidator struct{ description }

// ValidateSet ignores null and unknown values, and unknown entries.
func (emailsValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	invalid := func(at path.Path, detail string) { resp.Diagnostics.AddAttributeError(at, "Cannot use emails", detail) }
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(req.ConfigValue.Elements()) == 0 {
		invalid(req.Path, "emails is empty and would select nobody: leave it out, or set it to null, to select all users.")
	}
	for _, element := range req.ConfigValue.Elements() {
		entry, _ := element.(types.String)
		switch err := validateEmail(entry.ValueString()); {
		case entry.IsUnknown():
		case entry.IsNull():
			invalid(req.Path, "emails contains null: remove it, in Terraform with compact().")
		case err != nil:
			invalid(req.Path.AtSetValue(entry), fmt.Sprintf("The entry %q of emails %s.", entry.ValueString(), err))
		}
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
	if resp.Diagnostics.HasError() {
		return
	}

	query := state.query(account.value)
	rc := d.readContext("Access users", account, timeout, accessUsersAlternatives(query), query.Email, query.Name, query.Search)
	ctx, cancel := context.WithTimeout(withMasker(ctx, d.credentials.secrets(), query.Email, query.Name, query.Search), timeout)
	defer cancel()
	rows, warnings, err := d.client.AccessUsers(ctx, query, selection.needs)
	if err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
		return
	}
	resp.Diagnostics.Append(rc.warnings(warnings)...)
	users, notFound := selection.apply(rows)
	if err := passList(ctx, "users", users); err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
		return
	}
	state.AccountID = types.StringValue(account.value)
	state.EmailsNotFound, diags = types.ListValueFrom(ctx, types.StringType, notFound)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func accessUsersAlternatives(query cloudflare.AccessUsersQuery) alternatives {
	otherList := fmt.Sprintf("Set another per_page (it is %d), and report this to Cloudflare's support.", query.PerPage)
	if query.Email+query.Name+query.Search != "" {
		otherList = "Remove the filter and select users in Terraform."
	}
	return alternatives{
		smallerPages: suggestion{perPagePath(), fmt.Sprintf("If pages time out or are too large, set a smaller per_page, such as %d (it is %d).", max(1, min(100, query.PerPage/2)), query.PerPage)},
		otherPages:   suggestion{perPagePath(), fmt.Sprintf("Set another per_page (it is %d), or a filter (email, name or search) that matches fewer users.", query.PerPage)},
		otherList:    suggestion{text: otherList},
		wrongCount:   suggestion{path.Root("ignore_total_count"), "If you know that the count is wrong, set ignore_total_count = true."},
	}
}

func (m accessUsersModel) query(accountID string) cloudflare.AccessUsersQuery {
	return cloudflare.AccessUsersQuery{
		AccountID:        accountID,
		Email:            m.Email.ValueString(),
		Name:             m.Name.ValueString(),
		Search:           m.Search.ValueString(),
		PerPage:          int64OrDefault(m.PerPage, cloudflare.DefaultPerPage),
		IgnoreTotalCount: m.IgnoreTotalCount.ValueBool(),
	}
}

// A selection is what the provider selects from the complete list.
type selection struct {
	emails                  map[string][]string // entries of emails by folded address; nil if not set
	accessSeat, gatewaySeat *bool
}

func (m accessUsersModel) selection(ctx context.Context) (selection, diag.Diagnostics) {
	s := selection{accessSeat: m.AccessSeat.ValueBoolPointer(), gatewaySeat: m.GatewaySeat.ValueBoolPointer()}
	if m.Emails.IsNull() {
		return s, nil
	}
	var emails []string
	diags := m.Emails.ElementsAs(ctx, &emails, false)
	s.emails = make(map[string][]string, len(emails))
	for _, email := range emails {
		folded := cloudflare.FoldCase(email)
		s.emails[folded] = append(s.emails[folded], email)
	}
	return s, diags
}

// needs reports whether apply needs the user. With emails, it needs all users of
// these addresses, whatever their seats, to tell which addresses no user has.
func (s selection) needs(row *cloudflare.AccessUserRow) bool {
	if s.emails == nil {
		return s.hasSeats(row)
	}
	return s.emails[cloudflare.FoldCase(row.Email)] != nil
}

func (s selection) hasSeats(row *cloudflare.AccessUserRow) bool {
	return (s.accessSeat == nil || *s.accessSeat == row.AccessSeat) && (s.gatewaySeat == nil || *s.gatewaySeat == row.GatewaySeat)
}

// apply returns the selected users, encoded, and the entries of emails that no
// user has, sorted.
func (s selection) apply(rows []*cloudflare.AccessUserRow) (users [][]byte, notFound []string) {
	users, notFound = make([][]byte, 0, len(rows)), []string{}
	listed := make(map[string]bool)
	for _, row := range rows {
		if s.emails != nil {
			listed[cloudflare.FoldCase(row.Email)] = true
		}
		if s.hasSeats(row) {
			users = append(users, row.Encoded)
		}
	}
	for folded, entries := range s.emails {
		if !listed[folded] {
			notFound = append(notFound, entries...)
		}
	}
	slices.Sort(notFound)
	return users, notFound
}
