package provider_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestProvider_requestsFollowTheContract(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	for name, credentials := range map[string]values{
		"token": {"api_token": str(fakeapi.Token)},
		"key":   {"api_key": str(fakeapi.Key), "email": str(fakeapi.Email)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Quirks.IgnoreFilters = true // so that filtered lists have several pages
			block := values{"base_url": str(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := contract.CheckRequest(r); err != nil {
					t.Errorf("%s %s: %v", r.Method, r.URL, err)
				}
				fake.ServeHTTP(w, r)
			})))}
			maps.Copy(block, credentials)
			e := newEndpoint(t, block, nil, nil)
			account := str(fakeapi.AccountID)
			for _, test := range []struct {
				typeName string
				config   values
			}{
				{dataSource, values{"account_id": account}},
				{dataSource, values{"account_id": account, "per_page": num(90), "email": str("@"), "name": str("ü &+"), "search": str("a")}},
				{userDataSource, values{"account_id": account, "id": str(text(fake.Users(fakeapi.AccountID)[0]["id"]))}},
				{userDataSource, values{"account_id": account, "email": str(text(fake.Users(fakeapi.AccountID)[0]["email"]))}},
			} {
				got := describe(e.readType(t.Context(), test.typeName, test.config).Diagnostics, "")
				if strings.Contains(got, "ERROR") {
					t.Errorf("read of %s with %v: got %s", test.typeName, test.config, got)
				}
			}
			if got := len(fake.Requests()); got < 9 {
				t.Errorf("got %d requests, want at least 9", got)
			}
		})
	}
}

func TestProvider_userAttributesAreTheContracts(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, nil, environment{"CLOUDFLARE_API_TOKEN": "t"}, nil)
	jsonTypes := map[string]string{tftypes.String.String(): "string", tftypes.Number.String(): "number", tftypes.Bool.String(): "boolean"}
	list, single := make(map[string]string), make(map[string]string)
	for _, attribute := range e.schemas.DataSourceSchemas[dataSource].Block.Attributes {
		if attribute.Name == "users" {
			for _, field := range attribute.NestedType.Attributes {
				list[field.Name] = jsonTypes[field.Type.String()]
			}
		}
	}
	for _, attribute := range e.schemas.DataSourceSchemas[userDataSource].Block.Attributes {
		if attribute.Name != "account_id" && attribute.Name != "timeouts" {
			single[attribute.Name] = jsonTypes[attribute.Type.String()]
		}
	}
	want := acctest.LoadContract(t).User
	for typeName, got := range map[string]map[string]string{dataSource: list, userDataSource: single} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attributes of a user in %s (-contract +provider):\n%s", typeName, diff)
		}
	}
}
