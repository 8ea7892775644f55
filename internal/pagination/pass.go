package pagination

import (
	"fmt"
	"slices"
)

// A response is a Response whose rows are ids in a table.
type response struct {
	rows                 []int
	page, perPage, total int
}

// A pass reads the list once, from page 1 to its end. addFirstPage must be
// called first: page 1 decides the page size.
type pass struct {
	Options

	rows      []int // in the order in which they were first seen
	index     []int // of each row in rows; -1 if it was not seen
	linked    bool  // every page so far overlaps the rows before it
	reordered bool  // rows came in another order than they were first seen
	counts    counts

	pageSize   int  // rows in a full page
	end        int  // how far into the list the pages so far reach, in rows
	overlap    int  // the next page starts this many rows before end, or more
	shifts     int  // how often shiftLeft has reduced end for the next page
	batch      int  // requests to make at once, at most
	adjacent   bool // pages do not overlap, and all have pageSize rows
	seekingEnd bool // a short page came that may not be the last one
	repeats    int  // how many pages running, up to the last one, had no new row
	done       bool // the end was reached, or the pass was given up

	requests      int
	before        int           // responses that Progress counted before this pass
	inconsistency inconsistency // why the pass was given up; the zero value if it was not
}

func newPass(options Options) *pass {
	return &pass{Options: options, linked: true, batch: maxBatch}
}

// counts are the total counts that the pages of a pass state.
type counts struct {
	min, max int
	stated   bool // by one page or more
	missing  bool // from a page that has rows
}

// steady reports whether every page states one and the same count.
func (c *counts) steady() bool { return c.stated && !c.missing && c.min == c.max }

// promises reports whether a page stated more rows than n.
func (c *counts) promises(n int) bool { return c.max > n }

// record takes a page's count. A count of 0 beside rows, which other lists of
// the API have been seen to give, is one that is not stated.
func (c *counts) record(resp response) {
	if resp.total < 0 || resp.total == 0 && len(resp.rows) > 0 {
		c.missing = true
		return
	}
	if !c.stated {
		c.min, c.stated = resp.total, true
	}
	c.min, c.max = min(c.min, resp.total), max(c.max, resp.total)
}

// inconsistency is what makes it useless to go on with a pass.
type inconsistency struct {
	reason Reason // OtherPage, NoNewRows or TooManyRequests
	page   int
	text   string
}

// evidence returns the counts or, if they prove nothing about the list, none.
func (p *pass) evidence() *counts {
	if p.IgnoreTotalCount || p.Filtered && p.counts.promises(len(p.rows)) {
		return new(counts)
	}
	return &p.counts
}

// expected is the number of rows that the list is expected to have.
func (p *pass) expected() int { return max(p.counts.max, len(p.rows)) }

// addFirstPage takes the response to the first request, which is for page 1.
func (p *pass) addFirstPage(request Request, resp response) {
	p.requests++
	if !p.checkPageNumber(request, resp) {
		return
	}
	p.counts.record(resp)
	p.addRows(resp.rows)
	p.end, p.pageSize = len(resp.rows), len(resp.rows)
	if resp.perPage <= request.PerPage {
		p.pageSize = max(p.pageSize, resp.perPage)
	}
	if p.pageSize == 0 {
		p.pageSize = request.PerPage
	}
	isShort := p.end < p.pageSize
	if isShort && p.evidence().stated && !p.counts.promises(p.end) || p.end == 0 && !p.Filtered {
		p.done = true
		return
	}
	if isShort && p.Filtered {
		p.seekEnd(p.pageSize)
		return
	}
	p.pageSize = p.end // if the page is short, pages may be smaller than stated
	p.overlap = usualOverlap(p.pageSize)
	if p.overlap == 0 {
		p.fallBack()
	}
}

// addPage takes the response to a planned request. It reports whether those to
// the requests planned after it are of use.
func (p *pass) addPage(request Request, resp response) bool {
	if !p.checkPageNumber(request, resp) {
		return false
	}
	if !p.adjacent && (resp.perPage != 0 && resp.perPage != request.PerPage || len(resp.rows) > request.PerPage) {
		p.fallBack()
		return false
	}
	if len(resp.rows) > 0 { // an empty page may be past the end, where counts say nothing
		p.counts.record(resp)
	}
	linked := p.isLinked(resp.rows)
	if !p.adjacent && !linked && p.linked && p.shiftLeft() {
		return false
	}
	p.addRows(resp.rows)
	p.linked = p.linked && (linked || p.seekingEnd && p.repeats > 0) // a page behind the end overlaps nothing
	p.end = request.end()
	wasSeeking := p.seekingEnd
	p.checkEnd(request, len(resp.rows), linked)
	return !p.done && p.seekingEnd == wasSeeking
}

// shiftLeft prepares to request an unlinked page again, alone, starting further
// to the left: with a larger overlap or, if that has reached its maximum, with
// a smaller end, because so many rows may have been removed that what was read
// last is now that far to the left. It reports false, and the page remains
// unlinked, after maxShifts of these.
func (p *pass) shiftLeft() bool {
	p.batch = 1
	limit := maxOverlap(p.pageSize)
	if p.overlap < limit {
		p.overlap = min(3*p.overlap, limit)
		return true
	}
	if p.shifts == maxShifts || p.end <= p.pageSize || p.reordered {
		return false
	}
	p.shifts++
	p.end = max(p.pageSize, p.end-limit)
	return true
}

// checkEnd decides whether the page of this request, with n rows, ends the pass.
func (p *pass) checkEnd(request Request, n int, linked bool) {
	isShort := n < request.PerPage
	if p.seekingEnd {
		p.done = p.repeats > 1 || isShort && linked && !p.Filtered
		return
	}
	if isShort {
		p.checkShortPage(request)
	} else if p.repeats > 1 {
		p.giveUp(NoNewRows, request.Page, fmt.Sprintf("page %d and the page before it contained only rows of earlier pages", request.Page))
	}
}

// checkShortPage ends the pass at a short page if a count confirms it. Without
// one, the server may have returned a smaller page than requested, or have
// applied a filter to a page of all rows: then the pass looks behind it.
func (p *pass) checkShortPage(request Request) {
	if p.evidence().stated || p.adjacent && !p.Filtered {
		p.done = true
		return
	}
	from := request.end()
	if !p.Filtered {
		from = max(0, len(p.rows)-usualOverlap(p.pageSize))
	}
	p.seekEnd(from)
}

// seekEnd goes on behind a short page, from the page that position from is in,
// with adjacent pages of as many rows as page 1 has, since the server may round
// other sizes. The pass ends at the first short one that overlaps the rows before
// it, or after two running that bring nothing new. Pages of a filtered list may
// all be short, so that there only the latter counts. A server that refuses pages
// behind the end fails the read: nothing else would show where the end is.
func (p *pass) seekEnd(from int) {
	p.seekingEnd, p.adjacent, p.batch = true, true, 2
	p.end, p.repeats = from, 0
}

// resetPlan undoes what shiftLeft has changed for one page.
func (p *pass) resetPlan() {
	p.overlap, p.shifts = usualOverlap(p.pageSize), 0
	if !p.seekingEnd {
		p.batch = maxBatch
	}
}

// fallBack goes on with adjacent pages of page 1's size, after the server has
// refused or ignored another size.
func (p *pass) fallBack() {
	p.adjacent, p.linked = true, false
}

// checkPageNumber gives the pass up, and reports false, if the response states
// another page number than the request.
func (p *pass) checkPageNumber(request Request, resp response) bool {
	if resp.page == 0 || resp.page == request.Page {
		return true
	}
	p.giveUp(OtherPage, request.Page, fmt.Sprintf("the response to page %d states that it is page %d", request.Page, resp.page))
	return false
}

func (p *pass) giveUp(reason Reason, page int, text string) {
	p.done, p.linked, p.inconsistency = true, false, inconsistency{reason, page, text}
}

// isLinked reports whether a page has one of the newest rows of the pass. It
// also records whether rows come in another order than before.
func (p *pass) isLinked(rows []int) bool {
	last, linked := 0, false
	for _, row := range rows {
		index := p.indexOf(row)
		if index < 0 {
			continue
		}
		if index < last {
			p.reordered = true
		}
		last = index
		if index >= len(p.rows)-linkWindow {
			linked = true
		}
	}
	return linked
}

// indexOf returns the index of a row in p.rows, or -1 if it was not seen.
func (p *pass) indexOf(row int) int {
	if row >= len(p.index) {
		return -1
	}
	return p.index[row]
}

// addRows adds the rows of a page that the pass has not seen.
func (p *pass) addRows(rows []int) {
	before := len(p.rows)
	for _, row := range rows {
		if p.indexOf(row) >= 0 {
			continue
		}
		for row >= len(p.index) {
			p.index = append(p.index, -1)
		}
		p.index[row] = len(p.rows)
		p.rows = append(p.rows, row)
	}
	p.repeats++
	if len(p.rows) > before {
		p.repeats = 0
	}
}

// addFirstPageAgain takes another response to the first request: in a list
// sorted by newest or most recently active first, page 1 has the newcomers.
// Unless it contains rows of the beginning of the list, it shows nothing about
// the pass.
func (p *pass) addFirstPageAgain(resp response) {
	p.requests++
	isOfBeginning := func(row int) bool {
		index := p.indexOf(row)
		return 0 <= index && index < len(resp.rows)
	}
	if resp.page <= 1 && slices.ContainsFunc(resp.rows, isOfBeginning) {
		p.counts.record(resp)
		p.addRows(resp.rows)
	}
}
