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

// A pass reads the list once, from page 1 to its end. The first response, which
// must be added first, decides the page size.
type pass struct {
	filtered, ignoreTotal bool

	rows      []int // in the order in which they were first seen
	positions []int // of each row in rows, from 1; 0 if it was not seen
	linked    bool  // every page so far overlaps the rows before it
	reordered bool  // two rows were seen in both orders
	counts    counts

	size     int  // rows in a full page
	end      int  // position behind the last row of the last page
	back     int  // how far before end the next page starts
	moved    int  // how often end was set back to find a link
	batch    int  // requests to make at once
	adjacent bool // pages lie side by side
	tail     bool // looking for rows behind a short page
	idle     int  // pages without a new row, running
	done     bool // the end was reached, or the pass was given up

	requests      int
	inconsistency inconsistency // why the pass was given up
}

// counts are the total counts that the pages of a pass state.
type counts struct {
	min, max int
	stated   bool // by a page at least
	missing  bool // from a page that has rows
}

// steady reports whether every page states one and the same count.
func (c *counts) steady() bool { return c.stated && !c.missing && c.min == c.max }

// promises reports whether a page stated more rows than n.
func (c *counts) promises(n int) bool { return c.max > n }

// add takes a page's count. A count of 0 beside rows, which other lists of the
// API have been seen to give, is one that is not stated.
func (c *counts) add(resp response) {
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

// trusted returns the counts as far as they are evidence.
func (p *pass) trusted() *counts {
	if p.ignoreTotal || p.filtered && p.counts.promises(len(p.rows)) {
		return new(counts)
	}
	return &p.counts
}

// expected is the number of rows that the list is expected to have.
func (p *pass) expected() int { return max(p.counts.max, len(p.rows)) }

// start takes the response to the request for page 1.
func (p *pass) start(request Request, resp response) {
	p.requests++
	p.linked, p.batch = true, maxBatch
	if p.isOtherPage(request, resp) {
		return
	}
	p.counts.add(resp)
	p.append(resp.rows)
	p.end, p.size = len(resp.rows), len(resp.rows)
	if resp.perPage <= request.PerPage {
		p.size = max(p.size, resp.perPage)
	}
	if p.size == 0 {
		p.size = request.PerPage
	}
	if p.end < p.size && !p.shortPageIsEnd() {
		p.searchTail(p.size)
		return
	}
	if p.end == 0 || p.end < p.size && p.counts.stated && !p.counts.promises(p.end) {
		p.done = true
		return
	}
	p.size = p.end // if the page is short, pages may be smaller than stated
	p.back = overlap(p.size)
	if p.back == 0 {
		p.fallBack()
	}
}

// add takes the response to a planned request. It reports false if the
// requests planned after it are of no use.
func (p *pass) add(request Request, resp response) bool {
	if p.isOtherPage(request, resp) {
		return false
	}
	if !p.adjacent && (resp.perPage != 0 && resp.perPage != request.PerPage || len(resp.rows) > request.PerPage) {
		p.fallBack()
		return false
	}
	if len(resp.rows) > 0 { // an empty page may be past the end, where counts say nothing
		p.counts.add(resp)
	}
	if !p.adjacent && !p.link(resp.rows) && p.linked {
		if p.moveLeft() {
			return false
		}
		p.linked = false // the order itself changes: go on without links
	}
	p.append(resp.rows)
	p.end = request.end()
	if !p.adjacent {
		p.end += len(resp.rows) - request.PerPage
	}
	p.checkEnd(request, len(resp.rows))
	return !p.done
}

// moveLeft prepares to request an unlinked page again, alone, starting further
// to the left: by a larger overlap or, if that does not suffice, before the
// rows that were read last, as many may have been removed before them. It
// reports false after it has done so several times for one page.
func (p *pass) moveLeft() bool {
	p.batch = 1
	limit := maxBack(p.size)
	if p.back < limit {
		p.back = min(3*p.back, limit)
		return true
	}
	if p.moved == maxMoves || p.end <= p.size || p.reordered {
		return false
	}
	p.moved++
	p.end = max(p.size, p.end-limit)
	return true
}

// checkEnd decides whether the page of this request, with n rows, ends the pass.
func (p *pass) checkEnd(request Request, n int) {
	if p.tail {
		p.done = p.idle > 1
		return
	}
	if n < request.PerPage {
		if p.shortPageIsEnd() {
			p.done = true
		} else {
			p.searchTail(request.end())
		}
		return
	}
	if p.idle > 1 {
		p.giveUp(NoNewRows, request.Page, fmt.Sprintf("page %d and the page before it contained only rows of earlier pages", request.Page))
	}
}

// shortPageIsEnd reports whether a page that is not full ends the list. It does
// not if the list is filtered and the count promises more rows: the filter may
// have been applied to a page of all rows, of which few may match.
func (p *pass) shortPageIsEnd() bool {
	return !p.filtered || !p.counts.promises(len(p.rows))
}

// searchTail goes on behind a short page, from the page that position
// end is in, with adjacent pages until two of them running bring nothing new.
func (p *pass) searchTail(end int) {
	p.tail, p.adjacent, p.batch = true, true, 2
	p.end, p.idle = end, 0
}

// nextBatch prepares for the next requests after all responses were added.
func (p *pass) nextBatch() {
	p.back, p.moved = overlap(p.size), 0
	if !p.tail {
		p.batch = maxBatch
	}
}

// fallBack goes on with adjacent pages of page 1's size.
func (p *pass) fallBack() {
	p.adjacent, p.linked = true, false
	p.end = p.end / p.size * p.size
	p.nextBatch()
}

// isOtherPage gives up if the response states another page number.
func (p *pass) isOtherPage(request Request, resp response) bool {
	if resp.page == 0 || resp.page == request.Page {
		return false
	}
	p.giveUp(OtherPage, request.Page, fmt.Sprintf("the response to page %d states that it is page %d", request.Page, resp.page))
	return true
}

func (p *pass) giveUp(reason Reason, page int, text string) {
	p.done, p.linked, p.inconsistency = true, false, inconsistency{reason, page, text}
}

// link reports whether one of the rows is among the newest rows of the pass,
// and notices rows that come in another order than before.
func (p *pass) link(rows []int) bool {
	last, linked := 0, false
	for _, row := range rows {
		if !p.seen(row) {
			continue
		}
		position := p.positions[row]
		if position < last {
			p.reordered = true
		}
		last = position
		if len(p.rows)-position < linkWindow {
			linked = true
		}
	}
	return linked
}

// seen reports whether the pass has seen the row.
func (p *pass) seen(row int) bool { return row < len(p.positions) && p.positions[row] > 0 }

func (p *pass) append(rows []int) {
	before := len(p.rows)
	for _, row := range rows {
		if p.seen(row) {
			continue
		}
		p.positions = append(p.positions, make([]int, max(0, row+1-len(p.positions)))...)
		p.rows = append(p.rows, row)
		p.positions[row] = len(p.rows)
	}
	p.idle++
	if len(p.rows) > before {
		p.idle = 0
		p.linked = p.linked && !p.tail
	}
}

// refresh takes another response to the request for page 1, where newcomers
// are in a list sorted by newest or most recently active first. Unless it
// contains rows of the beginning of the list, it shows nothing about the pass.
func (p *pass) refresh(resp response) {
	p.requests++
	if resp.page <= 1 && slices.ContainsFunc(resp.rows, func(row int) bool { return p.seen(row) && p.positions[row] <= len(resp.rows) }) {
		p.counts.add(resp)
		p.append(resp.rows)
	}
}
