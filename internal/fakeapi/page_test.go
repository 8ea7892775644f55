package fakeapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// BenchmarkPages is what the fake itself costs a benchmark of a client: a read
// of 100,000 users in pages of 1000, by a server that has sent them before.
func BenchmarkPages(b *testing.B) {
	s := fakeapi.New(fakeapi.Users(100_000, anchor()))
	read := func() {
		for n := range 100 {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, fmt.Sprintf("%s?page=%d", usersPath, n+1), http.NoBody)
			r.Header.Set("Authorization", "Bearer "+fakeapi.Token)
			if w := send(s, r); w.Code != http.StatusOK {
				b.Fatalf("page %d: status %d, want 200", n+1, w.Code)
			}
		}
	}
	read()
	for b.Loop() {
		read()
	}
}
