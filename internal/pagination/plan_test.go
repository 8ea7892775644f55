package pagination

import (
	"slices"
	"testing"
)

func TestNextRequest(t *testing.T) {
	t.Parallel()
	for size := 1; size <= 130; size++ {
		for _, back := range []int{0, overlap(size), maxBack(size)} {
			for end := size; end <= 12*size; end++ {
				got, ok := nextRequest(end, size, back)
				if start := got.end() - got.PerPage; start > end-back || got.PerPage > size || got.PerPage < size/2 || ok != (got.end() > end) {
					t.Errorf("nextRequest(%d, %d, %d): got %+v, rows %d to %d, %t", end, size, back, got, start, got.end(), ok)
				}
				if !ok && size >= 17 && back == overlap(size) {
					t.Errorf("nextRequest(%d, %d, %d): got %+v, which does not reach further", end, size, back, got)
				}
			}
		}
	}
}

func TestNextRequest_reachesFurthest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		end, size, back int
		want            Request
	}{
		{end: 1000, size: 1000, back: 8, want: Request{Page: 2, PerPage: 992}},
		{end: 1984, size: 1000, back: 8, want: Request{Page: 3, PerPage: 988}},
		{end: 100, size: 100, back: 8, want: Request{Page: 2, PerPage: 92}},
		{end: 100, size: 100, back: 49, want: Request{Page: 2, PerPage: 51}},
		{end: 4, size: 100, back: 8, want: Request{Page: 1, PerPage: 100}},
		{end: 30, size: 5, back: 0, want: Request{Page: 7, PerPage: 5}},
		{end: 2, size: 1, back: 0, want: Request{Page: 3, PerPage: 1}},
	} {
		if got, ok := nextRequest(test.end, test.size, test.back); got != test.want || !ok {
			t.Errorf("nextRequest(%d, %d, %d): got %+v, %t, want %+v", test.end, test.size, test.back, got, ok, test.want)
		}
	}
	if got, ok := nextRequest(10, 5, 5); ok {
		t.Errorf("nextRequest(10, 5, 5): got %+v, which does not reach beyond 10", got)
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pass pass
		want []Request
	}{
		"up to the count": {
			pass{size: 100, end: 100, back: 8, batch: 10, counts: counts{max: 250}}, []Request{{2, 92}, {3, 88}},
		},
		"beyond a count that is reached": {
			pass{size: 100, end: 100, back: 8, batch: 10, counts: counts{max: 184}}, []Request{{2, 92}, {3, 88}},
		},
		"at most a batch": {
			pass{size: 100, end: 100, back: 8, batch: 1, counts: counts{max: 250}}, []Request{{2, 92}},
		},
		"without a count": {
			pass{size: 100, end: 100, back: 8, batch: 10}, []Request{{2, 92}},
		},
		"adjacent": {
			pass{size: 100, end: 100, adjacent: true, batch: 10, counts: counts{max: 250}}, []Request{{2, 100}, {3, 100}},
		},
		"no request reaches further": {
			pass{size: 4, end: 12, back: 1, batch: 10}, nil,
		},
		"to find a link": {
			pass{size: 5, end: 16, back: 2, batch: 1}, []Request{{4, 4}},
		},
	} {
		if got := test.pass.plan(); !slices.Equal(got, test.want) {
			t.Errorf("plan, %s: got %v, want %v", name, got, test.want)
		}
	}
}
