// Benchmark writes BENCHMARKS.md: `go run . <RESULTS >REPORT`. The benchmarks compare
// the provider with Cloudflare's Go SDK and with the cost of Terraform itself. It is a
// separate module, so that the provider does not depend on the SDK.
package main

import (
	_ "embed"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed report.md.tmpl
var reportText string

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = render(string(text), os.Stdout)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// Results are those of Go benchmarks.
type results struct {
	text   string            // in Go's format
	values map[string]series // by name, space and unit, such as "Read/sdk ns/op"
}

// A series has the values of one benchmark in one unit.
type series []float64

func parse(text string) *results {
	r := &results{text: text, values: make(map[string]series)}
	for _, line := range regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.+)$`).FindAllStringSubmatch(text, -1) {
		fields := strings.Fields(line[2])
		for i := 0; i+1 < len(fields); i += 2 {
			value, _ := strconv.ParseFloat(fields[i], 64) // Go wrote it
			key := line[1] + " " + fields[i+1]
			r.values[key] = append(r.values[key], value)
		}
	}
	return r
}

// config returns the value of a line "key: value" of the results.
func (r *results) config(key string) string {
	_, value, _ := strings.Cut("\n"+r.text, "\n"+key+": ")
	value, _, _ = strings.Cut(value, "\n")
	return strings.TrimSpace(value)
}

// get returns the values of a benchmark. Those without any are an error.
func (r *results) get(key ...any) (series, error) {
	values := r.values[fmt.Sprint(key...)]
	if len(values) == 0 {
		return nil, fmt.Errorf("there is no result of %s", fmt.Sprint(key...))
	}
	return values, nil
}

// under returns the parts after prefix, up to the next slash, of the names of
// benchmarks, once each.
func (r *results) under(prefix string) (parts []string) {
	for _, name := range regexp.MustCompile(`(?m)^Benchmark`+prefix+`(\S+?)(?:/|-\d+\s|\s)`).FindAllStringSubmatch(r.text, -1) {
		if !slices.Contains(parts, name[1]) {
			parts = append(parts, name[1])
		}
	}
	return parts
}

// sum adds up the values of this benchmark for all kinds of changing accounts.
func (r *results) sum(key string) (total float64) {
	for _, kind := range r.under("Completeness/") {
		for _, value := range r.values["Completeness/"+kind+"/"+key] {
			total += value
		}
	}
	return total
}

// Median is the middle value, or the mean of the two in the middle.
func (s series) Median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Max is the largest value.
func (s series) Max() float64 { return slices.Max(s) }

// Spread is the median and, in parentheses, the smallest and the largest value,
// in another unit, which has this size.
func (s series) Spread(digits int, unit float64) string {
	return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, s.Median()/unit, digits, slices.Min(s)/unit, digits, s.Max()/unit)
}

// render writes the report of results in Go's format.
func render(text string, out io.Writer) error {
	r := parse(text)
	return template.Must(template.New("report").Funcs(template.FuncMap{
		"config": r.config,
		"get":    r.get,
		"under":  r.under,
		"sum":    r.sum,
		"div":    func(a, b float64) float64 { return a / b },
		"count":  message.NewPrinter(language.English).Sprint, // with commas
		"figure": figure,
		"words":  func(name string) string { return strings.ReplaceAll(name, "_", " ") },
	}).Parse(reportText)).Execute(out, nil)
}

// figure returns the cells of a figure, in a format that has the unit: value, bound,
// and whether the value, not rounded, is at most ("≤") or at least ("≥") the bound.
func figure(sign, format string, bound, value float64) string {
	verdict := "**no**"
	if sign == "≤" && value <= bound || sign == "≥" && value >= bound {
		verdict = "yes"
	}
	return fmt.Sprintf(format+" | %s "+format+" | %s |", value, sign, bound, verdict)
}
