package provider_test

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestAccCredentialsThatContradictEachOtherAreRefused(t *testing.T) {
	t.Parallel()
	const start = `provider "cloudflare" {` // where what is missing should stand
	for name, test := range map[string]struct {
		block []string
		env   environment
		want  planError
	}{
		"token and key": {
			block: []string{setToken, setKey},
			want: planError{
				"Cannot use api_key together with api_token", setKey,
				"Both api_token in the provider block and api_key in the provider block are set. Keep one of the two: the token is preferred.",
			},
		},
		"token, key and email": {
			block: []string{setToken, setKey, setEmail},
			want: planError{
				"Cannot use api_key together with api_token", setKey,
				"Both api_token in the provider block and api_key in the provider block are set. Keep one of the two: the token is preferred.",
			},
		},
		"token and email": {
			block: []string{setToken, setEmail},
			want: planError{
				"Cannot use email together with api_token", setEmail,
				"Both api_token in the provider block and email in the provider block are set. An email goes with an api_key only: remove it.",
			},
		},
		"key without email": {
			block: []string{setKey},
			want: planError{
				"Missing email", start,
				"api_key is set without email. Set email to the address of the Cloudflare user whose key it is. " +
					"The environment is not read for credentials once the provider block sets one of them.",
			},
		},
		"key in the block, email in the environment": {
			block: []string{setKey}, env: environment{"CLOUDFLARE_EMAIL": "e@example.com"},
			want: planError{
				"Missing email", start,
				"api_key is set without email. Set email to the address of the Cloudflare user whose key it is. " +
					"The environment is not read for credentials once the provider block sets one of them.",
			},
		},
		"email without key": {
			block: []string{setEmail},
			want: planError{
				"Missing api_key", start,
				"email is set without api_key. Set api_key too, or move both to CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY. " +
					"The environment is not read for credentials once the provider block sets one of them.",
			},
		},
		"email in the block, token in the environment": {
			block: []string{setEmail}, env: environment{"CLOUDFLARE_API_TOKEN": "t"},
			want: planError{
				"Missing api_key", start,
				"email is set without api_key. Set api_key too, or move both to CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY. " +
					"The environment is not read for credentials once the provider block sets one of them.",
			},
		},
		"token and key in the environment": {
			env: environment{"CLOUDFLARE_API_TOKEN": "t", "CLOUDFLARE_API_KEY": "k", "CLOUDFLARE_EMAIL": "e@example.com"},
			want: planError{
				"Cannot use api_key together with api_token", start,
				"Both the environment variable CLOUDFLARE_API_TOKEN and the environment variable CLOUDFLARE_API_KEY are set. " +
					"Keep one of the two: the token is preferred.",
			},
		},
		"token and email in the environment": {
			env: environment{"CLOUDFLARE_API_TOKEN": "t", "CLOUDFLARE_EMAIL": "e@example.com"},
			want: planError{
				"Cannot use email together with api_token", start,
				"Both the environment variable CLOUDFLARE_API_TOKEN and the environment variable CLOUDFLARE_EMAIL are set. " +
					"An email goes with an api_key only: remove it.",
			},
		},
		"key without email in the environment": {
			env: environment{"CLOUDFLARE_API_KEY": "k"},
			want: planError{
				"Missing email", start,
				"CLOUDFLARE_API_KEY is set without CLOUDFLARE_EMAIL. " +
					"Set CLOUDFLARE_EMAIL to the address of the Cloudflare user whose key it is.",
			},
		},
		"email without key in the environment": {
			env: environment{"CLOUDFLARE_EMAIL": "e@example.com"},
			want: planError{
				"Missing api_key", start,
				"CLOUDFLARE_EMAIL is set without CLOUDFLARE_API_KEY. Set CLOUDFLARE_API_KEY too, or set CLOUDFLARE_API_TOKEN alone.",
			},
		},
		"none": {
			want: planError{
				"Missing Cloudflare credentials", start,
				"Set api_token in the provider block, or the environment variable CLOUDFLARE_API_TOKEN, to an API token " +
					`with the permission "Access: Audit Logs Read" on the account. ` +
					"An API key works too: api_key with email, or CLOUDFLARE_API_KEY with CLOUDFLARE_EMAIL.",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusesProvider(t, test.env, resource.TestStep{Config: block(test.block...) + everyUser}, test.want)
		})
	}
}

// refusesProvider checks the error that a provider configuration meets before
// anything is sent. env replaces the credentials.
func refusesProvider(t *testing.T, env environment, step resource.TestStep, want planError) {
	t.Helper()
	fake := fakeapi.New(nil)
	all := start(t, fake)
	delete(all, "CLOUDFLARE_API_TOKEN")
	maps.Copy(all, env)
	if got := refused(t, all, step); got != want {
		t.Errorf("terraform plan:\ngot  %+v\nwant %+v", got, want)
	}
	if n := len(fake.Requests()); n > 0 {
		t.Errorf("%d requests were sent, want none", n)
	}
}
