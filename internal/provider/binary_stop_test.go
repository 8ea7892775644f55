//go:build unix

package provider_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// A hangingAPI answers page 1 of 3 and leaves the others to hang.
type hangingAPI struct {
	*fakeapi.Server
	asked    chan struct{} // closed when a page hangs
	released chan struct{} // closed when the request for that page has ended
}

func newHangingAPI(hang http.HandlerFunc) *hangingAPI {
	api := &hangingAPI{fakeapi.New(fixedUsers(250)), make(chan struct{}), make(chan struct{})}
	api.MaxPageSize = 100
	var once sync.Once
	do := func(w http.ResponseWriter, r *http.Request) {
		first := false
		once.Do(func() { first = true; close(api.asked) })
		hang(w, r)
		if first {
			close(api.released)
		}
	}
	api.Faults = []fakeapi.Fault{{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, {Attempts: -1, Do: do}}
	return api
}

// wait returns when a page hangs.
func (api *hangingAPI) wait(t *testing.T, ended <-chan outcome) {
	t.Helper()
	select {
	case <-api.asked:
	case got := <-ended:
		t.Fatalf("Terraform ended with %d before a page was asked for; it printed:\n%s%s", got.exit, got.stdout, got.stderr)
	}
}

// waysToHang are an answer that never begins and one that never ends.
func waysToHang() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"no answer": fakeapi.Hang(), "half a page": fakeapi.Stall()}
}

func TestAccAnInterruptEndsTerraformWhileAPageHangs(t *testing.T) {
	t.Parallel()
	for name, hang := range waysToHang() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newHangingAPI(hang)
			w := newWorkspace(t, "", "", accountEnv(serve(t, fake))...)
			w.process = &syscall.SysProcAttr{Setpgid: true}
			terraform, ended := w.start("plan", "-no-color", "-input=false")
			fake.wait(t, ended)
			// As a terminal does it: Terraform and the provider get the signal.
			if err := syscall.Kill(-terraform.Process.Pid, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			got := <-ended
			<-fake.released
			checkFailed(t, got, "Cannot read Access users: cancelled", "Received 1 of 3 pages before the read was cancelled.")
		})
	}
}

func TestAccADeadlineEndsTerraformWhileAPageHangs(t *testing.T) {
	t.Parallel()
	for name, hang := range waysToHang() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newHangingAPI(hang)
			w := newWorkspace(t, "", `timeouts = { read = "3s" }`, accountEnv(serve(t, fake))...)
			got := w.run("plan", "-no-color")
			<-fake.released
			checkFailed(t, got, "Cannot read Access users within 3s", `timeouts = { read = "1m" }`,
				"Received 1 of 3 pages before timeouts.read (3s) expired.")
		})
	}
}

// TestAccNoProviderOutlivesTerraform kills Terraform. Its standard input is the
// provider's too, so once neither is left, nobody can read what is written there.
func TestAccNoProviderOutlivesTerraform(t *testing.T) {
	t.Parallel()
	fake := newHangingAPI(fakeapi.Hang())
	w := newWorkspace(t, "", "", accountEnv(serve(t, fake))...)
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
	fake.wait(t, ended)
	if err := terraform.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	<-fake.released
	const morePipesHold = 1 << 20
	if _, err := writer.WriteString(strings.Repeat("\n", morePipesHold)); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("writing to the provider: %v, want %v", err, syscall.EPIPE)
	}
}
