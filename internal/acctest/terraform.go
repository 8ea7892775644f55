// Package acctest is what tests of several packages share.
package acctest

import (
	"os"
	"os/exec"
	"testing"
)

// Terraform is the Terraform or OpenTofu for tests that run one. Without
// TF_ACC, or where there is none, it skips the test.
func Terraform(t *testing.T) string {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set, so no Terraform is run")
	}
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Terraform on PATH; make test fetches one")
	return ""
}
