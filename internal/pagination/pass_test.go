package pagination

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// passOf returns a linked pass in pages of 100 rows that has seen rows 0 to
// n-1, in this order.
func passOf(n int) *pass {
	p := newPass(Options{})
	p.pageSize, p.end, p.overlap = 100, n, usualOverlap(100)
	p.addRows(numbers(0, n))
	return p
}

func numbers(from, to int) []int {
	var rows []int
	for i := from; i < to; i++ {
		rows = append(rows, i)
	}
	return rows
}

// state describes a pass for the comparison with what a test wants.
func state(p *pass) string {
	words := []string{fmt.Sprintf("%d rows, size %d, end %d, overlap %d, batch %d", len(p.rows), p.pageSize, p.end, p.overlap, p.batch)}
	for i, set := range []bool{p.linked, p.adjacent, p.seekingEnd, p.done} {
		if set {
			words = append(words, []string{"linked", "adjacent", "seeking the end", "done"}[i])
		}
	}
	return strings.Join(words, ", ")
}

func TestCounts(t *testing.T) {
	t.Parallel()
	row := []int{1}
	for name, test := range map[string]struct {
		pages  []response
		want   counts
		steady bool
	}{
		"none":          {nil, counts{}, false},
		"rising":        {[]response{{rows: row, total: 3}, {rows: row, total: 5}}, counts{min: 3, max: 5, stated: true}, false},
		"falling":       {[]response{{rows: row, total: 3}, {rows: row, total: 2}}, counts{min: 2, max: 3, stated: true}, false},
		"0 and no rows": {[]response{{total: 0}}, counts{stated: true}, true},
		"0 beside rows": {[]response{{rows: row, total: 0}}, counts{missing: true}, false},
		"once":          {[]response{{rows: row, total: 3}, {rows: row, total: NotStated}}, counts{min: 3, max: 3, stated: true, missing: true}, false},
	} {
		var got counts
		for _, page := range test.pages {
			got.record(page)
		}
		if got != test.want || got.steady() != test.steady || got.promises(got.max) {
			t.Errorf("counts, %s: got %+v, steady %t, promises(%d) %t, want %+v, %t, false", name, got, got.steady(), got.max, got.promises(got.max), test.want, test.steady)
		}
	}
}

func TestPass_addFirstPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		filtered, ignoreTotal bool
		rows, perPage, total  int
		want                  string
	}{
		"empty, counted":           {rows: 0, perPage: 100, total: 9, want: "0 rows, size 100, end 0, overlap 0, batch 10, linked, done"},
		"full":                     {rows: 40, perPage: 40, total: 40, want: "40 rows, size 40, end 40, overlap 8, batch 10, linked"},
		"short, counted more":      {rows: 40, perPage: 100, total: 41, want: "40 rows, size 40, end 40, overlap 8, batch 10, linked"},
		"short, counted more, few": {rows: 3, perPage: 100, total: 41, want: "3 rows, size 3, end 3, overlap 0, batch 10, adjacent"},
		"size above the requested": {rows: 40, perPage: 101, total: 40, want: "40 rows, size 40, end 40, overlap 8, batch 10, linked"},
		"size as requested":        {rows: 40, perPage: 100, total: 40, want: "40 rows, size 100, end 40, overlap 0, batch 10, linked, done"},
		"filtered, counted more":   {filtered: true, rows: 9, perPage: 100, total: 10, want: "9 rows, size 100, end 100, overlap 0, batch 2, linked, adjacent, seeking the end"},
		"filtered, empty":          {filtered: true, rows: 0, perPage: 50, total: 9, want: "0 rows, size 50, end 50, overlap 0, batch 2, linked, adjacent, seeking the end"},
		"filtered, empty, no size": {filtered: true, rows: 0, total: 9, want: "0 rows, size 100, end 100, overlap 0, batch 2, linked, adjacent, seeking the end"},
		"filtered, ignored":        {filtered: true, ignoreTotal: true, rows: 9, perPage: 100, total: 10, want: "9 rows, size 100, end 100, overlap 0, batch 2, linked, adjacent, seeking the end"},
		"short, not counted":       {rows: 40, perPage: 100, total: NotStated, want: "40 rows, size 40, end 40, overlap 8, batch 10, linked"},
		"filtered, full":           {filtered: true, rows: 40, perPage: 40, total: 90, want: "40 rows, size 40, end 40, overlap 8, batch 10, linked"},
	} {
		p := newPass(Options{Filtered: test.filtered, IgnoreTotalCount: test.ignoreTotal})
		p.addFirstPage(Request{1, 100}, response{rows: numbers(0, test.rows), page: 1, perPage: test.perPage, total: test.total})
		if got := state(p); got != test.want || p.requests != 1 {
			t.Errorf("addFirstPage, %s: got %s after %d requests, want %s after 1", name, got, p.requests, test.want)
		}
	}
}

func TestPass_isLinked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pass      *pass
		rows      []int
		linked    bool
		reordered bool
	}{
		"the newest row":                {passOf(100), []int{99, 100}, true, false},
		"the oldest of the newest rows": {passOf(100), []int{100, 68}, true, false},
		"one older":                     {passOf(100), []int{67, 100}, false, false},
		"reordered":                     {passOf(100), []int{99, 500, 98}, true, true},
		"the same row twice":            {passOf(100), []int{99, 99}, true, false},
		"reordered, but not linked":     {passOf(100), []int{2, 1}, false, true},
	} {
		if got := test.pass.isLinked(test.rows); got != test.linked || test.pass.reordered != test.reordered {
			t.Errorf("isLinked, %s: got %t, reordered %t, want %t, %t", name, got, test.pass.reordered, test.linked, test.reordered)
		}
	}
}

// TestPass_shiftLeft lets a page stay unlinked until the pass gives up.
func TestPass_shiftLeft(t *testing.T) {
	t.Parallel()
	p := passOf(400)
	var got [][3]int
	for p.shiftLeft() {
		got = append(got, [3]int{p.overlap, p.end, p.batch})
	}
	want := [][3]int{{24, 400, 1}, {49, 400, 1}, {49, 351, 1}, {49, 302, 1}, {49, 253, 1}, {49, 204, 1}}
	if !slices.Equal(got, want) {
		t.Errorf("shiftLeft: got overlap, end and batch %v, want %v", got, want)
	}
	p.resetPlan()
	if p.overlap != 8 || p.batch != maxBatch || p.shifts != 0 {
		t.Errorf("resetPlan: got overlap %d, batch %d, shifts %d, want 8, 10, 0", p.overlap, p.batch, p.shifts)
	}
}

func TestPass_addPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		response response
		ok       bool // whether the rest of the batch is of use
		want     string
		counted  int
	}{
		"linked":            {response{numbers(92, 184), 2, 92, 300}, true, "184 rows, size 100, end 184, overlap 8, batch 10, linked", 300},
		"size not stated":   {response{numbers(92, 184), 0, 0, 300}, true, "184 rows, size 100, end 184, overlap 8, batch 10, linked", 300},
		"short":             {response{numbers(92, 100), 2, 92, 300}, false, "100 rows, size 100, end 100, overlap 8, batch 10, linked, done", 300},
		"not linked":        {response{numbers(101, 193), 2, 92, 300}, false, "100 rows, size 100, end 100, overlap 24, batch 1, linked", 300},
		"empty":             {response{nil, 2, 92, 7}, false, "100 rows, size 100, end 100, overlap 24, batch 1, linked", 0},
		"another size":      {response{numbers(92, 184), 2, 100, 300}, false, "100 rows, size 100, end 100, overlap 8, batch 10, adjacent", 0},
		"more rows":         {response{numbers(92, 185), 2, 0, 300}, false, "100 rows, size 100, end 100, overlap 8, batch 10, adjacent", 0},
		"another page":      {response{numbers(92, 184), 1, 92, 300}, false, "100 rows, size 100, end 100, overlap 8, batch 10, done", 0},
		"first page, again": {response{numbers(8, 100), 2, 92, 300}, true, "100 rows, size 100, end 184, overlap 8, batch 10, linked", 300},
	} {
		p := passOf(100)
		ok := p.addPage(Request{2, 92}, test.response)
		if got := state(p); ok != test.ok || got != test.want || p.counts.max != test.counted {
			t.Errorf("addPage, %s: got %t, %s, total_count %d, want %t, %s, %d", name, ok, got, p.counts.max, test.ok, test.want, test.counted)
		}
	}
}

// TestPass_seekEnd looks for rows behind a short page of a filtered list.
func TestPass_seekEnd(t *testing.T) {
	t.Parallel()
	p := passOf(100)
	p.Filtered = true
	for _, step := range []struct {
		page, perPage int
		rows          []int
		ok            bool
		want          string
	}{
		{2, 92, numbers(92, 120), false, "120 rows, size 100, end 184, overlap 8, batch 2, linked, adjacent, seeking the end"},
		{2, 100, nil, true, "120 rows, size 100, end 200, overlap 8, batch 2, linked, adjacent, seeking the end"},
		{3, 100, numbers(120, 121), true, "121 rows, size 100, end 300, overlap 8, batch 2, adjacent, seeking the end"},
		{4, 100, nil, true, "121 rows, size 100, end 400, overlap 8, batch 2, adjacent, seeking the end"},
		{5, 100, nil, false, "121 rows, size 100, end 500, overlap 8, batch 2, adjacent, seeking the end, done"},
	} {
		ok := p.addPage(Request{step.page, step.perPage}, response{rows: step.rows, page: step.page, perPage: step.perPage, total: 900})
		p.resetPlan()
		if got := state(p); ok != step.ok || got != step.want {
			t.Errorf("addPage of page %d: got %t, %s, want %t, %s", step.page, ok, got, step.ok, step.want)
		}
	}
}

func TestPass_addFirstPageAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows []int
		want int
	}{
		"rows of the beginning":      {[]int{200, 201, 2}, 102},
		"rows behind the beginning":  {[]int{200, 201, 3}, 100},
		"another page":               {[]int{200, 201, 2, 5}, 100},
		"one in front of all others": {[]int{300, 0}, 101},
	} {
		p := passOf(100)
		page := 0 // not stated
		if len(test.rows) == 4 {
			page = 2
		}
		p.addFirstPageAgain(response{rows: test.rows, page: page, total: 103})
		if len(p.rows) != test.want || p.counts.stated != (test.want > 100) || p.requests != 1 {
			t.Errorf("addFirstPageAgain, %s: got %d rows, total_count %d, %d requests, want %d rows, its count only with new rows, 1 request",
				name, len(p.rows), p.counts.max, p.requests, test.want)
		}
	}
}
