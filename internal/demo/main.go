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
	"strings"
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
	if err := d.buildProvider(ctx, dir); err != nil {
		return err
	}
	d.step("Started a fake Cloudflare API with %d users, at most %d a page, on %s", userCount, maxPageSize, api.URL)
	users, err := d.apply(ctx, tf)
	if err != nil {
		return err
	}
	d.step("One user of each kind, from Terraform's state")
	d.printUsers(users)
	d.printf("\n%d users, read in %d requests.\n", len(users), len(fake.Requests()))
	d.step("To read your own account, which changes nothing in it")
	d.printf(nextSteps, filepath.Base(tf.ExecPath()))
	return nil
}

// step announces what comes next.
func (d *demo) step(format string, args ...any) { d.printf("\n==> "+format+"\n", args...) }

// printf ignores errors: nobody is there to read them, and SIGPIPE ends the demo.
func (d *demo) printf(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

// printUsers prints the first user of each kind. The name is the last column
// because its characters may be of any width.
func (d *demo) printUsers(users []any) {
	seen := make(map[string]bool)
	table := tabwriter.NewWriter(d.out, 0, 0, 3, ' ', 0)
	row := func(cells ...string) { _, _ = fmt.Fprintln(table, strings.Join(cells, "\t")) } // into memory
	row("EMAIL", "ACCESS SEAT", "GATEWAY SEAT", "DEVICES", "LAST LOGIN", "NAME")
	for _, element := range users {
		user, _ := element.(map[string]any)
		var cells []string
		for _, attribute := range []string{"email", "access_seat", "gateway_seat", "active_device_count", "last_successful_login", "name"} {
			cells = append(cells, text(user[attribute]))
		}
		kind := fmt.Sprint(user["access_seat"], user["gateway_seat"], user["last_successful_login"] == nil, user["name"] == nil || user["name"] == "")
		if !seen[kind] {
			row(cells...)
		}
		seen[kind] = true
	}
	_ = table.Flush() // as in printf
}

// text distinguishes null from empty.
func text(value any) string {
	switch value {
	case nil:
		return "null"
	case "":
		return `""`
	default:
		return fmt.Sprint(value)
	}
}
