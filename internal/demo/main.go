// Demo shows the provider at work: a real Terraform applies examples/demo
// against a fake Cloudflare API. It needs no account and leaves nothing behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"text/tabwriter"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const (
	userCount   = 250
	maxPageSize = 100

	nextSteps = `make install                        # installs the provider for your user
export CLOUDFLARE_API_TOKEN=...     # permission on the account: "Access: Audit Logs Read"
export CLOUDFLARE_ACCOUNT_ID=...    # 32 hexadecimal digits, in the dashboard's URL
cd examples/demo
%[1]s init
%[1]s plan
`
)

func main() {
	d := demo{root: ".", out: os.Stdout}
	flag.StringVar(&d.terraform, "terraform", "", "`name` or path of the Terraform or OpenTofu to run (default: one is downloaded)")
	flag.Parse()
	// A second ^C does not stop the cleanup, which gracePeriod limits: Terraform
	// would leave the provider's process running. SIGPIPE is for `make demo | head`.
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	err := d.run(ctx, os.TempDir())
	release()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
		os.Exit(1)
	}
}

// A demo shows the provider in the repository at root.
type demo struct {
	root      string
	terraform string // name or path; downloaded if empty
	out       io.Writer
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
	// An hour ago, so that nobody's last login is 90 days old to the second.
	fake := fakeapi.New(fakeapi.Users(userCount, time.Now().Add(-time.Hour)))
	fake.MaxPageSize = maxPageSize
	api := httptest.NewServer(fake)
	defer api.Close()

	tf, err := d.prepareTerraform(ctx, dir, api.URL+fakeapi.BasePath)
	if err != nil {
		return err
	}
	d.step("Building the provider (the first time, this takes a minute or two)")
	if err := buildProvider(ctx, d.root, filepath.Join(dir, "plugins")); err != nil {
		return err
	}
	d.step("Started a fake Cloudflare API with %d users, at most %d a page, on %s", userCount, maxPageSize, api.URL)
	users, err := d.apply(ctx, tf, filepath.Join(dir, "plugins"))
	if err != nil {
		return err
	}
	d.step("One user of each kind, from Terraform's state")
	d.printUsers(users)
	d.say("\n%d users, read in %d requests.\n", len(users), len(fake.Requests()))
	d.step("To read your own account, which changes nothing in it")
	d.say(nextSteps, filepath.Base(tf.ExecPath()))
	return nil
}

// step announces what comes next.
func (d *demo) step(format string, args ...any) { d.say("\n==> "+format+"\n", args...) }

// say ignores errors: nobody is there to read them, and SIGPIPE ends the demo.
func (d *demo) say(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

// printUsers prints the first user of each kind. The name is the last column
// because its characters may be of any width.
func (d *demo) printUsers(users []user) {
	seen := make(map[string]bool)
	table := tabwriter.NewWriter(d.out, 0, 0, 3, ' ', 0)
	row := func(cells ...any) { _, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", cells...) } // into memory
	row("EMAIL", "SEATS", "DEVICES", "LAST LOGIN", "NAME")
	for _, u := range users {
		kind := fmt.Sprint(u.seats(), u["name"] == nil || u["name"] == "", u["last_successful_login"] == nil)
		if !seen[kind] {
			row(u.text("email"), u.seats(), u.text("active_device_count"), u.text("last_successful_login"), u.text("name"))
		}
		seen[kind] = true
	}
	_ = table.Flush() // as in say
}

// user is an element of the data source's users.
type user map[string]any

func (u user) seats() string {
	switch access, gateway := u["access_seat"], u["gateway_seat"]; {
	case access == true && gateway == true:
		return "access, gateway"
	case access == true:
		return "access"
	case gateway == true:
		return "gateway"
	case access == nil && gateway == nil:
		return "null"
	default:
		return "none"
	}
}

// text distinguishes null from empty.
func (u user) text(attribute string) string {
	switch value := u[attribute]; value {
	case nil:
		return "null"
	case "":
		return `""`
	default:
		return fmt.Sprint(value)
	}
}
