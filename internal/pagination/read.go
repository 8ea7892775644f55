package pagination

import (
	"context"
	"fmt"
	"slices"
)

const (
	// maxPasses is how often a list is read before it is an error.
	maxPasses = 4
	// spareRequests is what a pass may take beside the pages that the counts
	// promise; it may take four times the sum.
	spareRequests = 10
	// maxBatch is how many requests are made at once, at most.
	maxBatch = 10
	// overlapRows is by how many rows a page overlaps the one before it. As many
	// may be removed between two requests without a further request.
	overlapRows = 8
	// linkWindow is how many of the newest rows are looked at for a link: a page
	// linked only to older rows may be so because rows moved.
	linkWindow = 32
	// maxShifts is how often an unlinked page is requested again by about half a
	// page further to the left, after the overlap has grown to that.
	maxShifts = 4
)

// A reader reads a list whose rows are ids.
type reader struct {
	Options

	fetch func(context.Context, []Request) ([]response, error)
}

func (r *reader) readAll(ctx context.Context) ([]int, error) {
	var passes []*pass
	for len(passes) < maxPasses {
		p, err := r.readPass(ctx)
		if err != nil {
			return nil, err
		}
		passes = append(passes, p)
		r.OnPass(p.summary())
		if rows, ok := accept(passes); ok {
			return rows, nil
		}
		if len(passes) > 1 && passes[len(passes)-2].sameRows(p) {
			if err := newIncompleteError(passes); err.Reason != Changing {
				return nil, err // another pass would go wrong in the same way
			}
		}
	}
	return nil, newIncompleteError(passes)
}

// readPass reads the list once.
func (r *reader) readPass(ctx context.Context) (*pass, error) {
	before, _ := r.Progress.Pages()
	r.Progress.expected.Store(0)
	first := Request{Page: 1, PerPage: r.PerPage}
	responses, err := r.fetch(ctx, []Request{first})
	if err != nil {
		return nil, err
	}
	p := newPass(r.Options)
	p.before = before
	p.addFirstPage(first, responses[0])
	for !p.done {
		if err := r.readBatch(ctx, p); err != nil {
			return nil, err
		}
	}
	if !p.linked || p.Filtered || !p.evidence().promises(len(p.rows)) {
		return p, nil
	}
	if responses, err = r.fetch(ctx, []Request{first}); err != nil {
		return nil, err
	}
	p.addFirstPageAgain(responses[0])
	return p, nil
}

// readBatch makes the requests that are planned next.
func (r *reader) readBatch(ctx context.Context, p *pass) error {
	requests := p.plan()
	if len(requests) == 0 {
		p.fallBack()
		return nil
	}
	if p.requests > 4*(p.expected()/p.pageSize+spareRequests) {
		p.giveUp(TooManyRequests, requests[0].Page, fmt.Sprintf("there was no end of the list at page %d", requests[0].Page))
		return nil
	}
	r.setExpected(p, requests)
	p.requests += len(requests)
	responses, err := r.fetch(ctx, requests)
	if err != nil && !p.adjacent && r.RefusesPageSize(err) {
		p.fallBack()
		return nil
	}
	if err != nil {
		return err
	}
	for i, request := range requests {
		if !p.addPage(request, responses[i]) {
			return nil
		}
	}
	p.resetPlan()
	return nil
}

// usualOverlap returns the overlap for pages of this size; 0 if they are too
// small to overlap.
func usualOverlap(pageSize int) int { return min(overlapRows, pageSize/4) }

// maxOverlap returns the largest overlap with which a page of this size reaches
// far enough beyond what was read.
func maxOverlap(pageSize int) int { return (pageSize - 1) / 2 }

// nextRequest returns the request that, of all for pages of pageSize/2 to
// pageSize rows that start overlap or more rows before position end, reaches
// furthest. It reports whether it reaches beyond end.
func nextRequest(end, pageSize, overlap int) (Request, bool) {
	var best Request
	for perPage := pageSize; perPage >= max(pageSize/2, 1); perPage-- {
		request := Request{Page: max(end-overlap, 0)/perPage + 1, PerPage: perPage}
		if request.end() > best.end() {
			best = request
		}
	}
	return best, best.end() > end
}

// plan returns the requests to make next, at once: up to the end of the list as
// far as the counts tell it, and at most p.batch.
func (p *pass) plan() []Request {
	var requests []Request
	for end := p.end; len(requests) < p.batch; {
		request, ok := Request{Page: end/p.pageSize + 1, PerPage: p.pageSize}, true
		if !p.adjacent {
			request, ok = nextRequest(end, p.pageSize, p.overlap)
			ok = ok || p.overlap > usualOverlap(p.pageSize) // to find a link, any page will do
		}
		if !ok {
			break
		}
		requests = append(requests, request)
		if end = request.end(); end > p.expected() {
			break
		}
	}
	return requests
}

// setExpected estimates how many requests the pass takes in all, from how far
// the ones planned next reach.
func (r *reader) setExpected(p *pass, planned []Request) {
	if !p.counts.stated {
		return
	}
	reach := planned[len(planned)-1].end()
	advance := max(1, (reach-p.end)/len(planned))
	remaining := max(0, p.counts.max-reach)
	r.Progress.expected.Store(int64(p.before + p.requests + len(planned) + (remaining+advance-1)/advance))
}

// accept decides whether the passes show that the list is complete, and returns
// its rows. They do if
//
//   - the last pass is linked, a count was stated, and the pass has as many rows
//     as any page stated (if the counts differ, only without rows seen in both
//     orders), or
//   - the last two passes returned the same rows, and no count of the last one
//     promises more, or
//   - every page of all passes states one and the same count, that is how many
//     rows all passes returned together, and the last one added none of them, or
//   - the last two passes are linked, and together they have as many rows as
//     the smallest count of the last one, if there is one (if the last one saw
//     rows in both orders, it must have as many rows by itself).
func accept(passes []*pass) ([]int, bool) {
	last := passes[len(passes)-1]
	counts := last.evidence()
	if last.linked && counts.stated && len(last.rows) >= counts.max && (counts.min == counts.max || !last.reordered) {
		return last.rows, true
	}
	if len(passes) == 1 {
		return nil, false
	}
	before := passes[len(passes)-2]
	if last.complete() && before.complete() && last.sameRows(before) && !counts.promises(len(last.rows)) {
		return last.rows, true
	}
	if rows := union(passes); steady(passes) && len(rows) == counts.max && len(union(passes[:len(passes)-1])) == len(rows) {
		return rows, true
	}
	if rows := union(passes[len(passes)-2:]); last.linked && before.linked && len(rows) >= counts.min &&
		(!last.reordered || len(last.rows) >= counts.min) {
		return rows, true
	}
	return nil, false
}

// complete reports whether the pass reached the end of the list.
func (p *pass) complete() bool { return p.inconsistency == inconsistency{} }

// steady reports whether every page of the passes states one and the same
// count, which is evidence.
func steady(passes []*pass) bool {
	for _, p := range passes {
		if c := p.evidence(); !c.steady() || c.max != passes[0].counts.max {
			return false
		}
	}
	return true
}

// union returns the rows of all passes.
func union(passes []*pass) []int {
	all := newPass(Options{})
	for _, p := range passes {
		all.addRows(p.rows)
	}
	return all.rows
}

// sameRows reports whether two passes returned the same rows.
func (p *pass) sameRows(other *pass) bool {
	return len(p.rows) == len(other.rows) && !slices.ContainsFunc(p.rows, func(row int) bool { return other.indexOf(row) < 0 })
}
