package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestConfigurationIsCopiedWithoutState(t *testing.T) {
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
