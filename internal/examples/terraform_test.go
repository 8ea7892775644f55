package examples_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// buildMirror builds this provider and the stand-in for Cloudflare's own into a
// filesystem mirror, and returns the path of a CLI configuration that uses
// nothing else.
func buildMirror(t *testing.T) (cliConfig string) {
	t.Helper()
	mirror := filepath.Join(t.TempDir(), "mirror")
	for _, p := range []struct{ source, version, pkg string }{
		{"local/cloudflare-access", "0.1.0", root},
		{"cloudflare/cloudflare", "5.22.0", "./standin"},
	} {
		binary := filepath.Join(mirror, "registry.terraform.io", filepath.FromSlash(p.source), p.version,
			runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-"+filepath.Base(p.source)+"_v"+p.version)
		if runtime.GOOS == "windows" {
			binary += ".exe"
		}
		build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, p.pkg) //nolint:gosec // all arguments are constants
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", p.pkg, err, out)
		}
	}
	// OpenTofu resolves the same source to another host.
	if err := os.CopyFS(filepath.Join(mirror, "registry.opentofu.org"), os.DirFS(filepath.Join(mirror, "registry.terraform.io"))); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, t.TempDir(), "terraformrc",
		fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror)))
}

// A workspace is a folder with copies of examples, and a Terraform with an
// environment of its own.
type workspace struct {
	t         *testing.T
	terraform string
	dir       string
	env       []string
}

// newWorkspace copies the contents of folders of examples into one folder,
// without what Terraform may have written there.
func newWorkspace(t *testing.T, terraform, cliConfig string, folders ...string) *workspace {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range folders {
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples", filepath.FromSlash(folder)))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return &workspace{t: t, terraform: terraform, dir: dir, env: []string{
		"PATH=" + os.Getenv("PATH"), // terraform may be a version manager
		"HOME=" + os.Getenv("HOME"),
		"TF_CLI_CONFIG_FILE=" + cliConfig,
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
		"CHECKPOINT_DISABLE=1",
		"CLOUDFLARE_API_TOKEN=" + fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID=" + fakeapi.AccountID,
	}}
}

// run returns all that Terraform prints, and its exit code.
func (w *workspace) run(args ...string) (printed string, exitCode int) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), w.terraform, args...) //nolint:gosec // the Terraform of the tests
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), exit.ExitCode()
	}
	if err != nil {
		w.t.Fatalf("%v: %v", args, err)
	}
	return string(out), 0
}

// mustRun fails the test unless Terraform succeeds.
func (w *workspace) mustRun(args ...string) string {
	w.t.Helper()
	printed, exitCode := w.run(args...)
	if exitCode != 0 {
		w.t.Fatalf("%v: exit code %d, want 0; it printed:\n%s", args, exitCode, printed)
	}
	return printed
}

func writeFile(t *testing.T, dir, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
