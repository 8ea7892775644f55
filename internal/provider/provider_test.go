package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

func TestMain(m *testing.M) {
	os.Exit(runIsolated(m))
}

// runIsolated runs the tests without what their caller has set for Terraform:
// a development override, for example, would replace the provider under test.
func runIsolated(m *testing.M) int {
	config, err := os.CreateTemp("", "terraformrc")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.Remove(config.Name()) }()
	_ = config.Close()

	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); changesTests(name) {
			_ = os.Unsetenv(name)
		}
	}
	_ = os.Setenv("TF_CLI_CONFIG_FILE", config.Name())
	_ = os.Setenv("CHECKPOINT_DISABLE", "1")
	if isOpenTofu() {
		_ = os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org")
	}
	return m.Run()
}

// changesTests tells whether a variable can change the result of a test. TF_LOG
// and the choice of the Terraform to run do not. CLOUDFLARE_* are for the live
// tests, which may need the proxy too; all other tests give the provider an
// environment of their own.
func changesTests(variable string) bool {
	switch strings.ToUpper(variable) {
	case "TF_ACC_PROVIDER_HOST", "TF_ACC_PROVIDER_NAMESPACE", "TF_ACC_REFRESH_AFTER_APPLY":
		return true
	case "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY":
		return !isLive()
	}
	return strings.HasPrefix(variable, "TF_") &&
		!strings.HasPrefix(variable, "TF_ACC") && !strings.HasPrefix(variable, "TF_LOG")
}

// isOpenTofu tells whether OpenTofu runs, whose providers have another host.
func isOpenTofu() bool {
	name := filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH"))
	return strings.TrimSuffix(name, ".exe") == "tofu"
}

const dataSource = "cloudflare_access_users"

// values are the attributes that a block sets.
type values map[string]tftypes.Value

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func unknownStr() tftypes.Value { return tftypes.NewValue(tftypes.String, tftypes.UnknownValue) }

func noStrings() tftypes.Value {
	return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{})
}

func num(n int) tftypes.Value { return tftypes.NewValue(tftypes.Number, n) }

// readTimeout is timeouts = { read = d }.
func readTimeout(d string) tftypes.Value {
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"read": tftypes.String}}
	return tftypes.NewValue(object, map[string]tftypes.Value{"read": str(d)})
}

// An endpoint calls the provider over the plugin protocol, without Terraform.
// That takes milliseconds.
type endpoint struct {
	t       *testing.T
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
}

// newEndpoint starts the provider with this block, environment and clock.
func newEndpoint(t *testing.T, block values, env map[string]string, clock *acctest.Clock) *endpoint {
	t.Helper()
	options := provider.Options{Version: "test", Getenv: func(name string) string { return env[name] }}
	if clock != nil {
		options.Clock = clock
	}
	return newEndpointWith(t, block, options)
}

// newEndpointWith starts the provider with this block and these options.
func newEndpointWith(t *testing.T, block values, options provider.Options) *endpoint {
	t.Helper()
	e := unconfigured(t, options)
	if diagnostics := e.configure(t.Context(), block); len(diagnostics) > 0 {
		t.Fatalf("ConfigureProvider: %s", describe(diagnostics, ""))
	}
	return e
}

// unconfigured starts the provider with these options and no provider block.
func unconfigured(t *testing.T, options provider.Options) *endpoint {
	t.Helper()
	e := &endpoint{t: t, server: provider.NewServer(options)}
	var err error
	if e.schemas, err = e.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatalf("GetProviderSchema: %v", err)
	}
	return e
}

// configure sends the provider block, as terraform plan does.
func (e *endpoint) configure(ctx context.Context, block values) []*tfprotov6.Diagnostic {
	e.t.Helper()
	resp, err := e.server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.4",
		Config:           e.value(e.schemas.Provider, block),
	})
	if err != nil {
		e.t.Fatalf("ConfigureProvider: %v", err)
	}
	return resp.Diagnostics
}

// validate sends the provider block, as terraform validate does.
func (e *endpoint) validate(block values) []*tfprotov6.Diagnostic {
	e.t.Helper()
	resp, err := e.server.ValidateProviderConfig(e.t.Context(), &tfprotov6.ValidateProviderConfigRequest{
		Config: e.value(e.schemas.Provider, block),
	})
	if err != nil {
		e.t.Fatalf("ValidateProviderConfig: %v", err)
	}
	return resp.Diagnostics
}

// validateDataSource sends a block of cloudflare_access_users, as terraform
// validate does.
func (e *endpoint) validateDataSource(config values) []*tfprotov6.Diagnostic {
	e.t.Helper()
	return e.validateType(dataSource, config)
}

// validateType sends a block of a data source.
func (e *endpoint) validateType(typeName string, config values) []*tfprotov6.Diagnostic {
	e.t.Helper()
	resp, err := e.server.ValidateDataResourceConfig(e.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: typeName,
		Config:   e.value(e.schemas.DataSourceSchemas[typeName], config),
	})
	if err != nil {
		e.t.Fatalf("ValidateDataResourceConfig: %v", err)
	}
	return resp.Diagnostics
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

// read reads cloudflare_access_users.
func (e *endpoint) read(ctx context.Context, config values) *tfprotov6.ReadDataSourceResponse {
	e.t.Helper()
	return e.readType(ctx, dataSource, config)
}

// readType reads a data source.
func (e *endpoint) readType(ctx context.Context, typeName string, config values) *tfprotov6.ReadDataSourceResponse {
	e.t.Helper()
	resp, err := e.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{
		TypeName: typeName,
		Config:   e.value(e.schemas.DataSourceSchemas[typeName], config),
	})
	if err != nil {
		e.t.Fatalf("ReadDataSource: %v", err)
	}
	return resp
}

// hasUsers tells whether the state in the response has users.
func (e *endpoint) hasUsers(resp *tfprotov6.ReadDataSourceResponse) bool {
	e.t.Helper()
	var attributes map[string]tftypes.Value
	state, err := resp.State.Unmarshal(e.schemas.DataSourceSchemas[dataSource].ValueType())
	if err == nil {
		err = state.As(&attributes)
	}
	if err != nil {
		e.t.Fatalf("state of the response: %v", err)
	}
	return !attributes["users"].IsNull()
}

// serve starts an API and returns its base URL.
func serve(t *testing.T, api http.Handler) string {
	t.Helper()
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return server.URL + fakeapi.BasePath
}

// fixedUsers returns n users, the same in each test.
func fixedUsers(n int) []fakeapi.User {
	return fakeapi.Users(n, time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
}

func TestConfigure_sendsTerraformsVersion(t *testing.T) {
	t.Parallel()
	const product = "terraform-provider-cloudflare-access/test"
	for terraform, want := range map[string]string{
		"1.11.4": "Terraform/1.11.4 (+https://www.terraform.io) " + product,
		"":       product,
	} {
		fake := fakeapi.New(nil)
		e := unconfigured(t, provider.Options{Version: "test", Getenv: start(t, fake).getenv})
		_, err := e.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
			TerraformVersion: terraform, Config: e.value(e.schemas.Provider, nil),
		})
		if err != nil {
			t.Fatal(err)
		}
		e.read(t.Context(), nil)
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
		"2":       {values{"max_retries": num(2)}, 3},
	} {
		fake := fakeapi.New(nil)
		fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Status(http.StatusInternalServerError, "")}}
		newEndpoint(t, test.block, start(t, fake), acctest.NewClock()).read(t.Context(), nil)
		if got := len(fake.Requests()); got != test.want {
			t.Errorf("max_retries %s: %d requests, want %d", name, got, test.want)
		}
	}
}

// No released Terraform can defer a read yet.
func TestConfigure_unknownValueDefersReads(t *testing.T) {
	t.Parallel()
	e := unconfigured(t, provider.Options{Getenv: environment{}.getenv})
	configured, err := e.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config:             e.value(e.schemas.Provider, values{"api_token": unknownStr()}),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(configured.Diagnostics) > 0 {
		t.Fatalf("ConfigureProvider: %v, %v, want no diagnostics", err, configured)
	}
	read, err := e.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName:           dataSource,
		Config:             e.value(e.schemas.DataSourceSchemas[dataSource], nil),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(read.Diagnostics) > 0 {
		t.Fatalf("ReadDataSource: %v, %v, want no diagnostics", err, read)
	}
	if read.Deferred == nil || read.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("ReadDataSource: deferred %v, want %v", read.Deferred, tfprotov6.DeferredReasonProviderConfigUnknown)
	}
}
