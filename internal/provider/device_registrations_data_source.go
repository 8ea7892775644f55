package provider

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

func newDeviceRegistrationsDataSource() datasource.DataSource {
	return &deviceRegistrationsDataSource{accessDataSource{name: "_device_registrations"}}
}

type deviceRegistrationsDataSource struct {
	accessDataSource
}

// deviceRegistrationsModel is the data source's configuration and state.
type deviceRegistrationsModel struct {
	accountModel

	Status        types.String `tfsdk:"status"`
	SeenAfter     types.String `tfsdk:"seen_after"`
	SeenBefore    types.String `tfsdk:"seen_before"`
	Search        types.String `tfsdk:"search"`
	UserIDs       types.List   `tfsdk:"user_ids"`
	PerPage       types.Int64  `tfsdk:"per_page"`
	Registrations types.List   `tfsdk:"registrations"`
}

// Schema returns the schema: the API's filters, the registrations.
func (d *deviceRegistrationsDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the registrations of the WARP client in an account: which device of which user was last seen when. " +
			"Each refresh reads the list as far as Cloudflare's cursors lead, each registration once.",
		Attributes: map[string]schema.Attribute{
			"account_id": accountIDAttribute(),
			"status": schema.StringAttribute{
				MarkdownDescription: "`active`, `revoked` or `all`. Default: Cloudflare's, which is `active`.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf("active", "all", "revoked")},
			},
			"seen_after":  timeAttribute("Select the registrations that were last seen after this time"),
			"seen_before": timeAttribute("Select the registrations that were last seen before this time"),
			"search": schema.StringAttribute{
				MarkdownDescription: "Cloudflare's search. The response cannot be checked.",
				Optional:            true,
				Validators:          []validator.String{rule(validateFilter)},
			},
			"user_ids": schema.ListAttribute{
				MarkdownDescription: "Select the registrations of the users with these ids, by Cloudflare's filter `user.id`. An empty list " +
					"selects none, without a request. A registration of another user is an error.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.List{entriesValidator{validateUserID}},
			},
			"per_page": schema.Int64Attribute{
				MarkdownDescription: "Registrations to request in one page, 5 to 1000. Default: 1000. If Cloudflare refuses a page of this " +
					"size, or a page times out, the read begins again with pages of 250, then of 50.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(minPerPage, cloudflare.DefaultPerPage)},
			},
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
	return schema.StringAttribute{
		MarkdownDescription: description + ", in RFC 3339, by Cloudflare's filter. `timeadd(plantimestamp(), \"-2160h\")` is 90 days before the plan.",
		Optional:            true,
		Validators:          []validator.String{rule(validateTime)},
	}
}

// Read reads the complete list, and puts it into state.
func (d *deviceRegistrationsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var state deviceRegistrationsModel
	if !d.checkConfig(req, resp) {
		return
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &state)...)
	query := cloudflare.DeviceRegistrationsQuery{
		Status:     state.Status.ValueString(),
		SeenAfter:  state.SeenAfter.ValueString(),
		SeenBefore: state.SeenBefore.ValueString(),
		Search:     state.Search.ValueString(),
		UserIDs:    stringsOf(ctx, state.UserIDs, &resp.Diagnostics),
		PerPage:    int(cmp.Or(state.PerPage.ValueInt64(), cloudflare.DefaultPerPage)),
	}
	ctx, cancel, rc := d.begin(ctx, state.accountModel, deviceRegistrationsAlternatives(query.PerPage), resp, query.Search)
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
	state.AccountID = types.StringValue(rc.account.value)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	if err := rawstate.SetList(ctx, &resp.State, "registrations", encoded); err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
	}
}

func deviceRegistrationsAlternatives(perPage int) alternatives {
	return alternatives{
		noun:         "device registrations",
		row:          "registration",
		permission:   `"Zero Trust: Read"`,
		ifPermitted:  `"Zero Trust: Read" is reported, not documented: Cloudflare's reference names no permission for device registrations.`,
		smallerPages: smallerPages(perPage),
		otherPages:   suggestion{path.Root("per_page"), fmt.Sprintf("Run again: a cursor may have expired. If it stays, set another per_page (it is %d), or select fewer registrations with status, seen_after, seen_before, search or user_ids.", perPage)},
		otherList:    suggestion{text: fmt.Sprintf("Set another per_page (it is %d), and report this to Cloudflare's support.", perPage)},
		fewerRows:    "Select fewer registrations with status, seen_after, seen_before, search or user_ids.",
	}
}
