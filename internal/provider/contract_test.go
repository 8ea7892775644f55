package provider_test

import (
	"maps"
	"net/http"
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
			for _, config := range []values{
				{"account_id": account},
				{"account_id": account, "per_page": num(90), "email": str("@"), "name": str("ü &+"), "search": str("a")},
			} {
				if resp := e.read(t.Context(), config); !e.hasUsers(resp) {
					t.Errorf("read with %v: %s", config, describe(resp.Diagnostics, ""))
				}
			}
			if len(fake.Requests()) < 6 {
				t.Errorf("%d requests, want at least 6", len(fake.Requests()))
			}
		})
	}
}

func TestProvider_userAttributesAreTheContracts(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, nil, environment{"CLOUDFLARE_API_TOKEN": "t"}, nil)
	jsonTypes := map[string]string{tftypes.String.String(): "string", tftypes.Number.String(): "number", tftypes.Bool.String(): "boolean"}
	got := make(map[string]string)
	for _, attribute := range e.schemas.DataSourceSchemas[dataSource].Block.Attributes {
		if attribute.Name == "users" {
			for _, field := range attribute.NestedType.Attributes {
				got[field.Name] = jsonTypes[field.Type.String()]
			}
		}
	}
	if diff := cmp.Diff(acctest.LoadContract(t).User, got); diff != "" {
		t.Errorf("attributes of a user (-contract +provider):\n%s", diff)
	}
}
