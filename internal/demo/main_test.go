package main

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
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
	out, err := command(t, temp, acctest.Terraform(t),
		"TF_CLI_ARGS=-bogus", "TF_CLI_ARGS_apply=-bogus", "TF_CLI_CONFIG_FILE=/nonexistent/terraformrc",
		"TF_DATA_DIR=/nonexistent", "TF_LOG=TRACE", "TF_PLUGIN_CACHE_DIR=/nonexistent",
		"TF_REATTACH_PROVIDERS=bogus", "TF_WORKSPACE=bogus",
		"CLOUDFLARE_ACCOUNT_ID=bogus", "CLOUDFLARE_API_KEY=bogus", "CLOUDFLARE_API_TOKEN=bogus",
		"CLOUDFLARE_BASE_URL=https://cloudflare.invalid", "CLOUDFLARE_EMAIL=bogus@example.com",
		"HTTP_PROXY=http://127.0.0.1:1", "HTTPS_PROXY=http://127.0.0.1:1", "ALL_PROXY=http://127.0.0.1:1",
	).CombinedOutput()
	printed := regexp.MustCompile(" {2,}").ReplaceAllString(string(out), "  ") // columns of any width
	if err != nil {
		t.Errorf("the demo ended with %v, want success", err)
	}
	for _, want := range []string{
		"Apply complete!", `"Access: Audit Logs Read"`, "\n250 users, read in 3 requests.\n",
		"\nusers = 250\n", "\naccess_seats = 162\n", "\ngateway_seats = 153\n",
		"\nwithout_login = 40\n", "\ninactive = 44\n", "\nto_review = <sensitive>",
		"\nEMAIL  ACCESS SEAT  GATEWAY SEAT  DEVICES  LAST LOGIN  NAME\n",
		"  false  true  1  null  ", "  null  null  null  null  null\n", "Z  \"\"\n",
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("the demo did not print %q", want)
		}
	}
	if rows := strings.Count(printed, "@"); rows != 12 {
		t.Errorf("the demo printed %d users, want one of each of 12 kinds", rows)
	}
	if strings.Contains(printed, "TRACE") || strings.Contains(printed, "bogus") {
		t.Error("the demo used the caller's environment")
	}
	if t.Failed() {
		t.Logf("the demo printed:\n%s", printed)
	}
	checkNothingLeft(t, temp)
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
			out := &watcher{text: text, call: cancel}
			d := demo{root: "../..", terraform: terraform, out: out}
			if err := d.run(ctx, temp); !errors.Is(err, context.Canceled) {
				t.Errorf("run = %v, want %v; it printed:\n%s", err, context.Canceled, out.printed.String())
			}
			checkNothingLeft(t, temp)
		})
	}
}

// A watcher calls a function when the text is printed, before the writer
// continues.
type watcher struct {
	text    string
	call    func()
	printed bytes.Buffer
}

func (w *watcher) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.text) {
		w.call()
	}
	return w.printed.Write(p)
}

func TestDemo_failures(t *testing.T) {
	t.Parallel()
	silent := httptest.NewUnstartedServer(nil) // so that the download waits for ^C
	t.Cleanup(silent.Close)
	for name, test := range map[string]struct {
		terraform string
		proxy     string
		unread    bool
		want      []string
	}{
		"a name that is not on PATH": {terraform: "no-such-terraform", want: []string{"not found", advice}},
		"a path that does not exist": {terraform: "./no/such/terraform", want: []string{"no such file", advice}},
		"another program":            {terraform: "go", want: []string{"does not work as Terraform or OpenTofu", advice}},
		"none, and no internet":      {proxy: "127.0.0.1:1", want: []string{"cannot download Terraform", advice}},
		"nobody reads the output":    {proxy: "127.0.0.1:1", unread: true, want: []string{"demo: "}},
		"interrupted":                {proxy: silent.Listener.Addr().String(), want: []string{"stopped"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temp := tempDir(t)
			cmd := command(t, temp, test.terraform, "HTTPS_PROXY=http://"+test.proxy)
			cmd.Stdout = &watcher{text: "Downloading", call: func() {
				if name == "interrupted" {
					_ = cmd.Process.Signal(os.Interrupt) // if it fails, the test does not end
				}
			}}
			if test.unread {
				cmd.Stdout = nil
				out, _ := cmd.StdoutPipe() // fails only if there is a Stdout
				_ = out.Close()
			}
			var printed bytes.Buffer
			cmd.Stderr = &printed
			if err := cmd.Run(); cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("the demo ended with %v, want exit status 1", err)
			}
			for _, want := range test.want {
				if !strings.Contains(printed.String(), want) {
					t.Errorf("the demo did not print %q, but:\n%s", want, &printed)
				}
			}
			checkNothingLeft(t, temp)
		})
	}
}

// command is the demo as a process, with additions to the environment.
func command(t *testing.T, temp, terraform string, environment ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-terraform="+terraform) //nolint:gosec // this test's binary
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), append(environment, "RUN_THE_DEMO=1", "TMPDIR="+temp)...)
	return cmd
}

// checkNothingLeft looks for files in the demo's temporary folder and, where
// there is /proc, for processes that have it in their environment.
func checkNothingLeft(t *testing.T, temp string) {
	t.Helper()
	if files, err := os.ReadDir(temp); err != nil || len(files) > 0 {
		t.Errorf("the demo left %s behind, %v", files, err)
	}
	processes, _ := filepath.Glob("/proc/[0-9]*/environ") // the pattern is valid
	for _, process := range processes {
		environment, _ := os.ReadFile(process) //nolint:gosec // found right above; the process may have ended
		if bytes.Contains(environment, []byte("TMPDIR="+temp)) {
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
