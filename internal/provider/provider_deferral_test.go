package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// No released Terraform can put a read off yet, so this speaks the protocol.
func TestUsersAreReadLaterWhereTerraformCanWaitForTheSettings(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, values{"api_token": str("known-before")}, nil, nil)
	configured, err := e.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config:             e.value(e.schemas.Provider, values{"api_token": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(configured.Diagnostics) > 0 {
		t.Fatalf("ConfigureProvider: %v, %v, want no complaint", err, configured)
	}
	read, err := e.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName:           dataSource,
		Config:             e.value(e.schemas.DataSourceSchemas[dataSource], nil),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(read.Diagnostics) > 0 {
		t.Fatalf("ReadDataSource: %v, %v, want no complaint", err, read)
	}
	if read.Deferred == nil || read.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("ReadDataSource: deferred %v, want %v", read.Deferred, tfprotov6.DeferredReasonProviderConfigUnknown)
	}
}
