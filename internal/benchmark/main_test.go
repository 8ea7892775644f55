package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

// exampleReport has figures that are all within their bounds.
func exampleReport() *report {
	plan := func(users int, provider, floor, selection series) planning {
		return planning{
			Users: users, ResponseMB: 33.9, StateMB: 0.6,
			Provider:  contender{Users: users, Seconds: provider, PeakMB: series{150, 170}},
			Floor:     contender{Users: users, Seconds: floor, PeakMB: series{86}},
			Selection: contender{Users: users / seatInterval, Seconds: selection, PeakMB: series{90}},
		}
	}
	return &report{
		sizes: fullSizes(3), Duration: time.Minute, BinaryMB: 19, StartMS: series{50, 40, 60},
		Speed:        speed{Provider: series{0.7, 0.8, 0.6}, SDK: series{6.3}},
		Completeness: completeness{Provider: outcome{Reads: 200, Complete: 199, Failed: 1}, SDK: outcome{Reads: 200, Lacking: 100}},
		Machine:      machine{CPU: "Abacus", Cores: 2, System: "linux/amd64", Go: "1.26", Terraform: "Terraform 1.11", SDK: "v7"},
		Growth:       []growth{{1_000, series{11}}, {10_000, series{10}}, {100_000, series{11}}},
		Plans: []planning{
			plan(1_000, series{0.4}, series{0.4}, series{0.3}),
			plan(20_000, series{2.1}, series{2}, series{0.5}),
			plan(100_000, series{9, 10.5, 11}, series{10}, series{2.1}),
		},
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := exampleReport()
	var text strings.Builder
	if err := r.write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| speed of reading 6,000 users over that of Cloudflare's Go SDK | 9.0 | ≥ 6.0 | yes |",
		"| `terraform plan` over floor, 100,000 users | 1.05 | ≤ 1.15 | yes |",
		"| `terraform plan` with 1,000 selected users over all 100,000 | 0.20 | ≤ 0.25 | yes |",
		"| reads of changing accounts that fail | 0.5 % | ≤ 1.0 % | yes |",
		"| provider's peak memory, 100,000 users | 170.0 MB | ≤ 180.0 MB | yes |",
		"| this provider | 199 | 0 | 0 | 1 | 0.0 |",
		"| 100,000 | 1.05 | 10.50 (9.00–11.00) s | 10.00 (10.00–10.00) s | 160 (150–170) MB |",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, &text)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	r := exampleReport()
	if err := judge(io.Discard, r.Figures()); err != nil {
		t.Errorf("judge(figures within bounds) = %v, want nil", err)
	}
	r.BinaryMB, r.Speed.Provider = 20.01, series{1.06}
	err := judge(io.Discard, r.Figures())
	if err == nil || !strings.Contains(err.Error(), "stripped binary") || !strings.Contains(err.Error(), "speed of reading") {
		t.Errorf("judge(slow reads, large binary) = %v, want both named", err)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	a := newAccount([]user{smallUser(0), smallUser(1), smallUser(2)}, 2)
	a.leave(0)
	a.join(1)
	id := func(n int) string { return smallUser(n).id }
	for name, test := range map[string]struct {
		ids                     []string
		lacking, twice, foreign int
	}{
		"those who stay":    {[]string{id(1), id(2)}, 0, 0, 0},
		"all ever there":    {[]string{id(0), id(1), id(3), id(2)}, 0, 0, 0},
		"one lacks":         {[]string{id(0), id(1), id(3)}, 1, 0, 0},
		"twice and foreign": {[]string{id(1), id(2), id(1), id(4)}, 0, 1, 1},
	} {
		if lacking, twice, foreign := a.compare(test.ids); lacking != test.lacking || twice != test.twice || foreign != test.foreign {
			t.Errorf("%s: compare = %d, %d, %d, want %d, %d, %d", name, lacking, twice, foreign, test.lacking, test.twice, test.foreign)
		}
	}
}

func TestMeasureSpeed_readsEveryUser(t *testing.T) {
	t.Parallel()
	for _, users := range []int{250, 300} {
		s, err := measureSpeed(t.Context(), sizes{Rounds: 1, SpeedUsers: users, SpeedPageSize: 100})
		if err != nil || len(s.Provider) != 1 || len(s.SDK) != 1 {
			t.Errorf("measureSpeed(%d users) = %v, %v, want one time each", users, s, err)
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
