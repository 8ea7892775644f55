package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// address is the provider's own: see provider.Address.
const address = "registry.terraform.io/local/cloudflare-access"

const configuration = `terraform {
  required_providers {
    cloudflare = { source = "` + address + `" }
  }
}
provider "cloudflare" {}
data "cloudflare_access_users" "all" {}
output "users" {
  value = length(data.cloudflare_access_users.all.users)
}
`

// A terraform is a Terraform or OpenTofu with a configuration.
type terraform struct {
	binaries

	path    string
	dir     string
	version string // with its name
}

func newTerraform(ctx context.Context, dir, named string, b binaries) (*terraform, error) {
	path, err := findTerraform(named)
	if err != nil {
		return nil, err
	}
	tf := &terraform{binaries: b, path: path, dir: filepath.Join(dir, "configuration")}
	if err := os.Mkdir(tf.dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(tf.dir, "main.tf"), []byte(configuration), 0o600); err != nil {
		return nil, err
	}
	out, err := tf.run(ctx, b.floor, nil, "version", "-json")
	if err != nil {
		return nil, err
	}
	var about struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &about); err != nil {
		return nil, fmt.Errorf("%s version -json: %w", path, err)
	}
	tf.version = "Terraform " + about.Version
	if strings.Contains(filepath.Base(path), "tofu") {
		tf.version = "OpenTofu " + about.Version
	}
	return tf, nil
}

func findTerraform(named string) (string, error) {
	names := []string{named}
	if named == "" {
		names = []string{"terraform", "tofu"}
	}
	var err error
	for _, name := range names {
		var path string
		if path, err = exec.LookPath(name); err == nil {
			return filepath.Abs(path)
		}
	}
	return "", fmt.Errorf("there is no Terraform or OpenTofu to measure with: make bench TERRAFORM=/path/to/terraform (%w)", err)
}

// run gives what the command prints. Of the environment Terraform sees little,
// and as the provider it runs this binary.
func (tf *terraform) run(ctx context.Context, binary string, env []string, args ...string) ([]byte, error) {
	rc := filepath.Join(filepath.Dir(binary), "terraformrc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  dev_overrides {\n    %q = %q\n  }\n}\n",
		address, filepath.ToSlash(filepath.Dir(binary)))
	if err := os.WriteFile(rc, []byte(text), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, tf.path, args...) //nolint:gosec // all arguments are this package's
	cmd.Dir = tf.dir
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(),
		"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "TF_CLI_CONFIG_FILE=" + rc, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
	}, env...)
	if runtime.GOOS != "windows" { // which has no interrupt
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s%s", filepath.Base(tf.path), args[0], err, out, stderr.String())
	}
	return out, nil
}
