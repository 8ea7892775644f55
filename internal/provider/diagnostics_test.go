package provider_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// A diagnosticCase is a fault of the API and the whole text that it leads to.
type diagnosticCase struct {
	fault  http.HandlerFunc
	quirks fakeapi.Quirks
	change func(int, []fakeapi.User) []fakeapi.User
	key    bool // an API key instead of a token
	config values
	want   string
}

// check reads 250 users in pages of 100 and compares the only diagnostic.
func (c diagnosticCase) check(t *testing.T) {
	t.Helper()
	fake := pagedFake()
	fake.Quirks, fake.Change = c.quirks, c.change
	if c.fault != nil {
		fake.Faults = []fakeapi.Fault{{Page: 1, Attempts: -1, Do: c.fault}}
	}
	block := values{"max_retries": num(2)}
	if c.key {
		maps.Copy(block, keyValues())
	}
	e := newEndpoint(t, block, start(t, fake), acctest.NewClock())
	resp := e.read(t.Context(), dataSource, c.config)
	if got, want := describe(resp.Diagnostics), strings.TrimPrefix(c.want, "\n"); got != want {
		t.Errorf("read: got\n%s\nwant\n%s", got, want)
	}
	if len(resp.Diagnostics) != 1 {
		t.Fatalf("%d diagnostics, want 1", len(resp.Diagnostics))
	}
	if failed := resp.Diagnostics[0].Severity == tfprotov6.DiagnosticSeverityError; failed && e.hasUsers(resp) {
		t.Error("a read that failed returned users")
	}
}

// The end of a read by a deadline or by ^C is in stop_test.go.
func TestDiagnose(t *testing.T) {
	t.Parallel()
	others := fixedUsers(250 * 100)
	const firstPageOnly = `
ERROR: Cannot read a complete list of Access users
Cloudflare responded to every request, but in two passes the response to page 2 states that it is page 1. A list that may lack somebody is rejected.

Pass 1: 100 rows, not linked, total_count 250, 3 requests, the response to page 2 states that it is page 1
Pass 2: 100 rows, not linked, total_count 250, 3 requests, the response to page 2 states that it is page 1

`
	for name, test := range map[string]diagnosticCase{
		"wait beyond the deadline": {
			fault: fakeapi.Header(refusal(429, 971, "Please wait"), "Retry-After", "900"),
			want: `
ERROR: Cannot read Access users within 10m
at AttributeName("timeouts").AttributeName("read")
The next request has to wait 15m, but timeouts.read (10m) expires in 10m.

Request: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Response: 429 Too Many Requests, CF-Ray RAY
  971: Please wait

Run again later, or allow more time, such as timeouts = { read = "30m" }.
`,
		},
		"always page 1": {
			quirks: fakeapi.Quirks{FirstPageOnly: true},
			want:   firstPageOnly + "Set another per_page (it is 1000), and report this to Cloudflare's support. Another run is unlikely to help.\n",
		},
		"always page 1, filtered": {
			config: values{"search": str("example")}, quirks: fakeapi.Quirks{FirstPageOnly: true},
			want: firstPageOnly + "Remove the filter and select users in Terraform. Another run is unlikely to help.\n",
		},
		"always changing": {
			change: func(response int, _ []fakeapi.User) []fakeapi.User {
				return others[250*response:][:250] // for each response
			},
			want: `
ERROR: Cannot read a complete list of Access users
Cloudflare responded to every request, but the list changed during all 4 passes. A list that may lack somebody is rejected.

Pass 1: 315 rows, not linked, total_count 250, 7 requests
Pass 2: 315 rows, not linked, total_count 250, 7 requests
Pass 3: 315 rows, not linked, total_count 250, 7 requests
Pass 4: 315 rows, not linked, total_count 250, 7 requests

Run again when fewer users join and leave.
`,
		},
		"total_count too large": {
			quirks: fakeapi.Quirks{TotalCount: func(int) int { return 257 }},
			want: `
ERROR: Cannot read a complete list of Access users
at AttributeName("ignore_total_count")
Cloudflare responded to every request, but two passes returned the same 250 rows while every page stated a total_count of 257. A list that may lack somebody is rejected.

Pass 1: 250 rows, linked, total_count 257, 4 requests
Pass 2: 250 rows, linked, total_count 257, 4 requests

If the count is right, 7 users are missing: run again later, and report it to Cloudflare's support if it stays. If you know that the count is wrong, set ignore_total_count = true.
`,
		},
		"email filter ignored": {
			config: values{"email": str("ann@")}, quirks: fakeapi.Quirks{IgnoreFilters: true},
			want: `
ERROR: Cannot use the response to the filter email
at AttributeName("email")
Cloudflare returned 250 users for the filter email, but the email of 250 of them does not contain the filter's value. Cloudflare seems to have ignored the filter, and a list with other users is rejected: it could give them access.

Remove email and select users in Terraform, ignoring case:

  [for u in data.cloudflare_access_users.NAME.users : u if try(lower(u.email), "") == lower("VALUE")]
`,
		},
		"name filter ignored": {
			config: values{"name": str("Zoë Nobody")}, quirks: fakeapi.Quirks{IgnoreFilters: true},
			want: `
WARNING: The filter name may have been ignored
at AttributeName("name")
Cloudflare returned 250 users, but the name of 250 of them does not contain the filter's value. The filter may match more than the name, or may have been ignored.

If the list contains too many users, remove name and select users in Terraform, ignoring case:

  [for u in data.cloudflare_access_users.NAME.users : u if try(lower(u.name), "") == lower("VALUE")]
`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check(t)
		})
	}
}

// TestDiagnose_error is for errors that no fault of the fake API leads to, and
// for data sources without per_page.
func TestDiagnose_error(t *testing.T) {
	t.Parallel()
	failed := func(status int, err error) error {
		return &cloudflare.Error{Method: http.MethodGet, Path: "/users/1", Status: status, Err: err}
	}
	incomplete := func(pass cloudflare.Pass, e cloudflare.IncompleteError) error {
		e.Passes = []cloudflare.Pass{pass}
		return &e
	}
	const (
		noResponse = "Cannot read Access user: no response\n"
		request    = "Request: GET /users/1\nResponse: none\n  "
		timedOut   = "Cannot read Access user within 10m\nat timeouts.read\n"
		rejected   = "Cannot read a complete list of Access users\nCloudflare responded to every request, but %s. A list that may lack somebody is rejected.\n\n%s\n\n"
	)
	for name, test := range map[string]struct {
		perPage int
		err     error
		want    string
	}{
		"budget of requests": {
			1000, &cloudflare.WaitError{Wait: time.Hour, Left: 30400 * time.Millisecond, Err: errors.New("budget")},
			timedOut + "The next request has to wait 1h, but timeouts.read (10m) expires in 30s.\n\n" +
				"The provider sends 600 requests at once and then 2 a second, to stay within Cloudflare's limit of 1200 requests in 5 minutes.\n\n" +
				"Run again later, or allow more time, such as timeouts = { read = \"139m\" }.",
		},
		"deadline": {
			0, &cloudflare.InterruptedError{Pages: 3, Err: context.DeadlineExceeded},
			timedOut + "Received 3 pages before timeouts.read (10m) expired.\n\nAllow more time, such as timeouts = { read = \"20m\" }.",
		},
		"attempts": {
			0, &cloudflare.Error{Method: http.MethodGet, Path: "/", Status: 599, Attempts: 2, Elapsed: 2460 * time.Millisecond},
			"Cannot read Access user: 599\nRequest: GET /\nResponse: 599\nAttempts: 2 in 2.5s\n\n" + runLater,
		},
		"attempt timed out": {
			1000, failed(0, cloudflare.ErrTimeout), noResponse + "at per_page\n" + request + cloudflare.ErrTimeout.Error() +
				"\n\nSet a smaller per_page, such as 100: large pages can time out. If small pages time out too, check the network and the proxy (HTTPS_PROXY, NO_PROXY).",
		},
		"attempt timed out, no per_page": {0, failed(0, cloudflare.ErrTimeout), noResponse + request + cloudflare.ErrTimeout.Error() + "\n\n" + checkNetwork},
		"total_count too large, no per_page": {
			0, incomplete(cloudflare.Pass{Rows: 5, MinCount: 7, MaxCount: 7, Requests: 1}, cloudflare.IncompleteError{Reason: cloudflare.TotalCountTooLarge, Missing: 2}),
			fmt.Sprintf(rejected, "two passes returned the same 5 rows while every page stated a total_count of 7", "Pass 1: 5 rows, not linked, total_count 7, 1 requests") +
				"If the count is right, 2 users are missing: run again later, and report it to Cloudflare's support if it stays. " +
				"If you know that the count is wrong, set id instead of email, or use cloudflare_access_users with emails and ignore_total_count = true.",
		},
		"the same page, no per_page": {
			0, incomplete(cloudflare.Pass{Rows: 5, MinCount: 7, MaxCount: 8, Requests: 2, Problem: "page 2 is odd"}, cloudflare.IncompleteError{Page: 2}),
			fmt.Sprintf(rejected, "in two passes page 2 is odd", "Pass 1: 5 rows, not linked, total_count 7 to 8, 2 requests, page 2 is odd") +
				"Set id instead of email, and report this to Cloudflare's support. Another run is unlikely to help.",
		},
		"TLS": {
			1000, failed(0, tls.RecordHeaderError{Msg: "no TLS"}), noResponse + request +
				"tls: no TLS\n\nIf a proxy inspects connections, add its certificate authority to this machine's trust store (on Linux also " +
				"SSL_CERT_FILE). Otherwise check base_url (it is https://HOST/client/v4). The connection was not trusted, so no response was accepted.",
		},
		"too large, no per_page": {
			0, failed(200, cloudflare.ErrTooLarge),
			"Cannot read Access user: invalid response\nRequest: GET /users/1\nResponse: 200 OK\n  " + cloudflare.ErrTooLarge.Error() + "\n\n" + otherServer,
		},
		"502, no per_page": {
			0, &cloudflare.Error{Method: http.MethodGet, Path: "/secret", Status: 502, RayID: "SECRET"},
			"Cannot read Access user: 502 Bad Gateway\nRequest: GET /secret\nResponse: 502 Bad Gateway, CF-Ray ***\n\n" + runLater,
		},
		"transport's error masked": {0, failed(0, errors.New("malformed response: Secret")), noResponse + request + "malformed response: ***\n\n" + checkNetwork},
		"other error":              {0, errors.New("SECRET of another kind"), "Cannot read Access user\n*** of another kind."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := provider.Diagnose("Access user", test.perPage, "secret", test.err); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
