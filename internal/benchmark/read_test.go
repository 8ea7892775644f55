package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	sdk "github.com/cloudflare/cloudflare-go/v7"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/zero_trust"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// maxPageSize is the data source's default and largest page size.
const maxPageSize = 1000

// A readFunc reads all users with a new client, and returns their ids.
type readFunc func(ctx context.Context, perPage int) (ids []string, err error)

func readers() map[string]readFunc {
	return map[string]readFunc{"provider": readWithProvider, "sdk": readWithSDK}
}

func readWithSDK(ctx context.Context, perPage int) (ids []string, err error) {
	client := sdk.NewClient(option.WithBaseURL(os.Getenv("CLOUDFLARE_BASE_URL")), option.WithAPIToken(fakeapi.Token))
	params := zero_trust.AccessUserListParams{AccountID: sdk.F(fakeapi.AccountID), PerPage: sdk.F(int64(perPage))}
	pager := client.ZeroTrust.Access.Users.ListAutoPaging(ctx, params)
	for pager.Next() {
		ids = append(ids, pager.Current().ID)
	}
	return ids, pager.Err()
}

func readWithProvider(ctx context.Context, perPage int) (ids []string, err error) {
	encoded, err := readState(ctx, perPage)
	if err != nil {
		return nil, err
	}
	found, err := msgpack.NewDecoder(bytes.NewReader(encoded)).Query("users.*.id")
	for _, id := range found {
		ids = append(ids, fmt.Sprint(id))
	}
	return ids, err
}

// readState reads the data source with a new provider in this process, which has
// its whole request budget. It returns the state, encoded as MessagePack.
func readState(ctx context.Context, perPage int) ([]byte, error) {
	server := provider.NewServer(provider.Options{Getenv: os.Getenv})
	none := &tfprotov6.DynamicValue{JSON: []byte("{}")}
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: none})
	if err != nil {
		return nil, err
	}
	config := &tfprotov6.DynamicValue{JSON: fmt.Appendf(nil, `{"per_page": %d}`, perPage)}
	resp, err := server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "cloudflare_access_users", Config: config})
	if err != nil {
		return nil, err
	}
	for _, d := range append(configured.Diagnostics, resp.Diagnostics...) {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return nil, fmt.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	return resp.State.MsgPack, nil
}

// serve serves an API until the benchmark ends, and sets the provider's
// environment variables for it.
func serve(b *testing.B, api http.Handler) {
	b.Helper()
	server := httptest.NewServer(api)
	b.Cleanup(server.Close)
	b.Setenv("CLOUDFLARE_BASE_URL", server.URL+fakeapi.BasePath)
	b.Setenv("CLOUDFLARE_API_TOKEN", fakeapi.Token)
	b.Setenv("CLOUDFLARE_ACCOUNT_ID", fakeapi.AccountID)
}

// readAll reads an account that does not change, which must be exact.
func readAll(b *testing.B, a *account, read readFunc, perPage int) {
	b.Helper()
	ids, err := read(b.Context(), perPage)
	b.StopTimer()
	defer b.StartTimer()
	check(b, err)
	if outcomes := a.compare(ids, nil); outcomes[0] != "complete" {
		b.Fatalf("the list of an unchanged account is %s", outcomes)
	}
}

// BenchmarkRead reads the same account with both readers. The pages are recorded
// first, so that the responses take the delay and nothing else.
func BenchmarkRead(b *testing.B) {
	pageSize, delay := 100, time.Duration(0)
	a := newAccount(scaled(6_000), pageSize)
	api := fakeapi.Recorded(a)
	serve(b, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		<-time.After(delay)
		api.ServeHTTP(w, req)
	}))
	for _, read := range readers() {
		readAll(b, a, read, pageSize)
	}
	delay = 100 * time.Millisecond
	for reader, read := range readers() {
		b.Run(reader, func(b *testing.B) {
			for b.Loop() {
				readAll(b, a, read, pageSize)
			}
			b.ReportMetric(float64(scaled(6_000)), "users")
			b.ReportMetric(float64(pageSize), "page")
			b.ReportMetric(float64(delay.Milliseconds()), "delay-ms")
		})
	}
}
