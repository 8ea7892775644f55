package provider_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

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

// TestConfigure_unknownValue shows that only a read needs the value, and what a first
// and a second one report.
func TestConfigure_unknownValue(t *testing.T) {
	t.Parallel()
	got := make(map[string]string)
	for _, attribute := range []string{"api_token", "api_key", "email", "account_id", "base_url", "max_retries"} {
		fake := fakeapi.New(nil)
		e := unconfigured(t, start(t, fake))
		block := values{attribute: unknownStr()}
		if attribute == "max_retries" {
			block[attribute] = tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)
		}
		if text := e.validate(block) + e.configure(t.Context(), block); text != "" {
			t.Errorf("validate and configure with %s unknown: got %s, want no diagnostics", attribute, text)
		}
		got[attribute+", first read"] = e.diagnose(dataSource, nil)
		got[attribute+", second read"] = e.diagnose(userDataSource, values{"id": str("1")})
		if requests := len(fake.Requests()); requests > 0 {
			t.Errorf("reads with %s unknown: got %d requests, want none", attribute, requests)
		}
		got[attribute+", read with account_id"] = e.diagnose(dataSource, values{"account_id": str(fakeapi.AccountID)})
	}
	checkTexts(t, got)
}

// The environment is not used, nor checked, where the block has an unknown value.
func TestConfigure_unknownValueBesideInvalidVariable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		variable string
		block    values
	}{
		{"CLOUDFLARE_API_TOKEN", values{"api_token": unknownStr()}},
		{"CLOUDFLARE_API_TOKEN", values{"api_key": unknownStr()}},
		{"CLOUDFLARE_API_KEY", values{"email": unknownStr()}},
		{"CLOUDFLARE_EMAIL", values{"api_key": str("k"), "email": unknownStr()}},
		{"CLOUDFLARE_ACCOUNT_ID", values{"account_id": unknownStr()}},
		{"CLOUDFLARE_BASE_URL", values{"base_url": unknownStr()}},
	} {
		var log bytes.Buffer
		e := unconfigured(t, environment{test.variable: "a b"})
		if got := e.configure(tflogtest.RootLogger(t.Context(), &log), test.block); got != "" {
			t.Errorf("configure %v with an invalid %s: got %s, want no diagnostics", test.block, test.variable, got)
		}
		if strings.Contains(log.String(), "ignored credentials") { // which are used is not known yet
			t.Errorf("configure %v with %s: got log %s", test.block, test.variable, &log)
		}
	}
}

// What is wrong in itself is an error of the provider block, beside unknown values.
func TestConfigure_invalidBesideUnknownValue(t *testing.T) {
	t.Parallel()
	for summary, block := range map[string]values{
		"ERROR: Cannot use api_token\n":                       {"api_token": str("a b"), "account_id": unknownStr()},
		"ERROR: Cannot use email\n":                           {"email": str("a b"), "api_key": unknownStr()},
		"ERROR: Missing email\n":                              {"api_key": str("a"), "api_token": unknownStr()},
		"ERROR: Cannot use api_key together with api_token\n": {"api_token": str("a"), "api_key": str("b"), "email": unknownStr()},
		"ERROR: Cannot use account_id\nat account_id\n":       {"api_token": unknownStr(), "account_id": str("a/b")},
	} {
		e := unconfigured(t, nil)
		if got := e.validate(block); !strings.HasPrefix(got, summary) {
			t.Errorf("validate %v: got %q, want %q", block, got, summary)
		}
		if got := e.configure(t.Context(), block); !strings.HasPrefix(got, summary) {
			t.Errorf("configure %v: got %q, want %q", block, got, summary)
		}
	}
}

func TestConfigure_proxy(t *testing.T) {
	t.Parallel()
	const invalid = "http://us%er@proxy.example.com:3128"
	got := make(map[string]string)
	for name, test := range map[string]struct {
		env  environment
		want string // the variable that is reported
	}{
		"invalid":                      {environment{"HTTPS_PROXY": invalid}, "HTTPS_PROXY"},
		"invalid, lower case":          {environment{"https_proxy": invalid}, "https_proxy"},
		"invalid, in both cases":       {environment{"HTTPS_PROXY": invalid, "https_proxy": invalid}, "HTTPS_PROXY"},
		"upper case beats lower case":  {environment{"HTTPS_PROXY": "proxy.example.com:3128", "https_proxy": invalid}, ""},
		"quotation marks":              {environment{"HTTPS_PROXY": `"http://proxy.example.com:3128"`}, "HTTPS_PROXY"},
		"invalid, another is excluded": {environment{"HTTPS_PROXY": invalid, "NO_PROXY": "example.com"}, "HTTPS_PROXY"},
		"excluded":                     {environment{"HTTPS_PROXY": invalid, "NO_PROXY": "example.com, .cloudflare.com"}, ""},
		"excluded, lower case":         {environment{"HTTPS_PROXY": invalid, "no_proxy": "*"}, ""},
		"for http only":                {environment{"HTTP_PROXY": invalid}, ""},
		"loopback":                     {environment{"HTTPS_PROXY": invalid, "CLOUDFLARE_BASE_URL": "https://127.0.0.1"}, ""},
		"another host":                 {environment{"HTTPS_PROXY": invalid, "CLOUDFLARE_BASE_URL": "https://192.0.2.1", "NO_PROXY": "api.cloudflare.com"}, "HTTPS_PROXY"},
		"another host, excluded":       {environment{"HTTPS_PROXY": invalid, "CLOUDFLARE_BASE_URL": "https://192.0.2.1", "NO_PROXY": "192.0.2.0/24"}, ""},
		"invalid base_url":             {environment{"HTTPS_PROXY": invalid, "CLOUDFLARE_BASE_URL": "a"}, ""},
		"host and port":                {environment{"HTTPS_PROXY": "proxy.example.com:3128"}, ""},
		"SOCKS":                        {environment{"HTTPS_PROXY": "socks5://user:pass@proxy.example.com"}, ""},
	} {
		text := unconfigured(t, test.env).configure(t.Context(), tokenValues())
		if got := strings.Contains(text, "_PROXY"); got != (test.want != "") || !strings.Contains(text, test.want) {
			t.Errorf("configure, %s: got %q, want an error that names %q", name, text, test.want)
		}
		if test.want != "" {
			got[name] = text
		}
	}
	e := unconfigured(t, environment{"HTTPS_PROXY": invalid})
	if got := e.configure(t.Context(), values{"base_url": unknownStr()}); got != "" {
		t.Errorf("configure with an unknown base_url: got %q, want no diagnostics", got)
	}
	checkTexts(t, got)
}
