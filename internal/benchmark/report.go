package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"text/template"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed report.md.tmpl
var reportText string

// A report has the sizes of what is measured and everything that was measured.
type report struct {
	Quick  bool
	Rounds int // of all that is compared

	SpeedUsers, SpeedPageSize int
	SpeedDelay                time.Duration // of each response
	AccountsOfKind            int           // for completeness
	Starts                    int

	Machine       machine
	Duration      time.Duration
	BinaryMB      float64
	StartMS       series
	Speed         struct{ Provider, SDK series } // in seconds
	Completeness  completeness                   // of all kinds
	ByKind        []completeness
	RequestCounts []requestCount
	Growth        []growth   // three, the largest last
	Plans         []planning // three, the largest last

	terraform string // path
	dir       string // temporary
}

// A machine is what the figures depend on besides the code.
type machine struct {
	CPU, System, Go, Terraform, SDK string
	Cores                           int
	MemoryGB                        float64 // 0 if unknown
}

func (r *report) describeMachine(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, r.terraform, "version") //nolint:gosec // the user's Terraform
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1")
	version, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s does not work as Terraform or OpenTofu: %w", r.terraform, err)
	}
	r.Machine = machine{
		CPU:       cmp.Or(match("/proc/cpuinfo", `(?m)^model name\s*:\s*(.+)$`), runtime.GOARCH),
		System:    match("/etc/os-release", `(?m)^PRETTY_NAME="?([^"\n]+)"?$`) + " " + runtime.GOOS + "/" + runtime.GOARCH,
		Go:        strings.TrimPrefix(runtime.Version(), "go"),
		Terraform: strings.SplitN(string(version), "\n", 2)[0],
		SDK:       match("go.mod", `cloudflare-go/v7 (\S+)`),
		Cores:     runtime.NumCPU(),
		MemoryGB:  megabytes("/proc/meminfo", "MemTotal") / 1e3,
	}
	return nil
}

// render returns the report's text.
func (r *report) render() ([]byte, error) {
	text := template.New("report").Funcs(template.FuncMap{
		"figure": figure,
		"max":    slices.Max[series],
		// A number with commas.
		"count":   message.NewPrinter(language.English).Sprint,
		"fixed":   func(digits int, v float64) string { return fmt.Sprintf("%.*f", digits, v) },
		"number":  func(n int) float64 { return float64(n) },
		"percent": func(a, b int) float64 { return 100 * float64(a) / float64(b) },
		"ratio":   func(a, b int) float64 { return float64(a) / float64(b) },
		// The median and, in parentheses, the smallest and the largest value.
		"spread": func(digits int, s series) string {
			return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, s.Median(), digits, slices.Min(s), digits, slices.Max(s))
		},
	})
	var out bytes.Buffer
	err := template.Must(text.Parse(reportText)).Execute(&out, r)
	return out.Bytes(), err
}

// figure returns the cells of a figure: value and bound, in a format that has the
// unit, and whether the value, not rounded, is at most ("≤") or at least ("≥")
// the bound.
func figure(sign, format string, bound, value float64) string {
	verdict := "**no**"
	if sign == "≤" && value <= bound || sign == "≥" && value >= bound {
		verdict = "yes"
	}
	return fmt.Sprintf(format+" | %s "+format+" | %s |", value, sign, bound, verdict)
}

// judge returns an error with the figures of a report that miss their bounds.
func judge(report []byte) error {
	missed := regexp.MustCompile(`(?m)^.*\*\*no\*\*.*$`).FindAll(report, -1)
	if len(missed) == 0 {
		return nil
	}
	return fmt.Errorf("figures that miss their bounds:\n%s", bytes.Join(missed, []byte("\n")))
}
