// Demo shows the provider at work: a real Terraform applies examples/demo
// against a fake Cloudflare API. It needs no account, and leaves nothing behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// patience is how long a process may take to end once it is interrupted.
const patience = 10 * time.Second

func main() {
	terraform := flag.String("terraform", "",
		"`name` or path of the Terraform or OpenTofu to run (default: the one on PATH, else one is fetched)")
	flag.Parse()
	if err := runUntilSignal(*terraform); err != nil {
		say(os.Stderr, "\ndemo: %v\n", err)
		os.Exit(1)
	}
}

// runUntilSignal is run with a context that ends at ^C, when the terminal is
// closed, and when the reader leaves, as in "make demo | head". A second ^C
// does not cut the cleaning up short, which patience bounds: Terraform would
// leave its provider running.
func runUntilSignal(terraform string) error {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer release()
	return run(ctx, os.Stdout, os.Stderr, os.TempDir(), terraform)
}

// run shows everything in a folder of its own in temp. When it returns, be it
// because ctx has ended, the folder is gone, as are all processes.
func run(ctx context.Context, out, errOut io.Writer, temp, terraform string) error {
	dir, err := os.MkdirTemp(temp, "demo-")
	if err != nil {
		return err
	}
	err = show(ctx, out, errOut, dir, terraform)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	return errors.Join(err, os.RemoveAll(dir))
}

func show(ctx context.Context, out, errOut io.Writer, dir, terraform string) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	if err := copyConfiguration(filepath.Join(dir, "configuration"), filepath.Join(root, "examples", "demo")); err != nil {
		return err
	}
	api, err := startAPI(ctx)
	if err != nil {
		return err
	}
	defer api.stop()

	step(out, "Looking for Terraform or OpenTofu")
	tf, err := prepareTerraform(ctx, out, terraform, dir, api.baseURL)
	if err != nil {
		return err
	}
	step(out, "Building the provider (the first time, this takes a minute or two)")
	if err := buildMirror(ctx, root, filepath.Join(dir, "mirror")); err != nil {
		return err
	}
	step(out, "Started a fake Cloudflare API with %d users, of which it gives at most %d at a time:\n    %s",
		userCount, maxPageSize, api.baseURL)
	users, err := applyConfiguration(ctx, out, errOut, tf)
	if err != nil {
		return err
	}
	step(out, "Some of the users that Terraform now has in its state, one of each kind")
	printUsers(out, users)
	say(out, "\n%d users in %d requests of up to %d users.\n", len(users), len(api.Requests()), maxPageSize)
	printNextSteps(out, filepath.Base(tf.ExecPath()))
	return nil
}

// step announces what comes next.
func step(out io.Writer, format string, args ...any) {
	say(out, "\n==> "+format+"\n", args...)
}

// say leaves errors alone: there is nobody to tell, and SIGPIPE ends the demo.
func say(out io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(out, format, args...)
}
