package pagination

import (
	"reflect"
	"slices"
	"testing"
)

func TestIncompleteError(t *testing.T) {
	t.Parallel()
	passes := []Pass{
		{Rows: 1, Linked: true, MinCount: 4, MaxCount: 4, Requests: 1},
		{Rows: 2, MinCount: 6, MaxCount: 7, Requests: 3},
		{Rows: 2, MinCount: 5, MaxCount: 5, Requests: 4, Problem: "the end"},
	}
	const texts = " (pass 1: 1 row, linked, total_count 4, 1 request; pass 2: 2 rows, not linked, total_count 6 to 7, 3 requests; " +
		"pass 3: 2 rows, not linked, total_count 5, 4 requests, the end)"
	for want, err := range map[string]IncompleteError{
		"the list seems to have changed during all 3 passes":                             {Reason: Changing},
		"two passes returned the same 2 rows while every page stated a total_count of 5": {Reason: CountTooLarge, Missing: 3},
		"the last two passes together returned 3 different rows while none of their pages stated a total_count below 5": {
			Reason: CountTooLarge, Missing: 2, byUnion: true,
		},
		"in two passes the end": {Reason: OtherPage},
	} {
		err.Passes = passes
		if got, want := err.Error(), "the list is not complete: "+want+texts; got != want {
			t.Errorf("Error: got\n%s\nwant\n%s", got, want)
		}
	}
	if got := (Pass{MinCount: NotStated, MaxCount: NotStated}).String(); got != "0 rows, not linked, total_count not stated, 0 requests" {
		t.Errorf("String: got %s, want 0 rows without a count", got)
	}
}

// TestNewIncompleteError has changing lists whose count may be too large.
func TestNewIncompleteError(t *testing.T) {
	t.Parallel()
	changing := IncompleteError{Reason: Changing}
	for name, test := range map[string]struct {
		passes       int
		before, last *pass
		want         IncompleteError // but for Passes
	}{
		"both linked":             {4, with(linked, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), IncompleteError{Reason: CountTooLarge, Missing: 1, byUnion: true}},
		"the other count":         {4, with(linked, 4, 7, 1, 2), with(linked, 6, 7, 2, 3), IncompleteError{Reason: CountTooLarge, Missing: 1, byUnion: true}},
		"as many as counted":      {4, with(linked, 3, 7, 1, 2), with(linked, 4, 6, 2, 3), changing},
		"one pass left":           {3, with(linked, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), changing},
		"only the first linked":   {4, with(linked, 5, 7, 1, 2), with(0, 4, 6, 2, 3), changing},
		"only the last linked":    {4, with(0, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), changing},
		"reordered":               {4, with(linked|reordered, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), changing},
		"the last given up":       {4, with(linked, 5, 7, 1, 2), with(givenUp, 4, 6, 2, 3), changing},
		"a count not stated":      {4, with(linked, none, none, 1, 2), with(linked, 4, 6, 2, 3), changing},
		"the same, counts vary":   {4, with(linked, 5, 7, 1, 2), with(linked, 4, 6, 1, 2), IncompleteError{Reason: CountTooLarge, Missing: 2, byUnion: true}},
		"the same, not linked":    {4, with(0, 5, 7, 1, 2), with(0, 4, 6, 1, 2), IncompleteError{Reason: CountTooLarge, Missing: 2, byUnion: true}},
		"the same, one pass left": {3, with(0, 5, 7, 1, 2), with(0, 4, 6, 1, 2), changing},
		"the same, one count":     {2, with(0, 4, 4, 1, 2), with(0, 4, 4, 1, 2), IncompleteError{Reason: CountTooLarge, Missing: 2}},
		"the same, another count": {2, with(0, 5, 5, 1, 2), with(0, 4, 4, 1, 2), changing},
	} {
		got := *newIncompleteError(append(slices.Repeat([]*pass{test.before}, test.passes-1), test.last))
		got.Passes = nil
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("newIncompleteError, %s: got %+v, want %+v", name, got, test.want)
		}
	}
}
