package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestContract_requests(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	fake := pagedFake()
	fake.Quirks.IgnoreFilters = true // so that filtered lists have several pages
	e := newEndpoint(t, nil, start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := contract.CheckRequest(r); err != nil {
			t.Errorf("request %s %s: got %v", r.Method, r.URL, err)
		}
		fake.ServeHTTP(w, r)
	})), nil)
	user := fake.Users(fakeapi.AccountID)[0]
	for _, test := range []struct {
		typeName string
		config   values
	}{
		{dataSource, nil},
		{dataSource, values{"per_page": num(90), "email": str("@"), "name": str("ü &+"), "search": str("a")}},
		{userDataSource, values{"id": str(text(user["id"]))}},
		{userDataSource, values{"email": str(text(user["email"]))}},
	} {
		if got := e.diagnose(test.typeName, test.config); strings.Contains(got, "ERROR") {
			t.Errorf("read of %s with %v: got %s, want no error", test.typeName, test.config, got)
		}
	}
	if got := len(fake.Requests()); got < 8 {
		t.Errorf("read: got %d requests, want at least 8", got)
	}
}

func TestContract_userAttributes(t *testing.T) {
	t.Parallel()
	schemas := newEndpoint(t, nil, environment{"CLOUDFLARE_API_TOKEN": "t"}, nil).schemas.DataSourceSchemas
	jsonTypes := map[string]string{tftypes.String.String(): "string", tftypes.Number.String(): "number", tftypes.Bool.String(): "boolean"}
	types := func(attributes []*tfprotov6.SchemaAttribute) map[string]string {
		names := make(map[string]string)
		for _, attribute := range attributes {
			if attribute.Name != "account_id" && attribute.Name != "timeouts" {
				names[attribute.Name] = jsonTypes[attribute.Type.String()]
			}
		}
		return names
	}
	want := acctest.LoadContract(t).User
	if diff := cmp.Diff(want, types(schemas[userDataSource].Block.Attributes)); diff != "" {
		t.Errorf("attributes of %s (-contract +provider):\n%s", userDataSource, diff)
	}
	for _, attribute := range schemas[dataSource].Block.Attributes {
		if attribute.Name != "users" {
			continue
		}
		if diff := cmp.Diff(want, types(attribute.NestedType.Attributes)); diff != "" {
			t.Errorf("attributes of users in %s (-contract +provider):\n%s", dataSource, diff)
		}
	}
}
