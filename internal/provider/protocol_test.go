package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

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

// hasUsers tells whether the state in the response has users.
func (e *endpoint) hasUsers(resp *tfprotov6.ReadDataSourceResponse) bool {
	e.t.Helper()
	var attributes map[string]any
	if err := msgpack.Unmarshal(resp.State.MsgPack, &attributes); err != nil {
		e.t.Fatalf("state of the response: %v", err)
	}
	return attributes["users"] != nil
}

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

// describe shows diagnostics as users get them, but without what differs between
// runs, and without the texts of libraries.
func describe(diagnostics []*tfprotov6.Diagnostic) string {
	var b strings.Builder
	for _, d := range diagnostics {
		fromLibrary := strings.HasPrefix(d.Summary, "Invalid Attribute") || strings.HasPrefix(d.Summary, "Missing Attribute")
		if fromLibrary {
			d.Summary, d.Detail = "(text of a library)", ""
		}
		b.WriteString(d.Severity.String() + ": " + d.Summary + "\n")
		if d.Attribute != nil {
			b.WriteString("at " + describePath(d.Attribute) + "\n")
		}
		if !fromLibrary {
			b.WriteString(d.Detail + "\n")
		}
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

// describePath returns a path as it is written in a configuration.
func describePath(path *tftypes.AttributePath) string {
	var b strings.Builder
	for _, step := range path.Steps() {
		switch s := step.(type) {
		case tftypes.AttributeName:
			b.WriteString("." + string(s))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", s)
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}
