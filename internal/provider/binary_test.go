//go:build unix

package provider_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
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

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// builtProvider builds the provider as users run it and returns its folder. That
// is beside the test binary, which `go test` removes with everything there.
//
//nolint:gochecknoglobals // once for all tests
var builtProvider = sync.OnceValues(func() (string, error) {
	tests, err := os.Executable()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(tests), "built-provider")
	binary := filepath.Join(dir, "terraform-provider-cloudflare-access")
	build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-ldflags", "-s -w", //nolint:gosec // all arguments are the test's
		"-o", binary, "../..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir, nil
})

// A workspace is a folder with a configuration for a real Terraform, which runs
// the built provider.
type workspace struct {
	t         *testing.T
	terraform string
	dir       string
	env       environment
}

// An outcome is how a command of Terraform ended.
type outcome struct {
	exit    int
	printed string
}

// newWorkspace returns one with a provider block, a data source and an output
// that counts the users. Terraform's environment is env and what it needs to run.
func newWorkspace(t *testing.T, providerBlock string, env environment) *workspace {
	t.Helper()
	w := &workspace{t: t, terraform: acctest.Terraform(t), dir: t.TempDir()}
	built, err := builtProvider()
	if err != nil {
		t.Fatal(err)
	}
	w.write("terraformrc", fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  dev_overrides {\n    %q = %q\n  }\n}\n",
		provider.Address, built))
	w.write("main.tf", fmt.Sprintf(`
terraform {
  required_providers {
    cloudflare = { source = %q }
  }
}
provider "cloudflare" {
  %s
}
data "cloudflare_access_users" "all" {}
output "users" {
  value = length(data.cloudflare_access_users.all.users)
}
`, provider.Address, providerBlock))
	w.env = environment{
		"PATH": os.Getenv("PATH"), "HOME": w.dir, "TMPDIR": os.TempDir(),
		"TF_CLI_CONFIG_FILE": filepath.Join(w.dir, "terraformrc"), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1",
	}
	maps.Copy(w.env, env)
	return w
}

// Both kinds of credentials in a provider block.
const (
	tokenBlock = `api_token = "` + fakeapi.Token + `"`
	keyBlock   = `api_key = "` + fakeapi.Key + "\"\nemail = \"" + fakeapi.Email + `"`
)

func (w *workspace) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// read returns a file's content, "" if there is none.
func (w *workspace) read(name string) string {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(w.dir, name)) //nolint:gosec // the test's own name
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.t.Fatal(err)
	}
	return string(content)
}

// start starts Terraform, which is killed when the test ends.
func (w *workspace) start(args ...string) (*exec.Cmd, <-chan outcome) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), w.terraform, args...) //nolint:gosec // all arguments are the test's
	cmd.Dir = w.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // for signals to Terraform and the provider
	for variable, value := range w.env {
		cmd.Env = append(cmd.Env, variable+"="+value)
	}
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ended := make(chan outcome, 1)
	go func() {
		_ = cmd.Wait() // the exit code is in the outcome
		ended <- outcome{cmd.ProcessState.ExitCode(), printed.String()}
	}()
	return cmd, ended
}

// run runs Terraform.
func (w *workspace) run(args ...string) outcome {
	w.t.Helper()
	_, ended := w.start(args...)
	return <-ended
}

// checkUsers checks that Terraform succeeded and read n users.
func (got outcome) checkUsers(t *testing.T, n int) {
	t.Helper()
	if want := fmt.Sprintf("users = %d", n); got.exit != 0 || !strings.Contains(got.printed, want) {
		t.Errorf("terraform: got exit code %d, want 0 and %q:\n%s", got.exit, want, got.printed)
	}
}

// checkFailed checks that Terraform ended with exit code 1 and printed one error,
// with these sentences in it and without a stack trace or a secret.
func checkFailed(t *testing.T, got outcome, sentences ...string) {
	t.Helper()
	printed := plain(got.printed)
	if errors := strings.Count(printed, "Error:"); got.exit != 1 || errors != 1 {
		t.Errorf("terraform: got exit code %d and %d errors, want 1 and 1:\n%s", got.exit, errors, printed)
	}
	for _, sentence := range sentences {
		if !strings.Contains(printed, sentence) {
			t.Errorf("terraform: got\n%s\nwant in it: %s", printed, sentence)
		}
	}
	for _, never := range []string{"panic", "goroutine ", ".go:", "crash", fakeapi.Token, fakeapi.Key} {
		if strings.Contains(printed, never) {
			t.Errorf("terraform: got\n%s\nwant not in it: %s", printed, never)
		}
	}
}

// TestAccProvider_validate checks what Terraform prints: the line with the
// mistake, but never one with a secret.
func TestAccProvider_validate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block string
		want  []string
	}{
		"token and key":   {tokenBlock + "\n" + keyBlock, []string{"Cannot use api_key together with api_token", `provider "cloudflare" {`}},
		"malformed token": {`api_token = "` + fakeapi.Token + ` "`, []string{"Cannot use api_token", `provider "cloudflare" {`}},
		"account_id":      {`account_id = "a/b"`, []string{"Cannot use account_id", `: account_id = "a/b"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkFailed(t, newWorkspace(t, test.block, nil).run("validate", "-no-color"), test.want...)
		})
	}
}

// TestAccProvider_twoConfigurations reads two accounts in one plan, each with the
// token of its own configuration.
func TestAccProvider_twoConfigurations(t *testing.T) {
	t.Parallel()
	const otherAccount, otherToken = "5a0e60dfc2a94a0ebf1f7a4a6e5dd9a1", "another-token-for-tests-0000000000000002"
	fake := fakeapi.New(fixedUsers(3))
	fake.Accounts[otherAccount] = fixedUsers(5)
	tokens := map[string]string{fakeapi.AccountID: fakeapi.Token, otherAccount: otherToken}
	env := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		account, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, fakeapi.BasePath+"/accounts/"), "/")
		if r.Header.Get("Authorization") != "Bearer "+tokens[account] {
			t.Errorf("request %s: got the token of another account", r.URL)
		}
		r.Header.Set("Authorization", "Bearer "+fakeapi.Token) // the only one that the fake accepts
		fake.ServeHTTP(w, r)
	}))
	w := newWorkspace(t, tokenBlock, environment{"CLOUDFLARE_BASE_URL": env["CLOUDFLARE_BASE_URL"], "CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID})
	w.write("other.tf", fmt.Sprintf(`
provider "cloudflare" {
  alias      = "other"
  api_token  = %q
  account_id = %q
}
data "cloudflare_access_users" "other" {
  provider = cloudflare.other
}
data "cloudflare_access_seats" "other" {
  provider = cloudflare.other
}
output "other_users" {
  value = [length(data.cloudflare_access_users.other.users), data.cloudflare_access_seats.other.users]
}
`, otherToken, otherAccount))
	got := w.run("apply", "-auto-approve", "-no-color")
	got.checkUsers(t, 3)
	if printed := plain(got.printed); !strings.Contains(printed, "other_users = [ 5, 5, ]") {
		t.Errorf("terraform apply: got %s, want 5 users of the other account", printed)
	}
}

// TestAccProvider_failedRead fails on the last page, when all other users have
// been received.
func TestAccProvider_failedRead(t *testing.T) {
	t.Parallel()
	forbidden := refusal(http.StatusForbidden, 10000, "Authentication error")
	fake := pagedFake(fakeapi.Fault{Page: 3, Attempts: 3, Do: forbidden}, // with two retries, because page 1 was not refused
		fakeapi.Fault{Page: 3, Attempts: 4, Do: fakeapi.Pass()}, fakeapi.Fault{Page: 3, Attempts: -1, Do: forbidden})
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
	var tunnels, refusal atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tunnels.Add(1)
		if r.Method != http.MethodConnect || r.Host != proxiedHost+":443" || r.Header.Get("Proxy-Authorization") == "" || r.Header.Get("Authorization") != "" {
			t.Errorf("proxy: got %s %s with headers %v", r.Method, r.Host, r.Header)
		}
		if status := refusal.Load(); status > 0 {
			http.Error(w, "private page", int(status))
			return
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
		"add its certificate authority to this machine's trust store", "base_url (it is "+proxiedAPI+")")
	for status, text := range map[int32]string{
		http.StatusProxyAuthRequired: "Set the proxy's user name and password in HTTPS_PROXY",
		http.StatusForbidden:         "Let the proxy (HTTPS_PROXY) connect to the host of base_url",
	} {
		refusal.Store(status)
		checkFailed(t, w.run("plan", "-no-color"), fmt.Sprintf("the proxy responded with %d", status), text)
	}
	refusal.Store(0)
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

// TestAccProvider_signal stops a plan while half of page 2 or 3 has been
// received: with the signal of ^C, which a terminal sends to Terraform and the
// provider, and with one to Terraform alone.
func TestAccProvider_signal(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]func(terraform int) error{
		"^C":      func(terraform int) error { return syscall.Kill(-terraform, syscall.SIGINT) },
		"SIGTERM": func(terraform int) error { return syscall.Kill(terraform, syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hangs, requestEnded := make(chan struct{}), make(chan struct{})
			hang, end := sync.OnceFunc(func() { close(hangs) }), sync.OnceFunc(func() { close(requestEnded) })
			fake := pagedFake(fakeapi.Fault{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, fakeapi.Fault{Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
				hang()
				fakeapi.Stall()(w, r)
				end()
			}})
			terraform, ended := newWorkspace(t, "", start(t, fake)).start("plan", "-no-color", "-input=false")
			select {
			case <-hangs:
			case got := <-ended:
				t.Fatalf("terraform: got exit code %d before a response hangs:\n%s", got.exit, got.printed)
			}
			if err := kill(terraform.Process.Pid); err != nil {
				t.Fatal(err)
			}
			checkFailed(t, <-ended, "Cannot read Access users: cancelled", "The read was cancelled before it was complete. Received responses: 1 of 3.")
			<-requestEnded
		})
	}
}
