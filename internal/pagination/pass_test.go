package pagination

import (
	"slices"
	"testing"
)

// passOf returns a pass that has seen rows 0 to n-1, in this order.
func passOf(n int) *pass {
	p := newPass(Options{})
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
		"the first row of a short list": {passOf(4), []int{0}, true, false},
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

// TestPass_shiftLeft lets a page stay unlinked until the pass goes on.
func TestPass_shiftLeft(t *testing.T) {
	t.Parallel()
	p := newPass(Options{})
	p.pageSize, p.end, p.overlap = 100, 400, 8
	var got [][3]int
	for p.shiftLeft() {
		got = append(got, [3]int{p.overlap, p.end, p.batch})
	}
	want := [][3]int{{24, 400, 1}, {49, 400, 1}, {49, 351, 1}, {49, 302, 1}, {49, 253, 1}, {49, 204, 1}}
	if !slices.Equal(got, want) {
		t.Errorf("shiftLeft: got overlap, end and batch %v, want %v", got, want)
	}
}

func TestPass_addFirstPageAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		page int
		rows []int
		want int
	}{
		"rows of the beginning":      {1, []int{200, 201, 2}, 102},
		"rows behind the beginning":  {1, []int{200, 201, 3}, 100},
		"one in front of all others": {0, []int{300, 0}, 101},
		"another page":               {2, []int{200, 201, 2}, 100},
	} {
		p := passOf(100)
		p.addFirstPageAgain(response{rows: test.rows, page: test.page, total: 103})
		if len(p.rows) != test.want || p.counts.stated != (test.want > 100) || p.requests != 1 {
			t.Errorf("addFirstPageAgain, %s: got %d rows, total_count %d, %d requests, want %d rows, its count only with new rows, 1 request",
				name, len(p.rows), p.counts.max, p.requests, test.want)
		}
	}
}
