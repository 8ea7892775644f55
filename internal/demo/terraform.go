package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
	"github.com/hashicorp/terraform-exec/tfexec"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const (
	// providerVersion is not 0.0.0, which Terraform treats as no version.
	providerVersion = "0.1.0"

	// downloadedVersion is the Terraform for those who have none.
	downloadedVersion = "1.11.4"

	// gracePeriod is the time that a process has to end after an interrupt.
	gracePeriod = 10 * time.Second

	advice = "Install Terraform or OpenTofu, 1.5 or newer, or name it: make demo TERRAFORM=/path/to/terraform"
)

// prepareTerraform finds or downloads Terraform and gives it an environment
// without the caller's settings.
func (d *demo) prepareTerraform(ctx context.Context, dir, baseURL string) (*tfexec.Terraform, error) {
	path, err := d.findTerraform(ctx, dir)
	if err != nil {
		return nil, err
	}
	tf, err := tfexec.NewTerraform(dir, path)
	if err != nil {
		return nil, err
	}
	if err := tf.SetEnv(map[string]string{
		"PATH":                  os.Getenv("PATH"), // a version manager in Terraform's place
		"HOME":                  os.Getenv("HOME"), // needs these two
		"TMPDIR":                dir,
		"TF_CLI_CONFIG_FILE":    os.DevNull,
		"CHECKPOINT_DISABLE":    "1",
		"CLOUDFLARE_BASE_URL":   baseURL,
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}); err != nil {
		return nil, err
	}
	_ = tf.SetWaitDelay(gracePeriod) // not on Windows, where Terraform is killed at once
	version, _, err := tf.Version(ctx, false)
	if err != nil {
		return nil, fmt.Errorf("%s does not work as Terraform or OpenTofu: %w\n%s", path, err, advice)
	}
	d.step("Using %s, version %s", path, version)
	return tf, nil
}

func (d *demo) findTerraform(ctx context.Context, dir string) (string, error) {
	if d.terraform != "" {
		path, err := exec.LookPath(d.terraform)
		if err != nil {
			return "", fmt.Errorf("%w\n%s", err, advice)
		}
		return filepath.Abs(path)
	}
	d.step("Downloading Terraform %s from releases.hashicorp.com, for this demo only", downloadedVersion)
	release := &releases.ExactVersion{
		Product:    product.Terraform,
		Version:    version.Must(version.NewVersion(downloadedVersion)),
		InstallDir: dir,
		Timeout:    10 * time.Minute,
		HTTPClient: new(http.Client), // hc-install's own retries for minutes before it reports an error
	}
	path, err := release.Install(ctx) // which checks HashiCorp's signature
	if err != nil {
		return "", fmt.Errorf("cannot download Terraform: %w\n%s", err, advice)
	}
	return path, nil
}

// buildProvider builds the provider into the folder plugins of dir, from which
// Terraform and OpenTofu install it.
func (d *demo) buildProvider(ctx context.Context, dir string) error {
	terraform, tofu := filepath.Join(dir, "plugins", "registry.terraform.io"), filepath.Join(dir, "plugins", "registry.opentofu.org")
	// go build names the binary, because the path is a folder's.
	folder := terraform + "/local/cloudflare-access/" + providerVersion + "/" + runtime.GOOS + "_" + runtime.GOARCH + "/"
	// Without -buildvcs=false, a clone that git distrusts would not build.
	build := exec.CommandContext(ctx, "go", "build", "-C", d.root, "-buildvcs=false", "-trimpath", "-ldflags", "-s -w -X main.version="+providerVersion, "-o", folder, ".") //nolint:gosec // all arguments are this package's
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTMPDIR="+dir)
	build.Cancel = func() error { return build.Process.Signal(os.Interrupt) } // go removes its files then
	build.WaitDelay = gracePeriod
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return os.CopyFS(tofu, os.DirFS(terraform))
}

// apply shows `terraform apply` of a copy of examples/demo, and returns the users
// that are then in state.
func (d *demo) apply(ctx context.Context, tf *tfexec.Terraform) ([]any, error) {
	name := filepath.Base(tf.ExecPath())
	d.step("%s init and apply, in examples/demo", name)
	// Only these files: the folder may contain somebody's state.
	for _, file := range []string{"main.tf", "outputs.tf", "versions.tf"} {
		content, err := os.ReadFile(filepath.Join(d.root, "examples", "demo", file)) //nolint:gosec // the repository's
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(tf.WorkingDir(), file), content, 0o600); err != nil { //nolint:gosec // a constant name in a folder of the demo's
			return nil, err
		}
	}
	if err := tf.Init(ctx, tfexec.PluginDir("plugins")); err != nil {
		return nil, fmt.Errorf("%s init: %w", name, err)
	}
	tf.SetStdout(d.out)
	if err := tf.Apply(ctx); err != nil {
		return nil, fmt.Errorf("%s apply: %w", name, err)
	}
	tf.SetStdout(io.Discard)
	state, err := tf.Show(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s show: %w", name, err)
	}
	// The data source is all that the state has.
	users, _ := state.Values.RootModule.Resources[0].AttributeValues["users"].([]any)
	return users, nil
}
