package provider_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

func TestConfigure_wrongType(t *testing.T) {
	t.Parallel()
	got := provider.ConfigureDataSource(t.Context(), "a string")
	const want = "Expected *provider.connection, got: string. Report this to the provider's developers."
	if len(got) != 1 || got[0].Summary() != "Unexpected Data Source Configure Type" || got[0].Detail() != want {
		t.Errorf("Configure: got %v, want %s", got, want)
	}
}

func TestRead_unconfigured(t *testing.T) {
	t.Parallel()
	e := unconfigured(t, nil)
	const want = "ERROR: Unconfigured Cloudflare provider\n" +
		"The data source was read before the provider was configured. Report this to the provider's developers.\n"
	for typeName := range e.schemas.DataSourceSchemas {
		if got := e.diagnose(typeName, nil); got != want {
			t.Errorf("read of %s: got\n%s\nwant\n%s", typeName, got, want)
		}
	}
}

// TestRead_unknownArgument reads with each argument unknown, in turn.
func TestRead_unknownArgument(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	e := newEndpoint(t, nil, start(t, fake), nil)
	check := func(typeName, argument string, value tftypes.Value) {
		t.Helper()
		want := "ERROR: Cannot use a value for " + argument + " that is known only after apply\nat AttributeName(\"" + argument + "\")\n" +
			"The data source was read although the value of " + argument + " is not known yet. First apply the resource that it comes " +
			"from: terraform apply -target=RESOURCE.\n"
		if got := e.diagnose(typeName, values{argument: value}); got != want {
			t.Errorf("read of %s: got\n%s\nwant\n%s", typeName, got, want)
		}
	}
	arguments := 0
	for typeName, schema := range e.schemas.DataSourceSchemas {
		for _, attribute := range schema.Block.Attributes {
			if attribute.Optional {
				arguments++
				check(typeName, attribute.Name, tftypes.NewValue(attribute.ValueType(), tftypes.UnknownValue))
			}
		}
	}
	check(dataSource, "emails", emailSet("ann@example.com", tftypes.UnknownValue))
	if got := len(fake.Requests()); got > 0 || arguments != 14 {
		t.Errorf("read with one of %d unknown arguments: got %d requests, want none for 14", arguments, got)
	}
}

// TestRead_masksFilters gets messages that repeat a filter, in several responses
// at a time and in an error.
func TestRead_masksFilters(t *testing.T) {
	t.Parallel()
	const secret = "ann@example.com"
	for typeName, argument := range map[string]string{dataSource: "search", userDataSource: "email"} {
		fake := pagedFake()
		fake.Accounts[fakeapi.AccountID][0]["email"] = secret
		fake.Quirks.IgnoreFilters = true // so that the list has several pages
		fake.Messages = []fakeapi.Message{{Code: 1, Text: "about " + secret}}
		e := newEndpoint(t, nil, start(t, fake), nil)
		var log bytes.Buffer
		config := values{argument: str(secret)}
		if got := describe(e.read(tflogtest.RootLogger(t.Context(), &log), typeName, config).Diagnostics); got != "" {
			t.Errorf("read of %s: got %s", typeName, got)
		}
		if got := log.String(); strings.Contains(got, secret) || !strings.Contains(got, "about ***") {
			t.Errorf("read of %s: got log\n%s\nwant ***", typeName, got)
		}
		fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: refusal(400, 1, "cannot find "+secret)}}
		if got := e.diagnose(typeName, config); strings.Contains(got, secret) || !strings.Contains(got, "cannot find ***") {
			t.Errorf("read of %s: got\n%s\nwant ***", typeName, got)
		}
	}
}

func TestRead_accountID(t *testing.T) {
	t.Parallel()
	const ofDataSource, ofProvider, ofEnvironment = "of-the-data-source", "of-the-provider", "of-the-environment"
	for want, test := range map[string]struct {
		config, block values
		env           string
	}{
		ofDataSource:  {values{"account_id": str(ofDataSource)}, values{"account_id": str(ofProvider)}, ofEnvironment},
		ofProvider:    {nil, values{"account_id": str(ofProvider)}, ofEnvironment},
		ofEnvironment: {nil, nil, ofEnvironment},
	} {
		fake := fakeapi.New(nil)
		fake.Accounts[want] = []fakeapi.User{{"id": "1"}}
		env := start(t, fake)
		env["CLOUDFLARE_ACCOUNT_ID"] = test.env
		e := newEndpoint(t, test.block, env, nil)
		resp := e.read(t.Context(), dataSource, test.config)
		if state := e.state(want, typedUsers(t, fake.Users(want))); !bytes.Equal(resp.State.MsgPack, state) {
			t.Errorf("read: got %q, want %q; %s", resp.State.MsgPack, state, describe(resp.Diagnostics))
		}
	}
}

func TestRead_missingAccountID(t *testing.T) {
	t.Parallel()
	const want = `ERROR: Missing account_id
at AttributeName("account_id")
Set account_id here or in the provider block, or the environment variable CLOUDFLARE_ACCOUNT_ID, to the id of the account whose users to read (32 hexadecimal digits in the dashboard's address).
`
	if got := newEndpoint(t, tokenValues(), nil, nil).diagnose(dataSource, nil); got != want {
		t.Errorf("read: got\n%s\nwant\n%s", got, want)
	}
}
