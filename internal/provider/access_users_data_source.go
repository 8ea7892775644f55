package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

const (
	// defaultPerPage is the contract's default, and the most that per_page takes.
	defaultPerPage = 1000
	defaultTimeout = 10 * time.Minute
)

func newAccessUsersDataSource() datasource.DataSource { return &accessUsersDataSource{} }

type accessUsersDataSource struct {
	*connection
}

// accessUsersModel is the data source's configuration and state.
type accessUsersModel struct {
	AccountID types.String   `tfsdk:"account_id"`
	Email     types.String   `tfsdk:"email"`
	Name      types.String   `tfsdk:"name"`
	Search    types.String   `tfsdk:"search"`
	PerPage   types.Int64    `tfsdk:"per_page"`
	Timeouts  timeouts.Value `tfsdk:"timeouts"`
	Users     types.List     `tfsdk:"users"`
}

// Metadata names the data source.
func (d *accessUsersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_users"
}

// Schema mirrors the API's filters and the user's attributes.
func (d *accessUsersDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Every Zero Trust (Access) user of an account, read anew on each refresh, page by page " +
			"to the last. Each user comes once, and the list is held against Cloudflare's count; a list whose pages do " +
			"not fit together is an error that says why.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{
				MarkdownDescription: "Account to read. Default: the provider's `account_id`, then the environment " +
					"variable `CLOUDFLARE_ACCOUNT_ID`.",
				Optional:   true,
				Computed:   true,
				Validators: []validator.String{stringValidator(validateAccountID)},
			},
			"email": schema.StringAttribute{
				MarkdownDescription: "Only users whose email address matches, by Cloudflare's own filter. An answer " +
					"with an address that does not contain the value, case aside, is an error: an ignored filter must " +
					"not widen a list.",
				Optional:   true,
				Validators: []validator.String{stringValidator(validateEmailFilter)},
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "Only users whose name matches, by Cloudflare's own filter. An answer with a name " +
					"that does not contain the value, case aside, is a warning.",
				Optional:   true,
				Validators: []validator.String{stringValidator(validateFilter)},
			},
			"search": schema.StringAttribute{
				MarkdownDescription: "Only users whom Cloudflare's search over the other filters finds. What it looks " +
					"at is not known, so the answer cannot be held against it.",
				Optional:   true,
				Validators: []validator.String{stringValidator(validateFilter)},
			},
			"per_page": schema.Int64Attribute{
				MarkdownDescription: "Users to ask for in one request, 1 to 1000. Default: 1000. Cloudflare may give " +
					"fewer; the list is whole either way. Lower it when pages time out.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(1, defaultPerPage)},
			},
			"timeouts": timeouts.AttributesWithOpts(ctx, timeouts.Opts{
				ReadDescription: "How long one read of all pages may take, retries and waiting included, " +
					"such as `\"90s\"` or `\"1h\"`. Default: `\"10m\"`.",
			}),
			"users": schema.ListNestedAttribute{
				MarkdownDescription: "The users, sorted by email, then id, byte by byte: capitals before small letters. " +
					"What the API leaves out or gives as null is null.",
				Computed:     true,
				NestedObject: schema.NestedAttributeObject{Attributes: accessUserAttributes()},
			},
		},
	}
}

func accessUserAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	flag := func(description string) schema.Attribute {
		return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
	}
	return map[string]schema.Attribute{
		"id":           text("UUID of the user."),
		"email":        text("Email address, capitals and all, as the API gives it."),
		"name":         text("Name; may be empty."),
		"uid":          text("The API's unique identifier for the user."),
		"seat_uid":     text("The API's unique identifier for the user's Zero Trust seat."),
		"access_seat":  flag("Access seat: whether the user has authenticated with Cloudflare Access."),
		"gateway_seat": flag("Gateway seat: whether the user has logged into the WARP client."),
		"active_device_count": schema.Int64Attribute{
			MarkdownDescription: "Number of active devices registered to the user.",
			Computed:            true,
		},
		"created_at":            text("When the user was created, RFC 3339, as the API gives it."),
		"updated_at":            text("When the user was last changed, RFC 3339, as the API gives it."),
		"last_successful_login": text("When the user last logged in, RFC 3339, as the API gives it; null for one who never has."),
	}
}

// ConfigValidators returns the validators of the whole block.
func (d *accessUsersDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{readTimeoutValidator{}}
}

// Configure takes over the provider's connection; there is none at validation.
func (d *accessUsersDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	if c, ok := req.ProviderData.(*connection); ok {
		d.connection = c
	}
}

// Read reads all pages into state.
func (d *accessUsersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var state accessUsersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &state)...)
	account := configured("account_id", "CLOUDFLARE_ACCOUNT_ID", inDataSource, state.AccountID)
	if !account.isSet {
		account = d.accountID
	}
	if !account.isSet {
		resp.Diagnostics.Append(missingAccountID())
	}
	timeout, diags := state.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	query := state.query(account.value)
	rc := d.readContext(account, query, timeout)
	ctx, cancel := context.WithTimeout(withMasker(ctx, query.Email, query.Name, query.Search), timeout)
	defer cancel()
	list, err := cloudflare.AccessUsers(ctx, d.client, query, accessUserEncoder())
	if err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
		return
	}
	resp.Diagnostics.Append(rc.warnings(list.Warnings)...)

	if err := passList(ctx, "users", list.Users); err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
		return
	}
	state.AccountID = types.StringValue(account.value)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func (d *accessUsersDataSource) readContext(account setting, q cloudflare.AccessUsersQuery, timeout time.Duration) readContext {
	return readContext{
		noun:       "Access users",
		account:    account,
		credential: d.credentials.active(),
		masker:     newMasker(d.credentials.secrets(), q.Email, q.Name, q.Search),
		baseURL:    d.baseURL,
		perPage:    q.PerPage,
		timeout:    timeout,
		filtered:   q.Email != "" || q.Name != "" || q.Search != "",
	}
}

func (m accessUsersModel) query(accountID string) cloudflare.AccessUsersQuery {
	return cloudflare.AccessUsersQuery{
		AccountID: accountID,
		Email:     m.Email.ValueString(),
		Name:      m.Name.ValueString(),
		Search:    m.Search.ValueString(),
		PerPage:   int64OrDefault(m.PerPage, defaultPerPage),
	}
}
