package pagination

import (
	"fmt"
	"strings"
)

// A Reason is the rule by which a list is not accepted.
type Reason int

// The reasons. There is no reason 0.
const (
	_ Reason = iota
	// Changing: no pass is complete by itself, nor confirmed by another one.
	Changing
	// CountTooLarge: two passes running returned the same rows, while every page
	// stated one and the same larger count; or, after all passes, the last two
	// returned the same rows or are linked with rows in one order, and together
	// have fewer rows than any of their pages stated.
	CountTooLarge
	// OtherPage: two passes running ended at a response that states another
	// page number than the request.
	OtherPage
	// NoNewRows: two passes running ended at a full page that, like the page
	// before it, contained only rows of earlier pages.
	NoNewRows
	// TooManyRequests: two passes running took far more requests than the
	// counts promise pages.
	TooManyRequests
)

// An IncompleteError reports that every request got a response, but that the
// responses do not show that the list is complete.
type IncompleteError struct {
	Reason  Reason
	Page    int // the request at which both passes ended; 0 for Changing and CountTooLarge
	Missing int // rows that may be missing, by the count; 0 unless Reason is CountTooLarge
	Passes  []Pass

	byUnion bool // CountTooLarge by the second of its rules
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

func (e *IncompleteError) Error() string {
	passes := make([]string, len(e.Passes))
	for i, p := range e.Passes {
		passes[i] = fmt.Sprintf("pass %d: %s", i+1, p)
	}
	return fmt.Sprintf("the list is not complete: %s (%s)", e.Detail(), strings.Join(passes, "; "))
}

// Detail returns the reason as half a sentence.
func (e *IncompleteError) Detail() string {
	last := e.Passes[len(e.Passes)-1]
	switch e.Reason {
	case CountTooLarge:
		if e.byUnion {
			count := min(last.MinCount, e.Passes[len(e.Passes)-2].MinCount)
			return fmt.Sprintf("the last two passes together returned %d different rows while none of their pages stated a total_count below %d", count-e.Missing, count)
		}
		return fmt.Sprintf("two passes returned the same %d rows while every page stated a total_count of %d", last.Rows, last.MaxCount)
	case Changing:
		return fmt.Sprintf("the list seems to have changed during all %d passes", len(e.Passes))
	default:
		return "in two passes " + last.Problem
	}
}

// String describes the pass, such as "250 rows, linked, total_count 251 to
// 252, 4 requests".
func (p Pass) String() string {
	linked := "linked"
	if !p.Linked {
		linked = "not linked"
	}
	count := fmt.Sprintf("total_count %d", p.MinCount)
	if p.MinCount != p.MaxCount {
		count += fmt.Sprintf(" to %d", p.MaxCount)
	}
	if p.MinCount == NotStated {
		count = "total_count not stated"
	}
	text := fmt.Sprintf("%s, %s, %s, %s", plural(p.Rows, "row"), linked, count, plural(p.Requests, "request"))
	if p.Problem != "" {
		text += ", " + p.Problem
	}
	return text
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

func (p *pass) summary() Pass {
	s := Pass{
		Rows: len(p.rows), Linked: p.linked, MinCount: NotStated, MaxCount: NotStated,
		Requests: p.requests, Problem: p.inconsistency.text,
	}
	if p.counts.stated {
		s.MinCount, s.MaxCount = p.counts.min, p.counts.max
	}
	return s
}

// newIncompleteError compares the last two passes to find the reason.
func newIncompleteError(passes []*pass) *IncompleteError {
	e := &IncompleteError{Reason: Changing}
	for _, p := range passes {
		e.Passes = append(e.Passes, p.summary())
	}
	last, before := passes[len(passes)-1], passes[len(passes)-2]
	if last.inconsistency != before.inconsistency {
		return e
	}
	if !last.complete() {
		e.Reason, e.Page = last.inconsistency.reason, last.inconsistency.page
		return e
	}
	both := []*pass{before, last}
	missing := min(before.evidence().min, last.evidence().min) - len(union(both))
	same := last.sameRows(before) && steady(both)
	inOrder := func(p *pass) bool { return p.linked && !p.reordered }
	alike := last.sameRows(before) || inOrder(last) && inOrder(before)
	if same || missing > 0 && alike && len(passes) == maxPasses {
		e.Reason, e.Missing, e.byUnion = CountTooLarge, missing, !same
	}
	return e
}
