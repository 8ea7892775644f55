package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestConfigure_baseURL(t *testing.T) {
	t.Parallel()
	const nobody = "http://127.0.0.1:1/client/v4"
	for name, test := range map[string]struct{ block, env string }{ // URL is the fake API's
		"block over environment": {"URL", nobody},
		"environment":            {"", "URL"},
	} {
		fake := fakeapi.New(nil)
		env, block := start(t, fake), values{}
		if test.block != "" {
			block["base_url"] = str(env["CLOUDFLARE_BASE_URL"])
		}
		env["CLOUDFLARE_BASE_URL"] = strings.Replace(test.env, "URL", env["CLOUDFLARE_BASE_URL"], 1)
		got := newEndpoint(t, block, env, nil).diagnose(dataSource, nil)
		if requests := len(fake.Requests()); got != "" || requests != 1 {
			t.Errorf("read, base_url in %s: got %d requests, want 1; %s", name, requests, got)
		}
	}
}

// Users are read during plan, so the provider's settings must be known then.
func TestConfigure_unknownValue(t *testing.T) {
	t.Parallel()
	const set = "Leave it out and set the environment variable "
	for attribute, suggestion := range map[string]string{
		"api_token":   set + "CLOUDFLARE_API_TOKEN",
		"api_key":     "Leave it out and set the environment variables CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL",
		"email":       set + "CLOUDFLARE_EMAIL",
		"account_id":  "Leave it out and set account_id of each data source, or the environment variable CLOUDFLARE_ACCOUNT_ID",
		"base_url":    set + "CLOUDFLARE_BASE_URL",
		"max_retries": "Write the number itself",
	} {
		e := unconfigured(t, environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token})
		block := values{attribute: unknownStr()}
		if attribute == "max_retries" {
			block[attribute] = tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)
		}
		if got := e.validate(block); got != "" {
			t.Errorf("validate, %s unknown: got %s, want no diagnostics", attribute, got)
		}
		at := "at AttributeName(\"" + attribute + "\")\n"
		if strings.HasPrefix(attribute, "api_") {
			at = "" // Terraform would print the line with the secret
		}
		want := "ERROR: Cannot use a value for " + attribute + " that is known only after apply\n" + at +
			"Users are read during plan, but the value of " + attribute + " is known only after apply. " + suggestion +
			". Or first apply the resource that it comes from: terraform apply -target=RESOURCE.\n"
		if got := e.configure(t.Context(), block); got != want {
			t.Errorf("configure: got\n%s\nwant\n%s", got, want)
		}
	}
}
