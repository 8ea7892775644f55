package examples_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// buildMirror builds this provider, and the one that stands in for Cloudflare's
// own, into a filesystem mirror. It gives the CLI configuration that leads
// Terraform there and nowhere else.
func buildMirror(t *testing.T) (cliConfig string) {
	t.Helper()
	mirror := filepath.Join(t.TempDir(), "mirror")
	for _, p := range []struct{ source, version, pkg string }{
		{"local/cloudflare-access", "0.1.0", "terraform-provider-cloudflare-access"},
		{"cloudflare/cloudflare", "5.22.0", "terraform-provider-cloudflare-access/internal/examples/standin"},
	} {
		binary := filepath.Join(mirror, "registry.terraform.io", filepath.FromSlash(p.source), p.version,
			runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-"+filepath.Base(p.source)+"_v"+p.version)
		if runtime.GOOS == "windows" {
			binary += ".exe"
		}
		build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, p.pkg) //nolint:gosec // all arguments stand above
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", p.pkg, err, out)
		}
	}
	// The same source has another host for OpenTofu.
	if err := os.CopyFS(filepath.Join(mirror, "registry.opentofu.org"), os.DirFS(filepath.Join(mirror, "registry.terraform.io"))); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, t.TempDir(), "terraformrc",
		fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror)))
}

// A workspace is a copy of examples, and a Terraform that sees no other
// environment than this.
type workspace struct {
	t         *testing.T
	terraform string
	dir       string
	env       []string
}

// newWorkspace copies folders of examples into one.
func newWorkspace(t *testing.T, terraform, cliConfig, baseURL string, folders ...string) *workspace {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range folders {
		if err := os.CopyFS(dir, onlyConfiguration{os.DirFS(filepath.Join("..", "..", "examples", filepath.FromSlash(folder)))}); err != nil {
			t.Fatal(err)
		}
	}
	return &workspace{t: t, terraform: terraform, dir: dir, env: []string{
		"PATH=" + os.Getenv("PATH"), // a version manager may stand in Terraform's place
		"HOME=" + os.Getenv("HOME"),
		"TF_CLI_CONFIG_FILE=" + cliConfig,
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
		"CHECKPOINT_DISABLE=1",
		"CLOUDFLARE_BASE_URL=" + baseURL,
		"CLOUDFLARE_API_TOKEN=" + fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID=" + fakeapi.AccountID,
	}}
}

// onlyConfiguration leaves out what a reader may have left in an example's
// folder: state, lock file, plugins.
type onlyConfiguration struct{ fs.FS }

func (c onlyConfiguration) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(c.FS, name)
	kept := entries[:0]
	for _, entry := range entries {
		switch filepath.Ext(entry.Name()) {
		case ".tf", ".tofu", ".csv", ".json":
			kept = append(kept, entry)
		}
	}
	return kept, err
}

// run gives all that Terraform prints, and its exit code.
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

// mustRun gives what Terraform prints once it has succeeded.
func (w *workspace) mustRun(args ...string) string {
	w.t.Helper()
	printed, exitCode := w.run(args...)
	if exitCode != 0 {
		w.t.Fatalf("%v ended with exit code %d, want 0; it printed:\n%s", args, exitCode, printed)
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
