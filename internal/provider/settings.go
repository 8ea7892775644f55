package provider

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/net/http/httpproxy"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// A setting is a value from the configuration or from the environment.
type setting struct {
	attribute string
	variable  string // its environment variable
	place     string // of the attribute: inProvider or inDataSource
	value     string
	isSet     bool // and known
	isUnknown bool // known only after apply
	fromEnv   bool
}

const (
	inProvider   = "in the provider block"
	inDataSource = "of the data source"
)

// configured returns the setting as it is in the configuration.
func configured(attribute, variable, place string, value types.String) setting {
	return setting{
		attribute: attribute, variable: variable, place: place, value: value.ValueString(),
		isSet: !value.IsNull() && !value.IsUnknown(), isUnknown: value.IsUnknown(),
	}
}

// orFrom returns the value of the environment if the configuration sets none. An
// empty variable counts as not set.
func (s setting) orFrom(getenv func(string) string) setting {
	if s.isSet || s.isUnknown {
		return s
	}
	s.value = getenv(s.variable)
	s.isSet = s.value != ""
	s.fromEnv = s.isSet
	return s
}

// state returns the value for state: null if the setting is not set.
func (s setting) state() types.String {
	if !s.isSet {
		return types.StringNull()
	}
	return types.StringValue(s.value)
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
func (s setting) validate(r rule) (diags diag.Diagnostics) {
	subject := s.String()
	if s.fromEnv {
		subject = "The environment variable " + s.variable
	}
	if problem := r(s.value); s.isSet && problem != "" {
		diags.AddAttributeError(path.Root(s.attribute), "Cannot use "+s.attribute, fmt.Sprintf(problem, subject))
	}
	return diags
}

// checkProxy returns an error if the variable with the proxy for base_url cannot be
// right. One that net/http cannot parse would be ignored: Go would connect directly.
// net/http chooses proxies by the library that is used here. HTTP_PROXY is never
// used, since http is for loopback addresses.
func checkProxy(baseURL setting, getenv func(string) string) (diags diag.Diagnostics) {
	u, err := cloudflare.ParseBaseURL(cmp.Or(baseURL.value, cloudflare.DefaultBaseURL))
	if err != nil || baseURL.isUnknown {
		return nil // base_url has another error, or is not known yet
	}
	variable, noProxy := "HTTPS_PROXY", cmp.Or(getenv("NO_PROXY"), getenv("no_proxy"))
	if getenv(variable) == "" {
		variable = "https_proxy"
	}
	isUsed := func(proxy string) bool {
		config := httpproxy.Config{HTTPSProxy: proxy, NoProxy: noProxy}
		chosen, _ := config.ProxyFunc()(u)
		return chosen != nil
	}
	value := getenv(variable)
	if value == "" || !isUsed("http://any.invalid") {
		return nil
	}
	problem := validateValue(value)
	if problem == "" && !isUsed(value) {
		problem = "%s cannot be parsed and would be ignored: set it to an address such as http://proxy.example.com:3128, with special characters of a user name or password percent-encoded."
	}
	if problem != "" {
		diags.AddError("Cannot use "+variable, fmt.Sprintf(problem, "The environment variable "+variable)+
			fmt.Sprintf(" To connect directly, unset it, or add %s to NO_PROXY.", u.Hostname()))
	}
	return diags
}

// kind names a credential and its source.
func (s setting) kind() string {
	return cmp.Or(map[string]string{"api_key": "API key"}[s.attribute], "API token") + " (from " + s.String() + ")"
}

// unknownSettings returns an error for each setting without which no request can be
// sent, and whose value is not known yet. None has an attribute path: Terraform looks
// for it in the data source that is read.
func unknownSettings(settings ...setting) (diags diag.Diagnostics) {
	for _, s := range settings {
		if s.isUnknown {
			diags.Append(unknownSetting(s.attribute, fmt.Sprintf("Leave it out and set the environment variable %s.", s.variable)))
		}
	}
	return diags
}

func unknownSetting(attribute, suggestion string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(fmt.Sprintf("Cannot use a value for %s that is known only after apply", attribute),
		fmt.Sprintf("The data source is read during plan, but the value of %s in the provider block is known only after apply. ", attribute)+
			suggestion+" Or first apply the resource that the value comes from: terraform apply -target=RESOURCE. "+
			"Or add this resource to depends_on of the data source, which is then read during apply.")
}
