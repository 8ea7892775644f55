package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// Permissions of an API token. The first is documented, the others are reported.
const (
	permission       = `"Access: Audit Logs Read"`
	otherPermission  = `"Access: Users Read"`
	devicePermission = `"Zero Trust: Read"`
)

// credentials are an API token, or an API key with the email address of the
// user it belongs to. A token and a key are never sent together.
type credentials struct {
	token, key, email setting
}

func blockCredentials(config providerModel) credentials {
	return credentials{
		token: configured("api_token", "CLOUDFLARE_API_TOKEN", inProvider, config.APIToken),
		key:   configured("api_key", "CLOUDFLARE_API_KEY", inProvider, config.APIKey),
		email: configured("email", "CLOUDFLARE_EMAIL", inProvider, config.Email),
	}
}

func environmentCredentials(getenv func(string) string) credentials {
	unset := blockCredentials(providerModel{})
	return credentials{token: unset.token.orFrom(getenv), key: unset.key.orFrom(getenv), email: unset.email.orFrom(getenv)}
}

// logIgnored logs the names of variables with credentials that are not sent: they
// are often set for other tools.
func (c credentials) logIgnored(ctx context.Context, env credentials) {
	var ignored []string
	used := []setting{c.token, c.key, c.email}
	for i, s := range []setting{env.token, env.key, env.email} {
		if s.isSet && !used[i].fromEnv {
			ignored = append(ignored, s.variable)
		}
	}
	if len(ignored) > 0 {
		tflog.Debug(ctx, "ignored credentials in the environment", map[string]any{
			"variables": strings.Join(ignored, ", "), "used": c.active().String(),
		})
	}
}

// orFrom adds credentials of the environment to those of the provider block:
// the email address of a key, the key of an email address or, if the block sets
// none, a token or else a key with its email address. What an unknown value may
// become decides about the others, so nothing is added beside it.
func (c credentials) orFrom(env credentials) credentials {
	switch {
	case c.token.isSet:
	case c.key.isSet:
		if !c.email.isSet && !c.email.isUnknown {
			c.email = env.email
		}
	case c.token.isUnknown, c.key.isUnknown, c.email.isUnknown:
	case c.email.isSet:
		c.key = env.key
	case env.token.isSet:
		c.token = env.token
	default:
		c.key, c.email = env.key, env.email
	}
	return c
}

// The diagnostics below have no attribute path: Terraform prints the source
// line of the attribute that a diagnostic points at, with the secret in it.

// conflict returns an error if credentials are set that exclude each other.
func (c credentials) conflict() (diags diag.Diagnostics) {
	switch {
	case c.token.isSet && c.key.isSet:
		diags.AddError("Cannot use api_key together with api_token",
			"Remove api_key and email, or remove api_token. The token is preferred.")
	case c.token.isSet && c.email.isSet:
		diags.AddError("Cannot use email together with api_token",
			"Remove email, which belongs to an api_key. A token needs no email.")
	}
	return diags
}

// incomplete returns an error if the provider block has a key, but neither it nor
// the environment has the email address. That is wrong whatever is read. An email
// address without a key is not: the key is a secret, which an environment in which
// nothing is read need not have.
func (c credentials) incomplete() diag.Diagnostics {
	if !c.key.isSet || c.key.fromEnv || c.email.isUnknown {
		return nil
	}
	return c.missing()
}

// missing returns an error if no complete credentials are set.
func (c credentials) missing() (diags diag.Diagnostics) {
	switch {
	case c.token.isSet, c.key.isSet && c.email.isSet: // complete
	case c.key.isSet:
		diags.AddError("Missing email",
			fmt.Sprintf("Set email in the provider block, or the environment variable CLOUDFLARE_EMAIL, to the email address of the Cloudflare user to whom the API key (from %s) belongs.", c.key))
	case c.email.isSet && !c.email.fromEnv:
		diags.AddError("Missing api_key",
			"Set api_key in the provider block, or the environment variable CLOUDFLARE_API_KEY, to the API key of this user. To use a token instead, remove email.")
	default:
		diags.AddError("Missing Cloudflare credentials",
			fmt.Sprintf("Set api_token in the provider block, or the environment variable CLOUDFLARE_API_TOKEN, to an API token with the permission %s on the account. "+
				"For device registrations, that is %s (reported, not documented). Or set api_key and email (CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL).", permission, devicePermission))
	}
	return diags
}

// validate returns an error for each value that cannot be sent.
func (c credentials) validate() (diags diag.Diagnostics) {
	for _, s := range []setting{c.token, c.key, c.email} {
		for _, d := range s.validate(validateCredential) {
			diags.AddError(d.Summary(), d.Detail())
		}
	}
	return diags
}

// active is the credential that is sent: the token or the key.
func (c credentials) active() setting {
	if c.token.isSet {
		return c.token
	}
	return c.key
}

// secrets returns the values that no log line and no diagnostic may contain.
func (c credentials) secrets() []string { return []string{c.token.value, c.key.value, c.email.value} }
