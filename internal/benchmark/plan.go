package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	"google.golang.org/protobuf/encoding/protowire"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

//go:embed plan.tf
var configuration string

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

	binary    string
	variables string // of the configuration
	tf        *tfexec.Terraform
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
	log.Printf("plans, %d users", p.Users)
	baseURL, stop := serve(fakeapi.Recorded(newAccount(p.Users, maxPageSize)))
	defer stop()
	if p.ResponseMB, err = r.recordResponse(ctx, baseURL); err != nil {
		return err
	}
	p.Provider = contender{Users: p.Users, binary: r.binary("provider")}
	p.Floor = contender{Users: p.Users, binary: r.binary("floor")}
	p.Selection = contender{Users: p.Users / seatInterval, binary: r.binary("provider"), variables: "access_seat = true"}
	var turns []func(int) error
	for _, c := range []*contender{&p.Provider, &p.Floor, &p.Selection} {
		if err := r.configure(c, baseURL); err != nil {
			return err
		}
		turns = append(turns, func(round int) error { return c.plan(ctx, round) })
	}
	if err := takeTurns(r.Rounds, turns...); err != nil {
		return err
	}
	if err := p.Selection.tf.Apply(ctx); err != nil {
		return err
	}
	p.StateMB, err = fileMB(filepath.Join(p.Selection.tf.WorkingDir(), "terraform.tfstate"))
	return err
}

// configure writes the contender's configuration into a folder of its own.
func (r *report) configure(c *contender, baseURL string) error {
	folder, err := os.MkdirTemp(r.dir, "configuration-")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"main.tf":          configuration,
		"terraform.tfvars": c.variables,
		"terraformrc": fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n}\n",
			provider.Address, filepath.Dir(c.binary)),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if c.tf, err = tfexec.NewTerraform(folder, r.terraform); err != nil {
		return err
	}
	env := map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "TMPDIR": r.dir, "FLOOR_RESPONSES": r.dir,
		"TF_CLI_CONFIG_FILE": filepath.Join(folder, "terraformrc"), "CHECKPOINT_DISABLE": "1",
	}
	maps.Copy(env, environment(baseURL))
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

// recordResponse writes the provider's response to a file for the floor, so
// that Terraform gets the same bytes from both.
func (r *report) recordResponse(ctx context.Context, baseURL string) (megabytes float64, err error) {
	response, _, err := readState(ctx, baseURL, maxPageSize)
	if err != nil {
		return 0, err
	}
	// Field 1 of the response is the state, and field 1 of that the MessagePack.
	for range 2 {
		response = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), response)
	}
	return float64(len(response)) / 1e6, os.WriteFile(filepath.Join(r.dir, "ReadDataSource"), response, 0o600)
}

func fileMB(file string) (float64, error) {
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / 1e6, nil
}
