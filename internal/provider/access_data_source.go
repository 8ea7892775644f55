package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

const defaultReadTimeout = 10 * time.Minute

// An accessDataSource is what all data sources of an account have in common. A
// data source that embeds it relies on its Configure and ValidateConfig: one with
// methods of these names must call them.
type accessDataSource struct {
	*connection

	name string // of the type, after the provider's
}

func (d *accessDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + d.name
}

func accountIDAttribute() schema.Attribute {
	return computedArgument(accountIDValidator{validateAccountID}, "ID of the account to read. Default: the provider's `account_id`, then the environment variable `CLOUDFLARE_ACCOUNT_ID`.")
}

func ignoreTotalCountAttribute() schema.Attribute {
	return boolArgument("Accept a list with fewer users than Cloudflare's `total_count`, if two reads in succession agree on it. Default: `false`.")
}

func boolArgument(description string) schema.Attribute {
	return schema.BoolAttribute{MarkdownDescription: description, Optional: true}
}

func stringArgument(v validator.String, description string) schema.Attribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, Validators: []validator.String{v}}
}

// computedArgument is for a string that state has, too, if it is not set.
func computedArgument(v validator.String, description string) schema.Attribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, Computed: true, Validators: []validator.String{v}}
}

func listArgument(ofEntries rule, description string) schema.Attribute {
	return schema.ListAttribute{
		MarkdownDescription: description,
		ElementType:         types.StringType,
		Optional:            true,
		Validators:          []validator.List{entriesValidator{ofEntries}},
	}
}

// minPerPage is the least page size with which pages can overlap by multiples of 5.
const minPerPage = 5

func perPageArgument(description string) schema.Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: description,
		Optional:            true,
		Validators:          []validator.Int64{int64validator.Between(minPerPage, cloudflare.DefaultPerPage)},
	}
}

func readTimeoutAttribute(ctx context.Context) schema.Attribute {
	return timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		ReadDescription: "How long the read may take in all, including retries and waits, such as `\"90s\"` or `\"1h\"`. Default: `\"10m\"`.",
	})
}

// ValidateConfig rejects a value of timeouts.read that leaves no time. That it is
// a duration is checked by the timeouts library.
func (d *accessDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var value types.String // null and unknown are no duration
	attribute := path.Root("timeouts").AtName("read")
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, attribute, &value)...)
	if timeout, err := time.ParseDuration(value.ValueString()); err == nil && timeout <= 0 {
		resp.Diagnostics.AddAttributeError(attribute, "Cannot use timeouts.read",
			`timeouts.read is not above zero: set a duration such as "10m", or leave it out.`)
	}
}

// Configure takes over the provider's connection, which validation has not.
func (d *accessDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.connection, _ = req.ProviderData.(*connection)
}

// getArguments sets targets to the arguments of these names, or leaves them as they
// are if these are null. It reports whether Read can go on: an argument that is not
// known yet must not widen the list.
func (d *accessDataSource) getArguments(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse, targets map[string]any) bool {
	if d.connection == nil {
		resp.Diagnostics.AddError("Unconfigured Cloudflare provider",
			"The data source was read before the provider was configured. Report this to the provider's developers.")
		return false
	}
	var arguments map[string]tftypes.Value
	if err := req.Config.Raw.As(&arguments); err != nil {
		resp.Diagnostics.AddError("Cannot read the configuration", err.Error())
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if !arguments[name].IsFullyKnown() {
			resp.Diagnostics.AddAttributeError(path.Root(name), fmt.Sprintf("Cannot use a value for %s that is known only after apply", name),
				fmt.Sprintf("The data source was read although the value of %s is not known yet. First apply the resource that it comes from: terraform apply -target=RESOURCE.", name))
		} else if target, found := targets[name]; found && !arguments[name].IsNull() {
			resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), target)...)
		}
	}
	return !resp.Diagnostics.HasError()
}

// begin returns a context that ends when the read has to, and what diagnostics need.
// filters are values that Cloudflare may repeat.
func (d *accessDataSource) begin(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse, a alternatives, filters ...string) (context.Context, context.CancelFunc, readContext) {
	var accountID types.String
	var limits timeouts.Value
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("account_id"), &accountID)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("timeouts"), &limits)...)
	account := configured("account_id", "CLOUDFLARE_ACCOUNT_ID", inDataSource, accountID)
	if !account.isSet {
		account = d.accountID
	}
	timeout, diags := limits.Read(ctx, defaultReadTimeout)
	resp.Diagnostics.Append(diags...)
	rc := readContext{
		account:      account,
		credential:   d.credentials.active(),
		masker:       newMasker(d.credentials.secrets(), filters...),
		baseURL:      d.baseURL,
		timeout:      timeout,
		alternatives: a,
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, maskerKey{}, rc.masker), timeout)
	return ctx, cancel, rc
}

// checkRequirements returns errors if no request can be sent. An error that another
// read has returned, at the same time or before, is only named.
func (d *accessDataSource) checkRequirements(rc readContext) (diags diag.Diagnostics) {
	missing := slices.Clone(d.missing)
	switch {
	case rc.account.isUnknown:
		missing.Append(unknownSetting("account_id",
			"Leave it out and set account_id of each data source, or the environment variable CLOUDFLARE_ACCOUNT_ID."))
	case !rc.account.isSet:
		missing.AddAttributeError(path.Root("account_id"), "Missing account_id",
			"Set account_id here or in the provider block, or the environment variable CLOUDFLARE_ACCOUNT_ID, to the id of the account to read (32 hexadecimal digits in the dashboard's address).")
	}
	var reported []string
	for _, problem := range missing {
		if _, found := d.reported.LoadOrStore(problem.Summary(), true); found {
			reported = append(reported, strconv.Quote(problem.Summary()))
			continue
		}
		diags.Append(problem)
	}
	if len(reported) > 0 && len(diags) == 0 {
		diags.AddError(fmt.Sprintf("Cannot read %s: settings are missing", rc.noun),
			fmt.Sprintf("Another read of this run reports in full what to do: %s.", strings.Join(reported, ", ")))
	}
	return diags
}

// setState sets attributes. State begins as the configuration.
func setState(ctx context.Context, resp *datasource.ReadResponse, attributes map[string]any) {
	for name, value := range attributes {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}
