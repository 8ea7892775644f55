//go:build unix

package provider_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestAccProvider_failedRead fails on the last page, when all other users have
// been received.
func TestAccProvider_failedRead(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize = 100
	forbidden := refusal(http.StatusForbidden, 10000, "Authentication error")
	fake.Faults = []fakeapi.Fault{
		{Page: 3, Attempts: 1, Do: forbidden}, {Page: 3, Attempts: 2, Do: fakeapi.Pass()}, {Page: 3, Attempts: -1, Do: forbidden},
	}
	w := newWorkspace(t, "", "", accountEnv(serve(t, fake))...)
	apply := func() outcome { return w.run("apply", "-auto-approve", "-no-color") }

	checkFailed(t, apply(), "Cannot read Access users: 403 Forbidden")
	if state := w.read("terraform.tfstate"); state != "" {
		t.Errorf("terraform apply that failed: got a state of %d bytes, want none", len(state))
	}
	apply().checkUsers(t, 250)
	before := w.read("terraform.tfstate")
	fake.SetUsers(fakeapi.AccountID, fixedUsers(240))
	checkFailed(t, apply(), "Cannot read Access users: 403 Forbidden")
	if after := w.read("terraform.tfstate"); after != before || before == "" {
		t.Errorf("terraform apply that failed: got a state of %d bytes, want that of %d bytes from before", len(after), len(before))
	}
}

// TestAccProvider_log reads with a retry, then gets a value of the wrong type,
// with everything logged that Terraform and the provider can log.
func TestAccProvider_log(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block   string
		env     []string
		message string // of Cloudflare, for the log
		fault   http.HandlerFunc
		want    string
	}{
		"token in configuration": {
			tokenBlock, nil, fakeapi.Token,
			fakeapi.WrongType("name", map[string]any{"first": "Private"}), "name of user 1 on page 1 is not a string",
		},
		"key in environment": {
			"",
			[]string{"CLOUDFLARE_API_KEY=" + fakeapi.Key, "CLOUDFLARE_EMAIL=" + fakeapi.Email},
			fakeapi.Key + fakeapi.Email,
			fakeapi.WrongType("active_device_count", "Private"), "active_device_count of user 1 on page 1 is not a whole number",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Messages = []fakeapi.Message{{Code: 1, Text: test.message}}
			fake.Faults = []fakeapi.Fault{
				{Page: 2, Attempts: 1, Do: fakeapi.HTML(http.StatusBadGateway)},
				{Page: 1, Attempts: 1, Do: fakeapi.Pass()},
				{Page: 1, Attempts: -1, Do: test.fault},
			}
			env := append(test.env, "TF_LOG=TRACE", "TF_LOG_PATH=log", "CLOUDFLARE_ACCOUNT_ID="+fakeapi.AccountID, "CLOUDFLARE_BASE_URL="+serve(t, fake))
			w := newWorkspace(t, test.block, "", env...)
			read := w.run("plan", "-no-color")
			read.checkUsers(t, 250)
			failed := w.run("plan", "-no-color")
			checkFailed(t, failed, test.want)

			log := w.read("log")
			if got, want := strings.Count(log, "received a response"), len(fake.Requests()); got != want || want != 5 {
				t.Errorf("log: got %d responses, want %d, which is 5", got, want)
			}
			checkNothingPrivate(t, log+read.stdout+read.stderr+failed.stdout+failed.stderr, fake)
		})
	}
}

// checkNothingPrivate checks that a text has no credential, no stack trace and
// nothing that identifies a user.
func checkNothingPrivate(t *testing.T, text string, fake *fakeapi.Server) {
	t.Helper()
	private := []string{fakeapi.Token, fakeapi.Key, fakeapi.Email, "Private", "panic:", "goroutine "}
	for _, user := range fake.Users(fakeapi.AccountID) {
		for _, field := range []string{"id", "email", "name", "uid", "seat_uid"} {
			if value, ok := user[field].(string); ok && value != "" {
				private = append(private, value)
			}
		}
	}
	for _, value := range private {
		if at := strings.Index(text, value); at >= 0 {
			t.Errorf("log and output: got %q in it: %q", value, text[max(0, at-200):at+len(value)])
		}
	}
}

// TestAccProvider_emailsNotFoundInCheck uses emails_not_found in a check block,
// which makes it a warning.
func TestAccProvider_emailsNotFoundInCheck(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{{"id": "1", "email": "ann@example.com"}, {"id": "2", "email": "bob@example.com"}})
	emails := `emails = ["ANN@example.com", "Zoe@example.com", "eve@example.com"]`
	w := newWorkspace(t, "", emails, accountEnv(serve(t, fake))...)
	w.write("check.tf", `
check "everyone" {
  assert {
    condition     = length(data.cloudflare_access_users.all.emails_not_found) == 0
    error_message = "Not found: ${join(", ", data.cloudflare_access_users.all.emails_not_found)}."
  }
}
`)
	got := w.run("apply", "-auto-approve", "-no-color")
	got.checkUsers(t, 1)
	const want = "Not found: Zoe@example.com, eve@example.com."
	if printed := plain(got.stdout); !strings.Contains(printed, "Warning: Check block assertion failed") || !strings.Contains(printed, want) {
		t.Errorf("terraform apply: got\n%s\nwant a warning with %s", got.stdout, want)
	}
}

// TestAccProvider_proxy reads through HTTPS_PROXY, which gets its own passphrase
// and no credential of the API, and refuses. Go uses no proxy for loopback
// addresses, so the API has another name here.
func TestAccProvider_proxy(t *testing.T) {
	t.Parallel()
	const passphrase = "open-sesame"
	var requests atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.Method != http.MethodConnect || r.Host != "api.example.com:443" || r.Header.Get("Proxy-Authorization") == "" || r.Header.Get("Authorization") != "" {
			t.Errorf("proxy: got %s %s with headers %v", r.Method, r.Host, r.Header)
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	w := newWorkspace(t, "max_retries = 1", "", append(accountEnv("https://api.example.com"), "TF_LOG=TRACE", "TF_LOG_PATH=log",
		"HTTPS_PROXY="+strings.Replace(proxy.URL, "://", "://somebody:"+passphrase+"@", 1))...)
	got := w.run("plan", "-no-color")
	checkFailed(t, got, "Cannot read Access users: no response", "Proxy Authentication Required",
		"Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is https://api.example.com)")
	if log := w.read("log"); log == "" || strings.Contains(log+got.stdout+got.stderr, passphrase) || requests.Load() != 2 {
		t.Errorf("proxy: got %d requests, want 2; log: got %d bytes, or the passphrase", requests.Load(), len(log))
	}
}

// A hangingAPI serves page 1 of 3 and half of the others.
type hangingAPI struct {
	*fakeapi.Server
	hangs chan struct{} // closed when a response hangs
	ended chan struct{} // closed when its request has ended
}

func newHangingAPI() *hangingAPI {
	api := &hangingAPI{fakeapi.New(fixedUsers(250)), make(chan struct{}), make(chan struct{})}
	api.MaxPageSize = 100
	hang, end := sync.OnceFunc(func() { close(api.hangs) }), sync.OnceFunc(func() { close(api.ended) })
	api.Faults = []fakeapi.Fault{{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, {Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
		hang()
		fakeapi.Stall()(w, r)
		end()
	}}}
	return api
}

// wait returns when a response hangs.
func (api *hangingAPI) wait(t *testing.T, ended <-chan outcome) {
	t.Helper()
	select {
	case <-api.hangs:
	case got := <-ended:
		t.Fatalf("terraform: got exit code %d before a response hangs:\n%s%s", got.exit, got.stdout, got.stderr)
	}
}

// TestAccProvider_interrupt sends the signal of ^C as a terminal does: Terraform
// and the provider get it.
func TestAccProvider_interrupt(t *testing.T) {
	t.Parallel()
	api := newHangingAPI()
	w := newWorkspace(t, "", "", accountEnv(serve(t, api))...)
	w.process = &syscall.SysProcAttr{Setpgid: true}
	terraform, ended := w.start("plan", "-no-color", "-input=false")
	api.wait(t, ended)
	if err := syscall.Kill(-terraform.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	got := <-ended
	<-api.ended
	checkFailed(t, got, "Cannot read Access users: cancelled", "Received 1 of 3 pages before the read was cancelled.")
}

// TestAccProvider_terraformKilled checks that the provider ends too. Terraform's
// standard input is also the provider's: when both have ended, nobody can read
// what is written there.
func TestAccProvider_terraformKilled(t *testing.T) {
	t.Parallel()
	api := newHangingAPI()
	w := newWorkspace(t, "", "", accountEnv(serve(t, api))...)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close() //nolint:errcheck // nothing depends on it
	w.stdin = reader
	terraform, ended := w.start("plan", "-no-color", "-input=false")
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	api.wait(t, ended)
	if err := terraform.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	<-api.ended
	const largerThanAPipe = 1 << 20
	if _, err := writer.WriteString(strings.Repeat("\n", largerThanAPipe)); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write to the provider's standard input: got %v, want %v", err, syscall.EPIPE)
	}
}
