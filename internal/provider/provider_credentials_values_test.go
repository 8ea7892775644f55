package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// The whole text of an error is compared, so none can hold the value.
func TestAccCredentialsThatNoHeaderCanCarryAreRefused(t *testing.T) {
	t.Parallel()
	const (
		empty  = " is empty: set it, or leave it out to use the environment."
		inside = " has white space or a control character in it: set it to the value alone, as Cloudflare shows it."
		atEnd  = " ends with white space or a line break, as a file's content does: cut it off, in Terraform with trimspace()."
	)
	token, tokenVariable := "api_token in the provider block", "The environment variable CLOUDFLARE_API_TOKEN"
	key, keyVariable := "api_key in the provider block", "The environment variable CLOUDFLARE_API_KEY"
	email, emailVariable := "email in the provider block", "The environment variable CLOUDFLARE_EMAIL"
	withKey := func(email string) environment {
		return environment{"CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_EMAIL": email}
	}
	for name, test := range map[string]struct {
		attribute string
		value     string // of the attribute, unless env is set
		env       environment
		detail    string
	}{
		"an empty token":                 {attribute: "api_token", value: "", detail: token + empty},
		"an empty key":                   {attribute: "api_key", value: "", detail: key + empty},
		"an empty email":                 {attribute: "email", value: "", detail: email + empty},
		"a blank token":                  {attribute: "api_token", value: "  ", detail: token + " has nothing but white space in it: set it to the value that Cloudflare shows."},
		"a token with a space":           {attribute: "api_token", value: "to ken", detail: token + inside},
		"a token with Bearer":            {attribute: "api_token", value: "Bearer token", detail: token + inside},
		"a token after a space":          {attribute: "api_token", value: " token", detail: token + inside},
		"a token before a line break":    {attribute: "api_token", value: "token\n", detail: token + atEnd},
		"a token and a line break in it": {attribute: "api_token", value: "to\r\nken", detail: token + inside},
		"a token with a control letter":  {attribute: "api_token", value: "to\x7fken", detail: token + inside},
		"a token with a wide space":      {attribute: "api_token", value: "to\u3000ken", detail: token + inside},
		"a key before a line break":      {attribute: "api_key", value: "key\r\n", detail: key + atEnd},
		"a key with a tab":               {attribute: "api_key", value: "k\tey", detail: key + inside},
		"an email with a space":          {attribute: "email", value: "e @example.com", detail: email + inside},

		"a token variable with a line break": {
			attribute: "api_token", env: environment{"CLOUDFLARE_API_TOKEN": "token\n"}, detail: tokenVariable + atEnd,
		},
		"a token variable with a space": {
			attribute: "api_token", env: environment{"CLOUDFLARE_API_TOKEN": "to ken"}, detail: tokenVariable + inside,
		},
		"a key variable with a line break": {
			attribute: "api_key", env: environment{"CLOUDFLARE_API_KEY": "key\n", "CLOUDFLARE_EMAIL": fakeapi.Email}, detail: keyVariable + atEnd,
		},
		"an email variable with a line break": {attribute: "email", env: withKey("e@example.com\n"), detail: emailVariable + atEnd},
		"an email variable with a space":      {attribute: "email", env: withKey("e @example.com"), detail: emailVariable + inside},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := planError{summary: "Cannot use " + test.attribute, at: `provider "cloudflare" {`, detail: test.detail}
			step := resource.TestStep{Config: block() + everyUser}
			if test.env == nil {
				want.at = test.attribute + " = var.value"
				step = withValue(test.attribute, test.value)
			}
			refusesProvider(t, test.env, step, want)
		})
	}
}

// withValue sets one credential to a value that is not in the configuration's
// text, which Terraform shows; and the other half of a key to a good value.
func withValue(attribute, value string) resource.TestStep {
	others := map[string]string{"api_key": setEmail, "email": setKey}
	return resource.TestStep{
		Config:          "variable \"value\" {\n sensitive = true\n}\n" + block(attribute+" = var.value", others[attribute]) + everyUser,
		ConfigVariables: config.Variables{"value": config.StringVariable(value)},
	}
}
