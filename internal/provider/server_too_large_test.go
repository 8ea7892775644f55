package provider_test

import (
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

func TestMoreThanTerraformTakesIsAnErrorThatSaysSo(t *testing.T) {
	t.Parallel()
	baseURL := serve(t, fakeapi.New(fixedUsers(5000)))
	block := values{"base_url": str(baseURL), "api_token": str(fakeapi.Token), "account_id": str(fakeapi.AccountID)}
	noEnvironment := func(string) string { return "" }

	e := newEndpointWith(t, block, provider.Options{Getenv: noEnvironment, MaxListBytes: 1 << 20})
	resp := e.read(t.Context(), nil)
	const want = `ERROR: Cannot hand over Access users: too many for Terraform
The 5000 users take 1.6 MiB, but Terraform takes 256 MiB from a data source at most.

Read fewer with one data source: set a filter (email, name or search), and use several data sources where all users are needed.
`
	if got := describe(resp.Diagnostics, baseURL); got != want {
		t.Errorf("the reader gets\n%s\nwant\n%s", got, want)
	}
	if e.hasUsers(resp) {
		t.Error("a read that failed gave users")
	}

	e = newEndpointWith(t, block, provider.Options{Getenv: noEnvironment, MaxListBytes: 3 << 20})
	if resp := e.read(t.Context(), nil); len(resp.Diagnostics) > 0 || !e.hasUsers(resp) {
		t.Errorf("users that fit: %s", describe(resp.Diagnostics, baseURL))
	}
}
