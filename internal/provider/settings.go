package provider

import (
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// A setting is one value of the provider block or of the environment.
type setting struct {
	attribute string
	variable  string // its environment variable
	place     string // where the attribute stands, as in "api_token in the provider block"
	value     string
	isSet     bool
	fromEnv   bool
}

const (
	inProvider   = "in the provider block"
	inDataSource = "of the data source"
)

// configured is the setting as the configuration has it.
func configured(attribute, variable, place string, value types.String) setting {
	return setting{attribute: attribute, variable: variable, place: place, value: value.ValueString(), isSet: !value.IsNull()}
}

// orFrom falls back to the environment, where an empty variable counts as none.
func (s setting) orFrom(getenv func(string) string) setting {
	if s.isSet {
		return s
	}
	s.value = getenv(s.variable)
	s.isSet = s.value != ""
	s.fromEnv = s.isSet
	return s
}

// String names the setting and where its value is from, never the value.
func (s setting) String() string {
	if s.fromEnv {
		return "the environment variable " + s.variable
	}
	return s.attribute + " " + s.place
}

// kind names a credential and where it is from.
func (s setting) kind() string {
	if s.attribute == "api_key" {
		return "API key with its email (from " + s.String() + ")"
	}
	return "API token (from " + s.String() + ")"
}

// check gives a diagnostic on the attribute if the setting is set and problem,
// which completes the sentence "account_id …", finds one.
func (s setting) check(problem func(string) string) diag.Diagnostics {
	if !s.isSet {
		return nil
	}
	text := problem(s.value)
	if text == "" {
		return nil
	}
	return diag.Diagnostics{s.error("Cannot use "+s.attribute, capitalise(s.String())+" "+text+".")}
}

func (s setting) error(summary, detail string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(s.attribute), summary, detail)
}

func accountIDSetting(value types.String, getenv func(string) string) setting {
	return configured("account_id", "CLOUDFLARE_ACCOUNT_ID", inProvider, value).orFrom(getenv)
}

func baseURLSetting(value types.String, getenv func(string) string) setting {
	return configured("base_url", "CLOUDFLARE_BASE_URL", inProvider, value).orFrom(getenv)
}

var notInAnAccountID = regexp.MustCompile(`[\s[:cntrl:]/\\?#%]`)

// accountIDProblem lets pass what can be an id in a path: the contract says no
// more of an account id than that it is a string.
func accountIDProblem(id string) string {
	switch {
	case id == "":
		return "is empty: set it to the account's id (32 hexadecimal digits in the dashboard's address), or leave it out"
	case notInAnAccountID.MatchString(id):
		return "has white space, a control character or one of / \\ ? # % in it: give the id alone, not a path or URL"
	default:
		return ""
	}
}

func baseURLProblem(s string) string {
	if _, err := cloudflare.ParseBaseURL(s); err != nil {
		return err.Error()
	}
	return ""
}

// unknown gives an error for each attribute whose value is known after apply only.
func (m providerModel) unknown() (diags diag.Diagnostics) {
	for _, a := range []struct {
		attribute string
		unknown   bool
		instead   string
	}{
		{"api_token", m.APIToken.IsUnknown(), "Leave it out and set the environment variable CLOUDFLARE_API_TOKEN"},
		{"api_key", m.APIKey.IsUnknown(), "Leave it out and set the environment variables CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL"},
		{"email", m.Email.IsUnknown(), "Leave it out and set the environment variables CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL"},
		{"account_id", m.AccountID.IsUnknown(), "Leave it out and set account_id of each data source, or the environment variable CLOUDFLARE_ACCOUNT_ID"},
		{"base_url", m.BaseURL.IsUnknown(), "Leave it out and set the environment variable CLOUDFLARE_BASE_URL"},
		{"max_retries", m.MaxRetries.IsUnknown(), "Write the number itself"},
	} {
		if a.unknown {
			diags.AddAttributeError(path.Root(a.attribute), "Cannot use a value that is not yet known for "+a.attribute,
				fmt.Sprintf("Users are read at plan, but %s is known after apply only. %s, "+
					"or first apply what it comes from alone: terraform apply -target=RESOURCE.", a.attribute, a.instead))
		}
	}
	return diags
}
