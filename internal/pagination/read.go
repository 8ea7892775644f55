// Package pagination reads a paginated list completely while it changes.
//
// If a row of page 1 is removed after page 1 was read, the first row of page 2 moves
// to page 1 and is never seen. ReadAll therefore chooses the page number and the page
// size of each request so that its page overlaps the one before it:
//
//	page=1 per_page=100   rows 1 to 100
//	page=2 per_page=95           rows 96 to 190
//	page=3 per_page=90                  rows 181 to 270
//
// A response is a contiguous stretch of the list at one moment. A page that contains
// a row read before is linked to the rows read so far: everything that stays in the
// list from that row to the end of the page is in the page. A pass, from page 1 to the
// end of the list, that consists of linked pages has every row that was in the list
// all the time, however many others were added or removed, and in whatever order the
// responses arrived. This requires that rows which stay keep their order, and that the
// end is the end. Where that is in doubt, counts and repeated passes are the evidence;
// see accept.
//
// The files in the order in which to read them: rows.go holds rows, plan.go chooses
// requests, pass.go decides after each response how to go on, accept.go decides
// after each pass whether the list is complete, read.go makes the requests. cursor.go
// reads lists of another kind, and stands alone. The result depends only on the
// responses, not on the order in which they arrive.
package pagination

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
)

// maxOutstanding is how many requests are made at once, at most.
const maxOutstanding = 10

// NotStated is the TotalCount of a response without one.
const NotStated = -1

// A Request asks for one page of a list.
type Request struct {
	Page    int // from 1
	PerPage int // rows in a page
}

// end is the position behind the last row of a full page.
func (r Request) end() int { return r.Page * r.PerPage }

// A Response is one page, with what the server states about it.
type Response[R any] struct {
	Rows       []R
	Page       int // the page's number; 0 if not stated
	PerPage    int // rows in a full page; 0 if not stated
	TotalCount int // rows in the whole list; NotStated if not stated
}

// Options say how to read a list.
type Options struct {
	// Filtered is set for a list whose TotalCount may include rows that the filter
	// excludes: one above the number of rows is then taken as not stated.
	Filtered bool
	// IgnoreTotalCount takes every TotalCount as not stated, except that the list
	// is looked for rows that far.
	IgnoreTotalCount bool
	// OnPlan is called after page 1 if a usable count tells how many requests the
	// first pass takes. Its error ends the read.
	OnPlan   func(requests int) error
	OnPass   func(Pass) // called after each pass
	Progress *Progress
}

// Progress tells how far a read is.
type Progress struct {
	Received atomic.Int64 // responses, of all passes
	Expected atomic.Int64 // responses by the end of the pass under way; 0 if no count tells
	Rows     atomic.Int64 // different rows
}

// ReadAll reads all rows of a list, each once, in no particular order. perPage is
// the page size of the first request. In lists of up to 4,000 pages, those of up to 21
// rows cannot always overlap, those of fewer than 4 never can. fetch is called from
// several goroutines; if the size of the page may be the reason of its error, it
// returns a *PageSizeError. key returns what identifies a row. Of a row that came
// several times, the last one is returned.
//
// The error is one that fetch returned, or an *IncompleteError if the responses do
// not show that the list is complete.
func ReadAll[R any, K comparable](
	ctx context.Context, perPage int, fetch func(context.Context, Request) (Response[R], error), key func(R) K, options Options,
) ([]R, error) {
	if options.Progress == nil {
		options.Progress = new(Progress)
	}
	options.Progress.Rows.Store(0) // of an earlier read
	t := table[R, K]{fetch: fetch, key: key, ids: make(map[K]id), progress: options.Progress}
	r := reader{Options: options, perPage: perPage, start: t.start}
	ids, err := r.readAll(ctx)
	t.outstanding.Wait() // no call of fetch outlives the read
	if err != nil {
		return nil, err
	}
	if len(ids) == len(t.rows) { // as usual, unless a pass was not accepted
		return t.rows, nil
	}
	rows := make([]R, len(ids))
	for i, row := range ids {
		rows[i] = t.rows[row]
	}
	return rows, nil
}

// table holds each row of the list once, however many responses contain it.
type table[R any, K comparable] struct {
	fetch       func(context.Context, Request) (Response[R], error)
	key         func(R) K
	ids         map[K]id
	rows        []R // by id
	progress    *Progress
	outstanding sync.WaitGroup
}

// A wait waits for the response to a request. Only one may be called at a time.
type wait func() (response, error)

func (t *table[R, K]) start(ctx context.Context, request Request) wait {
	var resp Response[R]
	var err error
	done := make(chan struct{})
	t.outstanding.Go(func() {
		defer close(done)
		if resp, err = t.fetch(ctx, request); err == nil {
			t.progress.Received.Add(1)
		}
	})
	return func() (response, error) {
		<-done
		return t.store(&resp), err
	}
}

// store keeps the rows of a response and returns their ids.
func (t *table[R, K]) store(from *Response[R]) response {
	to := response{Page: from.Page, PerPage: from.PerPage, TotalCount: from.TotalCount, Rows: make([]id, len(from.Rows))}
	for i, row := range from.Rows {
		key := t.key(row)
		n, known := t.ids[key]
		if !known {
			n = id(len(t.rows)) //nolint:gosec // a list of 2^31 rows does not fit into memory
			t.ids[key] = n
			t.rows = append(t.rows, row)
		}
		t.rows[n] = row
		to.Rows[i] = n
	}
	t.progress.Rows.Store(int64(len(t.rows)))
	return to
}

// A reader reads a list whose rows are ids.
type reader struct {
	Options

	perPage int
	start   func(context.Context, Request) wait
	passes  []*evidence // so far
	sizes   sizes       // of the last pass
	isCut   bool        // by the last pass
}

func (r *reader) readAll(ctx context.Context) ([]id, error) {
	r.sizes.step = gridRows
	for {
		p, err := r.readPass(ctx)
		if err != nil {
			return nil, err
		}
		r.passes, r.sizes, r.isCut = append(r.passes, &p.evidence), p.plan.sizes, p.isCut
		if r.OnPass != nil {
			r.OnPass(p.summary())
		}
		if rows, ok := accept(r.passes); ok {
			return rows, nil
		}
		if isHopeless(r.passes) {
			return nil, newIncompleteError(r.passes)
		}
	}
}

func (r *reader) readPass(ctx context.Context) (*pass, error) {
	r.Progress.Expected.Store(0)
	received := int(r.Progress.Received.Load())
	first, resp, err := r.readPage1(ctx)
	if err != nil {
		return nil, err
	}
	p := &pass{isCut: r.isCut, evidence: evidence{rows: new(rowSet), requests: 1, counts: counts{ignored: r.IgnoreTotalCount, filtered: r.Filtered}}}
	v := p.addPage1(first, resp, r.sizes)
	for v != ended {
		planned, _ := p.plan.remaining(p.counts.promised())
		planned += p.requests
		if r.OnPlan != nil && len(r.passes) == 0 && p.requests == 1 && p.usableCounts().stated {
			if err := r.OnPlan(planned); err != nil {
				return nil, err
			}
		}
		if p.counts.promised() > 0 {
			r.Progress.Expected.Store(int64(received + planned))
		}
		if v, err = r.readOn(ctx, p); err != nil {
			return nil, err
		}
	}
	if p.linked && p.usableCounts().max > len(p.rows.ids) {
		p.requests++
		resp, err = r.start(ctx, first)()
		p.addPage1Again(resp)
	}
	return p, err
}

// readPage1 makes the first request of a pass. Its size differs from pass to pass,
// so that a fault which depends on the request does not repeat.
func (r *reader) readPage1(ctx context.Context) (Request, response, error) {
	first, n := Request{Page: 1, PerPage: r.perPage}, len(r.passes)
	if n > 0 && r.passes[n-1].linked {
		first.PerPage = r.sizes.shrunk(n)
	}
	resp, err := r.start(ctx, first)()
	if _, ok := asRefusal(err); ok && first.PerPage != r.perPage {
		r.sizes.step = 0
		first.PerPage = r.perPage
		resp, err = r.start(ctx, first)()
	}
	return first, resp, err
}

// asRefusal returns err if the server refuses the page size.
func asRefusal(err error) (*PageSizeError, bool) {
	e, ok := errors.AsType[*PageSizeError](err)
	return e, ok && !e.TimedOut
}

// readOn makes the planned requests, several at once, and takes the responses in
// the order of the plan, up to one that makes those behind it useless.
func (r *reader) readOn(ctx context.Context, p *pass) (verdict, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type started struct {
		Request
		wait
	}
	var window []started
	ahead, most := p.plan, maxOutstanding
	if ahead.step > gridRows { // one that the server may refuse, too
		most = 1
	}
	for {
		for len(window) == 0 || len(window) < most && ahead.end <= p.expected() {
			request, ok := ahead.next()
			if !ok {
				break
			}
			p.requests++
			window = append(window, started{request, r.start(ctx, request)})
		}
		if len(window) == 0 { // no page reaches further
			return p.startOver(true), nil
		}
		head := window[0]
		resp, err := head.wait()
		refused, isRefusal := asRefusal(err)
		switch {
		case isRefusal && p.plan.isAdjacent:
			return ended, refused.Err // the size is that of page 1
		case isRefusal:
			return p.refuse(p.plan.refused(head.PerPage, p.expected())), nil
		case err != nil:
			return ended, err
		}
		switch v := p.addPage(head.Request, resp); v {
		case goOn:
			window, most = window[1:], maxOutstanding
		case insert, again:
			p.requests++
			window[0] = started{p.inserted, r.start(ctx, p.inserted)}
			if v == again {
				window = slices.Insert(window, 1, started{head.Request, func() (response, error) { return resp, nil }})
			}
		default:
			return v, nil
		}
	}
}
