// Benchmark measures the provider against what it could be compared with, on
// one machine in one go, and writes BENCHMARKS.md: `make bench`. It is a module
// of its own, so that what it needs stays out of the provider's.
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

func main() {
	terraform := flag.String("terraform", "", "`name` or path of the Terraform or OpenTofu to run (default: the one on PATH)")
	rounds := flag.Int("rounds", 5, "rounds that count; one more comes before them and does not")
	quick := flag.Bool("quick", false, "small sizes, one round, figures of no worth: print them, write no file, hold no bound")
	flag.Parse()

	p := full(max(*rounds, 1))
	if *quick {
		p = small()
	}
	if err := runUntilSignal(*terraform, p); err != nil {
		say(os.Stderr, "benchmark: %v\n", err)
		os.Exit(1)
	}
}

func runUntilSignal(terraform string, p protocol) error {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	return run(ctx, os.Stdout, os.Stderr, terraform, p)
}

// A protocol says what is measured how often.
type protocol struct {
	quick        bool
	rounds       int // of everything that is compared
	readUsers    int
	readPageSize int
	readDelay    time.Duration // for each page
	planUsers    []int
	growthUsers  []int
	starts       int
}

func full(rounds int) protocol {
	return protocol{
		rounds: rounds, readUsers: 6_000, readPageSize: 100, readDelay: 100 * time.Millisecond,
		planUsers: []int{1_000, 20_000, 100_000}, growthUsers: []int{1_000, 10_000, 100_000}, starts: 20,
	}
}

func small() protocol {
	return protocol{
		quick: true, rounds: 1, readUsers: 1_200, readPageSize: 100, readDelay: 20 * time.Millisecond,
		planUsers: []int{100, 1_000, 5_000}, growthUsers: []int{100, 1_000, 5_000}, starts: 3,
	}
}

// run measures, and writes the report: to out where it is a quick run, else
// into the repository. Progress goes to errOut.
func run(ctx context.Context, out, errOut io.Writer, terraform string, p protocol) (err error) {
	temp, err := os.MkdirTemp("", "benchmark-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	dir, err := filepath.EvalSymlinks(temp) // as the system names what runs there
	if err != nil {
		return err
	}
	began := time.Now()
	r, err := measure(ctx, errOut, dir, terraform, p)
	if err != nil {
		return err
	}
	r.Duration = time.Since(began).Round(time.Second)
	if p.quick {
		return r.write(out)
	}
	if err := r.save(ctx); err != nil {
		return err
	}
	return judge(out, r.Figures())
}

// judge shows the figures and gives an error unless all keep their bounds.
func judge(out io.Writer, figures []Figure) error {
	missed := 0
	for _, f := range figures {
		say(out, "%-62s %10s  bound %-10s %s\n", f.Name, f.Measured, f.Bound, f.Verdict())
		if !f.Holds {
			missed++
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d figures miss their bounds", missed, len(figures))
	}
	return nil
}

func measure(ctx context.Context, errOut io.Writer, dir, terraform string, p protocol) (*report, error) {
	r := &report{protocol: p}
	var err error
	say(errOut, "building\n")
	binaries, err := build(ctx, dir)
	if err != nil {
		return nil, err
	}
	tf, err := newTerraform(ctx, dir, terraform, binaries)
	if err != nil {
		return nil, err
	}
	if r.Machine, err = describeMachine(ctx, tf.version); err != nil {
		return nil, err
	}
	if r.BinaryMB, err = megabytesOf(binaries.provider); err != nil {
		return nil, err
	}
	say(errOut, "start, %d times\n", p.starts)
	if r.Starts, err = measureStarts(ctx, binaries.provider, p.starts); err != nil {
		return nil, err
	}
	say(errOut, "reading %d users\n", p.readUsers)
	if r.Read, err = measureReading(ctx, p); err != nil {
		return nil, err
	}
	if r.Growth, err = measureGrowth(ctx, errOut, binaries.provider, p); err != nil {
		return nil, err
	}
	r.Plans, err = measurePlans(ctx, errOut, tf, p)
	return r, err
}

// say leaves errors alone: there is nobody to tell.
func say(out io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(out, format, args...)
}
