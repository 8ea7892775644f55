package provider_test

import (
	"bytes"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// Values of a provider block.
func tokenValues() values { return values{"api_token": str(fakeapi.Token)} }

func keyValues() values { return values{"api_key": str(fakeapi.Key), "email": str(fakeapi.Email)} }

func TestConfigure_credentials(t *testing.T) {
	t.Parallel()
	const another = "another"
	sendsToken := map[string]string{"Authorization": "Bearer " + fakeapi.Token}
	sendsKey := map[string]string{"X-Auth-Key": fakeapi.Key, "X-Auth-Email": fakeapi.Email}
	emailOnly, keyOnly := values{"email": str(fakeapi.Email)}, values{"api_key": str(fakeapi.Key)}
	token := environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}
	allOther := environment{"CLOUDFLARE_API_TOKEN": another, "CLOUDFLARE_API_KEY": another, "CLOUDFLARE_EMAIL": another}
	for name, test := range map[string]struct {
		block   values
		env     environment
		sends   map[string]string
		ignores string // variables
	}{
		"token in block":       {block: tokenValues(), sends: sendsToken},
		"token in environment": {env: token, sends: sendsToken},
		"key in block":         {block: keyValues(), sends: sendsKey},
		"key in environment": {
			env: environment{"CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_EMAIL": fakeapi.Email}, sends: sendsKey,
		},
		"key in block, email in environment": {
			block: keyOnly, env: environment{"CLOUDFLARE_EMAIL": fakeapi.Email}, sends: sendsKey,
		},
		"key in block, email and token in environment": {
			block: keyOnly, env: environment{"CLOUDFLARE_EMAIL": fakeapi.Email, "CLOUDFLARE_API_TOKEN": another},
			sends: sendsKey, ignores: "CLOUDFLARE_API_TOKEN",
		},
		"email in block, key and token in environment": {
			block: emailOnly, env: environment{"CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_API_TOKEN": another},
			sends: sendsKey, ignores: "CLOUDFLARE_API_TOKEN",
		},
		"token in block, all in environment": {
			block: tokenValues(), env: allOther, sends: sendsToken,
			ignores: "CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL",
		},
		"key in block, all in environment": {
			block: keyValues(), env: allOther, sends: sendsKey,
			ignores: "CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL",
		},
		"token and key in environment": {
			env:   environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_API_KEY": another, "CLOUDFLARE_EMAIL": another},
			sends: sendsToken, ignores: "CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL",
		},
		"token and an invalid key in environment": {
			env:   environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_API_KEY": "in valid"},
			sends: sendsToken, ignores: "CLOUDFLARE_API_KEY",
		},
		"token and email in environment": {
			env:   environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_EMAIL": another},
			sends: sendsToken, ignores: "CLOUDFLARE_EMAIL",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			env := start(t, fake)
			delete(env, "CLOUDFLARE_API_TOKEN")
			maps.Copy(env, test.env)
			e := unconfigured(t, provider.Options{Getenv: env.getenv})
			if got := e.validate(test.block); len(got) > 0 {
				t.Errorf("validate: %s, want no diagnostics", describe(got, ""))
			}
			var log bytes.Buffer
			if got := e.configure(tflogtest.RootLogger(t.Context(), &log), test.block); len(got) > 0 {
				t.Fatalf("configure: %s, want no diagnostics", describe(got, ""))
			}
			e.read(t.Context(), nil)
			if got := credentialsIn(fake.Requests()[0].Header); !maps.Equal(got, test.sends) {
				t.Errorf("the request has %v, want %v", got, test.sends)
			}
			if got := ignoredIn(t, &log); got != test.ignores {
				t.Errorf("logged as ignored: %q, want %q", got, test.ignores)
			}
		})
	}
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

// ignoredIn returns the variables that a log names as ignored.
func ignoredIn(t *testing.T, log *bytes.Buffer) string {
	t.Helper()
	for _, line := range logLines(t, log) {
		if line["@message"] == "ignored credentials in the environment" && line["@level"] == "debug" {
			variables, _ := line["variables"].(string)
			return variables
		}
	}
	return ""
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
		"token and key":           {with(tokenValues(), key), nil, tokenAndKey, tokenAndKey},
		"token, key and email":    {with(tokenValues(), keyValues()), nil, tokenAndKey, tokenAndKey},
		"token and email":         {with(tokenValues(), email), nil, tokenAndEmail, tokenAndEmail},
		"key without email":       {key, nil, noEmail, noEmail},
		"key, unknown email":      {with(key, values{"email": unknownStr()}), nil, "", ""},
		"key, unknown token":      {with(key, values{"api_token": unknownStr()}), nil, noEmail, ""},
		"email, unknown token":    {with(email, values{"api_token": unknownStr()}), nil, "", ""},
		"email without key":       {email, nil, "", noKey},
		"email, token elsewhere":  {email, environment{"CLOUDFLARE_API_TOKEN": "t"}, "", noKey},
		"key without email, env":  {nil, environment{"CLOUDFLARE_API_KEY": "k"}, "", noEmail},
		"email without key, env":  {nil, environment{"CLOUDFLARE_EMAIL": "e@example.com"}, "", none},
		"none":                    {nil, nil, "", none},
		"token and key, both bad": {values{"api_token": str("a b"), "api_key": str("")}, nil, tokenAndKey, tokenAndKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := unconfigured(t, provider.Options{Getenv: test.env.getenv})
			source := "api_key in the provider block"
			if test.env != nil {
				source = "the environment variable CLOUDFLARE_API_KEY"
			}
			if got, want := describe(e.validate(test.block), ""), strings.Replace(test.validate, "%", source, 1); !strings.HasPrefix(got, want) || want == "" && got != "" {
				t.Errorf("validate: got\n%s\nwant\n%s", got, want)
			}
			if test.configure == "" {
				return // the unknown value is an error of its own
			}
			if got, want := describe(e.configure(t.Context(), test.block), ""), strings.Replace(test.configure, "%", source, 1); !strings.HasPrefix(got, want) {
				t.Errorf("configure: got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestAccProvider_credentials(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ block, env string }{
		"token in block":                     {block: tokenBlock},
		"token in environment":               {env: "CLOUDFLARE_API_TOKEN=" + fakeapi.Token},
		"key in block, email in environment": {block: `api_key = "` + fakeapi.Key + `"`, env: "CLOUDFLARE_EMAIL=" + fakeapi.Email},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(3))
			w := newWorkspace(t, test.block, "", "CLOUDFLARE_ACCOUNT_ID="+fakeapi.AccountID, "CLOUDFLARE_BASE_URL="+serve(t, fake), test.env)
			if got := w.run("plan", "-no-color"); got.exit != 0 || !strings.Contains(got.stdout, "users = 3") {
				t.Errorf("terraform plan: exit code %d\n%s%s", got.exit, got.stdout, got.stderr)
			}
			agent := fake.Requests()[0].Header.Get("User-Agent")
			if !strings.HasPrefix(agent, "Terraform/") || !strings.HasSuffix(agent, " terraform-provider-cloudflare-access/dev") {
				t.Errorf("User-Agent is %q, want the versions of Terraform and of the provider", agent)
			}
		})
	}
}
