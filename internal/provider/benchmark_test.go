package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// BenchmarkReadDataSource measures one ReadDataSource call, from Terraform's
// request to the encoded response, with all requests to the API.
func BenchmarkReadDataSource(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			fake := fakeapi.New(fakeapi.Users(n, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)))
			api := httptest.NewServer(recorded(fake))
			b.Cleanup(api.Close)
			env := map[string]string{
				"CLOUDFLARE_BASE_URL":   api.URL + fakeapi.BasePath,
				"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
				"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
			}
			benchmarkRead(b, n, provider.NewServer(provider.Options{
				Getenv: func(name string) string { return env[name] },
				Clock:  acctest.NewClock(), // waits for the request budget take no time
			}), "cloudflare_access_users")
		})
	}
}

// BenchmarkStateOf10000Users compares the ways to return a list of 10,000
// users who are in memory.
func BenchmarkStateOf10000Users(b *testing.B) {
	const n = 10_000
	const text = "0123456789abcdef0123456789abcdef"
	values := map[string]any{
		"id": text, "email": text, "name": text, "uid": text, "seat_uid": text, "created_at": text, "updated_at": text,
		"last_successful_login": text, "access_seat": true, "gateway_seat": true, "active_device_count": 2,
	}
	b.Run("State.Set", func(b *testing.B) {
		s := types.StringValue(text)
		users := slices.Repeat([]plainUser{{s, s, s, s, s, s, s, s, types.BoolValue(true), types.BoolValue(true), types.Int64Value(2)}}, n)
		benchmarkPlain(b, n, func(ctx context.Context, resp *datasource.ReadResponse) {
			resp.Diagnostics.Append(resp.State.Set(ctx, struct {
				Users []plainUser `tfsdk:"users"`
			}{users})...)
		})
	})
	b.Run("State.Raw", func(b *testing.B) {
		benchmarkPlain(b, n, func(ctx context.Context, resp *datasource.ReadResponse) {
			object := resp.State.Schema.Type().TerraformType(ctx).(tftypes.Object) //nolint:forcetypeassert // the schema below
			list := object.AttributeTypes["users"].(tftypes.List)                  //nolint:forcetypeassert // the schema below
			user := list.ElementType.(tftypes.Object)                              //nolint:forcetypeassert // the schema below
			users := make([]tftypes.Value, n)
			for i := range users {
				attributes := make(map[string]tftypes.Value)
				for name, value := range values {
					attributes[name] = tftypes.NewValue(user.AttributeTypes[name], value)
				}
				users[i] = tftypes.NewValue(user, attributes)
			}
			resp.State.Raw = tftypes.NewValue(object, map[string]tftypes.Value{"users": tftypes.NewValue(list, users)})
		})
	})
	b.Run("PassList", func(b *testing.B) {
		benchmarkPlain(b, n, func(ctx context.Context, resp *datasource.ReadResponse) {
			users := make([][]byte, n)
			for i := range users {
				users[i], _ = msgpack.Marshal(values) // the state's size shows errors
			}
			if err := provider.PassList(ctx, "users", users); err != nil {
				resp.Diagnostics.AddError(err.Error(), "")
			}
		})
	})
}

// benchmarkPlain calls read as the Read of a data source that does nothing else.
func benchmarkPlain(b *testing.B, n int, read func(context.Context, *datasource.ReadResponse)) {
	b.Helper()
	benchmarkRead(b, n, provider.NewServerFor(providerserver.NewProtocol6(plainProvider{read})()), "plain_users")
}

func benchmarkRead(b *testing.B, n int, server tfprotov6.ProviderServer, dataSource string) {
	b.Helper()
	schemas, err := server.GetProviderSchema(b.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		b.Fatal(err)
	}
	configured, err := server.ConfigureProvider(b.Context(), &tfprotov6.ConfigureProviderRequest{Config: unset(b, schemas.Provider)})
	if err != nil || len(configured.Diagnostics) > 0 {
		b.Fatal(err, configured)
	}
	request := &tfprotov6.ReadDataSourceRequest{TypeName: dataSource, Config: unset(b, schemas.DataSourceSchemas[dataSource])}
	read := func() {
		resp, err := server.ReadDataSource(b.Context(), request)
		if err != nil || len(resp.Diagnostics) > 0 {
			b.Fatal(err, resp)
		}
		if size := len(resp.State.MsgPack); size < 100*n {
			b.Fatalf("the state of %d users has only %d bytes", n, size)
		}
	}
	read() // the API records its responses

	b.ReportAllocs()
	for b.Loop() {
		read()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/user")
}

// recorded returns each response of the API again when its request is repeated,
// so that little of what is measured is the API's.
func recorded(api http.Handler) http.Handler {
	var responses sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := responses.Load(r.URL.RawQuery)
		if !ok {
			r.Header.Del("Accept-Encoding")
			recorder := httptest.NewRecorder()
			api.ServeHTTP(recorder, r)
			body = recorder.Body.Bytes()
			responses.Store(r.URL.RawQuery, body)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body.([]byte)) //nolint:forcetypeassert,gosec // JSON, stored above
	})
}

// unset returns a configuration that sets nothing.
func unset(b *testing.B, schema *tfprotov6.Schema) *tfprotov6.DynamicValue {
	b.Helper()
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		b.Fatal("the schema is no object")
	}
	attributes := make(map[string]tftypes.Value)
	for name, typ := range object.AttributeTypes {
		attributes[name] = tftypes.NewValue(typ, nil)
	}
	value, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, attributes))
	if err != nil {
		b.Fatal(err)
	}
	return &value
}

// A plainProvider has one data source, with the eleven attributes of a user, and
// uses the framework as its documentation describes.
type plainProvider struct {
	read func(context.Context, *datasource.ReadResponse)
}

func (plainProvider) Metadata(_ context.Context, _ framework.MetadataRequest, resp *framework.MetadataResponse) {
	resp.TypeName = "plain"
}

func (plainProvider) Schema(context.Context, framework.SchemaRequest, *framework.SchemaResponse) {}

func (plainProvider) Configure(context.Context, framework.ConfigureRequest, *framework.ConfigureResponse) {
}

func (plainProvider) Resources(context.Context) []func() resource.Resource { return nil }

func (p plainProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return plainUsers(p) }}
}

type plainUsers struct {
	read func(context.Context, *datasource.ReadResponse)
}

type plainUser struct {
	ID          types.String `tfsdk:"id"`
	Email       types.String `tfsdk:"email"`
	Name        types.String `tfsdk:"name"`
	UID         types.String `tfsdk:"uid"`
	SeatUID     types.String `tfsdk:"seat_uid"`
	CreatedAt   types.String `tfsdk:"created_at"`
	UpdatedAt   types.String `tfsdk:"updated_at"`
	LastLogin   types.String `tfsdk:"last_successful_login"`
	AccessSeat  types.Bool   `tfsdk:"access_seat"`
	GatewaySeat types.Bool   `tfsdk:"gateway_seat"`
	Devices     types.Int64  `tfsdk:"active_device_count"`
}

func (plainUsers) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "plain_users"
}

func (plainUsers) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"access_seat":         schema.BoolAttribute{Computed: true},
		"gateway_seat":        schema.BoolAttribute{Computed: true},
		"active_device_count": schema.Int64Attribute{Computed: true},
	}
	for _, name := range []string{"id", "email", "name", "uid", "seat_uid", "created_at", "updated_at", "last_successful_login"} {
		attributes[name] = schema.StringAttribute{Computed: true}
	}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"users": schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes}},
	}}
}

func (d plainUsers) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.read(ctx, resp)
}
