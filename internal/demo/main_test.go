package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestMain lets a test run the demo as a process, with an environment of its
// own, signals and an exit code.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_THE_DEMO") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestAccDemo_environment(t *testing.T) {
	t.Parallel()
	temp := tempDir(t)
	printed, err := command(t, temp, acctest.Terraform(t),
		"TF_CLI_ARGS=-bogus", "TF_CLI_ARGS_apply=-bogus", "TF_CLI_CONFIG_FILE=/nonexistent/terraformrc",
		"TF_DATA_DIR=/nonexistent", "TF_LOG=TRACE", "TF_PLUGIN_CACHE_DIR=/nonexistent",
		"TF_REATTACH_PROVIDERS=bogus", "TF_WORKSPACE=bogus",
		"CLOUDFLARE_ACCOUNT_ID=bogus", "CLOUDFLARE_API_KEY=bogus", "CLOUDFLARE_API_TOKEN=bogus",
		"CLOUDFLARE_BASE_URL=https://cloudflare.invalid", "CLOUDFLARE_EMAIL=bogus@example.com",
		"HTTP_PROXY=http://127.0.0.1:1", "HTTPS_PROXY=http://127.0.0.1:1", "ALL_PROXY=http://127.0.0.1:1",
	).CombinedOutput()
	if err != nil {
		t.Errorf("the demo ended with %v, want success", err)
	}
	for _, want := range append(wantOutputs(t), "Apply complete!", `"Access: Audit Logs Read"`,
		fmt.Sprintf("\n%d users, read in %d requests.\n", userCount, (userCount+maxPageSize-1)/maxPageSize)) {
		if !strings.Contains(string(printed), want) {
			t.Errorf("the demo did not print %q", want)
		}
	}
	for _, unwanted := range []string{"TRACE", "bogus"} {
		if strings.Contains(string(printed), unwanted) {
			t.Errorf("the demo printed %q", unwanted)
		}
	}
	if t.Failed() {
		t.Logf("the demo printed:\n%s", printed)
	}
	checkNothingLeft(t, temp)
}

// wantOutputs are the outputs of examples/demo for the fake API's users.
func wantOutputs(t *testing.T) []string {
	t.Helper()
	now := time.Now()
	var access, gateway, withoutLogin, inactive int
	users := fakeapi.Users(userCount, now)
	for _, u := range users {
		last, _ := u["last_successful_login"].(string)
		if u["access_seat"] == true {
			access++
		}
		if u["gateway_seat"] == true {
			gateway++
		}
		if last == "" {
			withoutLogin++
			last, _ = u["created_at"].(string)
		}
		if u["access_seat"] != true || u["gateway_seat"] != false || last == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, last)
		if err != nil {
			t.Fatal(err)
		}
		if now.Sub(at) > 90*24*time.Hour-time.Minute {
			inactive++
		}
	}
	return []string{
		fmt.Sprintf("\nusers = %d\n", len(users)),
		fmt.Sprintf("\naccess_seats = %d\n", access),
		fmt.Sprintf("\ngateway_seats = %d\n", gateway),
		fmt.Sprintf("\nwithout_login = %d\n", withoutLogin),
		fmt.Sprintf("\ninactive = %d\n", inactive),
		"\nto_review = <sensitive>",
	}
}

func TestAccDemo_cancelled(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"while it builds":          "==> Building",
		"while Terraform starts":   " init and apply",
		"while the provider reads": "Reading...",
		"while Terraform applies":  "Changes to Outputs",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terraform, temp := acctest.Terraform(t), tempDir(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := &cancelAt{text: text, cancel: cancel}
			d := demo{root: "../..", terraform: terraform, out: out}
			if err := d.run(ctx, temp); !errors.Is(err, context.Canceled) {
				t.Errorf("run = %v, want %v; it printed:\n%s", err, context.Canceled, out.printed.String())
			}
			checkNothingLeft(t, temp)
		})
	}
}

// cancelAt calls cancel when the text is printed, before the writer continues.
type cancelAt struct {
	text    string
	cancel  context.CancelFunc
	printed bytes.Buffer
}

func (c *cancelAt) Write(p []byte) (int, error) {
	if strings.Contains(string(p), c.text) {
		c.cancel()
	}
	return c.printed.Write(p)
}

func TestDemo_interrupted(t *testing.T) {
	t.Parallel()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() //nolint:errcheck // nothing depends on it
	temp := tempDir(t)
	cmd := command(t, temp, "", "HTTPS_PROXY=http://"+silent.Addr().String())
	var printed bytes.Buffer
	cmd.Stderr = &printed
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// The download waits for the proxy, which never responds.
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if strings.Contains(lines.Text(), "Downloading") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	checkFailure(t, cmd.Wait(), printed.String(), temp, "stopped")
}

func TestDemo_readerLeft(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	defer writer.Close() //nolint:errcheck // nothing was written here
	temp := tempDir(t)
	cmd := command(t, temp, "", "HTTPS_PROXY=http://127.0.0.1:1")
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = writer, &printed
	checkFailure(t, cmd.Run(), printed.String(), temp, "demo:")
}

// command is the demo as a process, with additions to the environment.
func command(t *testing.T, temp, terraform string, environment ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-terraform="+terraform) //nolint:gosec // this test's binary
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), append(environment, "RUN_THE_DEMO=1", "TMPDIR="+temp)...)
	return cmd
}

// checkFailure checks that the demo ended with exit code 1, printed these texts
// and left nothing behind.
func checkFailure(t *testing.T, err error, printed, temp string, want ...string) {
	t.Helper()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
		t.Errorf("the demo ended with %v, want exit status 1; it printed:\n%s", err, printed)
	}
	for _, text := range want {
		if !strings.Contains(printed, text) {
			t.Errorf("the demo did not print %q, but:\n%s", text, printed)
		}
	}
	checkNothingLeft(t, temp)
}

// checkNothingLeft looks for files in the demo's temporary folder and, where
// there is /proc, for processes that have it in their environment.
func checkNothingLeft(t *testing.T, temp string) {
	t.Helper()
	files, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Errorf("the demo left %s behind", file.Name())
	}
	processes, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, process := range processes {
		environment, err := os.ReadFile(process) //nolint:gosec // found right above
		if err == nil && bytes.Contains(environment, []byte("TMPDIR="+temp)) {
			name, _ := os.ReadFile(filepath.Join(filepath.Dir(process), "cmdline"))
			t.Errorf("the demo left a process behind: %q", name)
		}
	}
}

// tempDir is short, unlike t.TempDir, because the path of the provider's socket
// in it must not exceed about 100 bytes.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
