package pagination

import (
	"slices"
	"testing"
)

func TestRowSet_compare(t *testing.T) {
	t.Parallel()
	s := newRowSet(numbers(0, 100))
	s.add([]id{500, 501, 20, 600}) // 500 and 501 joined in front of 20
	for name, test := range map[string]struct {
		rows            []id
		linked, inOrder bool
	}{
		"none":                             {nil, false, true},
		"unknown rows":                     {[]id{700, 701}, false, true},
		"the last row":                     {[]id{600, 700}, true, true},
		"in order":                         {[]id{3, 4, 99}, true, true},
		"in another order":                 {[]id{4, 700, 3}, true, false},
		"in another order, then in order":  {[]id{4, 3, 5}, true, false},
		"the same row twice":               {[]id{4, 4}, true, true},
		"one that joined links":            {[]id{500, 700}, true, true},
		"those that joined have no places": {[]id{99, 501, 500, 99}, true, true},
		"one behind a known row has one":   {[]id{600, 99}, true, false},
	} {
		linked, inOrder := s.compare(test.rows)
		if linked != test.linked || inOrder != test.inOrder {
			t.Errorf("compare, %s: got %t, %t, want %t, %t", name, linked, inOrder, test.linked, test.inOrder)
		}
	}
}

func TestRowSet_add(t *testing.T) {
	t.Parallel()
	s := newRowSet([]id{7, 3})
	if got := s.add([]id{3, 9, 7, 9, 4}); got != 2 {
		t.Errorf("add: got %d new rows, want 2", got)
	}
	if want := []id{7, 3, 9, 4}; !slices.Equal(s.ids, want) || len(s.ids) != 4 {
		t.Errorf("ids: got %v, want %v", s.ids, want)
	}
	for row, want := range map[id]int32{7: 1, 3: 2, 9: -3, 4: 4, 5: 0, 1000: 0} {
		if got := s.position(row); got != want {
			t.Errorf("position(%d): got %d, want %d", row, got, want)
		}
	}
}

func TestRowSet_equal(t *testing.T) {
	t.Parallel()
	s := newRowSet([]id{1, 2, 3})
	for _, test := range []struct {
		rows []id
		want bool
	}{
		{[]id{3, 1, 2}, true},
		{[]id{1, 2}, false},
		{[]id{1, 2, 4}, false},
		{[]id{1, 2, 3, 4}, false},
	} {
		if got := s.equal(newRowSet(test.rows)); got != test.want {
			t.Errorf("equal(%v): got %t, want %t", test.rows, got, test.want)
		}
	}
}
