package pagination

import (
	"context"
	"errors"
)

const (
	// maxPasses is how often a list is read before it is an error.
	maxPasses = 4
	// spareRequests is what a pass may take beside the pages that the counts
	// promise; it may take four times the sum.
	spareRequests = 10
)

// A reader reads a list whose rows are ids.
type reader struct {
	Options

	fetch func(context.Context, []Request) ([]response, error)
}

// refusedError is an error that the page size may have caused.
type refusedError struct{ err error }

func (e *refusedError) Error() string { return e.err.Error() }

func (r *reader) readAll(ctx context.Context) ([]int, error) {
	var passes []*pass
	for len(passes) < maxPasses {
		p, err := r.readPass(ctx)
		if err != nil {
			return nil, err
		}
		passes = append(passes, p)
		if r.OnPass != nil {
			r.OnPass(p.summary())
		}
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
	if r.Progress != nil {
		r.Progress.received.Store(0)
		r.Progress.expected.Store(0)
	}
	first := Request{Page: 1, PerPage: r.PerPage}
	responses, err := r.fetch(ctx, []Request{first})
	if err != nil {
		return nil, err
	}
	p := &pass{filtered: r.Filtered, ignoreTotal: r.IgnoreTotalCount}
	p.start(first, responses[0])
	for !p.done {
		if err := r.readBatch(ctx, p); err != nil {
			return nil, err
		}
	}
	if !p.linked || p.filtered || !p.trusted().promises(len(p.rows)) {
		return p, nil
	}
	if responses, err = r.fetch(ctx, []Request{first}); err != nil {
		return nil, err
	}
	p.refresh(responses[0])
	return p, nil
}

// readBatch makes the requests that are planned next.
func (r *reader) readBatch(ctx context.Context, p *pass) error {
	requests := p.plan()
	if len(requests) == 0 {
		p.fallBack()
		return nil
	}
	if p.requests > 4*(p.expected()/p.size+spareRequests) {
		p.giveUp(inconsistency{reason: TooManyRequests, page: requests[0].Page})
		return nil
	}
	r.setExpected(p, requests)
	p.requests += len(requests)
	responses, err := r.fetch(ctx, requests)
	if refused, ok := errors.AsType[*refusedError](err); ok {
		if p.adjacent {
			return refused.err
		}
		p.fallBack()
		return nil
	}
	if err != nil {
		return err
	}
	for i, request := range requests {
		if !p.add(request, responses[i]) {
			return nil
		}
	}
	p.nextBatch()
	return nil
}

// setExpected estimates how many requests the pass takes in all, from how far
// the ones planned next reach.
func (r *reader) setExpected(p *pass, planned []Request) {
	if r.Progress == nil || !p.counts.stated {
		return
	}
	reach := planned[len(planned)-1].end()
	advance := max(1, (reach-p.end)/len(planned))
	remaining := max(0, p.counts.max-reach)
	r.Progress.expected.Store(int64(p.requests + len(planned) + (remaining+advance-1)/advance))
}

// accept decides whether the passes show that the list is complete, and returns
// its rows. They do if
//
//   - the last pass is linked, a count was stated, and the pass has as many rows
//     as any page stated (if the counts differ, only without rows seen in both
//     orders), or
//   - the last two passes brought the same rows, and no count of the last one
//     promises more, or
//   - every page of all passes states one and the same count, that is how many
//     rows all passes brought together, and the last one added none of them, or
//   - the last two passes are linked, and together they have as many rows as
//     the smallest count of the last one, if there is one (if the last one saw
//     rows in both orders, it must have as many rows by itself).
func accept(passes []*pass) ([]int, bool) {
	last := passes[len(passes)-1]
	counts := last.trusted()
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
func (p *pass) complete() bool { return p.inconsistency.reason == 0 }

// steady reports whether every page of the passes states one and the same
// count, which is trusted.
func steady(passes []*pass) bool {
	for _, p := range passes {
		if c := p.trusted(); !c.steady() || c.max != passes[0].counts.max {
			return false
		}
	}
	return true
}

// union returns the rows of all passes.
func union(passes []*pass) []int {
	var rows []int
	seen := make(map[int]bool)
	for _, p := range passes {
		for _, row := range p.rows {
			if !seen[row] {
				seen[row] = true
				rows = append(rows, row)
			}
		}
	}
	return rows
}
