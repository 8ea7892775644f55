package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A setting is a value from the configuration or from the environment.
type setting struct {
	attribute string
	variable  string // its environment variable
	place     string // of the attribute: inProvider or inDataSource
	value     string
	isSet     bool
	fromEnv   bool
}

const (
	inProvider   = "in the provider block"
	inDataSource = "of the data source"
)

// configured returns the setting as it is in the configuration.
func configured(attribute, variable, place string, value types.String) setting {
	return setting{attribute: attribute, variable: variable, place: place, value: value.ValueString(), isSet: !value.IsNull()}
}

// orFrom returns the value of the environment if the setting is not set. An
// empty variable counts as not set.
func (s setting) orFrom(getenv func(string) string) setting {
	if s.isSet {
		return s
	}
	s.value = getenv(s.variable)
	s.isSet = s.value != ""
	s.fromEnv = s.isSet
	return s
}

// String names the setting and its source, never the value.
func (s setting) String() string {
	if s.fromEnv {
		return "the environment variable " + s.variable
	}
	return s.attribute + " " + s.place
}

// validate returns a diagnostic on the attribute if the setting is set and
// breaks the rule.
func (s setting) validate(rule func(string) error) (diags diag.Diagnostics) {
	if err := rule(s.value); s.isSet && err != nil {
		diags.AddAttributeError(path.Root(s.attribute), "Cannot use "+s.attribute, s.sentence(err))
	}
	return diags
}

// kind names a credential and its source.
func (s setting) kind() string {
	if s.attribute == "api_key" {
		return "API key (from " + s.String() + ")"
	}
	return "API token (from " + s.String() + ")"
}

// sentence completes the error of a rule.
func (s setting) sentence(err error) string {
	return capitalise(s.String()) + " " + err.Error() + "."
}

// capitalise starts a sentence, but does not change the name of an attribute.
func capitalise(s string) string {
	if rest, ok := strings.CutPrefix(s, "the "); ok {
		return "The " + rest
	}
	return s
}

// unknown returns an error for each attribute whose value is not known yet.
func (m providerModel) unknown() (diags diag.Diagnostics) {
	for _, a := range []struct {
		attribute  string
		sensitive  bool
		unknown    bool
		suggestion string
	}{
		{"api_token", true, m.APIToken.IsUnknown(), "Leave it out and set the environment variable CLOUDFLARE_API_TOKEN"},
		{"api_key", true, m.APIKey.IsUnknown(), "Leave it out and set the environment variables CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL"},
		{"email", false, m.Email.IsUnknown(), "Leave it out and set the environment variable CLOUDFLARE_EMAIL"},
		{"account_id", false, m.AccountID.IsUnknown(), "Leave it out and set account_id of each data source, or the environment variable CLOUDFLARE_ACCOUNT_ID"},
		{"base_url", false, m.BaseURL.IsUnknown(), "Leave it out and set the environment variable CLOUDFLARE_BASE_URL"},
		{"max_retries", false, m.MaxRetries.IsUnknown(), "Write the number itself"},
	} {
		summary := "Cannot use a value for " + a.attribute + " that is known only after apply"
		detail := fmt.Sprintf("Users are read during plan, but the value of %s is known only after apply. %s. "+
			"Or first apply the resource that it comes from: terraform apply -target=RESOURCE.", a.attribute, a.suggestion)
		switch {
		case a.unknown && a.sensitive: // its source line may contain a part of the secret
			diags.AddError(summary, detail)
		case a.unknown:
			diags.AddAttributeError(path.Root(a.attribute), summary, detail)
		}
	}
	return diags
}
