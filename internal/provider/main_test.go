package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	os.Exit(runApart(m))
}

// runApart runs the tests apart from what their caller has set for Terraform:
// a development override, say, would put another provider in the place of the
// one under test.
func runApart(m *testing.M) int {
	config, err := os.CreateTemp("", "terraformrc")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.Remove(config.Name()) }()
	_ = config.Close()

	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); isCallers(name) {
			_ = os.Unsetenv(name)
		}
	}
	_ = os.Setenv("TF_CLI_CONFIG_FILE", config.Name())
	_ = os.Setenv("CHECKPOINT_DISABLE", "1")
	if isOpenTofu() {
		_ = os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org")
	}
	return m.Run()
}

// isCallers says which variables could change what a test sees. TF_LOG and
// the choice of the Terraform to run do not. CLOUDFLARE_* are for the live
// tests, which may need the proxy too; all other tests give the provider an
// environment of their own.
func isCallers(variable string) bool {
	switch strings.ToUpper(variable) {
	case "TF_ACC_PROVIDER_HOST", "TF_ACC_PROVIDER_NAMESPACE", "TF_ACC_REFRESH_AFTER_APPLY":
		return true
	case "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY":
		return !isLive()
	}
	return strings.HasPrefix(variable, "TF_") &&
		!strings.HasPrefix(variable, "TF_ACC") && !strings.HasPrefix(variable, "TF_LOG")
}

// isOpenTofu tells OpenTofu, which looks for providers at a host of its own.
func isOpenTofu() bool {
	name := filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH"))
	return strings.TrimSuffix(name, ".exe") == "tofu"
}
