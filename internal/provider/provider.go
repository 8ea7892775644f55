// Package provider is Terraform's side: schemas, settings, diagnostics, state.
package provider

import (
	"cmp"
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// Address is the provider's source address until an organisation publishes it
// under its own name.
const Address = "registry.terraform.io/local/cloudflare-access"

const defaultMaxRetries = 5

// Options are what the provider takes from its surroundings.
type Options struct {
	Version string
	Getenv  func(string) string
	Clock   cloudflare.Clock // nil is the real one

	MaxListBytes int // limit for the list in one response; 0 is the default, 255 MiB
}

type accessProvider struct {
	Options
}

// providerModel is the provider block.
type providerModel struct {
	APIToken   types.String `tfsdk:"api_token"`
	APIKey     types.String `tfsdk:"api_key"`
	Email      types.String `tfsdk:"email"`
	AccountID  types.String `tfsdk:"account_id"`
	BaseURL    types.String `tfsdk:"base_url"`
	MaxRetries types.Number `tfsdk:"max_retries"`
}

// connection is what Configure hands to the data sources.
type connection struct {
	client      *cloudflare.Client
	credentials credentials
	accountID   setting // the default; may be unset
	baseURL     string
}

// Metadata says how Terraform's names for what is in here begin.
func (p *accessProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "cloudflare"
	resp.Version = p.Version
}

// Schema is the provider block's.
func (p *accessProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads every Zero Trust (Access) user of a Cloudflare account. " +
			"Credentials come from the provider block or, where it sets none, from the environment: " +
			"as a whole from one of the two, never mixed.",
		Attributes: map[string]schema.Attribute{
			"api_token": schema.StringAttribute{
				MarkdownDescription: "API token with the permission \"Access: Audit Logs Read\" on the account. " +
					"Preferred to `api_key`. Environment: `CLOUDFLARE_API_TOKEN`.",
				Optional:  true,
				Sensitive: true,
			},
			"api_key": schema.StringAttribute{
				MarkdownDescription: "API key, the older way. Goes with `email`, not with `api_token`. " +
					"Environment: `CLOUDFLARE_API_KEY`.",
				Optional:  true,
				Sensitive: true,
			},
			"email": schema.StringAttribute{
				MarkdownDescription: "Email address of the Cloudflare user to whom `api_key` belongs. " +
					"Environment: `CLOUDFLARE_EMAIL`.",
				Optional: true,
			},
			"account_id": schema.StringAttribute{
				MarkdownDescription: "Account that data sources read when they set none themselves. " +
					"Environment: `CLOUDFLARE_ACCOUNT_ID`.",
				Optional: true,
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Base URL of the API: https, or http on a loopback address for tests. " +
					"Default: `" + cloudflare.DefaultBaseURL + "`. Environment: `CLOUDFLARE_BASE_URL`.",
				Optional: true,
			},
			"max_retries": schema.NumberAttribute{
				MarkdownDescription: "How many further times a page is asked for after a failure that may pass, such as " +
					"a broken connection or status 408, 429 or 5xx. 0 to 100. Default: 5.",
				Optional:   true,
				Validators: []validator.Number{wholeNumber{0, 100}},
			},
		},
	}
}

// Configure makes the client, or says which setting keeps it from doing so.
func (p *accessProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if unknown := config.unknown(); len(unknown) > 0 {
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
			return
		}
		resp.Diagnostics.Append(unknown...)
		return
	}

	credentials, diags := resolveCredentials(config, p.Getenv)
	resp.Diagnostics.Append(diags...)
	accountID := accountIDSetting(config.AccountID, p.Getenv)
	resp.Diagnostics.Append(accountID.check(accountIDProblem)...)
	baseURL := baseURLSetting(config.BaseURL, p.Getenv)
	resp.Diagnostics.Append(baseURL.check(baseURLProblem)...)
	if resp.Diagnostics.HasError() {
		return
	}

	client, err := cloudflare.New(cloudflare.Config{
		BaseURL:     baseURL.value,
		Credentials: credentials.values(),
		UserAgent:   "terraform-provider-cloudflare-access/" + p.Version,
		MaxRetries:  whole(config.MaxRetries, defaultMaxRetries),
		Logger:      slog.New(logHandler{}),
		Clock:       p.Clock,
	})
	if err != nil {
		resp.Diagnostics.AddError("Cannot set up the Cloudflare client", err.Error())
		return
	}
	resp.DataSourceData = &connection{
		client:      client,
		credentials: credentials,
		accountID:   accountID,
		baseURL:     cmp.Or(baseURL.value, cloudflare.DefaultBaseURL),
	}
}

// Resources has none: this provider only reads.
func (p *accessProvider) Resources(context.Context) []func() resource.Resource { return nil }

// DataSources lists them.
func (p *accessProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newAccessUsersDataSource}
}
