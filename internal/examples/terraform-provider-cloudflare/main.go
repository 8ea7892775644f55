// This provider replaces Cloudflare's own in tests, because not every machine can
// download that one. It has the resource types of cloudflare/cloudflare 5.22 that
// the guides use, with the attributes that they use, and sends no requests.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return standin{} },
		providerserver.ServeOpts{Address: "registry.terraform.io/cloudflare/cloudflare"})
	if err != nil {
		log.Fatal(err)
	}
}

type standin struct{}

func (standin) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "cloudflare"
}

func (standin) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (standin) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (standin) DataSources(context.Context) []func() datasource.DataSource                        { return nil }

func (standin) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource {
			return memoryResource{"cloudflare_zero_trust_list", map[string]schema.Attribute{
				"account_id": schema.StringAttribute{Required: true},
				"type":       schema.StringAttribute{Required: true},
				"items":      schema.SetAttribute{Optional: true, ElementType: object("value", types.StringType)},
			}}
		},
		func() resource.Resource {
			return memoryResource{"cloudflare_zero_trust_access_group", map[string]schema.Attribute{
				"account_id": schema.StringAttribute{Optional: true},
				"include":    schema.ListAttribute{Required: true, ElementType: object("email_list", object("id", types.StringType))},
			}}
		},
	}
}

// object is the type of an object with one attribute.
func object(attribute string, typ attr.Type) attr.Type {
	return types.ObjectType{AttrTypes: map[string]attr.Type{attribute: typ}}
}

// A memoryResource exists in state only. Its id is its name.
type memoryResource struct {
	typeName   string
	attributes map[string]schema.Attribute
}

func (r memoryResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.typeName
}

func (r memoryResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	r.attributes["name"] = schema.StringAttribute{Required: true}
	r.attributes["id"] = schema.StringAttribute{
		Computed:      true,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
	resp.Schema = schema.Schema{Attributes: r.attributes}
}

func (memoryResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var name types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("name"), &name)...)
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), name)...)
}

func (memoryResource) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (memoryResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (memoryResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
