package rawstate_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/rawstate"
)

// A row has attributes of all types. State.Set and an Encoder write the same.
type row struct {
	Text   *string `tfsdk:"text"`
	Flag   *bool   `tfsdk:"flag"`
	Number *int64  `tfsdk:"number"`
	Device *device `tfsdk:"device"`
	Last   *string `tfsdk:"a_last"` // first in alphabetical order
}

type device struct {
	Name  *string `tfsdk:"name"`
	Owner *owner  `tfsdk:"owner"`
}

type owner struct {
	Email  *string `tfsdk:"email"`
	Active *bool   `tfsdk:"active"`
}

func rowObject() rawstate.Object[row] {
	return rawstate.Object[row]{
		rawstate.String("text", func(r *row) *string { return r.Text }, "Text."),
		rawstate.Bool("flag", func(r *row) *bool { return r.Flag }, "Flag."),
		rawstate.Int64("number", func(r *row) *int64 { return r.Number }, "Number."),
		rawstate.SingleNested("device", func(r *row) *device { return r.Device }, rawstate.Object[device]{
			rawstate.SingleNested("owner", func(d *device) *owner { return d.Owner }, rawstate.Object[owner]{
				rawstate.String("email", func(o *owner) *string { return o.Email }, "Email."),
				rawstate.Bool("active", func(o *owner) *bool { return o.Active }, "Active."),
			}, "Owner."),
			rawstate.String("name", func(d *device) *string { return d.Name }, "Name."),
		}, "Device."),
		rawstate.String("a_last", func(r *row) *string { return r.Last }, "Last."),
	}
}

// encodeRows returns nil for no rows.
func encodeRows(rows []row) [][]byte {
	encode := rowObject().Encoder()
	var elements [][]byte
	for i := range rows {
		elements = append(elements, encode(&rows[i]))
	}
	return elements
}

// randomRows have values at the limits between the formats of MessagePack, and
// nulls.
func randomRows(seed uint64, n int) []row {
	random := rand.New(rand.NewPCG(seed, seed))
	present := func() bool { return random.IntN(4) > 0 }
	flag := func() *bool {
		if present() {
			return new(random.IntN(2) == 0)
		}
		return nil
	}
	number := func() *int64 {
		limits := []int64{
			0, 1, 127, 128, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64,
			-1, -32, -33, -128, -129, -32768, -32769, math.MinInt32, math.MinInt32 - 1, math.MinInt64,
		}
		if present() {
			return new(limits[random.IntN(len(limits))])
		}
		return nil
	}
	text := func() *string {
		lengths := []int{0, 1, 31, 32, 255, 256, 65535, 65536}
		if present() {
			letter := string([]rune("aZ0 é李🦊\x00\"\\\n")[random.IntN(11)])
			return new(strings.Repeat(letter, lengths[min(random.IntN(len(lengths)), random.IntN(len(lengths)))]/len(letter)))
		}
		return nil
	}
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{Text: text(), Flag: flag(), Number: number(), Last: text()}
		if present() {
			rows[i].Device = &device{Name: text()}
			if present() {
				rows[i].Device.Owner = &owner{Email: text(), Active: flag()}
			}
		}
	}
	return rows
}

// rowsModel is the state of the data source test_rows.
type rowsModel struct {
	Before string `tfsdk:"before"`
	Rows   []row  `tfsdk:"rows"` // nil is null
	Zero   *int64 `tfsdk:"zero"`
}

// A rowsProvider has one data source, with this Read.
type rowsProvider func(context.Context, *datasource.ReadResponse)

func (rowsProvider) Metadata(context.Context, provider.MetadataRequest, *provider.MetadataResponse) {}

func (rowsProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (rowsProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (rowsProvider) Resources(context.Context) []func() resource.Resource { return nil }

func (read rowsProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return rowsDataSource{read} }}
}

type rowsDataSource struct{ read rowsProvider }

func (rowsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "test_rows"
}

func (rowsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"before": schema.StringAttribute{Computed: true},
		"rows":   schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: rowObject().Schema()}},
		"zero":   schema.Int64Attribute{Computed: true},
	}}
}

func (d rowsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.read(ctx, resp)
}

// frameworkServer serves a data source with this Read, without a Server.
func frameworkServer(read rowsProvider) tfprotov6.ProviderServer {
	return providerserver.NewProtocol6(read)()
}

// readRows returns the state of test_rows.
func readRows(tb testing.TB, server tfprotov6.ProviderServer) []byte {
	tb.Helper()
	resp, err := server.ReadDataSource(tb.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "test_rows", Config: &tfprotov6.DynamicValue{JSON: []byte("{}")},
	})
	if err != nil {
		tb.Fatalf("ReadDataSource: got error %v", err)
	}
	for _, d := range resp.Diagnostics {
		tb.Fatalf("ReadDataSource: got %s: %s", d.Summary, d.Detail)
	}
	return resp.State.MsgPack
}

// setList sets the state as a data source with a long list does.
func setList(rows []row) rowsProvider {
	return func(ctx context.Context, resp *datasource.ReadResponse) {
		resp.Diagnostics.Append(resp.State.Set(ctx, rowsModel{Before: "b", Zero: new(int64)})...)
		if err := rawstate.SetList(ctx, &resp.State, "rows", encodeRows(rows)); err != nil {
			resp.Diagnostics.AddError("SetList", err.Error())
		}
	}
}

// setState sets the state as the framework's documentation describes.
func setState(rows []row) rowsProvider {
	return func(ctx context.Context, resp *datasource.ReadResponse) {
		resp.Diagnostics.Append(resp.State.Set(ctx, rowsModel{Before: "b", Rows: rows, Zero: new(int64)})...)
	}
}
