package pagination

import (
	"fmt"
	"slices"
)

const (
	// maxUnlinked is how often a page is inserted in front of an unlinked one.
	maxUnlinked = 5
	// maxQuiet is how many pages in a row may show the end of the list while a count
	// promises more rows.
	maxQuiet = 20
)

// A response is a Response whose rows are ids.
type response struct {
	rows                 []id
	page, perPage, total int
}

// A verdict is what a response means for the pass.
type verdict int

const (
	goOn   verdict = iota
	insert         // request pass.inserted next
	again          // request pass.inserted next, then take this response again
	replan         // the requests planned after this one are of no use
	ended          // by the end of the list, or by an inconsistency
)

// A pass reads the list once: it takes the response to each request, and decides
// how to go on.
type pass struct {
	evidence

	cursor   cursor
	inserted Request // to be made in front of those that are planned
	probe    Request // the inserted request that looks for the end; zero if none does

	page1    []id // rows of page 1
	reached  int  // position behind the furthest page
	lastRow  int  // position behind the last row of the last page
	isCut    bool // a page was short although a count promised rows behind it
	unlinked int  // pages since there were new rows
	quiet    int  // pages in a row that show the end of the list
	repeats  int  // pages in a row that begin like page 1
	before   int  // requests until the pass started over
}

// addPage1 takes the response to the first request. step is that of the sizes which
// the server is known to accept.
func (p *pass) addPage1(request Request, resp response, step int) verdict {
	if !p.isPage(request, resp) {
		return ended
	}
	p.counts.record(resp)
	p.page1, p.linked = resp.rows, true
	n, size := len(resp.rows), request.PerPage
	if 0 < resp.perPage && resp.perPage < size {
		size = resp.perPage
	}
	p.cursor = cursor{sizes: sizes{size, step}, end: size, perPage: request.PerPage, rows: size}
	if n > 0 { // the server may cut smaller pages than it states, or hide rows
		p.cursor.sizes.most, p.cursor.end, p.cursor.rows = roundDown(n), n, n
	}
	p.reached, p.lastRow = p.cursor.end, p.cursor.end
	p.startOver(false)
	count := p.usableCounts()
	if n < size && count.stated && count.max <= n {
		return ended
	}
	if p.cursor.sizes.most < minOverlapping || n == 0 && !count.stated {
		p.startOver(true)
	}
	return goOn
}

// roundDown returns the largest multiple of gridRows up to n.
func roundDown(n int) int {
	if n < gridRows {
		return n
	}
	return n / gridRows * gridRows
}

// startOver goes on behind page 1. Adjacent pages are the last resort: whatever the
// server makes of a size, pages of one size leave nothing out while the list does
// not change.
func (p *pass) startOver(isAdjacent bool) verdict {
	p.rows, p.inOrder, p.linked = newRowSet(p.page1), true, true
	p.quiet, p.repeats, p.before, p.probe = 0, 0, p.requests, Request{}
	p.cursor.isAdjacent, p.cursor.page = isAdjacent, 2
	return replan
}

// refuse goes on with other sizes, after the server has refused or ignored one.
func (p *pass) refuse(step int) verdict {
	p.cursor.sizes.step = step
	if step == 0 {
		return p.startOver(true)
	}
	return replan
}

// addPage takes the response to a planned request.
func (p *pass) addPage(request Request, resp response) verdict {
	if !p.isPage(request, resp) {
		return ended
	}
	n, isProbe := len(resp.rows), request == p.probe
	if !isProbe && !p.cursor.isAdjacent && (resp.perPage != 0 && resp.perPage != request.PerPage || n > request.PerPage) {
		return p.refuse(0)
	}
	known, inOrder := p.rows.compare(resp.rows)
	known = known || request.Page == 1
	if !known && !p.cursor.isAdjacent && (n > 0 || request.start() < p.usableCounts().min) {
		return p.relink(request, resp)
	}
	if n > 0 { // an empty page may be behind the end, where counts say nothing
		p.counts.record(resp)
	}
	p.linked = p.linked && (known || n == 0)
	p.inOrder = p.inOrder && inOrder
	added := p.rows.add(resp.rows)
	if p.ignoresPage(request, resp, added) {
		return ended
	}
	if isProbe {
		return p.addProbe(request, added)
	}
	if p.cursor.isAdjacent {
		return p.addAdjacent(request, n, added)
	}
	return p.addOverlapping(request, n, added)
}

// relink inserts a page in front of an unlinked one: the list has changed between
// this page and the one before it. The inserted page starts half a page further to
// the left or, if one was inserted already and is linked, behind that.
func (p *pass) relink(request Request, resp response) verdict {
	isProbe := request == p.probe
	if isProbe && p.lastRow > p.rows.len() { // the server cuts smaller pages than it states
		return p.refuse(0)
	}
	if p.unlinked++; p.unlinked > maxUnlinked {
		return p.startOver(true)
	}
	if isProbe && p.quiet > 0 {
		p.cursor.end = (request.Page - 1) * p.cursor.rows
	} else if p.cursor.end != p.inserted.end() {
		p.cursor.end = max(0, p.cursor.end-p.cursor.sizes.most/2)
	}
	p.quiet, p.lastRow = 0, p.cursor.end
	p.inserted, _ = p.cursor.sizes.furthest(p.cursor.end)
	if len(resp.rows) == 0 { // it was empty by mistake
		return insert
	}
	return again
}

// addOverlapping goes on behind a linked page of n rows, of which so many were new.
func (p *pass) addOverlapping(request Request, n, added int) verdict {
	p.cursor.end = request.end()
	if n > 0 {
		p.lastRow = request.start() + n
	}
	if added > 0 {
		p.quiet = 0
	}
	if added > 0 && request.Page > 1 { // page 1 is always linked
		p.unlinked = 0
	}
	if n < request.PerPage && p.showsEnd(added, request.end()) && request.end() > p.reached {
		p.quiet++
	}
	p.reached = max(p.reached, request.end())
	if n < request.PerPage && p.counts.last > request.end() {
		p.isCut = true
	}
	if p.isAtEnd(p.reached) {
		return ended
	}
	if p.quiet == 1 && p.inOrder && (p.isCut || !p.usableCounts().stated) {
		// If the server cuts smaller pages than it states, the place of the next row
		// follows from the number of rows, not from the pages.
		p.probe = Request{Page: p.rows.len()/p.cursor.rows + 1, PerPage: p.cursor.perPage}
		p.inserted = p.probe
		return insert
	}
	return goOn
}

// addProbe takes the page that has the place of the next row. If it has new rows,
// the pages so far did not reach as far as it seemed.
func (p *pass) addProbe(request Request, added int) verdict {
	p.probe = Request{}
	if added == 0 {
		if p.quiet++; p.isAtEnd(p.reached) {
			return ended
		}
		return goOn
	}
	p.quiet = 0
	p.reached = request.Page * p.cursor.rows
	p.cursor.end, p.lastRow = p.reached, p.reached
	return replan
}

// addAdjacent goes on behind an adjacent page.
func (p *pass) addAdjacent(request Request, n, added int) verdict {
	p.cursor.page = request.Page + 1
	p.cursor.end = request.Page * p.cursor.rows
	if added > 0 {
		p.quiet = 0
	}
	if n < p.cursor.rows && p.showsEnd(added, p.cursor.end) {
		p.quiet++
	}
	if p.isAtEnd(p.cursor.end) {
		return ended
	}
	return goOn
}

// showsEnd reports whether a short page shows the end of the list: it has no new
// rows, or a count says that there is none behind it.
func (p *pass) showsEnd(added, reached int) bool {
	count := p.usableCounts()
	return added == 0 || count.stated && count.last <= reached
}

// isAtEnd reports whether the list ends at this position. One page proves nothing:
// it may be empty or short for another reason. Two do, unless a count promises rows
// behind them; so does a page that shows the end if a count confirms the rows.
func (p *pass) isAtEnd(position int) bool {
	count := p.usableCounts()
	confirmed := count.stated && count.last <= position && (!p.isCut || count.last <= p.rows.len())
	return p.quiet > 0 && confirmed || p.quiet > 1 && p.counts.promised() <= position || p.quiet > maxQuiet
}

// ignoresPage ends the pass if two pages in a row begin with the first row of
// page 1, and bring nothing new.
func (p *pass) ignoresPage(request Request, resp response, added int) bool {
	if request.Page == 1 || added > 0 || len(resp.rows) == 0 || len(p.page1) == 0 || resp.rows[0] != p.page1[0] {
		p.repeats = 0
		return false
	}
	if p.repeats++; p.repeats < 2 {
		return false
	}
	p.end(PageIgnored, request.Page, fmt.Sprintf("page %d and the page before it contained the rows of page 1", request.Page))
	return true
}

// isPage ends the pass, and reports false, if the response states another page
// number than the request.
func (p *pass) isPage(request Request, resp response) bool {
	if resp.page == 0 || resp.page == request.Page {
		return true
	}
	p.end(OtherPage, request.Page, fmt.Sprintf("the response to page %d states that it is page %d", request.Page, resp.page))
	return false
}

// end ends the pass before the end of the list.
func (p *pass) end(reason Reason, page int, text string) {
	p.linked, p.inconsistency = false, inconsistency{reason, page, text}
}

// addPage1Again takes another response to the first request: in a list sorted by
// newest or most recently active first, page 1 has the newcomers. Unless it contains
// rows of the beginning of the list, it shows nothing about the pass.
func (p *pass) addPage1Again(resp response) {
	isBeginning := func(row id) bool {
		at := int(p.rows.position(row))
		return 0 < at && at <= len(resp.rows)
	}
	if resp.page <= 1 && slices.ContainsFunc(resp.rows, isBeginning) {
		p.counts.record(resp)
		p.rows.add(resp.rows)
	}
}
