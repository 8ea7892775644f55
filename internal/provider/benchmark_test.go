package provider_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"

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
			perUser := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(n)
			b.ReportMetric(perUser, "ns/user")
			b.ReportMetric(perUser/11, "ns/attribute")
		})
	}
}

// BenchmarkDeviceRegistrations measures the same call for registrations. A row has 16
// attributes, a user 11: time and memory of an attribute are at most 1.5 times those
// of BenchmarkReadDataSource.
func BenchmarkDeviceRegistrations(b *testing.B) {
	const n = 100_000
	fake := fakeapi.New(nil)
	fake.SetRegistrations(fakeapi.AccountID, fakeapi.Registrations(n, fixedUsers(1000), time.Now()))
	e := newEndpoint(b, nil, start(b, fakeapi.Recorded(fake)), acctest.NewClock())
	read := func() []byte {
		resp := e.read(b.Context(), registrationsDataSource, values{"status": str("all")})
		if size := len(resp.State.MsgPack); len(resp.Diagnostics) > 0 || size < 100*n {
			b.Fatalf("the state of %d registrations has %d bytes; %s", n, size, describe(resp.Diagnostics))
		}
		return resp.State.MsgPack
	}
	var state struct {
		Registrations []struct {
			ID string `msgpack:"id"`
		} `msgpack:"registrations"`
	}
	ids := make(map[string]bool)
	err := msgpack.Unmarshal(read(), &state) // the API records its responses
	for _, registration := range state.Registrations {
		ids[registration.ID] = true
	}
	if err != nil || len(state.Registrations) != n || len(ids) != n {
		b.Fatalf("read: got %d registrations with %d ids, error %v, want %d", len(state.Registrations), len(ids), err, n)
	}

	b.ReportAllocs()
	for b.Loop() {
		read()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(16*n), "ns/attribute")
}

// BenchmarkEmails measures what the provider adds to a plan with a long list of
// addresses, one half of them repeated: two validations and a read, as Terraform
// requests them. The time grows in proportion to the list.
func BenchmarkEmails(b *testing.B) {
	for _, n := range []int{200, 2000, 20_000} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			e := newEndpoint(b, nil, start(b, fakeapi.Recorded(fakeapi.New(fixedUsers(100)))), acctest.NewClock())
			entries := make([]any, n)
			for i := range entries {
				entries[i] = fmt.Sprintf("person-%d@example.com", i/2)
			}
			config := e.value(e.schemas.DataSourceSchemas[dataSource], values{"emails": listOf(entries...)})
			b.ReportAllocs()
			for b.Loop() {
				for range 2 {
					call(b.Context(), e, e.server.ValidateDataResourceConfig, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: dataSource, Config: config})
				}
				resp := call(b.Context(), e, e.server.ReadDataSource, &tfprotov6.ReadDataSourceRequest{TypeName: dataSource, Config: config})
				if size := len(resp.State.MsgPack); len(resp.Diagnostics) > 0 || size < 30*n {
					b.Fatalf("the state has %d bytes; %s", size, describe(resp.Diagnostics))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
		})
	}
}
