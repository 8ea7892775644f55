// Floor is the least that a provider can do: it hands Terraform an answer that
// it finds in a file, encoded already. What `terraform plan` takes with it is
// what Terraform itself takes.
package main

import (
	"context"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func main() {
	err := tf6server.Serve("registry.terraform.io/local/cloudflare-access", func() tfprotov6.ProviderServer {
		return &floor{stateFile: os.Getenv("FLOOR_STATE")}
	})
	if err != nil {
		log.Fatal(err)
	}
}

// A floor answers the calls that a plan with one data source makes; any other
// would panic.
type floor struct {
	tfprotov6.ProviderServer

	stateFile string
}

// GetProviderSchema gives the attributes that the provider has.
func (*floor) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	user := attributes(result,
		"id", "email", "name", "uid", "seat_uid", "created_at", "updated_at", "last_successful_login")
	user = append(user, typed(result, "access_seat", tftypes.Bool), typed(result, "gateway_seat", tftypes.Bool),
		typed(result, "active_device_count", tftypes.Number))
	timeouts := &tfprotov6.SchemaAttribute{Name: "timeouts", Optional: true, NestedType: &tfprotov6.SchemaObject{
		Nesting: tfprotov6.SchemaObjectNestingModeSingle, Attributes: attributes(argument, "read"),
	}}
	users := &tfprotov6.SchemaAttribute{Name: "users", Computed: true, NestedType: &tfprotov6.SchemaObject{
		Nesting: tfprotov6.SchemaObjectNestingModeList, Attributes: user,
	}}
	all := append(attributes(argument, "email", "name", "search"), typed(argument, "per_page", tftypes.Number), timeouts, users,
		&tfprotov6.SchemaAttribute{Name: "account_id", Type: tftypes.String, Optional: true, Computed: true})
	return &tfprotov6.GetProviderSchemaResponse{
		// With this, Terraform asks one process for the schema, and no others.
		ServerCapabilities: &tfprotov6.ServerCapabilities{GetProviderSchemaOptional: true},
		Provider:           &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		DataSourceSchemas: map[string]*tfprotov6.Schema{
			"cloudflare_access_users": {Block: &tfprotov6.SchemaBlock{Attributes: all}},
		},
	}, nil
}

// What an attribute is to the configuration.
const (
	argument = false
	result   = true
)

func attributes(isResult bool, names ...string) []*tfprotov6.SchemaAttribute {
	all := make([]*tfprotov6.SchemaAttribute, len(names))
	for i, name := range names {
		all[i] = typed(isResult, name, tftypes.String)
	}
	return all
}

func typed(isResult bool, name string, typ tftypes.Type) *tfprotov6.SchemaAttribute {
	return &tfprotov6.SchemaAttribute{Name: name, Type: typ, Computed: isResult, Optional: !isResult}
}

// GetResourceIdentitySchemas has none.
func (*floor) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

// ValidateProviderConfig takes any.
func (*floor) ValidateProviderConfig(_ context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: req.Config}, nil
}

// ConfigureProvider has nothing to set up.
func (*floor) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

// StopProvider has nothing to stop.
func (*floor) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

// ValidateDataResourceConfig takes any.
func (*floor) ValidateDataResourceConfig(context.Context, *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return &tfprotov6.ValidateDataResourceConfigResponse{}, nil
}

// ReadDataSource hands over the file.
func (f *floor) ReadDataSource(context.Context, *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	state, err := os.ReadFile(f.stateFile)
	return &tfprotov6.ReadDataSourceResponse{State: &tfprotov6.DynamicValue{MsgPack: state}}, err
}
