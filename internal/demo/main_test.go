//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"terraform-provider-cloudflare-access/internal/acctest"
)

// TestMain lets a test run the demo as a process, with an environment of its
// own, signals and an exit code, and builds the provider for all tests.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_THE_DEMO") != "" {
		main()
		return
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // fails on Windows while a process runs from it
	builtProvider = dir
	build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-o", dir+"/", "../..") //nolint:gosec // all arguments are the test's
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		log.Fatalf("go build: %v\n%s", err, out)
	}
	return m.Run()
}

//nolint:gochecknoglobals // a folder, set before all tests
var builtProvider string

func TestAccDemo_environment(t *testing.T) {
	t.Parallel()
	temp := tempDir(t)
	out, err := command(t, temp, acctest.Terraform(t),
		"TF_CLI_ARGS=-bogus", "TF_CLI_ARGS_apply=-bogus", "TF_CLI_CONFIG_FILE=/nonexistent/terraformrc",
		"TF_DATA_DIR=/nonexistent", "NO_COLOR=", "TF_LOG=TRACE", "TF_PLUGIN_CACHE_DIR=/nonexistent",
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
		`"Access: Audit Logs Read"`, "\nEMAIL  ACCESS  GATEWAY  LAST LOGIN  NAME\n", "  false  true  null  ", "  null  null  null  null\n", "  \"\"\n",
		"\nUsers  250  40 without a recorded login\n", "\nSeats  209  162 Access, 153 Gateway\n", "\nUnused seats  123  ", "\nRequests  6  ",
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("the demo did not print %q", want)
		}
	}
	for line := range strings.Lines(string(out)) {
		if n := utf8.RuneCountInString(line) - 1; n > 80 {
			t.Errorf("a line of %d characters, want 80 at most: %s", n, line)
		}
	}
	if rows := strings.Count(printed, "@"); rows != 12 {
		t.Errorf("the demo printed %d users, want one of each of 12 kinds", rows)
	}
	if strings.ContainsAny(printed, "\r\x1b") {
		t.Error("the demo printed for a terminal where there is none")
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
		"before Terraform starts": "A fake Cloudflare API",
		"while Terraform applies": "\r",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terraform, temp := acctest.Terraform(t), tempDir(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := &watcher{text: text, call: cancel}
			d := demo{example: "../../examples/demo", provider: builtProvider, terraform: terraform, out: out, progress: true}
			if err := d.run(ctx, temp); !errors.Is(err, context.Canceled) {
				t.Errorf("run = %v, want %v; it printed:\n%s", err, context.Canceled, out.printed.String())
			}
			checkNothingLeft(t, temp)
		})
	}
}

// TestAccDemo_colour checks what the picture is made from.
func TestAccDemo_colour(t *testing.T) {
	t.Parallel()
	cmd := command(t, tempDir(t), acctest.Terraform(t))
	cmd.Args = append(cmd.Args, "-color")
	out, err := cmd.Output()
	if want := "\x1b[1;32m   250\x1b[22;0m"; err != nil || !strings.Contains(string(out), want) || strings.Contains(string(out), "\r") {
		t.Errorf("the demo with -color ended with %v, printed %q, want %q and no line that is overwritten", err, out, want)
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

func TestAccDemo_failures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		terraform string
		signal    bool
		unread    bool
		want      []string
	}{
		"a name that is not on PATH": {terraform: "no-such-terraform", want: []string{"not found", advice}},
		"a path that does not exist": {terraform: "./no/such/terraform", want: []string{"no such file", advice}},
		"another program":            {terraform: "go", want: []string{"does not work as Terraform or OpenTofu", advice}},
		"nobody reads the output":    {terraform: acctest.Terraform(t), unread: true, want: []string{"demo: "}},
		"interrupted":                {terraform: acctest.Terraform(t), signal: true, want: []string{"stopped"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temp := tempDir(t)
			cmd := command(t, temp, test.terraform)
			cmd.Stdout = &watcher{text: "Applying", call: func() {
				if test.signal {
					_ = cmd.Process.Signal(os.Interrupt) // if it fails, the demo succeeds
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
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-terraform="+terraform, "-provider="+builtProvider) //nolint:gosec // this test's binary
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
