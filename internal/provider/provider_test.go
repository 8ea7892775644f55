package provider_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestMain(m *testing.M) {
	os.Exit(runIsolated(m))
}

// runIsolated runs the tests without what their caller has set for Terraform,
// except which one to run and TF_LOG: a development override, for example, would
// replace the provider under test.
func runIsolated(m *testing.M) int {
	config, err := os.CreateTemp("", "terraformrc")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.Remove(config.Name()) }()
	_ = config.Close()

	allowed := regexp.MustCompile(`^TF_(ACC|ACC_TERRAFORM_.*|LOG.*)$`)
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_") && !allowed.MatchString(name) {
			_ = os.Unsetenv(name)
		}
	}
	_ = os.Setenv("TF_CLI_CONFIG_FILE", config.Name())
	_ = os.Setenv("CHECKPOINT_DISABLE", "1")
	if strings.TrimSuffix(filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH")), ".exe") == "tofu" {
		_ = os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org")
	}
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" {
		if err := unreadFiles(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// Data sources.
const (
	dataSource              = "cloudflare_access_users"
	userDataSource          = "cloudflare_access_user"
	seatsDataSource         = "cloudflare_access_seats"
	registrationsDataSource = "cloudflare_device_registrations"
)

// An environment replaces the process environment of the provider.
type environment map[string]string

func (e environment) getenv(variable string) string { return e[variable] }

// start serves the fake API and returns the environment for a read from it.
func start(tb testing.TB, fake http.Handler) environment {
	tb.Helper()
	return environment{
		"CLOUDFLARE_BASE_URL":   serve(tb, fake),
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}
}

// serve starts an API, to which no request may be sent that the contract does not
// allow, and returns its base URL.
func serve(tb testing.TB, api http.Handler) string {
	tb.Helper()
	contract := acctest.LoadContract(tb)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := contract.CheckRequest(r); err != nil {
			tb.Errorf("request %s %s: got %v", r.Method, r.URL, err)
		}
		api.ServeHTTP(w, r)
	}))
	tb.Cleanup(server.Close)
	return server.URL + fakeapi.BasePath
}

// fixedUsers returns n users, the same in each test.
func fixedUsers(n int) []fakeapi.User {
	return fakeapi.Users(n, time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
}

// pagedFake serves 250 users in pages of 100, with these faults.
func pagedFake(faults ...fakeapi.Fault) *fakeapi.Server {
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize, fake.Faults = 100, faults
	return fake
}

// refusal is an envelope of Cloudflare's with one error.
func refusal(status, code int, text string, chain ...fakeapi.Message) http.HandlerFunc {
	return fakeapi.Envelope(status, fakeapi.Message{Code: code, Text: text, Chain: chain})
}

func TestConfigure_sendsTerraformsVersion(t *testing.T) {
	t.Parallel()
	const product = "terraform-provider-cloudflare-access/test"
	for terraform, want := range map[string]string{
		"1.11.4": "Terraform/1.11.4 (+https://www.terraform.io) " + product,
		"":       product,
	} {
		fake := fakeapi.New(nil)
		e := unconfigured(t, start(t, fake))
		e.terraform = terraform
		e.configure(t.Context(), nil)
		e.diagnose(dataSource, nil)
		if got := fake.Requests()[0].Header.Get("User-Agent"); got != want {
			t.Errorf("Terraform %q: User-Agent is %q, want %q", terraform, got, want)
		}
	}
}

func TestConfigure_maxRetries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block  values
		status int
		body   string
		want   int // requests
	}{
		"default":                    {nil, 503, "", 6},
		"0":                          {values{"max_retries": num(0)}, 503, "", 1},
		"0, with 500":                {values{"max_retries": num(0)}, 500, "", 1},
		"default, but not retryable": {nil, 500, `{"title":"No","status":500,"retryable":false}`, 1},
	} {
		fake := fakeapi.New(nil)
		fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Status(test.status, test.body)}}
		newEndpoint(t, test.block, start(t, fake), acctest.NewClock()).diagnose(dataSource, nil)
		if got := len(fake.Requests()); got != test.want {
			t.Errorf("max_retries %s: %d requests, want %d", name, got, test.want)
		}
	}
}

// No released Terraform can defer a read yet.
func TestConfigure_unknownValueDefersReads(t *testing.T) {
	t.Parallel()
	for _, block := range []values{{"api_token": unknownStr()}, {"account_id": unknownStr()}, nil} {
		e := unconfigured(t, start(t, fakeapi.New(nil)))
		configured := call(t.Context(), e, e.server.ConfigureProvider, &tfprotov6.ConfigureProviderRequest{
			Config:             e.value(e.schemas.Provider, block),
			ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
		})
		read := call(t.Context(), e, e.server.ReadDataSource, &tfprotov6.ReadDataSourceRequest{
			TypeName:           dataSource,
			Config:             e.value(e.schemas.DataSourceSchemas[dataSource], nil),
			ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
		})
		if got := describe(configured.Diagnostics) + describe(read.Diagnostics); got != "" {
			t.Errorf("ConfigureProvider and ReadDataSource, %v: got %s, want no diagnostics", block, got)
		}
		isDeferred := read.Deferred != nil && read.Deferred.Reason == tfprotov6.DeferredReasonProviderConfigUnknown
		if isDeferred != (block != nil) || !isDeferred && read.Deferred != nil {
			t.Errorf("ReadDataSource, %v: got deferred %v, want it only for an unknown value", block, read.Deferred)
		}
	}
}

func TestAccProvider_nothingToRead(t *testing.T) {
	t.Parallel()
	terraform(t, nil, resource.TestStep{Config: `
data "cloudflare_access_users" "all" {
  count = 0
}
data "cloudflare_access_user" "each" {
  for_each = toset([])
  email    = each.key
}
data "cloudflare_access_users" "nobody" {
  emails = []
}
output "users" {
  value = length(data.cloudflare_access_users.all) + length(data.cloudflare_access_users.nobody.users)
}
`})
}

// In the first step, the data source is read during apply, when the token is
// known. Without depends_on, it is read during plan.
func TestAccProvider_tokenKnownAfterApply(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(3))
	env := start(t, fake)
	delete(env, "CLOUDFLARE_API_TOKEN")
	config := func(token, dependsOn string) string {
		return fmt.Sprintf(`
resource "terraform_data" "token" {
  input = %q
}
provider "cloudflare" {
  api_token = terraform_data.token.output
}
data "cloudflare_access_users" "all" {
  depends_on = [%s]
}
`, token, dependsOn)
	}
	terraform(t, env, reads(config(fakeapi.Token, "terraform_data.token"), fake))
	terraform(t, env, resource.TestStep{
		Config:      config(fakeapi.Token, ""),
		ExpectError: regexp.MustCompile("Cannot use a value for api_token that is known only after apply"),
	})
}
