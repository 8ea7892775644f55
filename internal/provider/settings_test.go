package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestConfigure_baseURLInBlock(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	env := start(t, fake)
	block := values{"base_url": str(env["CLOUDFLARE_BASE_URL"])}
	env["CLOUDFLARE_BASE_URL"] = "http://127.0.0.1:1/client/v4" // where nothing responds
	if got := newEndpoint(t, block, env, nil).diagnose(dataSource, nil); got != "" || len(fake.Requests()) != 1 {
		t.Errorf("read: got %d requests, want 1; %s", len(fake.Requests()), got)
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
