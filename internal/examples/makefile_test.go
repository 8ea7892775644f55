//go:build unix

package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMakefile_terraform runs make with dash as its shell, which finds only the
// first of several names in one `command -v`, and nothing else on PATH. Where there
// is no dash, as on macOS, it is sh.
func TestMakefile_terraform(t *testing.T) {
	t.Parallel()
	makePath, err := exec.LookPath("make")
	if err != nil {
		t.Fatal(err)
	}
	shell, err := exec.LookPath("dash")
	if err != nil {
		shell = "/bin/sh"
	}
	for name, test := range map[string]struct {
		onPath []string
		want   string // at the end of a path in what `make test` runs
	}{
		"tofu alone": {[]string{"tofu"}, "/tofu' go test"},
		"both":       {[]string{"tofu", "terraform"}, "/terraform' go test"},
		"none":       {nil, "/bin/terraform' go test"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := t.TempDir()
			for _, program := range test.onPath {
				if err := os.WriteFile(filepath.Join(path, program), []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // a program
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), makePath, "-n", "test", "SHELL="+shell) //nolint:gosec // found above
			cmd.Dir, cmd.Env = root, []string{"PATH=" + path}
			out, err := cmd.Output()
			if err != nil || !strings.Contains(string(out), "TF_ACC_TERRAFORM_PATH='") || !strings.Contains(string(out), test.want) {
				t.Errorf("make -n test: got %v, want %q in\n%s", err, test.want, out)
			}
		})
	}
}
