// Package examples_test applies the examples with a real Terraform, and checks
// what docs/ says. Nothing in it is part of the provider.
package examples_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// An example is applied once for each of its steps, in one folder.
type example struct {
	folders []string // of examples/, copied into one
	steps   []step
	check   func(t *testing.T, w *workspace) // after the last step
}

// A step is one apply.
type step struct {
	users []fakeapi.User
	files map[string]string // written over those of the example and of earlier steps
	vars  map[string]string // in addition to those of earlier steps

	outputs map[string]any // some of the outputs
	prints  []string       // parts of what apply prints
	fails   bool           // apply fails and leaves the state as it was
}

func TestAccExamples(t *testing.T) {
	t.Parallel()
	terraform := acctest.Terraform(t)
	cliConfig := buildMirror(t)
	for name, e := range examples(t, time.Now()) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, terraform, cliConfig, e.folders...)
			for i, s := range e.steps {
				s.apply(w, i == 0)
			}
			if e.check != nil {
				e.check(t, w)
			}
		})
	}
}

func TestAccExamples_formatted(t *testing.T) {
	t.Parallel()
	w := workspace{t: t, terraform: acctest.Terraform(t), dir: filepath.Join(root, "examples")}
	w.run("fmt", "-check", "-diff", "-recursive")
}

// apply runs one step. The first one also initialises the folder, and plans
// again afterwards.
func (s step) apply(w *workspace, first bool) {
	w.t.Helper()
	server := httptest.NewServer(fakeapi.New(s.users))
	defer server.Close()
	for name, content := range s.files {
		w.write(name, content)
	}
	w.env = append(w.env, "CLOUDFLARE_BASE_URL="+server.URL+fakeapi.BasePath)
	for name, value := range s.vars {
		w.env = append(w.env, "TF_VAR_"+name+"="+value)
	}
	if first {
		w.run("init", "-no-color")
		w.run("validate", "-no-color")
	}
	before := w.state()
	printed, err := w.try("apply", "-auto-approve", "-no-color")
	if failed := err != nil; failed != s.fails {
		w.t.Fatalf("apply ended with %v, want an error: %t; it printed:\n%s", err, s.fails, printed)
	}
	// Terraform breaks lines, and draws a frame around diagnostics.
	text := strings.Join(strings.Fields(strings.ReplaceAll(printed, "│", "")), " ")
	for _, want := range s.prints {
		if !strings.Contains(text, want) {
			w.t.Errorf("apply did not print %q, but:\n%s", want, printed)
		}
	}
	if after := w.state(); s.fails && after != before {
		w.t.Errorf("the failed apply changed the state from\n%s\nto\n%s", before, after)
	}
	if len(s.outputs) > 0 {
		s.checkOutputs(w)
	}
	if first {
		w.run("plan", "-detailed-exitcode", "-no-color") // an error if anything changes
	}
}

func (s step) checkOutputs(w *workspace) {
	w.t.Helper()
	var all map[string]struct{ Value any }
	if err := json.Unmarshal([]byte(w.run("output", "-json")), &all); err != nil {
		w.t.Fatal(err)
	}
	for name, want := range s.outputs {
		if got, want := encode(w.t, all[name].Value), encode(w.t, want); got != want {
			w.t.Errorf("output %s = %s, want %s", name, got, want)
		}
	}
}

// buildMirror builds this provider and the stand-in for Cloudflare's own into a
// filesystem mirror, and returns the path of a CLI configuration that uses
// nothing else.
func buildMirror(t *testing.T) (cliConfig string) {
	t.Helper()
	mirror := t.TempDir()
	terraform, tofu := filepath.Join(mirror, "registry.terraform.io"), filepath.Join(mirror, "registry.opentofu.org")
	for folder, pkg := range map[string]string{
		"local/cloudflare-access/0.1.0": root,
		"cloudflare/cloudflare/5.22.0":  "./terraform-provider-cloudflare",
	} {
		platform := runtime.GOOS + "_" + runtime.GOARCH + "/"                                                                     // so that go build names the binary
		build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", terraform+"/"+folder+"/"+platform, pkg) //nolint:gosec // all arguments are constants
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", pkg, err, out)
		}
	}
	if err := os.CopyFS(tofu, os.DirFS(terraform)); err != nil {
		t.Fatal(err)
	}
	w := workspace{t: t, dir: t.TempDir()}
	w.write("terraformrc", fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror)))
	return filepath.Join(w.dir, "terraformrc")
}

// A workspace is a folder with copies of examples, and a Terraform with an
// environment of its own.
type workspace struct {
	t         *testing.T
	terraform string
	dir       string
	env       []string // later entries replace earlier ones
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

// try returns all that Terraform prints, and an error unless its exit code is 0.
func (w *workspace) try(args ...string) (printed string, err error) {
	cmd := exec.CommandContext(w.t.Context(), w.terraform, args...) //nolint:gosec // the Terraform of the tests
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// run is like try, and fails the test if there is an error.
func (w *workspace) run(args ...string) (printed string) {
	w.t.Helper()
	printed, err := w.try(args...)
	if err != nil {
		w.t.Fatalf("%q ended with %v, want success; it printed:\n%s", args, err, printed)
	}
	return printed
}

// state returns the state file's text, "" if there is none.
func (w *workspace) state() string {
	text, _ := os.ReadFile(filepath.Join(w.dir, "terraform.tfstate"))
	return string(text)
}

func (w *workspace) write(name, content string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func encode(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
