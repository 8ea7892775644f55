package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// BenchmarkReadDataSource is one answer to Terraform, from question to state,
// all pages of 1000 users asked for and decoded on the way.
func BenchmarkReadDataSource(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			env := map[string]string{
				"CLOUDFLARE_BASE_URL":   serveRecorded(b, n),
				"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
				"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
			}
			server := provider.NewServer(provider.Options{
				Getenv: func(name string) string { return env[name] },
				Clock:  acctest.NewClock(), // or the request budget would end
			})
			schemas, err := server.GetProviderSchema(b.Context(), &tfprotov6.GetProviderSchemaRequest{})
			if err != nil {
				b.Fatal(err)
			}
			configured, err := server.ConfigureProvider(b.Context(), &tfprotov6.ConfigureProviderRequest{
				Config: unset(b, schemas.Provider),
			})
			if err != nil || len(configured.Diagnostics) > 0 {
				b.Fatal(err, configured)
			}
			request := &tfprotov6.ReadDataSourceRequest{
				TypeName: dataSource, Config: unset(b, schemas.DataSourceSchemas[dataSource]),
			}

			b.ReportAllocs()
			for b.Loop() {
				resp, err := server.ReadDataSource(b.Context(), request)
				if err != nil || len(resp.Diagnostics) > 0 {
					b.Fatal(err, resp)
				}
				if size := len(resp.State.MsgPack); size < 100*n {
					b.Fatalf("the state of %d users has only %d bytes", n, size)
				}
			}
			perUser(b, n)
		})
	}
}

// BenchmarkAccessUsers is the part of it that is the API's: pages are asked for
// and decoded, and nothing is kept of a user.
func BenchmarkAccessUsers(b *testing.B) {
	const n = 10_000
	client, err := cloudflare.New(cloudflare.Config{
		BaseURL:     serveRecorded(b, n),
		Credentials: cloudflare.Credentials{APIToken: fakeapi.Token},
		Clock:       acctest.NewClock(),
	})
	if err != nil {
		b.Fatal(err)
	}
	query := cloudflare.AccessUsersQuery{AccountID: fakeapi.AccountID, PerPage: 1000}
	nothing := func(*cloudflare.AccessUser) struct{} { return struct{}{} }

	b.ReportAllocs()
	for b.Loop() {
		list, err := cloudflare.AccessUsers(b.Context(), client, query, nothing)
		if err != nil || len(list.Users) != n {
			b.Fatal(err, list)
		}
	}
	perUser(b, n)
}

func perUser(b *testing.B, users int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(users), "ns/user")
}

// serveRecorded starts an API that has its answers for n users ready, so that
// the least possible of what is measured is its own, and gives its base URL.
func serveRecorded(b *testing.B, n int) string {
	b.Helper()
	fake := fakeapi.New(fixedUsers(n))
	answers := make(map[string][]byte)
	for number := range n/1000 + 1 {
		query := fmt.Sprintf("page=%d&per_page=1000", number+1)
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet,
			fakeapi.BasePath+"/accounts/"+fakeapi.AccountID+"/access/users?"+query, http.NoBody)
		request.Header.Set("Authorization", "Bearer "+fakeapi.Token)
		answer := httptest.NewRecorder()
		fake.ServeHTTP(answer, request)
		answers[query] = answer.Body.Bytes()
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answers[r.URL.RawQuery])
	}))
	b.Cleanup(server.Close)
	return server.URL + fakeapi.BasePath
}

// unset is a block that sets nothing.
func unset(b *testing.B, schema *tfprotov6.Schema) *tfprotov6.DynamicValue {
	b.Helper()
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		b.Fatal("the schema is no object")
	}
	attributes := make(map[string]tftypes.Value)
	for name, typ := range object.AttributeTypes {
		attributes[name] = tftypes.NewValue(typ, nil)
	}
	value, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, attributes))
	if err != nil {
		b.Fatal(err)
	}
	return &value
}
