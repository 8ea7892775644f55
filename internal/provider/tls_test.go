package provider_test

import (
	"crypto/tls"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestOnlyTLS12OrNewerIsSpoken ends before the certificate matters, or with it.
func TestOnlyTLS12OrNewerIsSpoken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		newest uint16
		want   string
	}{
		"1.1": {tls.VersionTLS11, "protocol version not supported"},
		"1.2": {tls.VersionTLS12, "failed to verify certificate"},
		"1.3": {tls.VersionTLS13, "failed to verify certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(1))
			api := httptest.NewUnstartedServer(fake)
			api.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: test.newest} //nolint:gosec // old on purpose
			api.Config.ErrorLog = log.New(io.Discard, "", 0)
			api.StartTLS()
			t.Cleanup(api.Close)
			block := values{"base_url": str(api.URL + fakeapi.BasePath), "api_token": str(fakeapi.Token), "max_retries": num(0)}
			e := newEndpoint(t, block, nil, acctest.NewClock())
			got := describe(e.read(t.Context(), values{"account_id": str(fakeapi.AccountID)}).Diagnostics, "")
			if !strings.Contains(got, test.want) || len(fake.Requests()) > 0 {
				t.Errorf("the API got %d requests, the reader gets\n%s\nwant in it: %s", len(fake.Requests()), got, test.want)
			}
		})
	}
}
