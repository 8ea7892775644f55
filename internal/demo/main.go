// Demo shows the provider at work: a real Terraform applies examples/demo
// against a fake Cloudflare API. It needs no account and leaves nothing behind.
// With -fake, it only serves that API, for a configuration of the user's own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/fatih/color"
	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/mattn/go-isatty"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const (
	userCount         = 250
	registrationCount = 300
	maxPageSize       = 100

	// gracePeriod is the time that a process has to end after an interrupt.
	gracePeriod = 10 * time.Second

	advice = "Install Terraform or OpenTofu, 1.5 or newer, or name it: make demo TERRAFORM=/path/to/terraform"

	// terraformrc lets Terraform and OpenTofu use a build in this folder.
	terraformrc = "provider_installation {\n  dev_overrides {\n    \"local/cloudflare-access\" = %q\n  }\n}\n"
)

func main() {
	d := demo{example: "examples/demo", out: color.Output, progress: isatty.IsTerminal(os.Stdout.Fd())}
	flag.StringVar(&d.terraform, "terraform", "terraform", "`name` or path of the Terraform or OpenTofu to run")
	flag.StringVar(&d.provider, "provider", "bin/demo", "`folder` of the built provider")
	fakeUsers := flag.Uint("fake", 0, "instead, serve a fake API with this `number` of users until Ctrl-C")
	colour := flag.Bool("color", !color.NoColor, "print in colour")
	flag.Parse()
	color.NoColor = !*colour
	// A second ^C does not stop the cleanup, which gracePeriod limits: Terraform
	// would leave the provider's process running. SIGPIPE is for `make demo | head`.
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	if *fakeUsers > 0 {
		d.serveFake(ctx, *fakeUsers)
		return
	}
	err := d.run(ctx, os.TempDir())
	release()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
		os.Exit(1)
	}
}

// A demo applies an example.
type demo struct {
	example   string // folder of the configuration
	provider  string // folder of the built provider
	terraform string // name or path
	out       io.Writer
	progress  bool // out is a terminal, where a line can be overwritten
}

// run works in a new folder in temp. When it returns, also because ctx is done,
// the folder is removed and all processes have ended.
func (d *demo) run(ctx context.Context, temp string) error {
	dir, err := os.MkdirTemp(temp, "demo-")
	if err != nil {
		return err
	}
	err = d.show(ctx, dir)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	return errors.Join(err, os.RemoveAll(dir))
}

func (d *demo) show(ctx context.Context, dir string) error {
	// An hour ago, so that nobody's last use is 90 days old to the second.
	now := time.Now().Add(-time.Hour)
	users := fakeapi.Users(userCount, now)
	fake := fakeapi.New(users)
	fake.MaxPageSize = maxPageSize
	withoutGateway := func(user fakeapi.User) bool { return user["gateway_seat"] != true }
	owners := slices.DeleteFunc(slices.Clone(users), withoutGateway)
	fake.SetRegistrations(fakeapi.AccountID, fakeapi.Registrations(registrationCount, owners, now))
	api := httptest.NewServer(fake)
	defer api.Close()
	tf, version, err := d.prepareTerraform(ctx, dir, api.URL+fakeapi.BasePath)
	if err != nil {
		return err
	}
	d.printf("A fake Cloudflare API has %d users and %d devices, at most %d on a page.\n", userCount, registrationCount, maxPageSize)
	name := filepath.Base(tf.ExecPath())
	start := time.Now()
	if err := d.step("Applying examples/demo with "+name+" "+version, func() error { return tf.Apply(ctx) }); err != nil {
		return fmt.Errorf("%s apply: %w", name, err)
	}
	took := time.Since(start)
	state, err := tf.Show(ctx)
	if err != nil {
		return fmt.Errorf("%s show: %w", name, err)
	}
	listed, _ := state.Values.RootModule.Resources[0].AttributeValues["users"].([]any) // the first by address
	return d.print("result", map[string]any{
		"Users": oneOfEachKind(listed), "Outputs": state.Values.Outputs,
		"Requests": len(fake.Requests()), "Seconds": took.Seconds(), "Terraform": name,
	})
}

// prepareTerraform gives Terraform a copy of the example, and an environment without
// the caller's settings.
func (d *demo) prepareTerraform(ctx context.Context, dir, baseURL string) (tf *tfexec.Terraform, version string, err error) {
	path, err := exec.LookPath(d.terraform)
	if err != nil {
		return nil, "", fmt.Errorf("%w\n%s", err, advice)
	}
	for _, relative := range []*string{&path, &d.provider} { // Terraform runs in dir
		if *relative, err = filepath.Abs(*relative); err != nil {
			return nil, "", err
		}
	}
	// Only these files: the folder may contain somebody's state.
	for _, file := range []string{"main.tf", "outputs.tf", "versions.tf"} {
		content, err := os.ReadFile(filepath.Join(d.example, file))                                     //nolint:gosec // the repository's
		if err = errors.Join(err, os.WriteFile(filepath.Join(dir, file), content, 0o600)); err != nil { //nolint:gosec // a constant name
			return nil, "", err
		}
	}
	if tf, err = tfexec.NewTerraform(dir, path); err != nil {
		return nil, "", err
	}
	rc := filepath.Join(dir, "terraformrc")
	err = errors.Join(os.WriteFile(rc, fmt.Appendf(nil, terraformrc, d.provider), 0o600), tf.SetEnv(map[string]string{
		"PATH":                  os.Getenv("PATH"), // a version manager in Terraform's place
		"HOME":                  os.Getenv("HOME"), // needs these two
		"TMPDIR":                dir,
		"TF_CLI_CONFIG_FILE":    rc,
		"CHECKPOINT_DISABLE":    "1",
		"CLOUDFLARE_BASE_URL":   baseURL,
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}))
	if err != nil {
		return nil, "", err
	}
	_ = tf.SetWaitDelay(gracePeriod) // not on Windows, where Terraform is killed at once
	v, _, err := tf.Version(ctx, false)
	if err != nil {
		return nil, "", fmt.Errorf("%s does not work as Terraform or OpenTofu: %w\n%s", path, err, advice)
	}
	return tf, v.String(), nil
}

// serveFake serves a fake API with so many users until ctx is done, and prints the
// environment with which the provider reads it.
func (d *demo) serveFake(ctx context.Context, users uint) {
	api := httptest.NewServer(fakeapi.New(fakeapi.Users(int(users), time.Now().Add(-time.Hour))))
	defer api.Close()
	_ = d.print("fake", map[string]any{ // as for printf
		"Users": users, "URL": api.URL + fakeapi.BasePath, "Token": fakeapi.Token, "Account": fakeapi.AccountID,
	})
	<-ctx.Done()
}
