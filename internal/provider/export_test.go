package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// What tests need beside the protocol.
//
//nolint:gochecknoglobals // they are never set
var (
	AccessUserSchema = accessUserSchema
	NewLog           = newLog
	PassList         = passList
	WithMasker       = withMasker
)

func NewProvider() provider.Provider { return &accessProvider{} }

func Mask(secrets, filters []string, s string) string { return newMasker(secrets, filters...).mask(s) }

func NewServerFor(framework tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	return &server{framework, defaultMaxListBytes}
}

// LimitLists sets the limit of a server for the list in one response.
func LimitLists(s tfprotov6.ProviderServer, maxBytes int) { s.(*server).maxListBytes = maxBytes } //nolint:forcetypeassert // of NewServer

// Diagnose returns the diagnostic for an error of cloudflare_access_users or, if
// perPage is 0, of cloudflare_access_user.
func Diagnose(perPage int, secret string, err error) string {
	rc := readContext{
		noun: "Access users", timeout: 10 * time.Minute, baseURL: "https://HOST/client/v4", masker: newMasker([]string{secret}),
		alternatives: accessUsersAlternatives(cloudflare.AccessUsersQuery{PerPage: perPage}),
	}
	if perPage == 0 {
		rc.noun, rc.alternatives = "the Access user", userByEmailAlternatives()
	}
	d := rc.diagnose(err)
	at := "\n"
	if d, ok := d.(diag.DiagnosticWithPath); ok {
		at = "\nat " + d.Path().String() + "\n"
	}
	return "ERROR: " + d.Summary() + at + d.Detail()
}

// ConfigureDataSource passes the provider's data to a data source.
func ConfigureDataSource(ctx context.Context, data any) diag.Diagnostics {
	var resp datasource.ConfigureResponse
	new(accessDataSource).Configure(ctx, datasource.ConfigureRequest{ProviderData: data}, &resp)
	return resp.Diagnostics
}
