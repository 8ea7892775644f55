package pagination

import (
	"fmt"
	"slices"
)

// evidence is what a pass shows about the list.
type evidence struct {
	rows      *rowSet
	linked    bool // each page has a row of the pages before it
	disorders int  // pages with two rows that were seen in the other order before
	counts    counts
	requests  int
	problem   Problem // why the pass ended before the end of the list
}

// counts are the total counts that the pages of a pass state.
type counts struct {
	ignored  bool // the caller says that they are wrong
	filtered bool // they may include rows that a filter excludes

	min, max int
	stated   bool // by one page or more
}

// record takes a page's count. A count of 0 beside rows, which other lists of the
// API have been seen to give, is one that is not stated.
func (c *counts) record(resp response) {
	if resp.TotalCount < 0 || resp.TotalCount == 0 && len(resp.Rows) > 0 {
		return
	}
	if !c.stated {
		c.min, c.stated = resp.TotalCount, true
	}
	c.min, c.max = min(c.min, resp.TotalCount), max(c.max, resp.TotalCount)
}

// promised returns how far into the list there may be rows: an ignored count is one
// of rows that the server hides, perhaps.
func (c *counts) promised() int {
	if c.filtered {
		return 0
	}
	return c.max
}

// usableCounts returns the counts or, if they prove nothing about the list, none.
func (e *evidence) usableCounts() counts {
	if e.counts.ignored || e.counts.filtered && e.counts.max > len(e.rows.ids) {
		return counts{}
	}
	return e.counts
}

// accept decides whether passes show that the list is complete, and returns its
// rows. They do if
//
//   - the last pass is linked and in order, a count was stated, and the pass has as
//     many rows as any page stated, or
//   - the last pass and another one are linked and in order and have, together, as
//     many rows as the least count of the last one, if it has one; they need not be in
//     order if the last one has as many rows by itself, or
//   - the last two passes are in order, reached the end of the list and have the same
//     rows, and no count of the last one promises more, or
//   - every page of all passes states one and the same count, that is how many rows
//     all passes have together, and of the last one two of these are true: it has all
//     of them, it added none of them, it reached the end.
//
// Rows of the linked pass before belong to the list, too: who moves to the left while
// the list is read may be missing from one pass.
//
// Without a count, rows that were seen in both orders are a reason to refuse the
// list: an order that depends on the request loses the same rows again and again.
func accept(passes []*evidence) ([]id, bool) {
	last := passes[len(passes)-1]
	n, count := len(last.rows.ids), last.usableCounts()
	isAnyOrder := count.stated && n >= count.min
	linked := slices.DeleteFunc(slices.Clone(passes), func(e *evidence) bool { return !e.linked || !e.inOrder() && !isAnyOrder })
	linked = linked[max(0, len(linked)-2):]
	both := union(linked).ids
	if last.linked && last.inOrder() && count.stated && n >= count.max ||
		len(linked) == 2 && linked[1] == last && len(both) >= count.min {
		return both, true
	}
	if len(passes) == 1 {
		return nil, false
	}
	before := passes[len(passes)-2]
	areWhole, areInOrder := last.isWhole() && before.isWhole(), last.inOrder() && before.inOrder()
	if areWhole && areInOrder && last.rows.equal(before.rows) && n >= count.max {
		return last.rows.ids, true
	}
	all := union(passes).ids
	hasAll, addedNone := n == len(all), len(union(passes[:len(passes)-1]).ids) == len(all)
	if areSteady(passes) && len(all) == count.max && (last.isWhole() && (hasAll || addedNone) || hasAll && addedNone) {
		return all, true
	}
	return nil, false
}

// isHopeless reports whether another pass is not worth its requests: the last two
// went wrong in the same way, or there were seven; five if the last one is not linked;
// four if two of its pages or more are in disorder (of one, somebody has moved), unless
// one count promises no fewer rows than all passes have.
func isHopeless(passes []*evidence) bool {
	n, last := len(passes), passes[len(passes)-1]
	if n == 1 {
		return false
	}
	lastTwo := passes[n-2:]
	isSame := lastTwo[0].problem.Reason == last.problem.Reason && lastTwo[0].rows.equal(last.rows)
	if isSame && (!last.isWhole() || areSteady(lastTwo)) || n >= 7 || n >= 5 && !last.linked {
		return true
	}
	return n >= 4 && last.disorders > 1 && (!areSteady(passes) || len(union(passes).ids) > last.counts.max)
}

func (e *evidence) inOrder() bool { return e.disorders == 0 }

func (e *evidence) isWhole() bool { return e.problem.Reason == "" }

// union returns the rows of all passes.
func union(passes []*evidence) *rowSet {
	if len(passes) == 1 {
		return passes[0].rows
	}
	all := new(rowSet)
	for _, e := range passes {
		all.add(e.rows.ids)
	}
	return all
}

// areSteady reports whether every page of the passes states one and the same
// count, which is usable.
func areSteady(passes []*evidence) bool {
	return !slices.ContainsFunc(passes, func(e *evidence) bool {
		c := e.usableCounts()
		return !c.stated || c.min != c.max || c.max != passes[0].counts.max
	})
}

// A Reason is a rule by which a list is not accepted.
type Reason string

// The reasons. All but the first two end a read before the end of the list.
const (
	Changing      Reason = "the list changes"       // no pass is complete by itself, nor confirmed by another one
	CountTooLarge Reason = "total_count too large"  // the last two passes agree on fewer rows than any of their pages stated
	OtherPage     Reason = "another page"           // a response states another page number than the request
	PageIgnored   Reason = "page ignored"           // two pages in a row began like page 1
	NoEnd         Reason = "no end of the list"     // far more requests than the counts or the rows call for or, by cursor, more pages than any account has
	SameCursor    Reason = "repeated cursor"        // a response has a cursor that came before
	NoNewRows     Reason = "cursor without new row" // two responses have a cursor, but no new row
)

// A Problem is why a read ended before the end of the list.
type Problem struct {
	Reason Reason // "" if there is none
	Page   int    // number of the page at which it ended
	Stated int    // the page that its response states; 0 unless Reason is OtherPage
}

// A Pass is what one pass over the list returned.
type Pass struct {
	Rows     int
	Linked   bool // every page overlapped the rows before it
	MinCount int  // the least total count that a page stated; NotStated if none did
	MaxCount int  // the largest one
	Requests int
	Problem
}

func (e *evidence) summary() Pass {
	p := Pass{len(e.rows.ids), e.linked, NotStated, NotStated, e.requests, e.problem}
	if e.counts.stated {
		p.MinCount, p.MaxCount = e.counts.min, e.counts.max
	}
	return p
}

// An IncompleteError reports that every request got a response, but that the
// responses do not show that the list is complete.
type IncompleteError struct {
	Problem        // of the last two passes; Page is 0 if they reached the end
	Rows    int    // that the last two passes have together
	Missing int    // rows that may be missing, by the count; 0 unless Reason is CountTooLarge
	Passes  []Pass // none if the list was read by cursor
}

// newIncompleteError compares the last two passes to find the reason.
func newIncompleteError(passes []*evidence) *IncompleteError {
	lastTwo := passes[len(passes)-2:]
	before, last := lastTwo[0], lastTwo[1]
	e := &IncompleteError{Problem: Problem{Reason: Changing}, Rows: len(union(lastTwo).ids)}
	for _, p := range passes {
		e.Passes = append(e.Passes, p.summary())
	}
	missing := min(before.usableCounts().min, last.usableCounts().min) - e.Rows
	isOrdered := last.linked && before.linked && last.inOrder() && before.inOrder()
	isSame := last.problem.Reason == before.problem.Reason
	if isSame && !last.isWhole() {
		e.Problem = last.problem
	} else if isSame && missing > 0 && (isOrdered || last.rows.equal(before.rows)) {
		e.Reason, e.Missing = CountTooLarge, missing
	}
	return e
}

func (e *IncompleteError) Error() string {
	return fmt.Sprintf("the list is not complete (%s, page %d): %d rows, passes %+v", e.Reason, e.Page, e.Rows, e.Passes)
}
