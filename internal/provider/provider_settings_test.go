package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestAccTheBaseURLComesFromTheNearestPlace(t *testing.T) {
	t.Parallel()
	const nobody = "http://127.0.0.1:1/client/v4"
	for name, test := range map[string]struct {
		block string // URL stands for the fake's
		env   string
	}{
		"the block":                     {block: `base_url = "URL"`},
		"the block before environment":  {block: `base_url = "URL"`, env: nobody},
		"the environment":               {env: "URL"},
		"null, then the environment":    {block: "base_url = null", env: "URL"},
		"a slash at the end":            {env: "URL/"},
		"localhost":                     {env: "LOCALHOST"},
		"no further tries are needed":   {block: "max_retries = 0", env: "URL"},
		"a hundred tries are not asked": {block: "max_retries = 100", env: "URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(3))
			env := start(t, fake)
			url := env["CLOUDFLARE_BASE_URL"]
			insert := strings.NewReplacer("URL", url, "LOCALHOST", strings.Replace(url, "127.0.0.1", "LocalHost", 1)).Replace
			env["CLOUDFLARE_BASE_URL"] = insert(test.env)
			terraform(t, env, reads(block(insert(test.block))+everyUser, fake, nil))
		})
	}
}

func TestAccABaseURLThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	const (
		noURL    = " is not a URL such as https://api.cloudflare.com/client/v4."
		noUser   = " holds a user name or password; credentials have attributes of their own."
		noSpace  = " has white space or a line break in it: set it to the URL alone."
		noQuery  = " has a query or a fragment; it ends with the path, as in https://api.cloudflare.com/client/v4."
		noHTTP   = " would send credentials unencrypted; use https (http is for loopback addresses alone)."
		noScheme = " must start with https://."
	)
	for url, problem := range map[string]string{
		"":                                  noURL,
		" ":                                 noSpace,
		"api.cloudflare.com":                noURL,
		"api.cloudflare.com/client/v4":      noURL,
		"/client/v4":                        noURL,
		"https:api.cloudflare.com":          noURL,
		"https://":                          noURL,
		"https://api.cloudflare.com:port":   noURL,
		"https://api.cloudflare.com\n":      noSpace,
		"https://secret:word@example.com":   noUser,
		"http://secret@127.0.0.1":           noUser,
		"https://example.com/?secret=word":  noQuery,
		"https://example.com/?":             noQuery,
		"https://example.com/#secret":       noQuery,
		"http://api.cloudflare.com":         noHTTP,
		"http://192.0.2.1":                  noHTTP,
		"http://localhost.example.com":      noHTTP,
		"http://127.0.0.1.example.com":      noHTTP,
		"ftp://example.com":                 noScheme,
		"unix://example.com/var/run/secret": noScheme,
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			env := environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_BASE_URL": url}
			want := planError{
				summary: "Cannot use base_url",
				at:      `provider "cloudflare" {`,
				detail:  "The environment variable CLOUDFLARE_BASE_URL" + problem,
			}
			setting := ""
			if url == "" { // in the environment, that is to say unset
				setting, want.at, want.detail = `base_url = ""`, `base_url = ""`, "base_url in the provider block"+problem
			}
			refusesProvider(t, env, resource.TestStep{Config: block(setting) + everyUser}, want)
		})
	}
}

func TestAccMaxRetriesOutsideItsBoundsIsRefused(t *testing.T) {
	t.Parallel()
	for _, n := range []string{"-1", "101", "2.5"} {
		t.Run(n, func(t *testing.T) {
			t.Parallel()
			refusesProvider(t, nil, resource.TestStep{Config: block("max_retries = "+n) + everyUser}, planError{
				"Cannot use max_retries", "max_retries = " + n,
				"max_retries must be a whole number from 0 to 100; it is " + n + ".",
			})
		})
	}
}
