package pagination

const (
	// overlapRows is by how many rows a page overlaps the one before it. As many
	// may be removed between two requests without a further request.
	overlapRows = 5
	// gridRows: the first sizes to try are multiples of it, because Cloudflare is
	// reported to reject others.
	gridRows = 5
)

// A PageSizeError is how fetch reports that a smaller page, or one of another
// size, may succeed.
type PageSizeError struct {
	Err      error
	TimedOut bool // rather than refused: only a much smaller page may succeed
}

func (e *PageSizeError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the request.
func (e *PageSizeError) Unwrap() error { return e.Err }

// sizes are the page sizes that a server is believed to accept: multiples of step
// up to most or, where none of them reaches further, up to limit. With step 0, pages
// cannot overlap.
type sizes struct{ most, limit, step int }

// overlap returns by how many rows a page overlaps the one before it, 0 if it cannot.
func (s sizes) overlap() int { return min(overlapRows, s.most/4) }

// shrunk returns a size for page 1 of another pass, so that its pages are cut elsewhere.
func (s sizes) shrunk(passes int) int {
	if s.step == 0 || s.limit < 4*gridRows {
		return s.limit
	}
	by := max(1, s.limit/16/s.step) * s.step
	return max(s.limit-passes*by, s.limit/2)
}

// furthest returns the request that, of all for pages that overlap what lies before
// position end, reaches furthest, and of these the one for the largest page: with a
// multiple of step up to most or else up to limit or, if step is gridRows, any size.
// ok is false if no page reaches further.
func (s sizes) furthest(end int) (best Request, ok bool) {
	if s.step == 0 {
		return Request{}, false
	}
	for _, tried := range []sizes{s, {most: s.limit, step: s.step}, {most: s.limit, step: 1}} {
		if best.end() > end || tried.step != s.step && s.step != gridRows {
			break
		}
		for perPage := tried.most / tried.step * tried.step; perPage > 0; perPage -= tried.step {
			request := Request{Page: max(end-s.overlap(), 0)/perPage + 1, PerPage: perPage}
			if request.end() > best.end() {
				best = request
			}
		}
	}
	return best, best.end() > end
}

// A plan chooses the requests of a pass, one after the other.
type plan struct {
	sizes

	end        int  // position behind the last row that is read or requested
	isAdjacent bool // pages have the size of the first request, and do not overlap
	perPage    int  // of the first request
	rows       int  // of a full page of that size
}

// next plans the next request. ok is false if no page reaches further.
func (p *plan) next() (request Request, ok bool) {
	request, ok = p.furthest(p.end)
	if p.isAdjacent {
		request, ok = Request{Page: p.end/p.rows + 1, PerPage: p.perPage}, true
	}
	p.end = request.Page * p.fullPage(request)
	return request, ok
}

// fullPage returns how many rows a full page has.
func (p *plan) fullPage(request Request) int {
	if p.isAdjacent {
		return p.rows
	}
	return request.PerPage
}

// remaining returns how many requests, maxPages at most, it takes to reach behind this
// position. ok is false if no page reaches that far.
func (p *plan) remaining(position int) (n int, ok bool) {
	for ahead := *p; ahead.end <= position && n < maxPages; n++ {
		if _, ok := ahead.next(); !ok {
			return n, false
		}
	}
	return n, true
}

// refused returns the step to try after the server has refused this size: one that
// leaves two to twenty sizes to choose from, and reaches behind this position. It
// returns 0 if there is none, or if the refused size was no multiple of the last step.
func (p *plan) refused(perPage, position int) (step int) {
	most := p.most
	for _, step := range []int{10, 20, 25, 50, 100} {
		other := *p
		other.step = step
		_, ok := other.remaining(position)
		if ok && step > p.step && most <= 20*step && most >= 2*step && perPage%p.step == 0 {
			return step
		}
	}
	return 0
}
