package provider

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

const permission = `"Access: Audit Logs Read"`

// credentials are what the provider block sets or, only where it sets none of
// them, what the environment holds: an explicit token never travels with a key
// from the environment.
type credentials struct {
	token, key, email setting
}

func resolveCredentials(config providerModel, getenv func(string) string) (credentials, diag.Diagnostics) {
	c := credentials{
		token: configured("api_token", "CLOUDFLARE_API_TOKEN", inProvider, config.APIToken),
		key:   configured("api_key", "CLOUDFLARE_API_KEY", inProvider, config.APIKey),
		email: configured("email", "CLOUDFLARE_EMAIL", inProvider, config.Email),
	}
	if !c.token.isSet && !c.key.isSet && !c.email.isSet {
		c = credentials{token: c.token.orFrom(getenv), key: c.key.orFrom(getenv), email: c.email.orFrom(getenv)}
	}
	if broken := c.conflict(); broken != nil {
		return c, diag.Diagnostics{broken}
	}
	var diags diag.Diagnostics
	for _, s := range []setting{c.token, c.key, c.email} {
		diags.Append(s.check(credentialProblem)...)
	}
	return c, diags
}

// conflict holds the rule "a token, or a key with an email, never both".
func (c credentials) conflict() diag.Diagnostic {
	const noMix = " The environment is not read for credentials once the provider block sets one of them."
	switch {
	case c.token.isSet && c.key.isSet:
		return c.key.error("Cannot use api_key together with api_token",
			"Both "+c.token.String()+" and "+c.key.String()+" are set. Keep one of the two: the token is preferred.")
	case c.token.isSet && c.email.isSet:
		return c.email.error("Cannot use email together with api_token",
			"Both "+c.token.String()+" and "+c.email.String()+" are set. An email goes with an api_key only: remove it.")
	case c.key.isSet && !c.email.isSet && c.key.fromEnv:
		return c.email.error("Missing email",
			"CLOUDFLARE_API_KEY is set without CLOUDFLARE_EMAIL. Set CLOUDFLARE_EMAIL to the address of the Cloudflare user whose key it is.")
	case c.key.isSet && !c.email.isSet:
		return c.email.error("Missing email",
			"api_key is set without email. Set email to the address of the Cloudflare user whose key it is."+noMix)
	case c.email.isSet && !c.key.isSet && c.email.fromEnv:
		return c.key.error("Missing api_key",
			"CLOUDFLARE_EMAIL is set without CLOUDFLARE_API_KEY. Set CLOUDFLARE_API_KEY too, or set CLOUDFLARE_API_TOKEN alone.")
	case c.email.isSet && !c.key.isSet:
		return c.key.error("Missing api_key",
			"email is set without api_key. Set api_key too, or move both to CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY."+noMix)
	case !c.token.isSet && !c.key.isSet:
		return c.token.error("Missing Cloudflare credentials",
			"Set api_token in the provider block, or the environment variable CLOUDFLARE_API_TOKEN, to an API token "+
				"with the permission "+permission+" on the account. "+
				"An API key works too: api_key with email, or CLOUDFLARE_API_KEY with CLOUDFLARE_EMAIL.")
	default:
		return nil
	}
}

// credentialProblem lets pass all that a header can carry: lengths, prefixes
// and alphabets differ between kinds of credentials. It never repeats the value.
func credentialProblem(s string) string {
	isBlank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	switch {
	case s == "":
		return "is empty: set it, or leave it out to use the environment"
	case strings.TrimFunc(s, isBlank) == "":
		return "has nothing but white space in it: set it to the value that Cloudflare shows"
	case strings.IndexFunc(strings.TrimRightFunc(s, isBlank), isBlank) >= 0:
		return "has white space or a control character in it: set it to the value alone, as Cloudflare shows it"
	case strings.IndexFunc(s, isBlank) >= 0:
		return "ends with white space or a line break, as a file's content does: cut it off, in Terraform with trimspace()"
	default:
		return ""
	}
}

// inUse is the credential that goes to the API.
func (c credentials) inUse() setting {
	if c.token.isSet {
		return c.token
	}
	return c.key
}

// mask keeps the credentials out of every log line, whatever they stand in.
// So are the filters' values, which may be a person's and come back in what
// Cloudflare says.
func (c credentials) mask(ctx context.Context, filters ...string) context.Context {
	var names, values []string
	for _, s := range []setting{c.token, c.key, c.email} {
		if s.isSet {
			names, values = append(names, s.attribute), append(values, s.value)
		}
	}
	values = append(values, tellable(filters)...)
	ctx = tflog.MaskFieldValuesWithFieldKeys(ctx, names...)
	ctx = tflog.MaskAllFieldValuesStrings(ctx, values...)
	return tflog.MaskMessageStrings(ctx, values...)
}

// tellable leaves out what is too short to tell anything, and would take half
// of each line with it.
func tellable(filters []string) []string {
	return slices.DeleteFunc(slices.Clone(filters), func(s string) bool { return len(s) < 4 })
}

// replacer puts asterisks in the place of each credential and filter.
func (c credentials) replacer(filters ...string) *strings.Replacer {
	var pairs []string
	for _, s := range []setting{c.token, c.key, c.email} {
		if s.isSet {
			pairs = append(pairs, s.value, "***")
		}
	}
	for _, s := range tellable(filters) {
		pairs = append(pairs, s, "***")
	}
	return strings.NewReplacer(pairs...)
}

func (c credentials) values() cloudflare.Credentials {
	return cloudflare.Credentials{APIToken: c.token.value, APIKey: c.key.value, Email: c.email.value}
}
