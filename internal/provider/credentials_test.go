package provider_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
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
		var ignored, want []string
		for _, line := range logLines(t, &log) {
			if line["@message"] == "ignored credentials in the environment" && line["@level"] == "debug" {
				ignored = append(ignored, text(line["variables"]))
			}
		}
		if test.ignores != "" {
			want = []string{test.ignores}
		}
		if !slices.Equal(ignored, want) {
			t.Errorf("%s: logged as ignored: %q, want %q", name, ignored, want)
		}
	}
}

// No diagnostic has an attribute path, since Terraform prints the line that it
// points at.
func TestConfigure_incompleteCredentials(t *testing.T) {
	t.Parallel()
	token, key, email := "api_token", "api_key", "email"
	got := make(map[string]string)
	for name, test := range map[string]struct {
		set, unknown []string // in the provider block
		env          environment
	}{
		"token and key":          {set: []string{token, key}},
		"token and email":        {set: []string{token, email}},
		"key without email":      {set: []string{key}},
		"key, unknown email":     {set: []string{key}, unknown: []string{email}},
		"key, unknown token":     {set: []string{key}, unknown: []string{token}},
		"email, unknown token":   {set: []string{email}, unknown: []string{token}},
		"email without key":      {set: []string{email}},
		"email, token elsewhere": {set: []string{email}, env: environment{"CLOUDFLARE_API_TOKEN": "t"}},
		"key without email, env": {env: environment{"CLOUDFLARE_API_KEY": "k"}},
		"email without key, env": {env: environment{"CLOUDFLARE_EMAIL": "e@example.com"}},
		"none":                   {},
	} {
		block := values{}
		for _, attribute := range test.set {
			block[attribute] = str("any")
		}
		for _, attribute := range test.unknown {
			block[attribute] = unknownStr()
		}
		e := unconfigured(t, test.env)
		got[name+": validate"] = e.validate(block)
		if got[name+": configure"] = e.configure(t.Context(), block); got[name+": configure"] == "" {
			got[name+": read"] = e.diagnose(dataSource, values{"account_id": str(fakeapi.AccountID)})
		}
	}
	checkTexts(t, got)
}
