// Benchmark compares the provider with Cloudflare's Go SDK and with the cost of
// Terraform itself, in one run on one machine, and writes BENCHMARKS.md: `make
// bench`. It is a separate module, so that the provider does not depend on the
// SDK.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// maxPageSize is the data source's default and largest page size.
const maxPageSize = 1000

// newReport has the sizes of `make bench`, or small ones.
func newReport(quick bool) *report {
	r := &report{
		Rounds: 5, AccountsOfKind: 100, Starts: 20,
		SpeedUsers: 6_000, SpeedPageSize: 100, SpeedDelay: 100 * time.Millisecond,
		RequestCounts: []requestCount{
			{Users: 2_000, PageSize: 100, Bound: 1.25},
			{Users: 6_000, PageSize: 100, Bound: 1.25},
			{Users: 20_000, PageSize: 100, Bound: 1.25},
			{Users: 100_000, PageSize: maxPageSize, Bound: 1.06},
		},
		Growth: []growth{{Users: 1_000}, {Users: 10_000}, {Users: 100_000}},
		Plans:  []planning{{Users: 1_000}, {Users: 20_000}, {Users: 100_000}},
	}
	if quick {
		r.Quick, r.Rounds, r.AccountsOfKind, r.Starts = true, 1, 5, 3
		r.SpeedUsers, r.SpeedDelay = 1_200, 20*time.Millisecond
		for i := range r.Plans {
			r.Growth[i].Users /= 10
			r.Plans[i].Users /= 10
		}
	}
	return r
}

func main() {
	terraform := flag.String("terraform", "terraform", "`name` or path of the Terraform or OpenTofu to run")
	quick := flag.Bool("quick", false, "measure small sizes and print the report: it shows that the benchmark works, its figures mean nothing")
	flag.Parse()
	log.SetFlags(0)
	log.SetPrefix("benchmark: ")

	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newReport(*quick).run(ctx, *terraform)
	release()
	if err != nil {
		log.Fatal(err)
	}
}

// run measures, and writes the report: to standard output if the run is quick,
// otherwise into the repository.
func (r *report) run(ctx context.Context, terraform string) (err error) {
	if r.terraform, err = exec.LookPath(terraform); err != nil {
		return fmt.Errorf("%w: install Terraform or OpenTofu, or name it: make bench TERRAFORM=/path/to/terraform", err)
	}
	temp, err := os.MkdirTemp("", "benchmark-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	if r.dir, err = filepath.EvalSymlinks(temp); err != nil { // as /proc names what runs there
		return err
	}
	start := time.Now()
	if err := r.measure(ctx); err != nil {
		return err
	}
	r.Duration = time.Since(start).Round(time.Second)
	text, err := r.render()
	if err != nil {
		return err
	}
	if r.Quick {
		_, err := os.Stdout.Write(text)
		return err
	}
	return errors.Join(os.WriteFile("../../BENCHMARKS.md", text, 0o600), judge(text)) // its mode stays as it is
}

func (r *report) measure(ctx context.Context) error {
	for _, step := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"build", r.build},
		{"machine", r.describeMachine},
		{"start", r.measureStarts},
		{"speed", r.measureSpeed},
		{"completeness", r.measureCompleteness},
		{"requests", r.countRequests},
		{"growth", r.measureGrowth},
		{"plans", r.measurePlans},
	} {
		log.Print(step.name)
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// A series is one quantity, measured several times under the same conditions.
type series []float64

// record appends a value unless its round only warms up.
func record(into *series, round int, value float64) {
	if round > 0 {
		*into = append(*into, value)
	}
}

// Median is the middle value, or the mean of the two in the middle.
func (s series) Median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Over is the ratio of the medians.
func (s series) Over(other series) float64 { return s.Median() / other.Median() }

// takeTurns runs the contenders in each round, in alternating order. Round 0
// warms up.
func takeTurns(rounds int, contenders ...func(round int) error) error {
	for round := range rounds + 1 {
		for _, contender := range contenders {
			if err := contender(round); err != nil {
				return err
			}
		}
		slices.Reverse(contenders)
	}
	return nil
}
