package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// What tests need beside the protocol.

func NewLog(secrets []string) cloudflare.Log { return newLog(secrets) }

func WithMasker(ctx context.Context, secrets []string, filters ...string) context.Context {
	return context.WithValue(ctx, maskerKey{}, newMasker(secrets, filters...))
}

func NewProvider(options Options) provider.Provider { return &accessProvider{options} }

func Mask(secrets, filters []string, s string) string { return newMasker(secrets, filters...).mask(s) }

// Diagnose returns the diagnostic for an error of cloudflare_access_users or, if
// perPage is 0, of cloudflare_access_user.
func Diagnose(perPage int, secret string, err error) string {
	rc := readContext{
		timeout: 10 * time.Minute, baseURL: "https://HOST/client/v4", masker: newMasker([]string{secret}),
		alternatives: accessUsersAlternatives(cloudflare.AccessUsersQuery{PerPage: perPage}),
	}
	if perPage == 0 {
		rc.alternatives = userByEmailAlternatives()
	}
	d := rc.diagnose(err)
	at := "\n"
	if d, ok := d.(diag.DiagnosticWithPath); ok {
		at = "\nat " + d.Path().String() + "\n"
	}
	return "ERROR: " + d.Summary() + at + d.Detail()
}
