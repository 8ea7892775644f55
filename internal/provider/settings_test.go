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
	got := make(map[string]string)
	for _, attribute := range []string{"api_token", "api_key", "email", "account_id", "base_url", "max_retries"} {
		e := unconfigured(t, environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token})
		block := values{attribute: unknownStr()}
		if attribute == "max_retries" {
			block[attribute] = tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)
		}
		got[attribute+", validate"] = e.validate(block)
		got[attribute+", plan"] = e.configure(t.Context(), block)
	}
	checkTexts(t, got)
}
