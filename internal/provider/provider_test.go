package provider_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

func TestMain(m *testing.M) {
	os.Exit(runIsolated(m))
}

// runIsolated runs the tests without what their caller has set for Terraform,
// except which one to run and TF_LOG: a development override, for example, would
// replace the provider under test.
func runIsolated(m *testing.M) int {
	config, err := os.CreateTemp("", "terraformrc")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.Remove(config.Name()) }()
	_ = config.Close()

	allowed := regexp.MustCompile(`^TF_(ACC|ACC_TERRAFORM_.*|LOG.*)$`)
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_") && !allowed.MatchString(name) {
			_ = os.Unsetenv(name)
		}
	}
	_ = os.Setenv("TF_CLI_CONFIG_FILE", config.Name())
	_ = os.Setenv("CHECKPOINT_DISABLE", "1")
	if strings.TrimSuffix(filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH")), ".exe") == "tofu" {
		_ = os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org")
	}
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" {
		if err := unreadFiles(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// Data sources.
const (
	dataSource     = "cloudflare_access_users"
	userDataSource = "cloudflare_access_user"
)

// values are the attributes that a block sets.
type values map[string]tftypes.Value

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func unknownStr() tftypes.Value { return tftypes.NewValue(tftypes.String, tftypes.UnknownValue) }

func num(n int) tftypes.Value { return tftypes.NewValue(tftypes.Number, n) }

// readTimeout is timeouts = { read = d }.
func readTimeout(d any) tftypes.Value {
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"read": tftypes.String}}
	return tftypes.NewValue(object, map[string]tftypes.Value{"read": tftypes.NewValue(tftypes.String, d)})
}

// Credentials, as values of a provider block.
func tokenValues() values { return values{"api_token": str(fakeapi.Token)} }

func keyValues() values { return values{"api_key": str(fakeapi.Key), "email": str(fakeapi.Email)} }

// An environment replaces the process environment of the provider.
type environment map[string]string

func (e environment) getenv(variable string) string { return e[variable] }

// start serves the fake API and returns the environment for a read from it.
func start(tb testing.TB, fake http.Handler) environment {
	tb.Helper()
	return environment{
		"CLOUDFLARE_BASE_URL":   serve(tb, fake),
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}
}

// serve starts an API, to which no request may be sent that the contract does not
// allow, and returns its base URL.
func serve(tb testing.TB, api http.Handler) string {
	tb.Helper()
	contract := acctest.LoadContract(tb)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := contract.CheckRequest(r); err != nil {
			tb.Errorf("request %s %s: got %v", r.Method, r.URL, err)
		}
		api.ServeHTTP(w, r)
	}))
	tb.Cleanup(server.Close)
	return server.URL + fakeapi.BasePath
}

// fixedUsers returns n users, the same in each test.
func fixedUsers(n int) []fakeapi.User {
	return fakeapi.Users(n, time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
}

// pagedFake serves 250 users in pages of 100, with these faults.
func pagedFake(faults ...fakeapi.Fault) *fakeapi.Server {
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize, fake.Faults = 100, faults
	return fake
}

// refusal is an envelope of Cloudflare's with one error.
func refusal(status, code int, text string, chain ...fakeapi.Message) http.HandlerFunc {
	return fakeapi.Envelope(status, fakeapi.Message{Code: code, Text: text, Chain: chain})
}

// An endpoint calls the provider over the plugin protocol, without Terraform.
// That takes milliseconds. What it returns as a string are diagnostics.
type endpoint struct {
	t         testing.TB
	server    tfprotov6.ProviderServer
	schemas   *tfprotov6.GetProviderSchemaResponse
	terraform string // the version that ConfigureProvider states
}

// newEndpoint starts the provider with this block, environment and clock.
func newEndpoint(tb testing.TB, block values, env environment, clock cloudflare.Clock) *endpoint {
	tb.Helper()
	e := endpointOf(tb, provider.NewServer(provider.Options{Version: "test", Getenv: env.getenv, Clock: clock}))
	if got := e.configure(tb.Context(), block); got != "" {
		tb.Fatalf("ConfigureProvider: %s", got)
	}
	return e
}

// unconfigured starts the provider with this environment and no provider block.
func unconfigured(tb testing.TB, env environment) *endpoint {
	tb.Helper()
	return endpointOf(tb, provider.NewServer(provider.Options{Version: "test", Getenv: env.getenv}))
}

func endpointOf(tb testing.TB, server tfprotov6.ProviderServer) *endpoint {
	tb.Helper()
	e := &endpoint{t: tb, server: server, terraform: "1.11.4"}
	e.schemas = call(tb.Context(), e, server.GetProviderSchema, &tfprotov6.GetProviderSchemaRequest{})
	return e
}

// call returns the response of a method of the server. What goes wrong in the
// provider is a diagnostic in it, not an error.
func call[Req, Resp any](ctx context.Context, e *endpoint, method func(context.Context, *Req) (*Resp, error), req *Req) *Resp {
	e.t.Helper()
	resp, err := method(ctx, req)
	if err != nil {
		e.t.Fatalf("%T: got error %v", req, err)
	}
	return resp
}

// configure sends the provider block, as terraform plan does.
func (e *endpoint) configure(ctx context.Context, block values) string {
	e.t.Helper()
	return describe(call(ctx, e, e.server.ConfigureProvider, &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: e.terraform, Config: e.value(e.schemas.Provider, block),
	}).Diagnostics)
}

// validate sends the provider block, as terraform validate does.
func (e *endpoint) validate(block values) string {
	e.t.Helper()
	return describe(call(e.t.Context(), e, e.server.ValidateProviderConfig, &tfprotov6.ValidateProviderConfigRequest{
		Config: e.value(e.schemas.Provider, block),
	}).Diagnostics)
}

// validateDataSource sends a block of a data source, as terraform validate does.
func (e *endpoint) validateDataSource(typeName string, config values) string {
	e.t.Helper()
	return describe(call(e.t.Context(), e, e.server.ValidateDataResourceConfig, &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: typeName, Config: e.value(e.schemas.DataSourceSchemas[typeName], config),
	}).Diagnostics)
}

// read reads a data source.
func (e *endpoint) read(ctx context.Context, typeName string, config values) *tfprotov6.ReadDataSourceResponse {
	e.t.Helper()
	return call(ctx, e, e.server.ReadDataSource, &tfprotov6.ReadDataSourceRequest{
		TypeName: typeName, Config: e.value(e.schemas.DataSourceSchemas[typeName], config),
	})
}

// diagnose reads a data source and returns the diagnostics.
func (e *endpoint) diagnose(typeName string, config values) string {
	e.t.Helper()
	return describe(e.read(e.t.Context(), typeName, config).Diagnostics)
}

// value returns a block in which everything that is not set is null.
func (e *endpoint) value(schema *tfprotov6.Schema, set values) *tfprotov6.DynamicValue {
	e.t.Helper()
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		e.t.Fatal("the schema is no object")
	}
	all := make(map[string]tftypes.Value)
	for name, typ := range object.AttributeTypes {
		all[name] = tftypes.NewValue(typ, nil)
		if v, ok := set[name]; ok {
			all[name] = v
		}
	}
	value, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, all))
	if err != nil {
		e.t.Fatalf("NewDynamicValue: %v", err)
	}
	return &value
}

// state returns the encoded state of cloudflare_access_users with these users.
func (e *endpoint) state(accountID string, users tftypes.Value) []byte {
	e.t.Helper()
	return e.value(e.schemas.DataSourceSchemas[dataSource], values{
		"account_id": str(accountID), "users": users,
		"emails_not_found": tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{}),
	}).MsgPack
}

// hasUsers tells whether the state in the response has users.
func (e *endpoint) hasUsers(resp *tfprotov6.ReadDataSourceResponse) bool {
	e.t.Helper()
	var attributes map[string]any
	if err := msgpack.Unmarshal(resp.State.MsgPack, &attributes); err != nil {
		e.t.Fatalf("state of the response: %v", err)
	}
	return attributes["users"] != nil
}

// describe returns the text of diagnostics, without what differs between runs.
func describe(diagnostics []*tfprotov6.Diagnostic) string {
	var b strings.Builder
	for _, d := range diagnostics {
		b.WriteString(d.Severity.String() + ": " + d.Summary + "\n")
		if d.Attribute != nil {
			b.WriteString("at " + d.Attribute.String() + "\n")
		}
		b.WriteString(d.Detail + "\n")
	}
	text := b.String()
	for pattern, replacement := range map[string]string{
		`http://127\.0\.0\.1:\d+`:       "https://HOST",
		`CF-Ray [0-9a-f]+-FKE`:          "CF-Ray RAY",
		`Attempts: (\d+) in [0-9.]+m?s`: "Attempts: $1 in 1.5s",
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, replacement)
	}
	return text
}

func TestConfigure_sendsTerraformsVersion(t *testing.T) {
	t.Parallel()
	const product = "terraform-provider-cloudflare-access/test"
	for terraform, want := range map[string]string{
		"1.11.4": "Terraform/1.11.4 (+https://www.terraform.io) " + product,
		"":       product,
	} {
		fake := fakeapi.New(nil)
		e := unconfigured(t, start(t, fake))
		e.terraform = terraform
		e.configure(t.Context(), nil)
		e.diagnose(dataSource, nil)
		if got := fake.Requests()[0].Header.Get("User-Agent"); got != want {
			t.Errorf("Terraform %q: User-Agent is %q, want %q", terraform, got, want)
		}
	}
}

func TestConfigure_maxRetries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block values
		want  int // requests
	}{
		"default": {nil, 6},
		"0":       {values{"max_retries": num(0)}, 1},
	} {
		fake := fakeapi.New(nil)
		fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Status(http.StatusInternalServerError, "")}}
		newEndpoint(t, test.block, start(t, fake), acctest.NewClock()).diagnose(dataSource, nil)
		if got := len(fake.Requests()); got != test.want {
			t.Errorf("max_retries %s: %d requests, want %d", name, got, test.want)
		}
	}
}

// No released Terraform can defer a read yet.
func TestConfigure_unknownValueDefersReads(t *testing.T) {
	t.Parallel()
	e := unconfigured(t, nil)
	configured := call(t.Context(), e, e.server.ConfigureProvider, &tfprotov6.ConfigureProviderRequest{
		Config:             e.value(e.schemas.Provider, values{"api_token": unknownStr()}),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	})
	read := call(t.Context(), e, e.server.ReadDataSource, &tfprotov6.ReadDataSourceRequest{
		TypeName:           dataSource,
		Config:             e.value(e.schemas.DataSourceSchemas[dataSource], nil),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
	})
	if got := describe(configured.Diagnostics) + describe(read.Diagnostics); got != "" {
		t.Errorf("ConfigureProvider and ReadDataSource: got %s, want no diagnostics", got)
	}
	if read.Deferred == nil || read.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("ReadDataSource: got deferred %v, want %v", read.Deferred, tfprotov6.DeferredReasonProviderConfigUnknown)
	}
}
