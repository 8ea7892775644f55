package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
)

func TestDemo_noTerraform(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		terraform string
		want      string
	}{
		"a name that is not on PATH": {"no-such-terraform", "not found"},
		"a path that does not exist": {"./no/such/terraform", "no such file"},
		"another program":            {"go", "does not work as Terraform or OpenTofu"},
		"none, and no internet":      {"", "cannot download Terraform"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temp := tempDir(t)
			printed, err := command(t, temp, test.terraform, "HTTPS_PROXY=http://127.0.0.1:1").CombinedOutput()
			checkFailure(t, err, string(printed), temp, test.want, advice)
		})
	}
}

func TestCopyConfiguration_noState(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "configuration")
	for _, name := range []string{"main.tf", "terraform.tfstate", ".terraform.lock.hcl", "secret.auto.tfvars"} {
		if err := os.WriteFile(filepath.Join(from, name), []byte("# "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyConfiguration(to, from); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(to)
	if err != nil || len(files) != 1 || files[0].Name() != "main.tf" {
		t.Errorf("copyConfiguration made %v (%v), want main.tf alone", files, err)
	}
}

func TestAccDemo_exampleIsFormatted(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), acctest.Terraform(t), "fmt", "-check", "-diff", "../../examples/demo") //nolint:gosec // the Terraform of the tests
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("terraform fmt -check: %v\n%s", err, out)
	}
}
