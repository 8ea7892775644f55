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

// sizes are what is measured, and how often.
type sizes struct {
	Quick  bool
	Rounds int // of all that is compared

	SpeedUsers, SpeedPageSize int
	SpeedDelay                time.Duration // of each response
	AccountsOfKind            int           // for completeness
	RequestCounts             []requestCount
	GrowthUsers, PlanUsers    []int
	Starts                    int
}

func fullSizes(rounds int) sizes {
	return sizes{
		Rounds: rounds, SpeedUsers: 6_000, SpeedPageSize: 100, SpeedDelay: 100 * time.Millisecond,
		AccountsOfKind: 100, Starts: 20,
		RequestCounts: []requestCount{
			{Users: 2_000, PageSize: 100}, {Users: 6_000, PageSize: 100}, {Users: 20_000, PageSize: 100}, {Users: 100_000, PageSize: 1000},
		},
		GrowthUsers: []int{1_000, 10_000, 100_000}, PlanUsers: []int{1_000, 20_000, 100_000},
	}
}

func quickSizes() sizes {
	return sizes{
		Quick: true, Rounds: 1, SpeedUsers: 1_200, SpeedPageSize: 100, SpeedDelay: 20 * time.Millisecond,
		AccountsOfKind: 5, Starts: 3,
		RequestCounts: []requestCount{{Users: 2_000, PageSize: 100}, {Users: 10_000, PageSize: 1000}},
		GrowthUsers:   []int{100, 1_000, 5_000}, PlanUsers: []int{100, 1_000, 5_000},
	}
}

func main() {
	terraform := flag.String("terraform", "terraform", "`name` or path of the Terraform or OpenTofu to run")
	rounds := flag.Int("rounds", 5, "number of rounds, after one that does not count")
	quick := flag.Bool("quick", false, "measure small sizes and print the report: it shows that the benchmark works, its figures mean nothing")
	flag.Parse()

	s := fullSizes(max(*rounds, 1))
	if *quick {
		s = quickSizes()
	}
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *terraform, s)
	release()
	if err != nil {
		progress("%v", err)
		os.Exit(1)
	}
}

// run measures, and writes the report: to standard output if the run is quick,
// otherwise into the repository.
func run(ctx context.Context, terraform string, s sizes) (err error) {
	path, err := exec.LookPath(terraform)
	if err != nil {
		return fmt.Errorf("%w: install Terraform or OpenTofu, or name it: make bench TERRAFORM=/path/to/terraform", err)
	}
	temp, err := os.MkdirTemp("", "benchmark-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	dir, err := filepath.EvalSymlinks(temp) // as /proc names what runs there
	if err != nil {
		return err
	}
	start := time.Now()
	r := &report{sizes: s}
	if err := r.measure(ctx, dir, path); err != nil {
		return err
	}
	r.Duration = time.Since(start).Round(time.Second)
	if s.Quick {
		return r.write(os.Stdout)
	}
	if err := r.save("../../BENCHMARKS.md"); err != nil {
		return err
	}
	return judge(os.Stdout, r.Figures())
}

func (r *report) measure(ctx context.Context, dir, terraform string) (err error) {
	progress("building")
	if err := build(ctx, dir); err != nil {
		return err
	}
	if r.Machine, err = describeMachine(ctx, terraform); err != nil {
		return err
	}
	if r.BinaryMB, err = fileMB(binary(dir, "provider")); err != nil {
		return err
	}
	progress("start, %d times", r.Starts)
	if r.StartMS, err = measureStarts(ctx, dir, r.Starts); err != nil {
		return err
	}
	progress("speed, %d users", r.SpeedUsers)
	if r.Speed, err = measureSpeed(ctx, r.sizes); err != nil {
		return err
	}
	progress("completeness, %d accounts", r.AccountsOfKind*len(kinds()))
	if r.Completeness, r.ByKind, err = measureCompleteness(ctx, r.AccountsOfKind); err != nil {
		return err
	}
	for i := range r.RequestCounts {
		if r.RequestCounts[i].Requests, err = countRequests(ctx, r.RequestCounts[i]); err != nil {
			return err
		}
	}
	for _, users := range r.GrowthUsers {
		progress("growth, %d users", users)
		g, err := measureGrowth(ctx, users, r.Rounds)
		if err != nil {
			return err
		}
		r.Growth = append(r.Growth, g)
	}
	for _, users := range r.PlanUsers {
		progress("plan, %d users", users)
		pl, err := measurePlan(ctx, terraform, dir, users, r.Rounds)
		if err != nil {
			return err
		}
		r.Plans = append(r.Plans, pl)
	}
	return nil
}

func progress(format string, args ...any) {
	_, _ = fmt.Fprintf(os.Stderr, "benchmark: "+format+"\n", args...) // nobody reads an error of it
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

// Min is the smallest value.
func (s series) Min() float64 { return slices.Min(s) }

// Max is the largest value.
func (s series) Max() float64 { return slices.Max(s) }

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
