package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
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

// command is the demo as a process, with this added to the environment.
func command(t *testing.T, temp, terraform string, environment ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-terraform="+terraform) //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), append(environment, "RUN_THE_DEMO=1", "TMPDIR="+temp)...)
	return cmd
}

// checkFailure wants the demo to have ended with exit code 1 and nothing left.
func checkFailure(t *testing.T, err error, printed []byte, temp string) {
	t.Helper()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
		t.Errorf("the demo ended with %v, want exit status 1; it printed:\n%s", err, printed)
	}
	checkNothingLeft(t, temp)
}

// checkNothingLeft looks for files in the demo's temporary folder and, where
// there is /proc, for processes that were to use it.
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

// tempDir is short, for the provider's socket is in it, whose path may be 100
// bytes long or so: t.TempDir would put the test's name into it.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// onlyGoOnPath is an environment in which there is no Terraform to find, and
// in which the way to one leads through this proxy.
func onlyGoOnPath(t *testing.T, proxy string) []string {
	t.Helper()
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(goCommand, filepath.Join(dir, "go")); err != nil {
		t.Fatal(err)
	}
	return []string{"PATH=" + dir, "HTTPS_PROXY=" + proxy, "https_proxy=" + proxy}
}
