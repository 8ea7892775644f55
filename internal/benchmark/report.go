package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"os"
	"text/template"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed report.md.tmpl
var reportText string

// A report is everything that was measured.
type report struct {
	sizes

	Machine      machine
	Duration     time.Duration
	BinaryMB     float64
	StartMS      series
	Speed        speed
	Completeness completeness // of all kinds
	ByKind       []completeness
	Growth       []growth
	Plans        []planning
}

// A Figure is a measured value with a bound.
type Figure struct {
	Name         string
	Format       string // of value and bound, with the unit
	Value, Bound float64
	AtLeast      bool // otherwise the bound is the most
}

// Holds tells whether the value, not rounded, is within its bound.
func (f Figure) Holds() bool {
	if f.AtLeast {
		return f.Value >= f.Bound
	}
	return f.Value <= f.Bound
}

// Row is the figure as the cells of a table.
func (f Figure) Row() string {
	sign, verdict := "≤", "yes"
	if f.AtLeast {
		sign = "≥"
	}
	if !f.Holds() {
		verdict = "**no**"
	}
	return fmt.Sprintf("| %s | "+f.Format+" | %s "+f.Format+" | %s |", f.Name, f.Value, sign, f.Bound, verdict)
}

// Figures are those with a bound, ratios first.
func (r *report) Figures() []Figure {
	middle, largest, provider := r.Plans[len(r.Plans)-2], r.Plans[len(r.Plans)-1], r.Completeness.Provider
	users, selected := count(largest.Users), count(largest.Selection.Users)
	longest, long := r.Growth[len(r.Growth)-1], r.Growth[len(r.Growth)-2]
	figures := []Figure{
		{"speed of reading " + count(r.SpeedUsers) + " users over that of Cloudflare's Go SDK", "%.1f", r.Speed.SDK.Over(r.Speed.Provider), 6, true},
		{"`terraform plan` over floor, " + count(middle.Users) + " users", "%.2f", middle.Provider.Seconds.Over(middle.Floor.Seconds), 1.10, false},
		{"`terraform plan` over floor, " + users + " users", "%.2f", largest.Provider.Seconds.Over(largest.Floor.Seconds), 1.15, false},
		{"`terraform plan` with " + selected + " selected users over all " + users, "%.2f", largest.Selection.Seconds.Over(largest.Provider.Seconds), 0.25, false},
		{"time for each user, " + count(longest.Users) + " users over " + count(long.Users), "%.2f", longest.Microseconds.Over(long.Microseconds), 1.2, false},
	}
	for _, c := range r.RequestCounts {
		bound := 1.25
		if c.PageSize == maxPageSize {
			bound = 1.06
		}
		name := fmt.Sprintf("requests over adjacent pages, %s users, %s a page", count(c.Users), count(c.PageSize))
		figures = append(figures, Figure{name, "%.2f", c.Ratio(), bound, false})
	}
	return append(
		figures,
		Figure{"reads of changing accounts that lack somebody", "%.0f", float64(provider.Lacking), 0, false},
		Figure{"reads of changing accounts that have somebody twice", "%.0f", float64(provider.Twice), 0, false},
		Figure{"reads of changing accounts that have somebody who never was there", "%.0f", float64(provider.Foreign), 0, false},
		Figure{"reads of changing accounts that fail", "%.1f %%", 100 * float64(provider.Failed) / float64(provider.Reads), 1, false},
		Figure{"provider's peak memory, " + users + " users", "%.1f MB", largest.Provider.PeakMB.Max(), 180, false},
		Figure{"provider's peak memory, " + selected + " selected of " + users + " users", "%.1f MB", largest.Selection.PeakMB.Max(), 120, false},
		Figure{"provider's start, from process to schema", "%.0f ms", r.StartMS.Median(), 60, false},
		Figure{"stripped binary", "%.1f MB", r.BinaryMB, 20, false},
	)
}

func (r *report) write(out io.Writer) error {
	text, err := template.New("report").Funcs(template.FuncMap{
		"count": count,
		"fixed": func(digits int, v float64) string { return fmt.Sprintf("%.*f", digits, v) },
		// The median and, in parentheses, the smallest and the largest value.
		"spread": func(digits int, s series) string {
			return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, s.Median(), digits, s.Min(), digits, s.Max())
		},
	}).Parse(reportText)
	if err != nil {
		return err
	}
	return text.Execute(out, r)
}

func (r *report) save(file string) error {
	var text bytes.Buffer
	if err := r.write(&text); err != nil {
		return err
	}
	return os.WriteFile(file, text.Bytes(), 0o644) //nolint:gosec // public
}

// judge prints the figures, and returns an error that names those that miss
// their bounds.
func judge(out io.Writer, figures []Figure) error {
	var missed []string
	for _, f := range figures {
		_, _ = fmt.Fprintln(out, f.Row()) // the report has them too
		if !f.Holds() {
			missed = append(missed, f.Name)
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("%d of %d figures miss their bounds: %q", len(missed), len(figures), missed)
	}
	return nil
}

// count formats a number with commas.
func count(n int) string { return message.NewPrinter(language.English).Sprintf("%d", n) }
