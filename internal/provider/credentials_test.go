package provider_test

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestConfigure_credentials(t *testing.T) {
	t.Parallel()
	const another = "another"
	const sendsToken, sendsKey = "[Bearer " + fakeapi.Token + "] [] []", "[] [" + fakeapi.Key + "] [" + fakeapi.Email + "]"
	emailOnly, keyOnly := values{"email": str(fakeapi.Email)}, values{"api_key": str(fakeapi.Key)}
	allOther := environment{"CLOUDFLARE_API_TOKEN": another, "CLOUDFLARE_API_KEY": another, "CLOUDFLARE_EMAIL": another}
	for name, test := range map[string]struct {
		block   values
		env     environment
		sends   string // values of Authorization, X-Auth-Key and X-Auth-Email
		ignores string // variables
	}{
		"token in block": {tokenValues(), allOther, sendsToken, "CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL"},
		"key in block":   {keyValues(), allOther, sendsKey, "CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL"},
		"key in block, email in environment": {
			keyOnly, environment{"CLOUDFLARE_EMAIL": fakeapi.Email, "CLOUDFLARE_API_TOKEN": another}, sendsKey, "CLOUDFLARE_API_TOKEN",
		},
		"email in block, key in environment": {
			emailOnly, environment{"CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_API_TOKEN": another}, sendsKey, "CLOUDFLARE_API_TOKEN",
		},
		"token in environment": {nil, environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}, sendsToken, ""},
		"key in environment": {
			nil, environment{"CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_EMAIL": fakeapi.Email}, sendsKey, "",
		},
		"token and an invalid key in environment": {
			nil,
			environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_API_KEY": "in valid", "CLOUDFLARE_EMAIL": another},
			sendsToken, "CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL",
		},
	} {
		fake := fakeapi.New(nil)
		env := start(t, fake)
		delete(env, "CLOUDFLARE_API_TOKEN")
		maps.Copy(env, test.env)
		e := unconfigured(t, env)
		var log bytes.Buffer
		got := e.validate(test.block) + e.configure(tflogtest.RootLogger(t.Context(), &log), test.block) + e.diagnose(dataSource, nil)
		if got != "" {
			t.Fatalf("%s: validate, configure and read: got %s, want no diagnostics", name, got)
		}
		header := fake.Requests()[0].Header
		if got := fmt.Sprint(header["Authorization"], header["X-Auth-Key"], header["X-Auth-Email"]); got != test.sends {
			t.Errorf("%s: the request has %s, want %s", name, got, test.sends)
		}
		ignored := ""
		for _, line := range logLines(t, &log) {
			if line["@message"] == "ignored credentials in the environment" && line["@level"] == "debug" {
				ignored = text(line["variables"])
			}
		}
		if ignored != test.ignores {
			t.Errorf("%s: logged as ignored: %q, want %q", name, ignored, test.ignores)
		}
	}
}

// No diagnostic has an attribute path, since Terraform prints the line that it
// points at.
func TestConfigure_incompleteCredentials(t *testing.T) {
	t.Parallel()
	const (
		tokenAndKey = "ERROR: Cannot use api_key together with api_token\n" +
			"Remove api_key and email, or remove api_token. The token is preferred.\n"
		tokenAndEmail = "ERROR: Cannot use email together with api_token\n" +
			"Remove email, which belongs to an api_key. A token needs no email.\n"
		noEmail = "ERROR: Missing email\nSet email in the provider block, or the environment variable CLOUDFLARE_EMAIL, to the email " +
			"address of the Cloudflare user to whom the API key (from %) belongs.\n"
		noKey = "ERROR: Missing api_key\nSet api_key in the provider block, or the environment variable CLOUDFLARE_API_KEY, to the API " +
			"key of this user. To use a token instead, remove email.\n"
		none = "ERROR: Missing Cloudflare credentials\nSet api_token in the provider block, or the environment variable " +
			"CLOUDFLARE_API_TOKEN, to an API token with the permission \"Access: Audit Logs Read\" on the account. " +
			"Or set api_key and email (CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL).\n"
	)
	with := func(all ...values) values {
		block := values{}
		for _, v := range all {
			maps.Copy(block, v)
		}
		return block
	}
	email := values{"email": str(fakeapi.Email)}
	key := values{"api_key": str(fakeapi.Key)}
	for name, test := range map[string]struct {
		block     values
		env       environment
		validate  string // what terraform validate reports
		configure string // what terraform plan reports
	}{
		"token and key":          {with(tokenValues(), key), nil, tokenAndKey, tokenAndKey},
		"token and email":        {with(tokenValues(), email), nil, tokenAndEmail, tokenAndEmail},
		"key without email":      {key, nil, noEmail, noEmail},
		"key, unknown email":     {with(key, values{"email": unknownStr()}), nil, "", ""},
		"key, unknown token":     {with(key, values{"api_token": unknownStr()}), nil, noEmail, ""},
		"email, unknown token":   {with(email, values{"api_token": unknownStr()}), nil, "", ""},
		"email without key":      {email, nil, "", noKey},
		"email, token elsewhere": {email, environment{"CLOUDFLARE_API_TOKEN": "t"}, "", noKey},
		"key without email, env": {nil, environment{"CLOUDFLARE_API_KEY": "k"}, "", noEmail},
		"email without key, env": {nil, environment{"CLOUDFLARE_EMAIL": "e@example.com"}, "", none},
		"none":                   {nil, nil, "", none},
	} {
		e := unconfigured(t, test.env)
		source := "api_key in the provider block"
		if test.env != nil {
			source = "the environment variable CLOUDFLARE_API_KEY"
		}
		want := strings.Replace(test.validate, "%", source, 1)
		if got := e.validate(test.block); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("validate, %s: got\n%s\nwant\n%s", name, got, want)
		}
		// An unknown value is an error of its own.
		want = strings.Replace(test.configure, "%", source, 1)
		if got := e.configure(t.Context(), test.block); !strings.HasPrefix(got, want) {
			t.Errorf("configure, %s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}
