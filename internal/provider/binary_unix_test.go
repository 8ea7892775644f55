//go:build unix

package provider_test

import (
	"encoding/pem"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
	forbidden := refusal(http.StatusForbidden, 10000, "Authentication error")
	fake := pagedFake(fakeapi.Fault{Page: 3, Attempts: 1, Do: forbidden},
		fakeapi.Fault{Page: 3, Attempts: 2, Do: fakeapi.Pass()}, fakeapi.Fault{Page: 3, Attempts: -1, Do: forbidden})
	w := newWorkspace(t, "", start(t, fake))
	apply := func() outcome { return w.run("apply", "-auto-approve", "-no-color") }

	checkFailed(t, apply(), "Cannot read Access users: 403 Forbidden", "/access/users, page 3")
	if state := w.read("terraform.tfstate"); state != "" {
		t.Errorf("terraform apply that failed: got a state of %d bytes, want none", len(state))
	}
	apply().checkUsers(t, 250)
	before := w.read("terraform.tfstate")
	if before == "" || strings.Contains(before, fakeapi.Token) {
		t.Errorf("terraform apply: got a state of %d bytes, or the token in it", len(before))
	}
	fake.SetUsers(fakeapi.AccountID, fixedUsers(240))
	checkFailed(t, apply(), "Cannot read Access users: 403 Forbidden")
	if after := w.read("terraform.tfstate"); after != before {
		t.Errorf("terraform apply that failed: got a state of %d bytes, want that of %d bytes from before", len(after), len(before))
	}
}

// TestAccProvider_log reads with a retry, then gets a value of the wrong type,
// with everything logged that Terraform and the provider can log.
func TestAccProvider_log(t *testing.T) {
	t.Parallel()
	fault := fakeapi.WrongType("name", map[string]any{"first": "Private"})
	for _, test := range []struct {
		block   string
		env     environment
		message string // of Cloudflare
	}{
		{tokenBlock, nil, fakeapi.Token},
		{"", environment{"CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_EMAIL": fakeapi.Email}, fakeapi.Key + fakeapi.Email},
	} {
		fake := pagedFake(fakeapi.Fault{Page: 2, Attempts: 1, Do: fakeapi.HTML(http.StatusBadGateway)},
			fakeapi.Fault{Page: 1, Attempts: 1, Do: fakeapi.Pass()}, fakeapi.Fault{Page: 1, Attempts: -1, Do: fault})
		fake.Messages = []fakeapi.Message{{Code: 1, Text: test.message}}
		w := newWorkspace(t, test.block, start(t, fake))
		delete(w.env, "CLOUDFLARE_API_TOKEN")
		maps.Copy(w.env, test.env)
		w.env["TF_LOG"], w.env["TF_LOG_PATH"] = "TRACE", "log"
		read := w.run("plan", "-no-color")
		read.checkUsers(t, 250)
		failed := w.run("plan", "-no-color")
		checkFailed(t, failed, "name of user 1 on page 1 is not a string")

		log := w.read("log")
		if got, want := strings.Count(log, "received a response"), len(fake.Requests()); got != want || want != 5 {
			t.Errorf("log: got %d responses, want %d, which is 5", got, want)
		}
		checkNothingPrivate(t, log+read.stdout+read.stderr+failed.stdout+failed.stderr, fake)
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

// Go uses no proxy for loopback addresses, so the API has a name here that only
// the proxy knows. It is one that httptest's certificate is for.
const (
	proxiedHost     = "api.example.com"
	proxiedAPI      = "https://" + proxiedHost + fakeapi.BasePath
	proxyPassphrase = "open-sesame"
)

// tunnel serves CONNECT with a connection to this address.
func tunnel(w http.ResponseWriter, r *http.Request, address string) {
	server, err := new(net.Dialer).DialContext(r.Context(), "tcp", address)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // nothing depends on it
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close() //nolint:errcheck // nothing depends on it
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(server, buffered)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
}

// TestAccProvider_proxy reads through HTTPS_PROXY, first without trust in the
// API's certificate.
func TestAccProvider_proxy(t *testing.T) {
	t.Parallel()
	fake := pagedFake()
	api := httptest.NewUnstartedServer(fake)
	api.EnableHTTP2 = true
	api.Config.ErrorLog = log.New(io.Discard, "", 0)
	api.StartTLS()
	t.Cleanup(api.Close)
	var tunnels atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tunnels.Add(1)
		if r.Method != http.MethodConnect || r.Host != proxiedHost+":443" || r.Header.Get("Proxy-Authorization") == "" || r.Header.Get("Authorization") != "" {
			t.Errorf("proxy: got %s %s with headers %v", r.Method, r.Host, r.Header)
		}
		tunnel(w, r, api.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	w := newWorkspace(t, "", environment{
		"CLOUDFLARE_BASE_URL": proxiedAPI, "CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID, "CLOUDFLARE_API_TOKEN": fakeapi.Token,
		"HTTPS_PROXY": strings.Replace(proxy.URL, "://", "://somebody:"+proxyPassphrase+"@", 1),
		"TF_LOG":      "TRACE", "TF_LOG_PATH": "log",
	})

	checkFailed(t, w.run("plan", "-no-color"), "Cannot read Access users: no response", "failed to verify certificate",
		"so no response was accepted.", "base_url (it is "+proxiedAPI+")")
	if got := len(fake.Requests()); got > 0 {
		t.Errorf("API without a trusted certificate: got %d requests, want none", got)
	}
	if runtime.GOOS == "linux" { // where Go reads SSL_CERT_FILE
		w.write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw})))
		w.env["SSL_CERT_FILE"] = filepath.Join(w.dir, "ca.pem")
		w.run("plan", "-no-color").checkUsers(t, 250)
	}
	if log := w.read("log"); tunnels.Load() == 0 || log == "" || strings.Contains(log, proxyPassphrase) {
		t.Errorf("proxy: got %d requests; log: got %d bytes, or the proxy's passphrase", tunnels.Load(), len(log))
	}
}

// startPlan starts a plan and returns when the response to page 2 or 3 hangs
// half-way. The last result is closed when its request has ended.
func startPlan(t *testing.T, w *workspace) (*exec.Cmd, <-chan outcome, <-chan struct{}) {
	t.Helper()
	hangs, requestEnded := make(chan struct{}), make(chan struct{})
	hang, end := sync.OnceFunc(func() { close(hangs) }), sync.OnceFunc(func() { close(requestEnded) })
	fake := pagedFake(fakeapi.Fault{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, fakeapi.Fault{Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
		hang()
		fakeapi.Stall()(w, r)
		end()
	}})
	maps.Copy(w.env, start(t, fake))
	terraform, ended := w.start("plan", "-no-color", "-input=false")
	select {
	case <-hangs:
	case got := <-ended:
		t.Fatalf("terraform: got exit code %d before a response hangs:\n%s%s", got.exit, got.stdout, got.stderr)
	}
	return terraform, ended, requestEnded
}

// TestAccProvider_interrupt sends the signal of ^C as a terminal does: Terraform
// and the provider get it.
func TestAccProvider_interrupt(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "", nil)
	w.process = &syscall.SysProcAttr{Setpgid: true}
	terraform, ended, requestEnded := startPlan(t, w)
	if err := syscall.Kill(-terraform.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	got := <-ended
	<-requestEnded
	checkFailed(t, got, "Cannot read Access users: cancelled", "Received 1 of 3 pages before the read was cancelled.")
}

// TestAccProvider_terraformKilled checks that the provider ends too. Terraform's
// standard input is also the provider's: when both have ended, nobody can read
// what is written there.
func TestAccProvider_terraformKilled(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "", nil)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close() //nolint:errcheck // nothing depends on it
	w.stdin = reader
	terraform, ended, requestEnded := startPlan(t, w)
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if err := terraform.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	<-requestEnded
	const largerThanAPipe = 1 << 20
	if _, err := writer.WriteString(strings.Repeat("\n", largerThanAPipe)); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write to the provider's standard input: got %v, want %v", err, syscall.EPIPE)
	}
}
