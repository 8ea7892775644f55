package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// measuredReport is what a run may bring. All its figures keep their bounds.
func measuredReport() *report {
	turns := func(ours, theirs float64) duel {
		return duel{Ours: series{ours, ours * 1.1, ours * 0.9}, Theirs: series{theirs, theirs * 1.1, theirs * 0.9}}
	}
	return &report{
		protocol: full(3), Duration: time.Minute, BinaryMB: 19, Starts: series{50, 40, 60}, Read: turns(0.7, 6.3),
		Machine: machine{CPU: "Abacus", Cores: 2, MemoryGB: 16, System: "linux/amd64", Go: "1.26", Terraform: "Terraform 1.11", SDK: "v7"},
		Growth:  []growth{{1_000, series{11}}, {10_000, series{10}}, {100_000, series{11}}},
		Plans: []planning{
			{1_000, 0.3, turns(0.4, 0.4), turns(25, 18)},
			{20_000, 6.8, turns(2.1, 2), turns(50, 30)},
			{100_000, 33.9, turns(10.5, 10), turns(180, 86)},
		},
	}
}

func TestTheReportHasEveryFigureWithItsBound(t *testing.T) {
	t.Parallel()
	r := measuredReport()
	var text strings.Builder
	if err := r.write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| reading 6,000 users: as fast as Cloudflare's Go SDK | 9.0 times | ≥ 6 times | yes |",
		"| plan over floor, 20,000 users | 1.05 | ≤ 1.1 | yes |",
		"| plan over floor, 100,000 users | 1.05 | ≤ 1.15 | yes |",
		"| time for each user, 100,000 users over 10,000 | 1.10 | ≤ 1.2 | yes |",
		"| provider's start, from process to schema answered | 50 ms | ≤ 60 ms | yes |",
		"| stripped binary | 19.0 MB | ≤ 20 MB | yes |",
		"| 100,000 | 33.9 MB | 10.50 (9.45–11.55) s | 10.00 (9.00–11.00) s | 1.05 (1.05–1.05) |",
		"| CPU | Abacus, 2 cores |",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, &text)
		}
	}
}

func TestAFigureOutOfBoundsFailsTheRun(t *testing.T) {
	t.Parallel()
	r := measuredReport()
	if err := judge(io.Discard, r.Figures()); err != nil {
		t.Errorf("judge: %v, want no error", err)
	}
	r.BinaryMB = 20.01
	if err := judge(io.Discard, r.Figures()); err == nil {
		t.Error("judge gave no error for a binary of 20.01 MB")
	}
}

func TestThePlotIsAnSVG(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "plan.svg")
	if err := drawPlans(file, measuredReport().Plans); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(file) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(strings.NewReader(string(svg)))
	for err == nil {
		_, err = decoder.Token()
	}
	if !errors.Is(err, io.EOF) || !strings.Contains(string(svg), "100,000") {
		t.Errorf("the plot: %v, want XML with the numbers of users", err)
	}
}

func TestClientAndSDKReadEveryUser(t *testing.T) {
	t.Parallel()
	for _, users := range []int{250, 300} {
		d, err := measureReading(t.Context(), protocol{rounds: 1, readUsers: users, readPageSize: 100})
		if err != nil || len(d.Ours) != 1 || len(d.Theirs) != 1 {
			t.Errorf("reading %d users: %v, %v, want one time each", users, d, err)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	if got := (series{9, 1, 5}).Median(); got != 5 {
		t.Errorf("of three: %v, want 5", got)
	}
	if got := (series{4, 1, 2, 9}).Median(); got != 3 {
		t.Errorf("of four: %v, want 3", got)
	}
}
