package pagination

import (
	"math"
	"slices"
	"testing"
)

// TestSizes_furthest compares each request with all others that are possible.
func TestSizes_furthest(t *testing.T) {
	t.Parallel()
	for _, step := range []int{5, 1} {
		for most := 1; most <= 60; most++ {
			for _, full := range []int{most, most + 7} {
				for end := most; end <= 700; end += 1 + end/50 {
					checkFurthest(t, sizes{most, full, step}, end)
				}
			}
		}
	}
	for _, s := range []sizes{{1000, 1000, 50}, {1000, 1000, 100}, {950, 1000, 50}, {500, 500, 100}} {
		for end := s.most; end <= 30_000; end += 50 {
			checkFurthest(t, s, end)
		}
	}
	if got, ok := (sizes{100, 100, 0}).furthest(100); ok {
		t.Errorf("furthest without a step: got %+v, want none", got)
	}
}

func checkFurthest(t *testing.T, s sizes, end int) {
	t.Helper()
	got, ok := s.furthest(end)
	var want Request
	steps := []sizes{s, {s.limit, s.limit, s.step}}
	if s.step == 5 {
		steps = append(steps, sizes{s.limit, s.limit, 1})
	}
	for _, of := range steps {
		if want.Page*want.PerPage > end {
			break
		}
		for perPage := 1; perPage <= of.most; perPage++ {
			first := (end - min(5, s.most/4)) / perPage // pages in front of the one that contains this row
			if perPage%of.step == 0 && (first+1)*perPage >= want.Page*want.PerPage {
				want = Request{first + 1, perPage}
			}
		}
	}
	if ok != (want.Page*want.PerPage > end) || ok && got != want {
		t.Fatalf("%+v.furthest(%d): got %+v, %t, want %+v", s, end, got, ok, want)
	}
}

// TestPlan_remaining compares the number of requests with that of adjacent pages.
func TestPlan_remaining(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rows, size, step int
		most             float64
	}{
		{100_000, 1000, 5, 1.11},
		{20_000, 100, 5, 1.40},
		{100_000, 1000, 50, 1.40},
		{100_000, 1000, 100, 1.65},
	} {
		p := plan{sizes: sizes{test.size, test.size, test.step}, end: test.size}
		requests, ok := p.remaining(test.rows)
		requests++
		if got := float64(requests*test.size) / float64(test.rows); got > test.most || got < 1 || !ok {
			t.Errorf("%d rows, pages of %d, multiples of %d: got %.3f times as many requests as adjacent pages, want %.2f at most",
				test.rows, test.size, test.step, got, test.most)
		}
	}
	there := plan{sizes: sizes{100, 100, 5}, end: 100}
	for position, want := range map[int]int{99: 0, 100: 1, 189: 1, 190: 2, math.MaxInt32: maxPages} {
		if got, ok := there.remaining(position); got != want || !ok {
			t.Errorf("remaining from 100 behind %d: got %d, want %d", position, got, want)
		}
	}
	stuck := plan{sizes: sizes{25, 25, 50}, end: 25}
	if got, ok := stuck.remaining(1000); got != 0 || ok {
		t.Errorf("remaining where no page reaches further: got %d, %t, want 0, false", got, ok)
	}
}

// TestPlan_next plans adjacent pages of 20 rows, although 50 are requested.
func TestPlan_next(t *testing.T) {
	t.Parallel()
	p := plan{isAdjacent: true, perPage: 50, rows: 20, end: 20}
	var got []Request
	for p.end < 60 {
		request, ok := p.next()
		if !ok {
			t.Fatalf("next: got none behind %d", p.end)
		}
		got = append(got, request)
	}
	if want := []Request{{2, 50}, {3, 50}}; !slices.Equal(got, want) {
		t.Errorf("next: got %v, want %v", got, want)
	}
}

func TestPlan_refused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		most, step        int
		perPage, position int
		want              int
	}{
		{1000, 5, 985, 4000, 50},
		{1000, 50, 950, 4000, 100},
		{1000, 100, 900, 4000, 0},
		{1000, 5, 983, 4000, 0}, // no multiple of 5 reached further
		{1001, 5, 985, 4000, 100},
		{100, 5, 95, 299, 10},
		{100, 10, 90, 299, 20},
		{100, 20, 80, 299, 25},
		{100, 20, 80, 300, 0}, // which all of 25, 50, 75 and 100 divide
		{100, 25, 75, 299, 0},
		{99, 25, 75, 99, 0},
		{100, 25, 75, 99, 50},
	} {
		p := plan{sizes: sizes{test.most, test.most, test.step}, end: test.most}
		if got := p.refused(test.perPage, test.position); got != test.want {
			t.Errorf("refused, %+v: got %d", test, got)
		}
	}
}

func TestSizes_shrunk(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sizes        sizes
		passes, want int
	}{
		{sizes{1000, 1000, 5}, 1, 940},
		{sizes{1000, 1000, 5}, 4, 760},
		{sizes{1000, 1000, 50}, 1, 950},
		{sizes{1000, 1000, 100}, 2, 800},
		{sizes{300, 300, 100}, 4, 150},
		{sizes{100, 100, 5}, 2, 90},
		{sizes{25, 25, 5}, 1, 20},
		{sizes{20, 20, 5}, 1, 15},
		{sizes{19, 19, 5}, 1, 19},
		{sizes{1000, 1000, 0}, 1, 1000},
	} {
		if got := test.sizes.shrunk(test.passes); got != test.want {
			t.Errorf("%+v.shrunk(%d): got %d, want %d", test.sizes, test.passes, got, test.want)
		}
	}
}

// TestPlan_smallPages holds what the guide about completeness says of small pages:
// larger ones always overlap, in lists of up to so many pages.
func TestPlan_smallPages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pages, largest, largestOnGrid int // pages that cannot always overlap
	}{
		{12, 6, 30},
		{4000, 21, 60},
	} {
		largest, largestOnGrid := 0, 0
		for size := 1; size <= 120; size++ {
			p := plan{sizes: sizes{size, size, gridRows}, end: size}
			for p.end < test.pages*size {
				request, ok := p.next()
				if !ok {
					largest, largestOnGrid = size, max(size, largestOnGrid)
					break
				}
				if request.PerPage%gridRows != 0 {
					largestOnGrid = max(largestOnGrid, size/gridRows*gridRows)
				}
			}
		}
		if largest != test.largest || largestOnGrid != test.largestOnGrid {
			t.Errorf("%d pages: got pages of up to %d rows that cannot overlap, %d by multiples of %d, want %d, %d",
				test.pages, largest, largestOnGrid, gridRows, test.largest, test.largestOnGrid)
		}
	}
}
