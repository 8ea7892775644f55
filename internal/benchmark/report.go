package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/template"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed report.md.tmpl
var reportText string

// A report is everything that was measured.
type report struct {
	protocol

	Machine  machine
	Duration time.Duration
	BinaryMB float64
	Starts   series // milliseconds
	Read     duel   // seconds, the provider's client and the SDK
	Growth   []growth
	Plans    []planning
}

// A Figure is a measured value that has a bound to keep.
type Figure struct {
	Name, Measured, Bound string
	Holds                 bool
}

// Verdict tells whether it keeps it.
func (f Figure) Verdict() string {
	if f.Holds {
		return "yes"
	}
	return "**no**"
}

// Figures are those with a bound.
func (r *report) Figures() []Figure {
	n := len(r.Plans)
	figures := []Figure{
		atLeast(6, "%.1f", " times", r.Read.Speedup(), fmt.Sprintf("reading %s users: as fast as Cloudflare's Go SDK", count(r.readUsers))),
		atMost(1.10, "%.2f", "", r.Plans[n-2].Seconds.Ratio(), fmt.Sprintf("plan over floor, %s users", count(r.Plans[n-2].Users))),
		atMost(1.15, "%.2f", "", r.Plans[n-1].Seconds.Ratio(), fmt.Sprintf("plan over floor, %s users", count(r.Plans[n-1].Users))),
	}
	if r.MeasuresMemory() {
		figures = append(figures, atMost(220, "%.0f", " MB", r.Plans[n-1].Peak.Ours.Max(),
			fmt.Sprintf("provider's peak memory, %s users", count(r.Plans[n-1].Users))))
	}
	many, fewer := r.Growth[len(r.Growth)-1], r.Growth[len(r.Growth)-2]
	return append(figures,
		atMost(1.2, "%.2f", "", r.GrowthRatio(), fmt.Sprintf("time for each user, %s users over %s", count(many.Users), count(fewer.Users))),
		atMost(60, "%.0f", " ms", r.Starts.Median(), "provider's start, from process to schema answered"),
		atMost(20, "%.1f", " MB", r.BinaryMB, "stripped binary"),
	)
}

// A value is held against its bound before it is rounded.
func atMost(bound float64, format, unit string, value float64, name string) Figure {
	return Figure{name, fmt.Sprintf(format, value) + unit, fmt.Sprintf("≤ %v%s", bound, unit), value <= bound}
}

func atLeast(bound float64, format, unit string, value float64, name string) Figure {
	return Figure{name, fmt.Sprintf(format, value) + unit, fmt.Sprintf("≥ %v%s", bound, unit), value >= bound}
}

// GrowthRatio is the time for each user in the longest list over that in the
// one before.
func (r *report) GrowthRatio() float64 {
	n := len(r.Growth)
	return r.Growth[n-1].Microseconds.Median() / r.Growth[n-2].Microseconds.Median()
}

// MeasuresMemory tells whether there are figures of memory.
func (r *report) MeasuresMemory() bool { return measuresMemory }

// Quick, ReadUsers, ReadPageSize, ReadDelay and Rounds are what was asked for.
func (r *report) Quick() bool              { return r.quick }
func (r *report) ReadUsers() int           { return r.readUsers }
func (r *report) ReadPageSize() int        { return r.readPageSize }
func (r *report) ReadDelay() time.Duration { return r.readDelay }
func (r *report) Rounds() int              { return r.rounds }

// Middle and Most are the plans that have bounds.
func (r *report) Middle() planning { return r.Plans[len(r.Plans)-2] }
func (r *report) Most() planning   { return r.Plans[len(r.Plans)-1] }

func (r *report) write(out io.Writer) error {
	text, err := template.New("report").Funcs(template.FuncMap{
		"count":  count,
		"fixed":  func(digits int, v float64) string { return fmt.Sprintf("%.*f", digits, v) },
		"spread": spread,
		"ms":     func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) },
	}).Parse(reportText)
	if err != nil {
		return err
	}
	return text.Execute(out, r)
}

// save writes the report into the repository, and the plot it shows here.
func (r *report) save(ctx context.Context) error {
	module, err := moduleFolder(ctx)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := r.write(&text); err != nil {
		return err
	}
	if err := drawPlans(filepath.Join(module, "plan.svg"), r.Plans); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(repository(module), "BENCHMARKS.md"), text.Bytes(), 0o644) //nolint:gosec // for everyone to read
}

// count is a number with commas.
func count(n int) string { return message.NewPrinter(language.English).Sprintf("%d", n) }

// spread is a series as its median and, in parentheses, its extremes.
func spread(digits int, s series) string {
	return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, s.Median(), digits, s.Min(), digits, s.Max())
}
