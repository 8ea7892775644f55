package provider_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// Lines of a provider block.
const (
	setToken = `api_token = "` + fakeapi.Token + `"`
	setKey   = `api_key = "` + fakeapi.Key + `"`
	setEmail = `email = "` + fakeapi.Email + `"`
)

// Credentials come from one place as a whole: what the provider block sets
// never travels with what the environment holds.
func TestAccCredentialsAreNeverMixed(t *testing.T) {
	t.Parallel()
	const another = "another"
	sendsToken := map[string]string{"Authorization": "Bearer " + fakeapi.Token}
	sendsKey := map[string]string{"X-Auth-Key": fakeapi.Key, "X-Auth-Email": fakeapi.Email}
	for name, test := range map[string]struct {
		block []string // lines of the provider block
		env   environment
		sends map[string]string
	}{
		"a token in the block":       {block: []string{setToken}, sends: sendsToken},
		"a token in the environment": {env: environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}, sends: sendsToken},
		"a key in the block":         {block: []string{setKey, setEmail}, sends: sendsKey},
		"a key in the environment": {
			env:   environment{"CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_EMAIL": fakeapi.Email},
			sends: sendsKey,
		},
		"a token in the block, another in the environment": {
			block: []string{setToken}, env: environment{"CLOUDFLARE_API_TOKEN": another}, sends: sendsToken,
		},
		"a token in the block, a key in the environment": {
			block: []string{setToken},
			env:   environment{"CLOUDFLARE_API_KEY": another, "CLOUDFLARE_EMAIL": another},
			sends: sendsToken,
		},
		"a key in the block, a token in the environment": {
			block: []string{setKey, setEmail}, env: environment{"CLOUDFLARE_API_TOKEN": another}, sends: sendsKey,
		},
		"a key in the block, all in the environment": {
			block: []string{setKey, setEmail},
			env:   environment{"CLOUDFLARE_API_TOKEN": another, "CLOUDFLARE_API_KEY": another, "CLOUDFLARE_EMAIL": another},
			sends: sendsKey,
		},
		"nulls in the block, a token in the environment": {
			block: []string{"api_token = null", "api_key = null", "email = null"},
			env:   environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}, sends: sendsToken,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			env := start(t, fake)
			delete(env, "CLOUDFLARE_API_TOKEN")
			maps.Copy(env, test.env)
			terraform(t, env, resource.TestStep{Config: block(test.block...) + everyUser, PlanOnly: true})

			if len(fake.Requests()) == 0 {
				t.Error("no request was sent, want some")
			}
			for _, r := range fake.Requests() {
				if got := credentialsIn(r.Header); !maps.Equal(got, test.sends) {
					t.Errorf("the request's credentials were %v, want %v", got, test.sends)
				}
				if got := r.Header.Get("User-Agent"); got != "terraform-provider-cloudflare-access/test" {
					t.Errorf("User-Agent was %q, want terraform-provider-cloudflare-access/test", got)
				}
			}
		})
	}
}

// block is a provider block of these lines.
func block(lines ...string) string {
	return "provider \"cloudflare\" {\n" + strings.Join(lines, "\n") + "\n}\n"
}

func credentialsIn(header http.Header) map[string]string {
	credentials := make(map[string]string)
	for name, values := range header {
		if name == "Authorization" || strings.HasPrefix(name, "X-Auth-") {
			credentials[name] = strings.Join(values, ", ")
		}
	}
	return credentials
}
