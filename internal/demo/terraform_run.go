package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/hashicorp/terraform-exec/tfexec"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// prepareTerraform finds a Terraform and gives it an environment of its own and
// no way to a registry: nothing that the caller has set reaches it, and it
// reaches no further than this machine.
func prepareTerraform(ctx context.Context, out io.Writer, named, dir, baseURL string) (*tfexec.Terraform, error) {
	path, err := findTerraform(ctx, out, named, dir)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "terraformrc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n",
		filepath.ToSlash(filepath.Join(dir, "mirror")))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	tf, err := tfexec.NewTerraform(filepath.Join(dir, "configuration"), path)
	if err != nil {
		return nil, err
	}
	if err := tf.SetEnv(environment(dir, config, baseURL)); err != nil {
		return nil, err
	}
	_ = tf.SetWaitDelay(patience) // on Windows, where it fails, Terraform is killed at once
	version, _, err := tf.Version(ctx, false)
	if err != nil {
		return nil, fmt.Errorf("%s does not work as Terraform or OpenTofu: %w\n%s", path, err, advice)
	}
	say(out, "Using %s, version %s\n", path, version)
	return tf, nil
}

// environment is all that Terraform gets to see of one, so that the provider
// block can be as empty as it is in real life.
func environment(dir, config, baseURL string) map[string]string {
	return map[string]string{
		// A version manager may stand in Terraform's place, and needs these two.
		"PATH": os.Getenv("PATH"),
		"HOME": os.Getenv("HOME"),

		"TMPDIR":                dir,
		"TF_CLI_CONFIG_FILE":    config,
		"CHECKPOINT_DISABLE":    "1",
		"CLOUDFLARE_BASE_URL":   baseURL,
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}
}

// applyConfiguration returns the users that are then in the state. What
// Terraform prints goes to out and errOut.
func applyConfiguration(ctx context.Context, out, errOut io.Writer, tf *tfexec.Terraform) ([]user, error) {
	name := filepath.Base(tf.ExecPath())
	tf.SetStdout(out)
	tf.SetStderr(errOut)
	step(out, "%s init, with the provider from a local folder in place of a registry", name)
	if err := tf.Init(ctx); err != nil {
		return nil, failure(name+" init", err)
	}
	step(out, "%s apply, of examples/demo", name)
	if err := tf.Apply(ctx); err != nil {
		return nil, failure(name+" apply", err)
	}
	tf.SetStdout(io.Discard)
	state, err := tf.Show(ctx)
	if err != nil {
		return nil, failure(name+" show", err)
	}
	for _, resource := range state.Values.RootModule.Resources {
		if resource.Type == "cloudflare_access_users" {
			return usersOf(resource.AttributeValues)
		}
	}
	return nil, errors.New("the state holds no cloudflare_access_users")
}

// failure leaves out what Terraform has already printed.
func failure(command string, err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%s failed (%w): see above for what it says", command, exit)
	}
	return fmt.Errorf("%s: %w", command, err)
}

func usersOf(attributes map[string]any) ([]user, error) {
	text, err := json.Marshal(attributes["users"])
	if err != nil {
		return nil, err
	}
	var users []user
	err = json.Unmarshal(text, &users)
	return users, err
}
