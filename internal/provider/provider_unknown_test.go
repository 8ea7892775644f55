package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// The users are read at plan, so the provider's settings must be known by then.
func TestAccSettingsThatAreKnownAfterApplyAreRefused(t *testing.T) {
	t.Parallel()
	const (
		id   = "terraform_data.later.id"
		keys = "Leave it out and set the environment variables CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL"
	)
	for attribute, test := range map[string]struct{ value, instead string }{
		"api_token":   {id, "Leave it out and set the environment variable CLOUDFLARE_API_TOKEN"},
		"api_key":     {id, keys},
		"email":       {id, keys},
		"account_id":  {id, "Leave it out and set account_id of each data source, or the environment variable CLOUDFLARE_ACCOUNT_ID"},
		"base_url":    {id, "Leave it out and set the environment variable CLOUDFLARE_BASE_URL"},
		"max_retries": {"length(" + id + ")", "Write the number itself"},
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			setting := attribute + " = " + test.value
			step := resource.TestStep{Config: "resource \"terraform_data\" \"later\" {}\n" + block(setting) + everyUser}
			refusesProvider(t, environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}, step, planError{
				summary: "Cannot use a value that is not yet known for " + attribute,
				at:      setting,
				detail: "Users are read at plan, but " + attribute + " is known after apply only. " +
					test.instead + ", " +
					"or first apply what it comes from alone: terraform apply -target=RESOURCE.",
			})
		})
	}
}
