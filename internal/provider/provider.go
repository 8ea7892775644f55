// Package provider implements the Terraform provider: schemas, configuration,
// diagnostics and state.
package provider

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

// Address is the provider's source address until an organisation publishes it
// under its own name.
const Address = "registry.terraform.io/local/cloudflare-access"

const defaultMaxRetries = 5

// Options are what the provider needs from its process.
type Options struct {
	Version string
	Getenv  func(string) string
	Clock   cloudflare.Clock // nil is the system's clock
}

// NewServer returns the provider's protocol server.
func NewServer(options Options) tfprotov6.ProviderServer {
	return rawstate.NewServer(providerserver.NewProtocol6(&accessProvider{options})())
}

var _ provider.ProviderWithValidateConfig = (*accessProvider)(nil)

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
	MaxRetries types.Int64  `tfsdk:"max_retries"`
}

// connection is what Configure passes to the data sources.
type connection struct {
	client      *cloudflare.Client // nil if missing is not empty
	missing     diag.Diagnostics   // why no request can be sent
	reported    sync.Map           // summaries of errors that a read has returned in full
	credentials credentials
	accountID   setting // the default of data sources; may be unset
	baseURL     string
}

func (p *accessProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "cloudflare"
	resp.Version = p.Version
}

func (p *accessProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads all Zero Trust (Access) users of a Cloudflare account. " +
			"Set an API token, or an API key with the email address of its user, in the provider block or in the environment. " +
			"Credentials in the provider block take precedence over those in the environment.",
		Attributes: map[string]schema.Attribute{
			"api_token": schema.StringAttribute{
				MarkdownDescription: "API token with the permission \"Access: Audit Logs Read\" on the account. " +
					"For device registrations, that is \"Zero Trust: Read\" (reported, not documented). Preferred to `api_key`. Environment variable: `CLOUDFLARE_API_TOKEN`.",
				Optional:  true,
				Sensitive: true,
			},
			"api_key": schema.StringAttribute{
				MarkdownDescription: "API key. Requires `email`, conflicts with `api_token`. Environment variable: `CLOUDFLARE_API_KEY`.",
				Optional:            true,
				Sensitive:           true,
			},
			"email": schema.StringAttribute{
				MarkdownDescription: "Email address of the Cloudflare user to whom `api_key` belongs. Environment variable: `CLOUDFLARE_EMAIL`.",
				Optional:            true,
			},
			"account_id": schema.StringAttribute{
				MarkdownDescription: "ID of the account to read, for data sources that set no `account_id`. Environment variable: `CLOUDFLARE_ACCOUNT_ID`.",
				Optional:            true,
				Validators:          []validator.String{accountIDValidator{validateAccountID}},
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Base URL of the API: https, or http on a loopback address for tests. Default: `" + cloudflare.DefaultBaseURL + "`. Environment variable: `CLOUDFLARE_BASE_URL`.",
				Optional:            true,
				Validators:          []validator.String{rule(validateBaseURL)},
			},
			"max_retries": schema.Int64Attribute{
				MarkdownDescription: "Number of retries of a request after a failure that can be temporary, such as a broken connection or status 408 or 5xx. " +
					"0 to 100. Default: 5. Unless it is 0, status 429 is retried until `timeouts.read` of the data source expires.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(0, 100)},
			},
		},
	}
}

// ValidateConfig checks the credentials of the provider block. The library's
// Conflicting and RequiredTogether point at an attribute, so that Terraform would
// print the line with the secret, and cannot know that an email address may come
// from the environment. Unknown values are ignored.
func (p *accessProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var config providerModel
	for name, value := range map[string]*types.String{"api_token": &config.APIToken, "api_key": &config.APIKey, "email": &config.Email} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), value)...)
	}
	block := blockCredentials(config)
	resp.Diagnostics.Append(slices.Concat(block.conflict(), block.orFrom(environmentCredentials(p.Getenv)).incomplete(), block.validate())...)
}

// Configure creates the client, or adds a diagnostic for each setting that is
// invalid. What is missing, or known only after apply, is no error before a data
// source is read that needs it.
func (p *accessProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	env := environmentCredentials(p.Getenv)
	credentials := blockCredentials(config).orFrom(env)
	accountID := configured("account_id", "CLOUDFLARE_ACCOUNT_ID", inProvider, config.AccountID).orFrom(p.Getenv)
	baseURL := configured("base_url", "CLOUDFLARE_BASE_URL", inProvider, config.BaseURL).orFrom(p.Getenv)
	resp.Diagnostics.Append(slices.Concat(
		credentials.conflict(), credentials.incomplete(), credentials.validate(),
		accountID.validate(validateAccountID), baseURL.validate(validateBaseURL), checkProxy(baseURL, p.Getenv),
	)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if accountID.fromEnv { // a validator has checked the attribute
		resp.Diagnostics.Append(unusualAccountID(accountID.value, accountID.String())...)
	}

	c := &connection{credentials: credentials, accountID: accountID, baseURL: cmp.Or(baseURL.value, cloudflare.DefaultBaseURL)}
	resp.DataSourceData = c
	c.missing = unknownSettings(credentials.token, credentials.key, credentials.email, baseURL)
	if config.MaxRetries.IsUnknown() {
		c.missing.Append(unknownSetting("max_retries", "Write the number itself."))
	}
	if req.ClientCapabilities.DeferralAllowed && (len(c.missing) > 0 || accountID.isUnknown) {
		resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
		return
	}
	if len(c.missing) == 0 {
		c.missing = credentials.missing()
	}
	if len(c.missing) > 0 {
		return
	}
	credentials.logIgnored(ctx, env)
	var err error
	c.client, err = cloudflare.New(cloudflare.Config{
		BaseURL:                  baseURL.value,
		Credentials:              cloudflare.Credentials{APIToken: credentials.token.value, APIKey: credentials.key.value, Email: credentials.email.value},
		UserAgent:                userAgent(req.TerraformVersion, p.Version),
		MaxRetries:               int(*cmp.Or(config.MaxRetries.ValueInt64Pointer(), new(int64(defaultMaxRetries)))),
		Log:                      newLog(credentials.secrets()),
		Clock:                    p.Clock,
		EncodeAccessUser:         accessUserObject().Encoder(),
		EncodeDeviceRegistration: deviceRegistrationObject().Encoder(),
	})
	if err != nil {
		resp.Diagnostics.AddError("Cannot create the Cloudflare client", err.Error())
	}
}

// userAgent returns the form that HashiCorp's own providers send. A caller that
// is not Terraform may state no version of it.
func userAgent(terraformVersion, version string) string {
	product := "terraform-provider-cloudflare-access/" + version
	if terraformVersion == "" {
		return product
	}
	return "Terraform/" + terraformVersion + " (+https://www.terraform.io) " + product
}

// Resources returns none: this provider only reads.
func (p *accessProvider) Resources(context.Context) []func() resource.Resource { return nil }

func (p *accessProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &accessSeatsDataSource{accessDataSource{name: "_access_seats"}} },
		func() datasource.DataSource { return &accessUserDataSource{accessDataSource{name: "_access_user"}} },
		func() datasource.DataSource { return &accessUsersDataSource{accessDataSource{name: "_access_users"}} },
		func() datasource.DataSource {
			return &deviceRegistrationsDataSource{accessDataSource{name: "_device_registrations"}}
		},
	}
}
