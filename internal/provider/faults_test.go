package provider_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// patientCase is a test case whose provider waits by a clock of its own, and so
// not at all.
func patientCase(t *testing.T, fake *fakeapi.Server) resource.TestCase {
	t.Helper()
	env, clock := start(t, fake), acctest.NewClock()
	c := testCase(env.getenv, reads(everyUser, fake, nil))
	c.ProtoV6ProviderFactories["cloudflare"] = func() (tfprotov6.ProviderServer, error) {
		return provider.NewServer(provider.Options{Version: "test", Getenv: env.getenv, Clock: clock}), nil
	}
	return c
}

// TestAccUsersComeWholeAfterAFaultThatPasses meets each fault on the first two
// tries of the second page.
func TestAccUsersComeWholeAfterAFaultThatPasses(t *testing.T) {
	t.Parallel()
	limited := refusal(http.StatusTooManyRequests, 10100, "Rate limited. Please wait and consider throttling your request speed")
	for name, fault := range map[string]http.HandlerFunc{
		"429":                  limited,
		"429 with Retry-After": fakeapi.Header(limited, "Retry-After", "7"),
		"503, empty":           fakeapi.Status(http.StatusServiceUnavailable, ""),
		"HTML under 502":       fakeapi.HTML(http.StatusBadGateway),
		"HTML under 200":       fakeapi.HTML(http.StatusOK),
		"a body cut short":     fakeapi.CutShort(),
		"a connection reset":   fakeapi.Reset(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Faults = []fakeapi.Fault{{Page: 2, Attempts: 2, Do: fault}}
			resource.Test(t, patientCase(t, fake))
			if extra := asked(fake, 2) - asked(fake, 3); extra != 2 {
				t.Errorf("page 2 was asked for %d times more than page 3, want 2", extra)
			}
		})
	}
}

func asked(fake *fakeapi.Server, page int) (n int) {
	for _, r := range fake.Requests() {
		if r.Page == page {
			n++
		}
	}
	return n
}
