package provider_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/acctest"
)

// TestContract_userAttributes compares the attributes of a user with the contract.
// That requests follow it is checked where they arrive, in serve.
func TestContract_userAttributes(t *testing.T) {
	t.Parallel()
	want := make(map[string]string)
	for name, jsonType := range acctest.LoadContract(t).Fields("user") {
		want[name] = map[string]tftypes.Type{"string": tftypes.String, "number": tftypes.Number, "boolean": tftypes.Bool}[jsonType].String()
	}
	check := func(of string, typ tftypes.Type) {
		t.Helper()
		object, _ := typ.(tftypes.Object)
		got := make(map[string]string)
		for name, typ := range object.AttributeTypes {
			if name != "account_id" && name != "timeouts" {
				got[name] = typ.String()
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attributes of %s (-contract +provider):\n%s", of, diff)
		}
	}
	check("the tests' users", userType())
	schemas := unconfigured(t, nil).schemas.DataSourceSchemas
	check(userDataSource, schemas[userDataSource].ValueType())
	users, _ := schemas[dataSource].ValueType().(tftypes.Object)
	list, _ := users.AttributeTypes["users"].(tftypes.List)
	check(dataSource, list.ElementType)
}
