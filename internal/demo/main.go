// Demo shows the provider at work: a real Terraform applies examples/demo
// against a fake Cloudflare API. It needs no account and leaves nothing behind.
// With -fake, it only serves that API, for a configuration of the user's own.
package main

import (
	"cmp"
	"context"
	_ "embed"
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
	"text/template"
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

	advice = "Install Terraform or OpenTofu, 1.5 or newer, or name it: make demo TERRAFORM=/path/to/terraform"

	// terraformrc lets Terraform and OpenTofu use a build in this folder.
	terraformrc = "provider_installation {\n  dev_overrides {\n    \"local/cloudflare-access\" = %q\n  }\n}\n"
)

//go:embed output.tmpl
var texts string

func main() {
	d := demo{out: color.Output, progress: isatty.IsTerminal(os.Stdout.Fd())}
	flag.StringVar(&d.terraform, "terraform", "terraform", "`name` or path of the Terraform or OpenTofu to run")
	flag.StringVar(&d.provider, "provider", "bin/demo", "`folder` of the built provider")
	fakeUsers := flag.Uint("fake", 0, "instead, serve a fake API with this `number` of users until Ctrl-C")
	colour := flag.Bool("color", !color.NoColor, "print in colour")
	flag.Parse()
	color.NoColor = !*colour
	// A second ^C does not stop the cleanup, which takes a bounded time: Terraform
	// would leave the provider's process running. SIGPIPE is for `make demo | head`.
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	if *fakeUsers > 0 {
		d.serveFake(ctx, *fakeUsers)
		return
	}
	err := d.run(ctx)
	release()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
		os.Exit(1)
	}
}

// A demo applies examples/demo.
type demo struct {
	provider  string // folder of the built provider
	terraform string // name or path
	out       io.Writer
	progress  bool // out is a terminal, where a line can be overwritten
}

// run works in a new temporary folder. When it returns, also because ctx is done,
// the folder is removed and all processes have ended.
func (d *demo) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "demo-")
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
	fake := newFake(userCount, registrationCount)
	fake.MaxPageSize = maxPageSize
	api := httptest.NewServer(fake)
	defer api.Close()
	tf, err := d.prepareTerraform(dir, api.URL+fakeapi.BasePath)
	if err != nil {
		return err
	}
	version, _, err := tf.Version(ctx, false)
	if err != nil {
		return fmt.Errorf("%s does not work as Terraform or OpenTofu: %w\n%s", tf.ExecPath(), err, advice)
	}
	d.printf("A fake Cloudflare API has %d users and %d devices, at most %d on a page.\n", userCount, registrationCount, maxPageSize)
	name := filepath.Base(tf.ExecPath())
	start := time.Now()
	if err := d.step("Applying examples/demo with "+name+" "+version.String(), func() error { return tf.Apply(ctx) }); err != nil {
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
func (d *demo) prepareTerraform(dir, baseURL string) (*tfexec.Terraform, error) {
	path, err := exec.LookPath(d.terraform)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, advice)
	}
	for _, relative := range []*string{&path, &d.provider} { // Terraform runs in dir
		if *relative, err = filepath.Abs(*relative); err != nil {
			return nil, err
		}
	}
	// Only these files: the folder may contain somebody's state.
	for _, file := range []string{"main.tf", "outputs.tf", "versions.tf"} {
		content, err := os.ReadFile(filepath.Join("examples/demo", file))                               //nolint:gosec // a constant name
		if err = errors.Join(err, os.WriteFile(filepath.Join(dir, file), content, 0o600)); err != nil { //nolint:gosec // a constant name
			return nil, err
		}
	}
	tf, err := tfexec.NewTerraform(dir, path)
	if err != nil {
		return nil, err
	}
	_ = tf.SetWaitDelay(10 * time.Second) // to end after an interrupt; not on Windows, where Terraform is killed at once
	rc := filepath.Join(dir, "terraformrc")
	return tf, errors.Join(os.WriteFile(rc, fmt.Appendf(nil, terraformrc, d.provider), 0o600), tf.SetEnv(map[string]string{
		"PATH":                  os.Getenv("PATH"), // a version manager in Terraform's place
		"HOME":                  os.Getenv("HOME"), // needs these two
		"TMPDIR":                dir,
		"TF_CLI_CONFIG_FILE":    rc,
		"CHECKPOINT_DISABLE":    "1",
		"CLOUDFLARE_BASE_URL":   baseURL,
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}))
}

// newFake has so many users, and so many devices of those who hold a Gateway seat.
func newFake(users, registrations int) *fakeapi.Server {
	// An hour ago, so that nobody's last use is 90 days old to the second.
	now := time.Now().Add(-time.Hour)
	all := fakeapi.Users(users, now)
	owners := slices.DeleteFunc(slices.Clone(all), func(user fakeapi.User) bool { return user["gateway_seat"] != true })
	fake := fakeapi.New(all)
	fake.SetRegistrations(fakeapi.AccountID, fakeapi.Registrations(registrations, owners, now))
	return fake
}

// serveFake serves a fake API with so many users, and as many devices, until ctx is
// done. It prints the environment with which the provider reads it.
func (d *demo) serveFake(ctx context.Context, users uint) {
	api := httptest.NewServer(newFake(int(users), int(users)))
	defer api.Close()
	settings := map[string]any{"Users": users, "URL": api.URL + fakeapi.BasePath, "Token": fakeapi.Token, "Account": fakeapi.AccountID}
	_ = d.print("fake", settings) // as for printf
	<-ctx.Done()
}

// print prints a text of output.tmpl.
func (d *demo) print(name string, data map[string]any) error {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"bold":   color.New(color.Bold).Sprint,
		"faint":  color.New(color.Faint).Sprintf,
		"figure": color.New(color.Bold, color.FgGreen).Sprintf,
		"text":   text,
	}).Parse(texts)).ExecuteTemplate(d.out, name, data)
}

// printf ignores errors: nobody is there to read them, and SIGPIPE ends the demo.
func (d *demo) printf(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

// text distinguishes null from empty.
func text(value any) string {
	if value == nil {
		return "null"
	}
	return cmp.Or(fmt.Sprint(value), `""`)
}

// oneOfEachKind returns the first user of each kind.
func oneOfEachKind(users []any) []any {
	seen := make(map[string]int)
	return slices.DeleteFunc(users, func(element any) bool {
		user, _ := element.(map[string]any)
		kind := fmt.Sprint(user["access_seat"], user["gateway_seat"], user["last_successful_login"] == nil, user["name"] == nil || user["name"] == "")
		seen[kind]++
		return seen[kind] > 1
	})
}

// step runs one part of the demo. A terminal shows how long it takes.
func (d *demo) step(text string, run func() error) error {
	if !d.progress {
		d.printf("%s...\n", text)
		return run()
	}
	ended := make(chan error, 1)
	go func() { ended <- run() }()
	for start := time.Now(); ; {
		d.printf("\r%s... %.1f s", text, time.Since(start).Seconds())
		select {
		case err := <-ended:
			d.printf("\n")
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}
