package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
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
	tf                *tfexec.Terraform
}

// measurePlans runs plans of three contenders: the provider with all users, the
// provider with those who have an Access seat, and the floor.
func (r *report) measurePlans(ctx context.Context) error {
	for i := range r.Plans {
		if err := r.measurePlan(ctx, &r.Plans[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) measurePlan(ctx context.Context, p *planning) (err error) {
	progress(fmt.Sprintf("plans, %d users", p.Users))
	baseURL, stop := newAccount(p.Users, maxPageSize).serve()
	defer stop()
	if p.ResponseMB, err = r.recordResponse(ctx, baseURL); err != nil {
		return err
	}
	env := map[string]string{
		"CLOUDFLARE_BASE_URL": baseURL, "CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
		"FLOOR_RESPONSES": r.dir,
	}
	p.Provider = contender{Users: p.Users, binary: r.binary("provider")}
	p.Floor = contender{Users: p.Users, binary: r.binary("floor")}
	p.Selection = contender{Users: p.Users / seatInterval, binary: r.binary("provider"), arguments: "access_seat = true"}
	var turns []func(int) error
	for _, c := range []*contender{&p.Provider, &p.Floor, &p.Selection} {
		if err := r.configure(c, env); err != nil {
			return err
		}
		turns = append(turns, func(round int) error { return c.plan(ctx, round) })
	}
	if err := takeTurns(r.Rounds, turns...); err != nil {
		return err
	}
	p.StateMB, err = p.Selection.apply(ctx)
	return err
}

// configure writes the contender's configuration into a folder of its own.
func (r *report) configure(c *contender, env map[string]string) error {
	folder, err := os.MkdirTemp(r.dir, "configuration-")
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
	if c.tf, err = tfexec.NewTerraform(folder, r.terraform); err != nil {
		return err
	}
	all := map[string]string{"PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "TMPDIR": r.dir, "TF_CLI_CONFIG_FILE": rc}
	maps.Copy(all, env)
	return c.tf.SetEnv(all)
}

// plan runs `terraform plan` and checks the number of users in it.
func (c *contender) plan(ctx context.Context, round int) error {
	var out bytes.Buffer
	c.tf.SetStdout(&out)
	peak := watchPeak(c.binary)
	start := time.Now()
	_, err := c.tf.Plan(ctx)
	c.Seconds.add(round, time.Since(start).Seconds())
	c.PeakMB.add(round, peak())
	if want := fmt.Sprintf("+ users = %d\n", c.Users); err == nil && !bytes.Contains(out.Bytes(), []byte(want)) {
		return fmt.Errorf("the plan lacks %q:\n%s", want, &out)
	}
	return err
}

// recordResponse writes the provider's response to a file for the floor, so
// that Terraform gets the same bytes from both.
func (r *report) recordResponse(ctx context.Context, baseURL string) (megabytes float64, err error) {
	s, err := newServer(ctx, baseURL)
	if err != nil {
		return 0, err
	}
	response, err := s.read(ctx, maxPageSize)
	if err != nil {
		return 0, err
	}
	// Field 1 of the response is the state, and field 1 of that the MessagePack.
	for range 2 {
		response = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), response)
	}
	return float64(len(response)) / 1e6, os.WriteFile(filepath.Join(r.dir, "ReadDataSource"), response, 0o600)
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
