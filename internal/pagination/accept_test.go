package pagination

import (
	"reflect"
	"slices"
	"testing"
)

const (
	moved, reordered, linked, givenUp = 1, 2, 4, 8 // flags for with: 1 and 2 pages in disorder
	none                              = -1         // no count is stated
)

// with returns a pass as it is after its last response.
func with(flags, minCount, maxCount int, rows ...id) *evidence {
	e := &evidence{rows: newRowSet(rows), linked: flags&linked > 0, disorders: flags & (reordered | moved)}
	if flags&givenUp > 0 {
		e.problem = Problem{NoEnd, 7, 0}
	}
	if minCount >= 0 {
		e.counts = counts{min: minCount, max: maxCount, stated: true}
	}
	return e
}

func newRowSet(rows []id) *rowSet {
	s := new(rowSet)
	s.add(rows)
	return s
}

// TestAccept has passes as they are after the last response.
func TestAccept(t *testing.T) {
	t.Parallel()
	ignored, filtered := with(linked, 3, 3, 1, 2, 3), with(linked, 7, 7, 1, 2, 3)
	ignored.counts.ignored, filtered.counts.filtered = true, true
	filteredEnough := with(linked, 3, 3, 1, 2, 3)
	filteredEnough.counts.filtered = true
	for name, test := range map[string]struct {
		passes []*evidence
		want   []id // nil: not accepted
	}{
		"linked, as many as counted":   {[]*evidence{with(linked, 3, 3, 1, 2, 3)}, []id{1, 2, 3}},
		"linked, more than counted":    {[]*evidence{with(linked, 1, 2, 1, 2, 3)}, []id{1, 2, 3}},
		"linked, fewer than counted":   {[]*evidence{with(linked, 3, 4, 1, 2, 3)}, nil},
		"linked, order varies":         {[]*evidence{with(linked|reordered, 3, 3, 1, 2, 3)}, nil},
		"linked, not counted":          {[]*evidence{with(linked, none, none, 1, 2, 3)}, nil},
		"linked, count ignored":        {[]*evidence{ignored}, nil},
		"linked, count beside filter":  {[]*evidence{filtered}, nil},
		"linked, as many, filtered":    {[]*evidence{filteredEnough}, []id{1, 2, 3}},
		"not linked":                   {[]*evidence{with(0, 3, 3, 1, 2, 3)}, nil},
		"same rows":                    {[]*evidence{with(0, 3, 3, 1, 2, 3), with(0, none, none, 3, 2, 1)}, []id{3, 2, 1}},
		"same rows, the last reorders": {[]*evidence{with(0, 3, 3, 1, 2, 3), with(reordered, none, none, 3, 2, 1)}, nil},
		"same rows, the first one too": {[]*evidence{with(reordered, 3, 3, 1, 2, 3), with(0, none, none, 3, 2, 1)}, nil},
		"same rows, reordered, count":  {[]*evidence{with(reordered, 2, 3, 1, 2, 3), with(reordered, 2, 3, 3, 2, 1)}, nil},
		"same rows, counts vary":       {[]*evidence{with(0, 2, 3, 1, 2, 3), with(0, 2, 3, 3, 2, 1)}, []id{3, 2, 1}},
		"same rows, counted more":      {[]*evidence{with(0, 3, 3, 1, 2, 3), with(0, 3, 4, 3, 2, 1)}, nil},
		"same rows, the last given up": {[]*evidence{with(0, none, none, 1, 2, 3), with(givenUp, none, none, 1, 2, 3)}, nil},
		"same rows, one given up":      {[]*evidence{with(givenUp, none, none, 1, 2, 3), with(0, none, none, 1, 2, 3)}, nil},
		"other rows":                   {[]*evidence{with(0, 2, 3, 1, 2, 3), with(0, 3, 3, 1, 2, 4)}, nil},

		"together as counted":                {[]*evidence{with(0, 3, 3, 1, 2), with(0, 3, 3, 2, 3), with(0, 3, 3, 1, 3)}, []id{1, 2, 3}},
		"together, the last one has all":     {[]*evidence{with(0, 3, 3, 1, 2), with(0, 3, 3, 1, 2, 3)}, []id{1, 2, 3}},
		"together as counted, not confirmed": {[]*evidence{with(0, 3, 3, 1, 2), with(0, 3, 3, 2, 3)}, nil},
		"together more than counted":         {[]*evidence{with(0, 3, 3, 1, 2, 4), with(0, 3, 3, 2, 3), with(0, 3, 3, 1, 3)}, nil},
		"together as the last one counts":    {[]*evidence{with(0, 4, 4, 1, 2), with(0, 3, 3, 2, 3), with(0, 3, 3, 1, 3)}, nil},
		"together, the last given up":        {[]*evidence{with(0, 3, 3, 1, 2), with(0, 3, 3, 2, 3), with(givenUp, 3, 3, 1, 3)}, nil},
		"together, given up, has all":        {[]*evidence{with(0, 3, 3, 1, 2), with(givenUp, 3, 3, 1, 2, 3)}, nil},
		"together, the same, given up":       {[]*evidence{with(givenUp, 3, 3, 1, 2, 3), with(givenUp, 3, 3, 1, 2, 3)}, []id{1, 2, 3}},
		"together, one count varies":         {[]*evidence{with(0, 2, 3, 1, 2), with(0, 3, 3, 2, 3), with(0, 3, 3, 1, 3)}, nil},
		"together, one not counted":          {[]*evidence{with(0, 3, 3, 1, 2), with(0, none, none, 2, 3), with(0, 3, 3, 1, 3)}, nil},

		"both linked":                        {[]*evidence{with(linked, 3, 4, 1, 2), with(linked, 3, 4, 2, 3)}, []id{1, 2, 3}},
		"both linked, fewer than counted":    {[]*evidence{with(linked, 3, 4, 1, 2), with(linked, 4, 5, 2, 3)}, nil},
		"both linked, not counted":           {[]*evidence{with(linked, 3, 4, 1, 2), with(linked, none, none, 2, 3)}, []id{1, 2, 3}},
		"both linked, not counted, reorders": {[]*evidence{with(linked, 3, 4, 1, 2), with(linked|reordered, none, none, 2, 3)}, nil},
		"both linked, the first one reorders": {
			[]*evidence{with(linked|reordered, none, none, 1, 2), with(linked, none, none, 2, 3)}, nil,
		},
		"both linked, order varies, enough":  {[]*evidence{with(linked|reordered, 3, 4, 1, 2), with(linked|reordered, 2, 4, 2, 3)}, []id{1, 2, 3}},
		"both linked, order varies, too few": {[]*evidence{with(linked|reordered, 3, 4, 1, 2), with(linked|reordered, 3, 4, 2, 3)}, nil},
		"only the last one linked":           {[]*evidence{with(0, 3, 4, 1, 2), with(linked, 3, 4, 2, 3)}, nil},
		"only the first one linked":          {[]*evidence{with(linked, 3, 4, 1, 2), with(0, 3, 4, 2, 3)}, nil},
	} {
		got, ok := accept(test.passes)
		if ok != (test.want != nil) || !slices.Equal(got, test.want) {
			t.Errorf("accept, %s: got %v, %t, want %v", name, got, ok, test.want)
		}
	}
}

// TestIsHopeless has the last two passes of several.
func TestIsHopeless(t *testing.T) {
	t.Parallel()
	otherPage := with(0, 3, 3, 1, 2)
	otherPage.problem = Problem{OtherPage, 2, 1}
	for name, test := range map[string]struct {
		passes       int
		before, last *evidence
		want         bool
	}{
		"one":                           {1, nil, with(0, 3, 3, 1, 2), false},
		"two":                           {2, with(0, 3, 3, 1, 2), with(0, 3, 3, 1, 3), false},
		"three, reordered":              {3, with(linked, 3, 4, 1, 2), with(linked|reordered, 3, 4, 1, 3), false},
		"four":                          {4, with(linked, 3, 4, 1, 2), with(0, 3, 4, 1, 3), false},
		"four, somebody moved":          {4, with(linked, 3, 4, 1, 2), with(linked|moved, 3, 4, 1, 3), false},
		"four, reordered":               {4, with(linked, 3, 4, 1, 2), with(linked|reordered, 3, 4, 1, 3), true},
		"four, the first one reordered": {4, with(linked|reordered, 3, 4, 1, 2), with(0, 3, 4, 1, 3), false},
		"four, reordered, one count":    {4, with(linked, 7, 7, 1, 2, 3, 4), with(linked|reordered, 7, 7, 1, 5, 6), false},
		"the same, more than counted":   {4, with(linked, 7, 7, 1, 2, 3, 4), with(linked|reordered, 7, 7, 1, 5, 6, 8), true},
		"five, not linked":              {5, with(linked, 3, 4, 1, 2), with(0, 3, 4, 1, 3), true},
		"six":                           {6, with(0, 3, 4, 1, 2), with(linked|moved, 3, 4, 1, 3), false},
		"seven":                         {7, with(linked, 3, 4, 1, 2), with(linked, 3, 4, 1, 3), true},
		"same rows, one count":          {2, with(0, 3, 3, 1, 2), with(0, 3, 3, 1, 2), true},
		"same rows, another count":      {2, with(0, 3, 3, 1, 2), with(0, 4, 4, 1, 2), false},
		"same rows, counts vary":        {2, with(0, 3, 4, 1, 2), with(0, 3, 4, 1, 2), false},
		"same rows, no count":           {2, with(reordered, none, none, 1, 2), with(0, none, none, 1, 2), false},
		"same rows, same end":           {2, with(givenUp, none, none, 1, 2), with(givenUp, none, none, 1, 2), true},
		"other rows, same end":          {2, with(givenUp, none, none, 1, 2), with(givenUp, none, none, 1, 3), false},
		"same rows, another end":        {2, otherPage, with(givenUp, 3, 3, 1, 2), false},
	} {
		passes := append(slices.Repeat([]*evidence{with(0, 7, 7, 9)}, max(0, test.passes-2)), test.before, test.last)
		if got := isHopeless(passes[len(passes)-test.passes:]); got != test.want {
			t.Errorf("isHopeless, %s: got %t, want %t", name, got, test.want)
		}
	}
}

func TestCounts_record(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		totals []int // of pages with one row
		want   counts
	}{
		"not stated":      {[]int{NotStated}, counts{}},
		"0 beside a row":  {[]int{0}, counts{}},
		"one":             {[]int{5}, counts{min: 5, max: 5, stated: true}},
		"several":         {[]int{5, 9, 3, 6}, counts{min: 3, max: 9, stated: true}},
		"missing at last": {[]int{5, NotStated}, counts{min: 5, max: 5, stated: true}},
	} {
		var got counts
		for _, total := range test.totals {
			got.record(response{Rows: []id{1}, TotalCount: total})
		}
		if got != test.want {
			t.Errorf("record, %s: got %+v, want %+v", name, got, test.want)
		}
	}
	var got counts
	if got.record(response{TotalCount: 0}); got != (counts{stated: true}) {
		t.Errorf("record, 0 without rows: got %+v, want it stated", got)
	}
}

// TestNewIncompleteError has changing lists whose count may be too large.
func TestNewIncompleteError(t *testing.T) {
	t.Parallel()
	changing := func(rows int) IncompleteError { return IncompleteError{Problem: Problem{Reason: Changing}, Rows: rows} }
	tooLarge := func(rows, missing int) IncompleteError {
		return IncompleteError{Problem: Problem{Reason: CountTooLarge}, Rows: rows, Missing: missing}
	}
	otherPage := with(0, 4, 6, 1, 2)
	otherPage.problem = Problem{OtherPage, 7, 3}
	for name, test := range map[string]struct {
		before, last *evidence
		want         IncompleteError // but for Passes
	}{
		"both linked":             {with(linked, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), tooLarge(3, 1)},
		"the other count":         {with(linked, 4, 7, 1, 2), with(linked, 6, 7, 2, 3), tooLarge(3, 1)},
		"as many as counted":      {with(linked, 3, 7, 1, 2), with(linked, 4, 6, 2, 3), changing(3)},
		"only the first linked":   {with(linked, 5, 7, 1, 2), with(0, 4, 6, 2, 3), changing(3)},
		"only the last linked":    {with(0, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), changing(3)},
		"the first reordered":     {with(linked|reordered, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), changing(3)},
		"the last reordered":      {with(linked, 5, 7, 1, 2), with(linked|reordered, 4, 6, 2, 3), changing(3)},
		"the last given up":       {with(linked, 5, 7, 1, 2), with(givenUp, 4, 6, 2, 3), changing(3)},
		"both given up":           {with(givenUp, 5, 7, 1, 2), with(givenUp, 4, 6, 2, 3), IncompleteError{Problem: Problem{NoEnd, 7, 0}, Rows: 3}},
		"for different reasons":   {with(givenUp, 5, 7, 1, 2), otherPage, changing(2)},
		"a count not stated":      {with(linked, none, none, 1, 2), with(linked, 4, 6, 2, 3), changing(3)},
		"the same, counts vary":   {with(linked, 5, 7, 1, 2), with(linked, 4, 6, 1, 2), tooLarge(2, 2)},
		"the same, not linked":    {with(0, 5, 7, 1, 2), with(0, 4, 6, 1, 2), tooLarge(2, 2)},
		"the same, one count":     {with(0, 4, 4, 1, 2), with(0, 4, 4, 1, 2), tooLarge(2, 2)},
		"the same, another count": {with(0, 5, 5, 1, 2), with(0, 4, 4, 1, 2), tooLarge(2, 2)},
	} {
		got := *newIncompleteError([]*evidence{with(linked, 9, 9, 9), test.before, test.last})
		if len(got.Passes) != 3 {
			t.Errorf("newIncompleteError, %s: got %d passes, want 3", name, len(got.Passes))
		}
		got.Passes = nil
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("newIncompleteError, %s: got %+v, want %+v", name, got, test.want)
		}
	}
}

func TestEvidence_summary(t *testing.T) {
	t.Parallel()
	e := with(linked|givenUp, 3, 4, 1, 2)
	e.requests = 9
	if got, want := e.summary(), (Pass{2, true, 3, 4, 9, Problem{NoEnd, 7, 0}}); got != want {
		t.Errorf("summary: got %+v, want %+v", got, want)
	}
	if got, want := with(0, none, none).summary(), (Pass{0, false, NotStated, NotStated, 0, Problem{}}); got != want {
		t.Errorf("summary without a count: got %+v, want %+v", got, want)
	}
}
