package main

import (
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	user := func(n int) fakeapi.User { return fakeapi.User{"id": strconv.Itoa(n)} }
	a := &account{present: make(map[string]int)}
	a.observe([]fakeapi.User{user(0), user(1), user(2)})
	a.observe([]fakeapi.User{user(1), user(3), user(2)})
	for ids, want := range map[string]string{
		"1 2":     "[complete]", // those who stay
		"0 1 3 2": "[complete]", // all who were ever there
		"0 1 3":   "[lacking]",
		"1 2 1 4": "[twice foreign]",
	} {
		if got := fmt.Sprint(a.compare(strings.Fields(ids), nil)); got != want {
			t.Errorf("compare(%s) = %s, want %s", ids, got, want)
		}
	}
	if got := fmt.Sprint(a.compare(nil, io.ErrUnexpectedEOF)); got != "[failed]" {
		t.Errorf("compare of a failed read = %s", got)
	}
}

//go:embed testdata/results.txt
var shortRun string // what .ci/bench -short printed

func TestRender(t *testing.T) {
	t.Parallel()
	var report strings.Builder
	if err := render(shortRun, &report); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| `terraform plan` with 100 selected users over all 10,000 | 0.35 | ≤ 0.25 | **no** |\n",
		"| requests over adjacent pages, 100,000 users, 1,000 a page | 1.09 | ≤ 1.11 | yes |\n",
		"| cloudflare-go v7.9.0, `ListAutoPaging` | 12 | 6 | 4 | 0 | 9.0 |\n",
		"| 2 in 5: one joins anywhere or leaves | 2 of 2 | 0 | 1 of 2 | 1 | 1 |\n",
		"bar [15, 12]\n", "25 GB, Debian GNU/Linux 12 (bookworm) linux/amd64; go1.26.8, Terraform v1.11.4, cloudflare-go v7.9.0.\n",
	} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("render: got no %q in\n%s", want, &report)
		}
	}
	if err := render("BenchmarkRead/sdk-2 5 9 ns/op", &report); err == nil || !strings.Contains(err.Error(), "there is no result of ") {
		t.Errorf("render without results: got %v", err)
	}
}

// TestFigure has values at the bounds, and several results of one benchmark.
func TestFigure(t *testing.T) {
	t.Parallel()
	series := parse("BenchmarkRead/sdk-2 \t 5 \t 9 ns/op\t 1.5 users\nPASS\nBenchmarkRead/sdk-2 5 3 ns/op\n").values["Read/sdk ns/op"]
	for got, want := range map[string]string{
		series.Spread(1, 2):                "3.0 (1.5–4.5)",
		figure("≥", "%.1f", 6, 6):          "6.0 | ≥ 6.0 | yes |",
		figure("≥", "%.1f", 6, 5.99):       "6.0 | ≥ 6.0 | **no** |",
		figure("≤", "%.1f MB", 20, 20):     "20.0 MB | ≤ 20.0 MB | yes |",
		figure("≤", "%.1f MB", 20, 20.001): "20.0 MB | ≤ 20.0 MB | **no** |",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
