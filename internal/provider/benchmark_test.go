package provider_test

import (
	"fmt"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// BenchmarkReadDataSource measures one ReadDataSource call, from Terraform's
// request to the encoded response, with all requests to the API.
func BenchmarkReadDataSource(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			env := start(b, fakeapi.Recorded(fakeapi.New(fixedUsers(n))))
			e := newEndpoint(b, nil, env, acctest.NewClock()) // waits for the request budget take no time
			read := func() {
				resp := e.read(b.Context(), dataSource, nil)
				if size := len(resp.State.MsgPack); len(resp.Diagnostics) > 0 || size < 100*n {
					b.Fatalf("the state of %d users has %d bytes; %s", n, size, describe(resp.Diagnostics))
				}
			}
			read() // the API records its responses

			b.ReportAllocs()
			for b.Loop() {
				read()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/user")
		})
	}
}
