// Package pagination reads a paginated list completely while it changes.
//
// Pages that lie side by side show nothing of what happened between two
// requests: if a row of page 1 is removed after page 1 was read, the first row
// of page 2 moves to page 1 and is never seen. ReadAll therefore chooses the
// page number and the page size of each request so that its page overlaps the
// one before it:
//
//	page=1 per_page=100   rows 1 to 100
//	page=2 per_page=92           rows 93 to 184
//	page=3 per_page=88                  rows 177 to 264
//
// A response is a contiguous stretch of the list at one moment. A page that
// contains a row read before is linked to the rows read so far: everything
// that stays in the list from that row to the end of the page is in the page.
// A pass, from page 1 to a short page, that consists of linked pages has every
// row that was in the list all the time, however many others were added or
// removed, and in whatever order the responses arrived. This requires that rows
// which stay keep their order relative to each other. Where there are no linked
// pages, counts and repeated passes are the evidence; see accept.
//
// The package knows neither HTTP nor the API, and its result depends only on
// the responses, not on the order in which they arrive.
package pagination

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

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
	// PerPage is the page size of the first request. Pages of fewer than 17 rows
	// cannot always overlap, those of fewer than 4 never.
	PerPage int

	// Filtered is set for a list whose TotalCount may include rows that the
	// filter excludes: a TotalCount above the number of rows is then taken as
	// not stated, but a short page does not end such a list either.
	Filtered bool

	// IgnoreTotalCount takes every TotalCount as not stated.
	IgnoreTotalCount bool

	// RefusesPageSize reports whether the server may have returned the error
	// because of the request's page size. It is required.
	RefusesPageSize func(error) bool

	// OnPass is called after each pass. It is required.
	OnPass func(Pass)

	// Progress counts responses. It is required.
	Progress *Progress
}

// Progress counts the responses of the pass under way. It is safe for
// concurrent use.
type Progress struct {
	received, expected atomic.Int64
}

// Pages returns how many responses the pass has received, and how many it is
// expected to take; 0 as long as no total count is known.
func (p *Progress) Pages() (received, expected int) {
	return int(p.received.Load()), int(p.expected.Load())
}

// ReadAll reads all rows of a list, each once, in no particular order. fetch is
// called from several goroutines; key returns what identifies a row. Of a row
// that came several times, the last one is returned.
//
// The error is one that fetch returned, or an *IncompleteError if the responses
// do not show that the list is complete.
func ReadAll[R any](ctx context.Context, fetch func(context.Context, Request) (Response[R], error), key func(R) string, options Options) ([]R, error) {
	t := table[R]{Options: options, fetch: fetch, key: key, ids: make(map[string]int)}
	r := reader{Options: options, fetch: t.fetchAll}
	ids, err := r.readAll(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]R, len(ids))
	for i, id := range ids {
		rows[i] = t.rows[id]
	}
	return rows, nil
}

// table holds each row of the list once, however many responses contain it. A
// row's index is its id within the package.
type table[R any] struct {
	Options

	fetch func(context.Context, Request) (Response[R], error)
	key   func(R) string
	ids   map[string]int
	rows  []R
}

// fetchAll makes all requests at once. An error ends the others.
func (t *table[R]) fetchAll(ctx context.Context, requests []Request) ([]response, error) {
	responses := make([]Response[R], len(requests))
	group, ctx := errgroup.WithContext(ctx)
	for i, request := range requests {
		group.Go(func() error {
			var err error
			if responses[i], err = t.fetch(ctx, request); err == nil {
				t.Progress.received.Add(1)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	converted := make([]response, len(responses))
	for i := range responses {
		converted[i] = t.store(&responses[i])
	}
	return converted, nil
}

// store keeps the rows of a response and returns their ids.
func (t *table[R]) store(from *Response[R]) response {
	to := response{page: from.Page, perPage: from.PerPage, total: from.TotalCount, rows: make([]int, len(from.Rows))}
	for i, row := range from.Rows {
		key := t.key(row)
		id, known := t.ids[key]
		if !known {
			id = len(t.rows)
			t.ids[key] = id
			t.rows = append(t.rows, row)
		}
		t.rows[id] = row
		to.rows[i] = id
	}
	return to
}
