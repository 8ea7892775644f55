package provider_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

func TestConfigure_baseURL(t *testing.T) {
	t.Parallel()
	const nobody = "http://127.0.0.1:1/client/v4"
	for name, test := range map[string]struct{ block, env string }{ // URL is the fake API's
		"block":                  {block: "URL"},
		"block over environment": {block: "URL", env: nobody},
		"environment":            {env: "URL"},
		"slash at the end":       {env: "URL/"},
		"localhost":              {env: "LOCALHOST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			env, block := start(t, fake), values{}
			url := env["CLOUDFLARE_BASE_URL"]
			insert := strings.NewReplacer("URL", url, "LOCALHOST", strings.Replace(url, "127.0.0.1", "LocalHost", 1)).Replace
			env["CLOUDFLARE_BASE_URL"] = insert(test.env)
			if test.block != "" {
				block["base_url"] = str(insert(test.block))
			}
			resp := newEndpoint(t, block, env, nil).read(t.Context(), nil)
			if len(resp.Diagnostics) > 0 || len(fake.Requests()) != 1 {
				t.Errorf("%d requests, want 1; %s", len(fake.Requests()), describe(resp.Diagnostics, ""))
			}
		})
	}
}

func TestRead_accountID(t *testing.T) {
	t.Parallel()
	const inData, inProvider, inEnv = "of-the-data-source", "of-the-provider", "of-the-environment"
	for name, test := range map[string]struct {
		data, provider values
		env, want      string
	}{
		"data source":           {data: values{"account_id": str(inData)}, want: inData},
		"provider":              {provider: values{"account_id": str(inProvider)}, want: inProvider},
		"environment":           {env: inEnv, want: inEnv},
		"all":                   {values{"account_id": str(inData)}, values{"account_id": str(inProvider)}, inEnv, inData},
		"provider, environment": {provider: values{"account_id": str(inProvider)}, env: inEnv, want: inProvider},
		"dot segment":           {env: "..", want: ".."},
		"not ASCII":             {env: "ünï", want: "ünï"},
		"reserved in URLs":      {env: "a&b=c+d;e", want: "a&b=c+d;e"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			for _, id := range []string{inData, inProvider, inEnv, "..", "ünï", "a&b=c+d;e"} {
				fake.Accounts[id] = []fakeapi.User{{"id": "user-" + id}}
			}
			env := start(t, fake)
			env["CLOUDFLARE_ACCOUNT_ID"] = test.env
			e := newEndpoint(t, test.provider, env, nil)
			resp := e.read(t.Context(), test.data)
			want := e.value(e.schemas.DataSourceSchemas[dataSource], values{
				"account_id": str(test.want), "users": typedUsers(t, fake.Users(test.want)),
				"emails_not_found": noStrings(),
			})
			if len(resp.Diagnostics) > 0 || !bytes.Equal(resp.State.MsgPack, want.MsgPack) {
				t.Errorf("state is %q, want %q; %s", resp.State.MsgPack, want.MsgPack, describe(resp.Diagnostics, ""))
			}
		})
	}
}

func TestRead_missingAccountID(t *testing.T) {
	t.Parallel()
	const want = `ERROR: Missing account_id
at AttributeName("account_id")
Set account_id here or in the provider block, or the environment variable CLOUDFLARE_ACCOUNT_ID, to the id of the account whose users to read (32 hexadecimal digits in the dashboard's address).
`
	e := newEndpoint(t, tokenValues(), nil, nil)
	if got := describe(e.read(t.Context(), nil).Diagnostics, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Users are read during plan, so the provider's settings must be known then.
func TestConfigure_unknownValue(t *testing.T) {
	t.Parallel()
	for attribute, test := range map[string]struct {
		at         string
		suggestion string
	}{
		"api_token":   {"", "Leave it out and set the environment variable CLOUDFLARE_API_TOKEN"},
		"api_key":     {"", "Leave it out and set the environment variables CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL"},
		"email":       {"at AttributeName(\"email\")\n", "Leave it out and set the environment variable CLOUDFLARE_EMAIL"},
		"account_id":  {"at AttributeName(\"account_id\")\n", "Leave it out and set account_id of each data source, or the environment variable CLOUDFLARE_ACCOUNT_ID"},
		"base_url":    {"at AttributeName(\"base_url\")\n", "Leave it out and set the environment variable CLOUDFLARE_BASE_URL"},
		"max_retries": {"at AttributeName(\"max_retries\")\n", "Write the number itself"},
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			env := environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}
			e := unconfigured(t, provider.Options{Getenv: env.getenv})
			unknown := unknownStr()
			if attribute == "max_retries" {
				unknown = tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)
			}
			block := values{attribute: unknown}
			if got := e.validate(block); len(got) > 0 {
				t.Errorf("validate: %s, want no diagnostics", describe(got, ""))
			}
			want := "ERROR: Cannot use a value for " + attribute + " that is known only after apply\n" + test.at +
				"Users are read during plan, but the value of " + attribute + " is known only after apply. " + test.suggestion +
				". Or first apply the resource that it comes from: terraform apply -target=RESOURCE.\n"
			if got := describe(e.configure(t.Context(), block), ""); got != want {
				t.Errorf("configure: got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
