package cloudflare

import (
	"fmt"
	"maps"
	"slices"
)

// A reading is one pass over a list, page by page in order.
type reading[R any] struct {
	list        list[R]
	perPage     int           // asked for from the second page on
	size        int           // rows of a full page
	total       counter       // total_count of the first page
	expected    int           // pages that the counters promise; 0 without counters
	pages       int           // added so far
	last        int           // rows of the page added last
	empty       int           // empty pages since the last one that had rows
	lastFilled  int           // rows of the last page that had any
	byKey       map[string]*R // every row so far
	totalMoved  bool          // two pages stated different counts
	unannounced bool          // pages are smaller than the answer says
	flaw        *flaw         // the first thing that speaks against this read
	doubles     bool
	broken      bool // nothing that follows can be trusted
}

// ahead is how many pages to ask for next. The counters say how many there
// may be; doubling what was read bounds what a wrong counter costs. They never
// say where the end is.
func (r *reading[R]) ahead() int {
	if left := r.expected - r.pages; left > 0 {
		return min(left, max(r.pages-1, maxInFlight))
	}
	return 1
}

// ended tells whether the last page asked for shows the end: it is empty, or
// shorter than a full page once as many rows as were counted are in hand. Where
// nothing else vouches for the end, one empty page could be a hole in the list:
// it takes another one behind it.
func (r *reading[R]) ended() bool {
	switch {
	case r.broken:
		return true
	case r.pages == 0:
		return false
	case r.last == 0:
		return r.empty > 1 || r.vouched() || r.list.filtered && r.total.known && r.short()
	default:
		return r.last < r.size && r.total.known && len(r.byKey) >= r.total.n
	}
}

// add takes the next page into the reading.
func (r *reading[R]) add(p page[R]) {
	if r.broken {
		return
	}
	r.pages++
	if stated := p.info.Page; stated.known && stated.n != p.number {
		r.breaks(flaw{kind: otherPage, page: p.number, got: stated.n})
		return
	}
	if p.number == 1 {
		r.measure(p)
	}
	if p.info.TotalCount != r.total {
		r.totalMoved = true
		r.found(flaw{kind: countMoved, page: p.number})
	}
	r.compareSize(p)
	if fresh := r.addRows(p); fresh == 0 && len(p.rows) > 0 {
		r.breaks(flaw{kind: samePage, page: p.number})
	}
}

// measure learns the page size and the counts from the first page.
func (r *reading[R]) measure(p page[R]) {
	r.size = len(p.rows)
	if stated := p.info.PerPage; stated.known && 0 < stated.n && len(p.rows) <= stated.n && stated.n <= r.perPage {
		r.size, r.perPage = stated.n, stated.n
	}
	r.total = p.info.TotalCount
	r.count(p.info.TotalPages)
}

// count works out how many pages to expect. One more than are full: the page
// that shows the end is asked for along with the others.
func (r *reading[R]) count(totalPages counter) {
	switch {
	case r.total.known && r.size > 0:
		r.expected = r.total.n/r.size + 1
	case totalPages.known:
		r.expected = totalPages.n
	}
}

// compareSize holds a page's length against the others: before the last page,
// which alone may be short, all are of one size.
func (r *reading[R]) compareSize(p page[R]) {
	n := len(p.rows)
	if p.number == 2 && n > 0 && 0 < r.last && r.last < r.size {
		// The pages are smaller than the answer says they are.
		r.size, r.unannounced = r.last, true
		r.count(p.info.TotalPages)
	}
	if n > r.size || n > 0 && p.number > 1 && r.last < r.size {
		r.found(flaw{kind: unevenPages, page: p.number})
	}
	r.last = n
	r.empty++
	if n > 0 {
		r.lastFilled, r.empty = n, 0
	}
}

// addRows gives the number of rows that were new.
func (r *reading[R]) addRows(p page[R]) (fresh int) {
	for i := range p.rows {
		row := &p.rows[i]
		key := r.list.key(row)
		if _, there := r.byKey[key]; there {
			r.doubles = true
			r.found(flaw{kind: doubleRow, page: p.number})
			continue
		}
		r.byKey[key] = row
		fresh++
	}
	return fresh
}

// finish holds what came against what was counted.
func (r *reading[R]) finish() {
	if n := len(r.byKey); r.total.known && (n > r.total.n || n < r.total.n && !r.list.filtered) {
		r.found(flaw{kind: otherCount, got: n, want: r.total.n})
	}
}

func (r *reading[R]) found(f flaw) {
	// A flaw that lasts says more than one that passes.
	if r.flaw == nil || f.lasting() && !r.flaw.lasting() {
		r.flaw = &f
	}
}

func (r *reading[R]) breaks(f flaw) {
	r.broken = true
	r.found(f)
}

// vouched tells whether the count says that every row has come. A filter's
// count may be of all rows; then, as without a count, it takes a second read to
// tell the list's end from a slip.
func (r *reading[R]) vouched() bool { return r.total.known && len(r.byKey) == r.total.n }

// short tells whether the last page that had rows was not full.
func (r *reading[R]) short() bool {
	return 0 < r.lastFilled && r.lastFilled < r.size && !r.unannounced
}

// settled tells whether a second read that brings the same rows confirms this
// one. It does not where rows came twice, since others may then be missing in
// the same places each time, nor where pages had gaps.
func (r *reading[R]) settled() bool {
	return !r.doubles && !r.flaw.lasting()
}

// wrongAlike tells whether two reads went wrong in the same way: what two in a
// row show, more of them will not mend.
func (r *reading[R]) wrongAlike(other *reading[R]) bool {
	if r.flaw == nil || other.flaw == nil || *r.flaw != *other.flaw {
		return false
	}
	return r.flaw.lasting() || r.sameRows(other)
}

func (r *reading[R]) sameRows(other *reading[R]) bool {
	if len(r.byKey) != len(other.byKey) {
		return false
	}
	for key := range r.byKey {
		if _, there := other.byKey[key]; !there {
			return false
		}
	}
	return true
}

func (r *reading[R]) rows() []*R { return slices.Collect(maps.Values(r.byKey)) }

// warning says what an accepted read had against it.
func (r *reading[R]) warning() string {
	if r.flaw == nil {
		return ""
	}
	text := fmt.Sprintf("Two complete reads in a row brought the same %d entries, and %s. "+
		"The entries are taken, the count is not.", len(r.byKey), r.flaw)
	if missing := r.total.n - len(r.byKey); missing > 0 {
		text += fmt.Sprintf(" If the count is right, %d are missing.", missing)
	}
	return text
}
