package cloudflare

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

const (
	// maxInFlight is how many pages of a list are asked for at once.
	maxInFlight = 10
	// maxReads is how often a list is read before it counts as unstable.
	maxReads = 4
)

// A page is one answer to "page number of the list".
type page[T any] struct {
	number int // as asked for
	info   resultInfo
	rows   []*T
}

// A list says how to read all rows of one list of the API.
type list[T any] struct {
	fetch    func(ctx context.Context, number, perPage int) (page[T], error)
	key      func(*T) string // what makes a row one and the same
	perPage  int             // asked for; the answer to page 1 decides
	filtered bool            // total_count may then count rows that do not match
}

// readAll reads a list until it can vouch that it has every row, each once, in
// no particular order. It reads four times at most. The answer is
//
//   - a sound read (see reading.flaw and reading.vouched), or
//   - the second of two reads in a row that bring the same rows, although their
//     counters contradict them, which the warning then tells, or
//   - the rows of all reads together, where every page of all of them stated
//     the same count and that many rows they are: the order moved, but nothing
//     else did. (A filter does no harm here: a count that includes rows which do
//     not match is never reached.)
//
// Anything else is a *ListError. A list that goes wrong in the same way twice in
// a row is given up at once.
func readAll[T any](ctx context.Context, l list[T]) (rows []*T, warning string, err error) {
	var reads []*reading[T]
	for len(reads) < maxReads {
		now, err := l.read(ctx)
		if err != nil {
			return nil, "", err
		}
		reads = append(reads, now)
		if now.flaw == nil && now.vouched() {
			return now.rows(), "", nil
		}
		if len(reads) == 1 {
			continue
		}
		if all := union(reads); all != nil {
			return all, "", nil
		}
		before := reads[len(reads)-2]
		if now.settled() && before.settled() && now.sameRows(before) {
			return now.rows(), now.warning(), nil
		}
		if now.wrongAlike(before) {
			return nil, "", &ListError{Page: now.flaw.page, Reads: len(reads), Reason: now.flaw.String()}
		}
	}
	return nil, "", unstable(reads)
}

// union gives the rows of all reads together, or nil where they prove nothing.
func union[T any](reads []*reading[T]) []*T {
	all := make(map[string]*T)
	for _, r := range reads {
		if !r.total.known || r.totalMoved || r.total != reads[0].total {
			return nil
		}
		maps.Copy(all, r.byKey)
	}
	if len(all) != reads[0].total.n {
		return nil
	}
	return slices.Collect(maps.Values(all))
}

// read reads the list once, from the first page to its end. Which pages it
// asks for, and what it makes of them, does not depend on the order in which
// they arrive.
func (l list[T]) read(ctx context.Context) (*reading[T], error) {
	r := &reading[T]{list: l, perPage: l.perPage, byKey: make(map[string]*T)}
	for !r.ended() {
		pages, err := l.fetchPages(ctx, r.pages+1, r.ahead(), r.perPage)
		if err != nil && ctx.Err() != nil {
			return nil, r.interrupted(ctx, pages)
		}
		if err != nil {
			return nil, err
		}
		for _, p := range pages {
			r.add(p)
		}
	}
	r.finish()
	return r, nil
}

// fetchPages asks for count pages from number first on, maxInFlight at a time.
// The first error ends the others.
func (l list[T]) fetchPages(ctx context.Context, first, count, perPage int) ([]page[T], error) {
	pages := make([]page[T], count)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxInFlight)
	for i := range pages {
		group.Go(func() (err error) {
			pages[i], err = l.fetch(ctx, first+i, perPage)
			return err
		})
	}
	return pages, group.Wait()
}

// fetchPage asks for one page of the list at path.
func fetchPage[T any](ctx context.Context, c *Client, path []string, filters url.Values, number, perPage int) (page[T], error) {
	query := maps.Clone(filters)
	query.Set("page", strconv.Itoa(number))
	query.Set("per_page", strconv.Itoa(perPage))

	var env envelope[T]
	err := c.retry(ctx, func(ctx context.Context, try int) error {
		began := c.limit.clock.Now()
		err := c.get(ctx, path, query, func(body []byte) (_ []Message, err error) {
			env, err = decodeEnvelope[T](body)
			return env.Errors, err
		})
		status := http.StatusOK
		if failed, ok := errors.AsType[*Error](err); ok {
			failed.Page, status = number, failed.Status
		}
		c.log.DebugContext(ctx, "asked Cloudflare", "path", strings.Join(path, "/"), "page", number, "try", try,
			"status", status, "duration", c.limit.clock.Now().Sub(began).String(), "rows", len(env.Result.all))
		return err
	})
	if err != nil {
		return page[T]{}, err
	}
	for _, m := range env.Messages {
		c.log.InfoContext(ctx, "message from Cloudflare", "path", strings.Join(path, "/"), "page", number, "message", m.String())
	}
	return page[T]{number: number, info: env.ResultInfo, rows: env.Result.all}, nil
}
