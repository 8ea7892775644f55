// Standin is a provider that stands in tests where Cloudflare's own would, which
// cannot be fetched everywhere: it takes cloudflare_zero_trust_access_group as
// version 5 of cloudflare/cloudflare has it, as far as the guide uses it, and
// asks nobody.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
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

func (standin) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{Attributes: map[string]providerschema.Attribute{
		"api_token": providerschema.StringAttribute{Optional: true, Sensitive: true},
	}}
}

func (standin) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (standin) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (standin) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return accessGroup{} }}
}

// accessGroup keeps in state what the configuration says.
type accessGroup struct{}

func (accessGroup) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "cloudflare_zero_trust_access_group"
}

func (accessGroup) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:      true,
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		"account_id": schema.StringAttribute{Optional: true},
		"name":       schema.StringAttribute{Required: true},
		"include": schema.ListNestedAttribute{
			Required: true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"email": schema.SingleNestedAttribute{
					Optional:   true,
					Attributes: map[string]schema.Attribute{"email": schema.StringAttribute{Required: true}},
				},
			}},
		},
	}}
}

func (accessGroup) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), "aa0a4aab-672b-4bdb-bc33-a59f1130a11f")...)
}

func (accessGroup) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (accessGroup) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (accessGroup) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
