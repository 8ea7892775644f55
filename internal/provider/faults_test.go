package provider_test

import (
	"net/http"
	"strings"
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

// TestAccAFaultThatStaysIsOneErrorThatSaysWhatToDo holds key sentences; the
// whole texts are in TestDiagnosticsByTheirText.
func TestAccAFaultThatStaysIsOneErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault http.HandlerFunc
		want  []string
	}{
		"401": {refusal(http.StatusUnauthorized, 10000, "Authentication error"), []string{
			"Cannot read Access users: 401 Unauthorized", "10000: Authentication error",
			"Cloudflare does not accept the API token (from the environment variable CLOUDFLARE_API_TOKEN).",
		}},
		"403": {refusal(http.StatusForbidden, 10000, "Authentication error"), []string{
			"Cannot read Access users: 403 Forbidden", `Give it the permission "Access: Audit Logs Read" on the account`,
		}},
		"429": {refusal(http.StatusTooManyRequests, 971, "Please wait"), []string{
			"Cannot read Access users: 429 Too Many Requests", "971: Please wait", "Tried: 6 times in ",
			"Cloudflare allows 1200 requests in 5 minutes",
		}},
		"HTML under 502": {fakeapi.HTML(http.StatusBadGateway), []string{
			"Cannot read Access users: 502 Bad Gateway", "the response is not JSON", "Tried: 6 times in ",
			"Large pages can time out: a smaller per_page, such as 100, may do.",
		}},
		"HTML under 200": {fakeapi.HTML(http.StatusOK), []string{
			"Cannot read Access users: the answer cannot be used", "the response is not JSON",
			"Something other than Cloudflare's API may have answered",
		}},
		"a wrong type": {fakeapi.WrongType("email", 40712), []string{
			"Cannot read Access users: the answer cannot be used", "email of user 1 on page 2 is not a string",
		}},
		"a redirect": {fakeapi.Redirect("https://other.example.com/?token=1"), []string{
			"Cannot read Access users: 302 Found", "a redirect to other.example.com, which is not followed",
		}},
		"success false": {fakeapi.SuccessFalse(fakeapi.Message{Code: 1000, Text: "Something is wrong"}), []string{
			"Cannot read Access users: refused", "1000: Something is wrong",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Faults = []fakeapi.Fault{{Page: 2, Attempts: -1, Do: test.fault}}
			c := patientCase(t, fake)
			var got string
			c.ErrorCheck = func(err error) error {
				got = err.Error()
				return nil
			}
			resource.Test(t, c)
			want := append(test.want, "GET /client/v4/accounts/"+fakeapi.AccountID+"/access/users, page 2", "CF-Ray ")
			for _, sentence := range want {
				if !strings.Contains(oneLine(got), sentence) {
					t.Errorf("Terraform prints\n%s\nwant in it: %s", got, sentence)
				}
			}
			if n := strings.Count(got, "Error: "); n != 1 || strings.Contains(got, fakeapi.Token) || strings.Contains(got, "40712") {
				t.Errorf("Terraform prints %d errors, or what nobody is to see:\n%s", n, got)
			}
		})
	}
}
