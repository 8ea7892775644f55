package pagination

import "slices"

const (
	// maxUnlinked is how often a page is inserted in front of an unlinked one.
	maxUnlinked = 5
	// maxQuiet is how many pages in a row may show the end of the list while a count
	// promises more rows.
	maxQuiet = 20
)

// A response holds ids instead of rows.
type response = Response[id]

// size returns how many rows a full page has, as far as the server states it.
func (r *Response[R]) size(request Request) int {
	if 0 < r.PerPage && r.PerPage < request.PerPage {
		return r.PerPage
	}
	return request.PerPage
}

// A verdict is what a response means for the pass.
type verdict int

const (
	goOn   verdict = iota
	insert         // request pass.inserted next
	again          // request pass.inserted next, then take this response again
	replan         // the requests planned after this one are of no use
	ended          // by the end of the list, or by a problem
)

// A pass reads the list once: it takes the response to each request, and decides
// how to go on.
type pass struct {
	evidence

	plan     plan
	isCut    bool    // the server cuts smaller pages than it states, perhaps
	inserted Request // to be made in front of those that are planned
	probe    Request // the inserted request that looks for the end; zero if none does
	probed   id      // last row of the last full probe

	// Positions are those by which the server divides the list into pages, with the rows
	// that it hides.
	page1        []id // rows of page 1
	isPage1Short bool // it has fewer rows than the server states
	reached      int  // position behind the furthest page
	lastRow      int  // position behind the last row of the last page that has rows
	isShort      bool // that page has fewer rows than a full one
	unlinked     int  // pages since there were new rows
	quiet        int  // pages in a row that show the end of the list
	repeats      int  // pages in a row that repeat page 1
}

// addPage1 takes the response to the first request. known are the sizes that the
// server is known to accept.
func (p *pass) addPage1(request Request, resp response, known sizes) verdict {
	if resp.Page > 0 && resp.Page != request.Page {
		return p.end(OtherPage, request.Page, resp.Page)
	}
	n, size := len(resp.Rows), resp.size(request)
	most, rows := size, size
	if n > 0 { // the server may cut smaller pages than it states, or hide rows
		most, rows = max(n/gridRows*gridRows, min(n, gridRows-1)), n
	}
	p.page1, p.isPage1Short = resp.Rows, n < size
	p.plan = plan{sizes: sizes{most, max(most, known.limit), known.step}, perPage: request.PerPage, rows: rows}
	p.counts.record(resp)
	p.startOver(false)
	count := p.usableCounts()
	p.plan.isAdjacent = p.plan.overlap() == 0 || n == 0 && !count.stated
	if n < size && count.stated && count.max == n {
		return ended
	}
	return goOn
}

// startOver goes on behind page 1. Adjacent pages are the last resort: whatever the
// server makes of a size, pages of one size leave nothing out while the list does
// not change.
func (p *pass) startOver(isAdjacent bool) verdict {
	p.rows, p.disorders, p.linked = new(rowSet), 0, true
	p.rows.add(p.page1)
	p.quiet, p.repeats, p.probe, p.probed = 0, 0, Request{}, -1
	p.plan.isAdjacent, p.plan.end = isAdjacent, p.plan.rows
	p.reached, p.lastRow, p.isShort = p.plan.rows, p.plan.rows, p.isPage1Short
	return replan
}

// refuse goes on with other sizes, after the server has refused or ignored one.
func (p *pass) refuse(step int) verdict {
	p.plan.step, p.probe = step, Request{}
	if step == 0 {
		return p.startOver(true)
	}
	return replan
}

// addPage takes the response to a planned request.
func (p *pass) addPage(request Request, resp response) verdict {
	if resp.Page > 0 && resp.Page != request.Page {
		return p.end(OtherPage, request.Page, resp.Page)
	}
	if p.requests > 4*p.usual() {
		return p.end(NoEnd, request.Page, 0)
	}
	n := len(resp.Rows)
	if n > request.PerPage && request != p.probe && !p.plan.isAdjacent {
		return p.refuse(0)
	}
	known, inOrder := p.rows.compare(resp.Rows)
	if request.PerPage == p.plan.perPage && n > p.plan.rows && n == resp.size(request) {
		return p.enlarge(request, n)
	}
	// An empty page links to nothing. Behind a short page it need not: that was the
	// last one. Behind a full one, rows may have moved to the left, past this page.
	// Nor need a page with rows behind a short one, if all the pages inserted in front
	// of it have nothing new: the rows between are hidden.
	isBehindShort := p.isShort && (n == 0 || p.unlinked == maxUnlinked && request != p.probe)
	if !known && !isBehindShort && !p.plan.isAdjacent {
		return p.relink(request, n == 0)
	}
	if n > 0 { // an empty page may be behind the end, where counts say nothing
		p.counts.record(resp)
	}
	p.linked = p.linked && (known || isBehindShort)
	if !inOrder {
		p.disorders++
	}
	if p.repeats++; !p.repeatsPage1(request, resp.Rows) {
		p.repeats = 0
	}
	if p.repeats > 1 {
		return p.end(PageIgnored, request.Page, 0)
	}
	return p.advance(request, resp.Rows, p.rows.add(resp.Rows))
}

// enlarge goes on with larger pages: a page of the first size is full, so that rows of
// page 1 are hidden, or it was the last page. There are rows as far as this page.
func (p *pass) enlarge(request Request, n int) verdict {
	p.plan.rows, p.plan.most = n, n/gridRows*gridRows
	p.plan.limit = max(p.plan.limit, p.plan.most)
	p.probe, p.quiet, p.reached = Request{}, 0, max(p.reached, request.Page*n)
	return replan
}

// repeatsPage1 reports whether a full page, other than page 1, contains the first row
// of page 1 and, from there on, nothing new.
func (p *pass) repeatsPage1(request Request, rows []id) bool {
	full := p.plan.fullPage(request)
	if request == p.probe {
		full = p.plan.rows
	}
	if request.Page == 1 || len(rows) < full {
		return false
	}
	first := slices.IndexFunc(rows, func(row id) bool { return p.rows.position(row) == 1 })
	return first >= 0 && !slices.ContainsFunc(rows[first:], func(row id) bool { return p.rows.position(row) == 0 })
}

// relink inserts a page in front of an unlinked one: the list has changed between
// this page and the one before it. The inserted page starts half a page further to
// the left or, if one was inserted already and is linked, behind that. Behind a short
// page, the last one is a probe.
func (p *pass) relink(request Request, isEmpty bool) verdict {
	isProbe := request == p.probe
	if p.lastRow > len(p.rows.ids) && (p.isCut || isProbe && p.unlinked > 0) {
		// The server cuts smaller pages than it states, or its replicas lag. The next
		// pass shows it, unless there are counts by which to accept adjacent pages.
		isSure := p.isCut || p.usableCounts().stated
		if p.isCut = true; isSure {
			return p.refuse(0)
		}
		return p.startOver(true)
	}
	if p.unlinked++; p.unlinked > maxUnlinked {
		return p.startOver(true)
	}
	if isProbe && p.quiet > 0 {
		p.plan.end = (request.Page - 1) * p.plan.rows
	} else if p.plan.end != p.inserted.end() {
		p.plan.end = max(0, p.plan.end-p.plan.most/2)
	}
	p.quiet, p.lastRow = 0, p.plan.end
	p.inserted, _ = p.plan.furthest(p.plan.end)
	if p.unlinked == maxUnlinked && p.isShort {
		p.insertProbe(len(p.rows.ids)/p.plan.rows + 1)
	}
	if isEmpty { // by mistake
		return insert
	}
	return again
}

// advance goes on behind a page with these rows, of which so many were new. A page
// shows the end of the list if it is short and reaches further than those before,
// unless it has new rows and no count says that it is the last one.
func (p *pass) advance(request Request, rows []id, added int) verdict {
	if added > 0 {
		p.quiet, p.unlinked = 0, 0
	}
	if request == p.probe {
		return p.addProbe(rows, added)
	}
	n, full, count := len(rows), p.plan.fullPage(request), p.usableCounts()
	p.plan.end = request.Page * full
	if n > 0 {
		p.lastRow, p.isShort = p.plan.end-full+n, n < full
	}
	if n < full && p.plan.end > p.reached && (added == 0 || count.stated && count.max <= p.plan.end) {
		p.quiet++
	}
	p.reached = max(p.reached, p.plan.end)
	if p.isAtEnd() {
		return ended
	}
	if p.quiet == 1 && !p.plan.isAdjacent {
		return p.insertProbe(len(p.rows.ids)/p.plan.rows + 1)
	}
	return goOn
}

// insertProbe inserts the page that has the place of the next row. If the server cuts
// smaller pages than it states, that follows from the number of rows, not from the pages.
func (p *pass) insertProbe(page int) verdict {
	p.probe = Request{Page: page, PerPage: p.plan.perPage}
	p.inserted = p.probe
	return insert
}

// addProbe takes the rows of the probe, of which so many were new. It shows the end of
// the list if it has no new ones and is short, or the server repeats its last page
// behind the end.
func (p *pass) addProbe(rows []id, added int) verdict {
	n, page := len(rows), p.probe.Page
	p.probe = Request{}
	if added > 0 { // the pages so far did not reach as far as it seemed
		p.reached = page * p.plan.rows
		p.plan.end, p.lastRow = p.reached, p.reached
		return replan
	}
	if n >= p.plan.rows && rows[n-1] != p.probed {
		p.probed = rows[n-1]
		return p.insertProbe(page + 1)
	}
	p.quiet++
	if p.isAtEnd() {
		return ended
	}
	return goOn
}

// isAtEnd reports whether the list ends where the pass is. One page proves nothing:
// it may be empty or short for another reason. Two do, unless a count promises rows
// behind them; so does one if the counts confirm it, and there are as many rows. More
// may never come if the order varies, or if the counts are too large.
func (p *pass) isAtEnd() bool {
	count := p.usableCounts()
	isEnough := len(p.rows.ids) >= count.min || !p.inOrder() || p.requests > 2*p.usual()
	return p.quiet > 0 && count.stated && count.max <= p.reached && isEnough ||
		p.quiet > 1 && p.counts.promised() <= p.reached || p.quiet > maxQuiet
}

// expected is the number of rows that the list is expected to have.
func (p *pass) expected() int { return max(p.counts.promised(), len(p.rows.ids)) }

// usual is how many requests a pass takes, if they are not much more than pages.
func (p *pass) usual() int { return p.expected()/max(p.plan.rows, gridRows) + 10 }

// end ends the pass before the end of the list.
func (p *pass) end(reason Reason, page, stated int) verdict {
	p.linked, p.problem = false, Problem{reason, page, stated}
	return ended
}

// addPage1Again takes another response to the first request: in a list sorted by
// newest or most recently active first, page 1 has the newcomers. Unless it contains
// rows of the beginning of the list, it shows nothing about the pass.
func (p *pass) addPage1Again(resp response) {
	isBeginning := func(row id) bool {
		at := int(p.rows.position(row))
		return 0 < at && at <= len(resp.Rows)
	}
	if resp.Page <= 1 && slices.ContainsFunc(resp.Rows, isBeginning) {
		p.counts.record(resp)
		p.rows.add(resp.Rows)
	}
}
