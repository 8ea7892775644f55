// Package examples_test runs what a user would paste, and holds docs/ against
// the schemas. Nothing in it is part of the provider.
package examples_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// A story is one run of an example: what stands around it, and what comes of it.
type story struct {
	folders []string          // of examples, put together
	files   map[string]string // written over the example's
	users   []fakeapi.User
	vars    map[string]string

	outputs map[string]any // some of the outputs, as JSON has them
	prints  string         // something that apply prints
	fails   bool           // apply ends with an error
	check   func(t *testing.T, w *workspace)
}

// TestAccExamples applies each example with a real Terraform, as it stands.
// The official provider cannot be fetched everywhere: internal/examples/standin
// stands in its place.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	terraform := acctest.Terraform(t)
	cliConfig := buildMirror(t)
	for name, s := range stories(t, time.Now()) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.run(t, terraform, cliConfig)
		})
	}
}

func TestAccExamplesAreFormatted(t *testing.T) {
	t.Parallel()
	w := workspace{t: t, terraform: acctest.Terraform(t), dir: "../../examples"}
	w.mustRun("fmt", "-check", "-diff", "-recursive")
}

func (s story) run(t *testing.T, terraform, cliConfig string) {
	t.Helper()
	api := fakeapi.New(s.users)
	api.MaxPageSize = 100
	server := httptest.NewServer(api)
	defer server.Close()
	w := newWorkspace(t, terraform, cliConfig, server.URL+fakeapi.BasePath, s.folders...)
	for name, content := range s.files {
		writeFile(t, w.dir, name, content)
	}
	for name, value := range s.vars {
		w.env = append(w.env, "TF_VAR_"+name+"="+value)
	}

	w.mustRun("init", "-no-color")
	w.mustRun("validate", "-no-color")
	printed, exitCode := w.run("apply", "-auto-approve", "-no-color")
	if failed := exitCode != 0; failed != s.fails {
		t.Fatalf("apply ended with exit code %d; it printed:\n%s", exitCode, printed)
	}
	// Terraform breaks lines and draws frames around messages.
	if text := strings.Join(strings.Fields(strings.ReplaceAll(printed, "│", "")), " "); !strings.Contains(text, s.prints) {
		t.Errorf("apply printed nothing like %q, but:\n%s", s.prints, printed)
	}
	if s.fails {
		return
	}
	s.checkOutputs(t, w)
	if printed, exitCode := w.run("plan", "-detailed-exitcode", "-no-color"); exitCode != 0 {
		t.Errorf("a second plan ended with exit code %d, want 0 for no changes; it printed:\n%s", exitCode, printed)
	}
	if s.check != nil {
		s.check(t, w)
	}
}

func (s story) checkOutputs(t *testing.T, w *workspace) {
	t.Helper()
	var all map[string]struct {
		Value any `json:"value"`
	}
	if err := json.Unmarshal([]byte(w.mustRun("output", "-json")), &all); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(s.outputs)) {
		if diff := cmp.Diff(asJSON(t, s.outputs[name]), all[name].Value); diff != "" {
			t.Errorf("output %s (-want +got):\n%s", name, diff)
		}
	}
}

// asJSON is a value as it comes back from JSON: numbers as float64, say.
func asJSON(t *testing.T, value any) (decoded any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}
