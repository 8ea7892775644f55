//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"terraform-provider-cloudflare-access/internal/acctest"
)

// TestMain makes `demo` a command of the scripts.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"demo": main}) }

// TestAccDemo runs the scripts in testdata from the repository's folder, as make
// does. Each has a folder $TMPDIR of its own, which must be empty in the end, and
// `nothing-left`, which fails if a process has a folder of the demo in its environment.
func TestAccDemo(t *testing.T) {
	t.Parallel()
	terraform, provider := acctest.Terraform(t), t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", provider+"/", "../..") //nolint:gosec // all arguments are the test's
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			// Short, because the path of the provider's socket in it must not exceed
			// about 100 bytes.
			temp, err := os.MkdirTemp("", "") //nolint:usetesting // see above
			env.Defer(func() { _ = os.RemoveAll(temp) })
			env.Vars = append(env.Vars, "TMPDIR="+temp, "TERRAFORM="+terraform, "PROVIDER="+provider, "HOME="+os.Getenv("HOME"))
			env.Cd = root
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"nothing-left": func(ts *testscript.TestScript, _ bool, _ []string) { checkNothingLeft(ts) },
		},
	})
}

// checkNothingLeft looks for files in the demo's temporary folder and, where
// there is /proc, for processes that have one of them in their environment.
func checkNothingLeft(ts *testscript.TestScript) {
	if files, err := os.ReadDir(ts.Getenv("TMPDIR")); err != nil || len(files) > 0 {
		ts.Fatalf("the demo left %s behind, %v", files, err)
	}
	if err := ts.Exec("sh", "-c", `grep -ls "TMPDIR=$TMPDIR/demo-" /proc/[0-9]*/environ`); err == nil {
		ts.Fatalf("the demo left a process behind")
	}
}
