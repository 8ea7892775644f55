package provider_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/acctest"
)

// TestContract_attributes compares the attributes of rows with the contract. That
// requests follow it is checked where they arrive, in serve.
func TestContract_attributes(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	check := func(of, schema string, typ tftypes.Type, leftOut ...string) {
		t.Helper()
		want, got := make(map[string]string), make(map[string]string)
		for name, jsonType := range contract.Fields(schema) {
			if !slices.Contains(leftOut, name) {
				want[name] = map[string]string{"string": "tftypes.String", "number": "tftypes.Number", "boolean": "tftypes.Bool", "object": "an object"}[jsonType]
			}
		}
		object, _ := typ.(tftypes.Object)
		for name, typ := range object.AttributeTypes {
			if name != "account_id" && name != "timeouts" {
				got[name] = typ.String()
			}
			if typ.Is(tftypes.Object{}) && name != "timeouts" {
				got[name] = "an object"
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attributes of %s (-%s in internal/fakeapi/testdata/access-users.openapi.yaml +provider):\n%s", of, schema, diff)
		}
	}
	schemas := unconfigured(t, nil).schemas.DataSourceSchemas
	elements := func(typeName, attribute string) tftypes.Type {
		object, _ := schemas[typeName].ValueType().(tftypes.Object)
		list, _ := object.AttributeTypes[attribute].(tftypes.List)
		return list.ElementType
	}
	check(userDataSource, "user", schemas[userDataSource].ValueType())
	check(dataSource, "user", elements(dataSource, "users"))
	registration, _ := elements(registrationsDataSource, "registrations").(tftypes.Object)
	check(registrationsDataSource, "registration", registration, "key", "policy")
	check("device", "registration_device", registration.AttributeTypes["device"])
	check("user", "registration_user", registration.AttributeTypes["user"])
}
