package provider_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

const dataSource = "cloudflare_access_users"

// values are the attributes that a block sets.
type values map[string]tftypes.Value

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func num(n int) tftypes.Value { return tftypes.NewValue(tftypes.Number, n) }

// readTimeout is timeouts = { read = d }.
func readTimeout(d string) tftypes.Value {
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"read": tftypes.String}}
	return tftypes.NewValue(object, map[string]tftypes.Value{"read": str(d)})
}

// An endpoint is the provider as Terraform sees it: the plugin protocol,
// without a Terraform at the other end. It takes milliseconds.
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
	e := &endpoint{t: t, server: provider.NewServer(options)}
	var err error
	if e.schemas, err = e.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatalf("GetProviderSchema: %v", err)
	}
	resp, err := e.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config: e.value(e.schemas.Provider, block),
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatalf("ConfigureProvider: %v, %v", err, resp)
	}
	return e
}

// value makes a block's value: what it does not set is null.
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

// read reads the data source.
func (e *endpoint) read(ctx context.Context, config values) *tfprotov6.ReadDataSourceResponse {
	e.t.Helper()
	resp, err := e.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{
		TypeName: dataSource,
		Config:   e.value(e.schemas.DataSourceSchemas[dataSource], config),
	})
	if err != nil {
		e.t.Fatalf("ReadDataSource: %v", err)
	}
	return resp
}

// hasUsers tells whether the answer's state has any users.
func (e *endpoint) hasUsers(resp *tfprotov6.ReadDataSourceResponse) bool {
	e.t.Helper()
	var attributes map[string]tftypes.Value
	state, err := resp.State.Unmarshal(e.schemas.DataSourceSchemas[dataSource].ValueType())
	if err == nil {
		err = state.As(&attributes)
	}
	if err != nil {
		e.t.Fatalf("the answer's state: %v", err)
	}
	return !attributes["users"].IsNull()
}

// serve starts an API and gives its base URL.
func serve(t *testing.T, api http.Handler) string {
	t.Helper()
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return server.URL + fakeapi.BasePath
}

// fixedUsers gives n users, the same ones in each test.
func fixedUsers(n int) []fakeapi.User {
	return fakeapi.Users(n, time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
}
