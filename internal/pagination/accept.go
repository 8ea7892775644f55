package pagination

import (
	"fmt"
	"slices"
	"strings"
)

// evidence is what a pass shows about the list.
type evidence struct {
	rows     *rowSet
	linked   bool // each page has a row of the pages before it
	inOrder  bool // no two rows were seen in both orders
	counts   counts
	requests int

	inconsistency inconsistency
}

// An inconsistency is why a pass ended before the end of the list.
type inconsistency struct {
	reason Reason // OtherPage, PageIgnored or TooManyRequests; 0 if there is none
	page   int
	text   string
}

// counts are the total counts that the pages of a pass state.
type counts struct {
	ignored  bool // the caller says that they are wrong
	filtered bool // they may include rows that a filter excludes

	min, max int
	last     int  // of the pages so far, the one that came last
	stated   bool // by one page or more
	missing  bool // from a page that has rows
}

// record takes a page's count. A count of 0 beside rows, which other lists of the
// API have been seen to give, is one that is not stated.
func (c *counts) record(resp response) {
	if resp.total < 0 || resp.total == 0 && len(resp.rows) > 0 {
		c.missing = true
		return
	}
	if !c.stated {
		c.min, c.stated = resp.total, true
	}
	c.min, c.max, c.last = min(c.min, resp.total), max(c.max, resp.total), resp.total
}

// promised returns how far into the list there may be rows: an ignored count is one
// of rows that the server hides, perhaps.
func (c *counts) promised() int {
	if c.filtered {
		return 0
	}
	return c.last
}

// usableCounts returns the counts or, if they prove nothing about the list, none.
func (e *evidence) usableCounts() counts {
	if e.counts.ignored || e.counts.filtered && e.counts.max > e.rows.len() {
		return counts{}
	}
	return e.counts
}

// isWhole reports whether the pass reached the end of the list.
func (e *evidence) isWhole() bool { return e.inconsistency == inconsistency{} }

// accept decides whether passes show that the list is complete, and returns its
// rows. They do if
//
//   - the last pass is linked and in order, a count was stated, and the pass has as
//     many rows as any page stated, or
//   - the last two passes have the same rows, no count of the last one promises
//     more, and, if it has none, both are in order, or
//   - every page of all passes states one and the same count, that is how many rows
//     all passes have together, and the last one has as many by itself, or reached
//     the end of the list and added none of them, or
//   - the last two passes are linked, together they have as many rows as the least
//     count of the last one, if there is one, and both are in order, or the last one
//     has as many rows by itself.
//
// Without a count, rows that were seen in both orders are a reason to refuse the
// list: an order that depends on the request loses the same rows again and again.
func accept(passes []*evidence) ([]id, bool) {
	last := passes[len(passes)-1]
	n, count := last.rows.len(), last.usableCounts()
	if last.linked && last.inOrder && count.stated && n >= count.max {
		return last.rows.ids, true
	}
	if len(passes) == 1 {
		return nil, false
	}
	before := passes[len(passes)-2]
	bothInOrder := last.inOrder && before.inOrder
	if last.isWhole() && before.isWhole() && last.rows.equal(before.rows) && n >= count.max && (count.stated || bothInOrder) {
		return last.rows.ids, true
	}
	if all := union(passes); areSteady(passes) && all.len() == count.max &&
		(n == all.len() || last.isWhole() && union(passes[:len(passes)-1]).len() == all.len()) {
		return all.ids, true
	}
	if both := union(passes[len(passes)-2:]); last.linked && before.linked && both.len() >= count.min &&
		(bothInOrder || count.stated && n >= count.min) {
		return both.ids, true
	}
	return nil, false
}

// union returns the rows of all passes.
func union(passes []*evidence) *rowSet {
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
		return !c.stated || c.missing || c.min != c.max || c.max != passes[0].counts.max
	})
}

// A Reason is the rule by which a list is not accepted.
type Reason int

// The reasons. There is no reason 0.
const (
	_               Reason = iota
	Changing               // no pass is complete by itself, nor confirmed by another one
	CountTooLarge          // the last two passes agree on fewer rows than any of their pages stated
	OtherPage              // two passes in a row ended at a response that states another page number than the request
	PageIgnored            // two passes in a row ended because two pages began like page 1
	TooManyRequests        // two passes in a row took far more requests than the counts promise pages
	BadCursor              // the cursors of a list that has no page numbers do not lead through it
)

// An IncompleteError reports that every request got a response, but that the
// responses do not show that the list is complete.
type IncompleteError struct {
	Reason  Reason
	Page    int // the request at which both passes ended; 0 for Changing and CountTooLarge
	Rows    int // rows that the last two passes have together
	Missing int // rows that may be missing, by the count; 0 unless Reason is CountTooLarge
	Passes  []Pass
	Problem string // with a cursor; "" unless Reason is BadCursor
}

// newIncompleteError compares the last two passes to find the reason.
func newIncompleteError(passes []*evidence) *IncompleteError {
	lastTwo := passes[len(passes)-2:]
	before, last := lastTwo[0], lastTwo[1]
	e := &IncompleteError{Reason: Changing, Rows: union(lastTwo).len()}
	for _, p := range passes {
		e.Passes = append(e.Passes, p.summary())
	}
	if last.inconsistency.reason != before.inconsistency.reason {
		return e
	}
	if !last.isWhole() {
		e.Reason, e.Page = last.inconsistency.reason, last.inconsistency.page
		return e
	}
	isSame := last.rows.equal(before.rows)
	isOrdered := last.linked && before.linked && last.inOrder && before.inOrder
	missing := min(before.usableCounts().min, last.usableCounts().min) - e.Rows
	if isSame && areSteady(lastTwo) || missing > 0 && (isSame || isOrdered) && len(passes) == maxPasses {
		e.Reason, e.Missing = CountTooLarge, missing
	}
	return e
}

func (e *IncompleteError) Error() string {
	passes := make([]string, len(e.Passes))
	for i, p := range e.Passes {
		passes[i] = fmt.Sprintf("pass %d: %s", i+1, p)
	}
	return fmt.Sprintf("the list is not complete: %s (%s)", e.Detail(), strings.Join(passes, "; "))
}

// Detail returns the reason as half a sentence.
func (e *IncompleteError) Detail() string {
	switch e.Reason {
	case BadCursor:
		return e.Problem
	case CountTooLarge:
		return fmt.Sprintf("the last two passes returned %d different rows while every page stated a total_count of %d or more", e.Rows, e.Rows+e.Missing)
	case Changing:
		return fmt.Sprintf("the list seems to have changed during all %d passes", len(e.Passes))
	default:
		return "in two passes " + e.Passes[len(e.Passes)-1].Problem
	}
}

// A Pass is what one pass over the list returned.
type Pass struct {
	Rows     int
	Linked   bool // every page overlapped the rows before it
	MinCount int  // the least total count that a page stated; NotStated if none did
	MaxCount int  // the largest one
	Requests int
	Problem  string // what ended the pass early, "" if nothing did
}

func (e *evidence) summary() Pass {
	p := Pass{e.rows.len(), e.linked, NotStated, NotStated, e.requests, e.inconsistency.text}
	if e.counts.stated {
		p.MinCount, p.MaxCount = e.counts.min, e.counts.max
	}
	return p
}

// String describes the pass, such as "250 rows, linked, total_count 251 to
// 252, 4 requests".
func (p Pass) String() string {
	parts := []string{plural(p.Rows, "row"), "not linked", fmt.Sprintf("total_count %d", p.MinCount), plural(p.Requests, "request")}
	if p.Linked {
		parts[1] = "linked"
	}
	if p.MinCount != p.MaxCount {
		parts[2] += fmt.Sprintf(" to %d", p.MaxCount)
	} else if p.MinCount == NotStated {
		parts[2] = "total_count not stated"
	}
	if p.Problem != "" {
		parts = append(parts, p.Problem)
	}
	return strings.Join(parts, ", ")
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
