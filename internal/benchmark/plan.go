package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	"google.golang.org/protobuf/encoding/protowire"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// configuration has a place for the data source's arguments.
const configuration = `terraform {
  required_providers {
    cloudflare = { source = "` + provider.Address + `" }
  }
}
provider "cloudflare" {}
data "` + dataSource + `" "all" {
  %s
}
output "users" {
  value = length(data.` + dataSource + `.all.users)
}
`

const cliConfig = `disable_checkpoint = true
provider_installation {
  dev_overrides {
    %q = %q
  }
}
`

// A planning is what `terraform plan` takes for one account.
type planning struct {
	Users                      int
	ResponseMB                 float64 // the provider's response with all users
	StateMB                    float64 // Terraform's state with the selected users
	Provider, Floor, Selection contender
}

// A contender is a provider with a configuration, and what its plans take.
type contender struct {
	Users   int    // that the plan must show
	Seconds series // for the whole command
	PeakMB  series // of the provider's process; 0 if unknown

	binary, arguments string
	env               map[string]string
	tf                *tfexec.Terraform
}

// binary is the path of the provider or the floor.
func binary(dir, name string) string {
	return filepath.Join(dir, name, "terraform-provider-cloudflare-access")
}

// build compiles the provider as a release does, and the floor in the same way.
func build(ctx context.Context, dir string) error {
	for name, folder := range map[string]string{"provider": "../..", "floor": "floor"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-C", folder, "-buildvcs=false", "-trimpath", "-ldflags", "-s -w", "-o", binary(dir, name), ".") //nolint:gosec // constant but for the temporary folder
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build in %s: %w\n%s", folder, err, out)
		}
	}
	return nil
}

// configure writes the configuration into a folder of its own.
func (c *contender) configure(terraform, dir string) error {
	folder, err := os.MkdirTemp(dir, "configuration-")
	if err != nil {
		return err
	}
	rc := filepath.Join(folder, "terraformrc")
	for file, text := range map[string]string{
		rc:                               fmt.Sprintf(cliConfig, provider.Address, filepath.Dir(c.binary)),
		filepath.Join(folder, "main.tf"): fmt.Sprintf(configuration, c.arguments),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	if c.tf, err = tfexec.NewTerraform(folder, terraform); err != nil {
		return err
	}
	env := map[string]string{"PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "TMPDIR": dir, "TF_CLI_CONFIG_FILE": rc}
	maps.Copy(env, c.env)
	return c.tf.SetEnv(env)
}

// plan runs `terraform plan` and checks the number of users in it.
func (c *contender) plan(ctx context.Context, round int) error {
	var out bytes.Buffer
	c.tf.SetStdout(&out)
	peak := watchPeak(c.binary)
	start := time.Now()
	_, err := c.tf.Plan(ctx)
	record(&c.Seconds, round, time.Since(start).Seconds())
	record(&c.PeakMB, round, peak())
	if want := fmt.Sprintf("+ users = %d\n", c.Users); err == nil && !bytes.Contains(out.Bytes(), []byte(want)) {
		return fmt.Errorf("the plan lacks %q:\n%s", want, &out)
	}
	return err
}

// measurePlan runs plans of three contenders: the provider with all users, the
// provider with those who have an Access seat, and the floor.
func measurePlan(ctx context.Context, terraform, dir string, users, rounds int) (pl planning, err error) {
	pl.Users = users
	baseURL, stop := newAccount(fakeUsers(users), maxPageSize).serve()
	defer stop()
	if pl.ResponseMB, err = recordResponse(ctx, dir, baseURL); err != nil {
		return pl, err
	}
	env := map[string]string{
		"CLOUDFLARE_BASE_URL": baseURL, "CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}
	pl.Provider = contender{Users: users, binary: binary(dir, "provider"), env: env}
	pl.Floor = contender{Users: users, binary: binary(dir, "floor"), env: map[string]string{"FLOOR_RESPONSES": dir}}
	pl.Selection = contender{Users: users / seatInterval, binary: binary(dir, "provider"), arguments: "access_seat = true", env: env}
	var turns []func(int) error
	for _, c := range []*contender{&pl.Provider, &pl.Floor, &pl.Selection} {
		if err := c.configure(terraform, dir); err != nil {
			return pl, err
		}
		turns = append(turns, func(round int) error { return c.plan(ctx, round) })
	}
	if err := takeTurns(rounds, turns...); err != nil {
		return pl, err
	}
	pl.StateMB, err = pl.Selection.apply(ctx)
	return pl, err
}

// recordResponse writes the provider's response to a file for the floor, so
// that Terraform gets the same bytes from both.
func recordResponse(ctx context.Context, dir, baseURL string) (megabytes float64, err error) {
	s, err := newServer(ctx, baseURL)
	if err != nil {
		return 0, err
	}
	state, err := s.read(ctx, maxPageSize)
	if err != nil {
		return 0, err
	}
	// Field 1 of the response is the state, and field 1 of that the MessagePack.
	response := state
	for range 2 {
		response = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), response)
	}
	return float64(len(response)) / 1e6, os.WriteFile(filepath.Join(dir, "ReadDataSource"), response, 0o600)
}

// apply checks how many users are then in the state, and returns its size.
func (c *contender) apply(ctx context.Context) (megabytes float64, err error) {
	if err := c.tf.Apply(ctx); err != nil {
		return 0, err
	}
	state, err := c.tf.Show(ctx)
	if err != nil {
		return 0, err
	}
	users, _ := state.Values.RootModule.Resources[0].AttributeValues["users"].([]any)
	if len(users) != c.Users {
		return 0, fmt.Errorf("the state has %d users, want %d", len(users), c.Users)
	}
	return fileMB(filepath.Join(c.tf.WorkingDir(), "terraform.tfstate"))
}

func fileMB(file string) (float64, error) {
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / 1e6, nil
}
