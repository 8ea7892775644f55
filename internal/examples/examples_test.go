// Package examples_test applies the examples with a real Terraform, and checks
// docs/ against the schemas. Nothing in it is part of the provider.
package examples_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-version"

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
	files map[string]string // written over the example's
	vars  map[string]string

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
	w.mustRun("fmt", "-check", "-diff", "-recursive")
}

// apply runs one step. The first one also initialises the folder, and plans
// again afterwards.
func (s step) apply(w *workspace, first bool) {
	w.t.Helper()
	server := httptest.NewServer(fakeapi.New(s.users))
	defer server.Close()
	for name, content := range s.files {
		writeFile(w.t, w.dir, name, content)
	}
	shared := w.env
	defer func() { w.env = shared }()
	w.env = append(slices.Clone(shared), "CLOUDFLARE_BASE_URL="+server.URL+fakeapi.BasePath)
	for name, value := range s.vars {
		w.env = append(w.env, "TF_VAR_"+name+"="+value)
	}
	if first {
		w.mustRun("init", "-no-color")
		w.mustRun("validate", "-no-color")
	}
	before := w.state()

	printed, exitCode := w.run("apply", "-auto-approve", "-no-color")
	if failed := exitCode != 0; failed != s.fails {
		w.t.Fatalf("apply: exit code %d, want an error: %v; it printed:\n%s", exitCode, s.fails, printed)
	}
	// Terraform breaks lines, and draws a frame around diagnostics.
	text := strings.Join(strings.Fields(strings.ReplaceAll(printed, "│", "")), " ")
	for _, want := range s.prints {
		if !strings.Contains(text, want) {
			w.t.Errorf("apply did not print %q, but:\n%s", want, printed)
		}
	}
	if s.fails {
		if diff := cmp.Diff(before, w.state()); diff != "" {
			w.t.Errorf("the failed apply changed the state (-before +after):\n%s", diff)
		}
		return
	}
	s.checkOutputs(w)
	if !first {
		return
	}
	if printed, exitCode := w.run("plan", "-detailed-exitcode", "-no-color"); exitCode != 0 {
		w.t.Errorf("second plan: exit code %d, want 0 (no changes); it printed:\n%s", exitCode, printed)
	}
}

func (s step) checkOutputs(w *workspace) {
	w.t.Helper()
	if len(s.outputs) == 0 {
		return
	}
	var all map[string]struct{ Value any }
	decode(w.t, w.mustRun("output", "-json"), &all)
	for _, name := range slices.Sorted(maps.Keys(s.outputs)) {
		var want any
		decode(w.t, encode(w.t, s.outputs[name]), &want)
		if diff := cmp.Diff(want, all[name].Value); diff != "" {
			w.t.Errorf("output %s (-want +got):\n%s", name, diff)
		}
	}
}

// state returns the state file's text, "" if there is none.
func (w *workspace) state() string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, "terraform.tfstate"))
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	return string(text)
}

// isAtLeast reports whether this is Terraform or OpenTofu of at least these
// versions.
func (w *workspace) isAtLeast(terraform, tofu string) bool {
	w.t.Helper()
	program, rest, _ := strings.Cut(w.mustRun("version"), " v")
	number, _, _ := strings.Cut(rest, "\n")
	least := map[string]string{"Terraform": terraform, "OpenTofu": tofu}[program]
	if least == "" {
		return false
	}
	return version.Must(version.NewVersion(number)).Core().GreaterThanOrEqual(version.Must(version.NewVersion(least)))
}

func encode(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
}
