package provider_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
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
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
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
	stdin     *os.File             // nil for an empty one
	process   *syscall.SysProcAttr // how to start Terraform; nil for the default
}

// An outcome is how a command of Terraform ended.
type outcome struct {
	exit           int
	stdout, stderr string
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
		provider.Address, filepath.ToSlash(built)))
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
		"PATH": os.Getenv("PATH"), "HOME": w.dir, "TMPDIR": os.TempDir(), "SYSTEMROOT": os.Getenv("SYSTEMROOT"),
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
	cmd.Dir, cmd.SysProcAttr = w.dir, w.process
	for variable, value := range w.env {
		cmd.Env = append(cmd.Env, variable+"="+value)
	}
	if w.stdin != nil {
		cmd.Stdin = w.stdin
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ended := make(chan outcome, 1)
	go func() {
		_ = cmd.Wait() // the exit code is in the outcome
		ended <- outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
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
	if want := fmt.Sprintf("users = %d", n); got.exit != 0 || !strings.Contains(got.stdout, want) {
		t.Errorf("terraform: got exit code %d, want 0 and %q:\n%s%s", got.exit, want, got.stdout, got.stderr)
	}
}

// checkFailed checks that Terraform ended with exit code 1 and printed one error,
// with these sentences in it and without a stack trace or a secret.
func checkFailed(t *testing.T, got outcome, sentences ...string) {
	t.Helper()
	printed := plain(got.stdout + got.stderr)
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

// plain returns what Terraform prints, without frames and line breaks.
func plain(printed string) string {
	printed = regexp.MustCompile(`[│╷╵]`).ReplaceAllString(printed, " ")
	return strings.Join(strings.Fields(printed), " ")
}
