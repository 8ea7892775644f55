package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// redirectingAPI sends its caller on to a second server, which fails the test
// as soon as anybody asks it anything.
func redirectingAPI(t *testing.T, status int) *fakeapi.Server {
	t.Helper()
	second := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the second server was asked %s %s, with the headers %v", r.Method, r.URL, r.Header)
	}))
	t.Cleanup(second.Close)
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize = 100
	fake.Faults = []fakeapi.Fault{{Page: 2, Attempts: -1, Do: fakeapi.Status(status, "", "Location", second.URL+fakeapi.BasePath)}}
	return fake
}

func TestARedirectDeliversNoCredentialToASecondServer(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]values{
		"token": {"api_token": str(fakeapi.Token)},
		"key":   {"api_key": str(fakeapi.Key), "email": str(fakeapi.Email)},
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(name+" "+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				all := maps.Clone(block)
				all["base_url"] = str(serve(t, redirectingAPI(t, status)))
				e := newEndpoint(t, all, nil, acctest.NewClock())
				resp := e.read(t.Context(), values{"account_id": str(fakeapi.AccountID)})
				want := fmt.Sprintf("Cannot read Access users: %d %s", status, http.StatusText(status))
				if len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Summary != want || e.hasUsers(resp) {
					t.Errorf("the reader gets\n%s\nwant %s", describe(resp.Diagnostics, ""), want)
				}
			})
		}
	}
}

func TestAccARedirectDeliversNoCredentialToASecondServer(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]string{"token": tokenBlock, "key": keyBlock} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := []string{"CLOUDFLARE_BASE_URL=" + serve(t, redirectingAPI(t, http.StatusTemporaryRedirect)), "CLOUDFLARE_ACCOUNT_ID=" + fakeapi.AccountID}
			w := newWorkspace(t, block, "", env...)
			checkFailed(t, w.run("plan", "-no-color"), "Cannot read Access users: 307 Temporary Redirect",
				"a redirect to 127.0.0.1:", "The provider follows no redirects: it sends credentials to base_url alone.")
		})
	}
}
