package provider_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/types"
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
			env := start(b, fakeapi.Recorded(fakeapi.New(fixedUsers(n))))
			benchmarkRead(newEndpoint(b, nil, env, acctest.NewClock()), dataSource, n) // waits for the request budget take no time
		})
	}
}

// BenchmarkStateOf10000Users compares the ways to return a list of 10,000
// users who are in memory.
func BenchmarkStateOf10000Users(b *testing.B) {
	const n = 10_000
	const text = "0123456789abcdef0123456789abcdef"
	attributes := make(map[string]any)
	for name, typ := range userType().AttributeTypes {
		attributes[name] = map[string]any{tftypes.String.String(): text, tftypes.Bool.String(): true, tftypes.Number.String(): 2}[typ.String()]
	}
	setState := func(ctx context.Context, resp *datasource.ReadResponse) {
		s := types.StringValue(text)
		users := slices.Repeat([]plainUser{{s, s, s, s, s, s, s, s, types.BoolValue(true), types.BoolValue(true), types.Int64Value(2)}}, n)
		resp.Diagnostics.Append(resp.State.Set(ctx, struct {
			Users []plainUser `tfsdk:"users"`
		}{users})...)
	}
	setRaw := func(ctx context.Context, resp *datasource.ReadResponse) {
		user := userType()
		users := make([]tftypes.Value, n)
		for i := range users {
			values := make(map[string]tftypes.Value)
			for name, value := range attributes {
				values[name] = tftypes.NewValue(user.AttributeTypes[name], value)
			}
			users[i] = tftypes.NewValue(user, values)
		}
		list := tftypes.NewValue(tftypes.List{ElementType: user}, users)
		resp.State.Raw = tftypes.NewValue(resp.State.Schema.Type().TerraformType(ctx), map[string]tftypes.Value{"users": list})
	}
	pass := func(ctx context.Context, resp *datasource.ReadResponse) {
		users := make([][]byte, n)
		for i := range users {
			users[i], _ = msgpack.Marshal(attributes) // the state's size shows errors
		}
		if err := provider.PassList(ctx, "users", users); err != nil {
			resp.Diagnostics.AddError(err.Error(), "")
		}
	}
	for _, way := range []struct {
		name string
		read plainUsers
	}{{"State.Set", setState}, {"State.Raw", setRaw}, {"PassList", pass}} {
		b.Run(way.name, func(b *testing.B) {
			server := provider.NewServerFor(providerserver.NewProtocol6(plainProvider{provider.NewProvider(), way.read})())
			benchmarkRead(endpointOf(b, server), "plain_users", n)
		})
	}
}

func benchmarkRead(e *endpoint, dataSource string, n int) {
	b, _ := e.t.(*testing.B)
	read := func() {
		resp := e.read(b.Context(), dataSource, nil)
		if size := len(resp.State.MsgPack); len(resp.Diagnostics) > 0 || size < 100*n {
			b.Fatalf("the state of %d users has %d bytes; %s", n, size, describe(resp.Diagnostics))
		}
	}
	read() // the API records its responses

	b.ReportAllocs()
	for b.Loop() {
		read()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/user")
}

// A plainProvider has one data source, with the eleven attributes of a user, and
// uses the framework as its documentation describes.
type plainProvider struct {
	framework.Provider

	users plainUsers
}

func (p plainProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return p.users }}
}

// plainUsers is the Read of a data source that does nothing else.
type plainUsers func(context.Context, *datasource.ReadResponse)

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
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"users": schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: provider.AccessUserSchema()}},
	}}
}

func (read plainUsers) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	read(ctx, resp)
}
