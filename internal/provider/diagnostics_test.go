package provider_test

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"maps"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// A diagnosticCase is a fault of the API that leads to one diagnostic.
type diagnosticCase struct {
	fault  http.HandlerFunc
	page   int // that gets the fault; 0 is page 1
	quirks fakeapi.Quirks
	change func(int, []fakeapi.User) []fakeapi.User
	key    bool   // an API key instead of a token
	block  values // of the provider
	config values
}

// diagnose reads 250 users in pages of 100 and returns the only diagnostic.
func (c diagnosticCase) diagnose(t *testing.T, name string) string {
	t.Helper()
	fake := pagedFake()
	fake.Quirks, fake.Change = c.quirks, c.change
	if c.fault != nil {
		fake.Faults = []fakeapi.Fault{{Page: cmp.Or(c.page, 1), Attempts: -1, Do: c.fault}}
	}
	block := values{"max_retries": num(2)}
	maps.Copy(block, c.block)
	if c.key {
		maps.Copy(block, keyValues())
	}
	e := newEndpoint(t, block, start(t, fake), acctest.NewClock())
	resp := e.read(t.Context(), dataSource, c.config)
	if len(resp.Diagnostics) != 1 {
		t.Fatalf("%s: read: got %d diagnostics, want 1", name, len(resp.Diagnostics))
	}
	if failed := resp.Diagnostics[0].Severity == tfprotov6.DiagnosticSeverityError; failed == e.hasUsers(resp) {
		t.Errorf("%s: read: got an error: %t, and users: %t, want one of them", name, failed, !failed)
	}
	return describe(resp.Diagnostics)
}

// The end of a read by a deadline or by ^C is in access_data_source_test.go.
func TestDiagnose(t *testing.T) {
	t.Parallel()
	others := fixedUsers(250 * 300)
	got := make(map[string]string)
	for name, test := range map[string]diagnosticCase{
		"wait beyond the deadline": {fault: fakeapi.Header(refusal(429, 971, "Please wait"), "Retry-After", "900")},
		"always page 1":            {quirks: fakeapi.Quirks{FirstPageOnly: true}},
		"always page 1, filtered":  {quirks: fakeapi.Quirks{FirstPageOnly: true}, config: values{"search": str("example")}},
		"always changing": {change: func(response int, _ []fakeapi.User) []fakeapi.User {
			return others[250*response:][:250] // for each response
		}},
		"total_count too large": {quirks: fakeapi.Quirks{TotalCount: func(int) int { return 257 }}},
		"email filter ignored":  {quirks: fakeapi.Quirks{IgnoreFilters: true}, config: values{"email": str("ann@")}},
		"name filter ignored":   {quirks: fakeapi.Quirks{IgnoreFilters: true}, config: values{"name": str("Zoë Nobody")}},
	} {
		got[name] = test.diagnose(t, name)
	}
	checkTexts(t, got)
}

// TestDiagnose_error is for errors that no fault of the fake API leads to, and
// for data sources without per_page.
func TestDiagnose_error(t *testing.T) {
	t.Parallel()
	failed := func(status int, err error) error {
		return &cloudflare.Error{Method: http.MethodGet, Path: "/users/1", Status: status, Err: err}
	}
	got := make(map[string]string)
	for name, test := range map[string]struct {
		perPage int
		err     error
	}{
		"budget of requests":   {1000, &cloudflare.WaitError{Wait: time.Hour, Left: 30400 * time.Millisecond, Err: errors.New("budget")}},
		"list takes too long":  {1000, &cloudflare.BudgetError{Requests: 5000, Takes: 37 * time.Minute, Left: 9 * time.Minute}},
		"wait of a day":        {1000, &cloudflare.WaitError{Wait: 24 * time.Hour, Left: time.Minute, Err: errors.New("budget")}},
		"absurd wait":          {1000, &cloudflare.WaitError{Wait: 596523 * time.Hour, Left: time.Minute, Err: cloudflare.ErrRateLimited}},
		"429 of another":       {1000, &cloudflare.WaitError{Wait: time.Hour, Left: time.Minute, Err: cloudflare.ErrRateLimited}},
		"deadline":             {0, &cloudflare.InterruptedError{Pages: 3, Err: context.DeadlineExceeded}},
		"deadline, more pages": {0, &cloudflare.InterruptedError{Pages: 3, Of: 2, Err: context.DeadlineExceeded}},
		"deadline, all pages":  {0, &cloudflare.InterruptedError{Pages: 3, Of: 3, Err: context.DeadlineExceeded}},
		"deadline, no page":    {0, context.DeadlineExceeded},
		"deadline, one page":   {0, &cloudflare.InterruptedError{Pages: 1, Err: context.DeadlineExceeded}},
		"attempts":             {0, &cloudflare.Error{Method: http.MethodGet, Path: "/", Status: 599, Attempts: 2, Elapsed: 2460 * time.Millisecond}},

		"attempt timed out":               {1000, failed(0, cloudflare.ErrTimeout)},
		"attempt timed out, no per_page":  {0, failed(0, cloudflare.ErrTimeout)},
		"TLS":                             {1000, failed(0, tls.RecordHeaderError{Msg: "no TLS", Conn: &net.TCPConn{}})},
		"certificate expired":             {1000, failed(0, x509.CertificateInvalidError{Reason: x509.Expired})},
		"refused after page 1, by email":  {0, &cloudflare.Error{Method: http.MethodGet, Path: "/users", Page: 2, Rows: 100, Status: 400}},
		"too large, no per_page":          {0, failed(200, cloudflare.ErrTooLarge)},
		"502, no per_page, CF-Ray masked": {0, &cloudflare.Error{Method: http.MethodGet, Path: "/secret", Status: 502, RayID: "SECRET"}},
		"transport's error masked":        {0, failed(0, &cloudflare.TransportError{Err: errors.New("malformed response: Secret")})},
		"other error masked":              {0, errors.New("SECRET of another kind")},
		"total_count too large, no per_page": {0, &cloudflare.IncompleteError{
			Problem: cloudflare.Problem{Reason: cloudflare.CountTooLarge}, Rows: 5, Missing: 2, Passes: []cloudflare.Pass{{Rows: 5, MinCount: 7, MaxCount: 7, Requests: 1}},
		}},
		"no end of the list": {0, &cloudflare.IncompleteError{
			Problem: cloudflare.Problem{Reason: cloudflare.NoEnd, Page: 70},
			Passes:  []cloudflare.Pass{{Rows: 5, MinCount: cloudflare.NotStated, MaxCount: cloudflare.NotStated, Requests: 70, Linked: true}},
		}},
		"cursor without new users": {0, &cloudflare.IncompleteError{Problem: cloudflare.Problem{Reason: cloudflare.NoNewRows, Page: 4}}},
		"the same page, no per_page": {0, &cloudflare.IncompleteError{
			Problem: cloudflare.Problem{Reason: cloudflare.PageIgnored, Page: 2}, Passes: []cloudflare.Pass{
				{Rows: 5, MinCount: 7, MaxCount: 8, Requests: 2, Problem: cloudflare.Problem{Reason: cloudflare.PageIgnored, Page: 2}},
			},
		}},
	} {
		got[name] = provider.Diagnose(test.perPage, "secret", test.err)
	}
	checkTexts(t, got)
}
