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

// maxReads is how often a list is read before it counts as unstable.
const maxReads = 4

// A page is one answer to "page number of the list".
type page[R any] struct {
	number int // as asked for
	info   resultInfo
	rows   []R
}

// A list says how to read all rows of one list of the API.
type list[R any] struct {
	fetch    func(ctx context.Context, number, perPage int) (page[R], error)
	key      func(*R) string // what makes a row one and the same
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
func readAll[R any](ctx context.Context, l list[R]) (rows []*R, warning string, err error) {
	var (
		all    merged[R]
		before *reading[R]
	)
	for all.reads < maxReads {
		now, err := l.read(ctx)
		if err != nil {
			return nil, "", err
		}
		if now.flaw == nil && now.vouched() {
			return now.rows(), "", nil
		}
		all.add(now)
		switch {
		case before == nil:
		case all.complete():
			return slices.Collect(maps.Values(all.byKey)), "", nil
		case now.settled() && before.settled() && now.sameRows(before):
			return now.rows(), now.warning(), nil
		case now.wrongAlike(before):
			return nil, "", &ListError{Page: now.flaw.page, Reads: all.reads, Reason: now.flaw.String()}
		}
		before = now
	}
	return nil, "", all.unstable(before)
}

// read reads the list once, from the first page to its end. Which pages it
// asks for, and what it makes of them, does not depend on the order in which
// they arrive.
func (l list[R]) read(ctx context.Context) (*reading[R], error) {
	r := &reading[R]{list: l, perPage: l.perPage, byKey: make(map[string]*R)}
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
func (l list[R]) fetchPages(ctx context.Context, first, count, perPage int) ([]page[R], error) {
	pages := make([]page[R], count)
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

// fetchPage asks for one page of the list at path, and keeps of each row what
// keep makes of it.
func fetchPage[T, R any](ctx context.Context, c *Client, path []string, filters url.Values, number, perPage int, keep func(*T) R) (page[R], error) {
	query := maps.Clone(filters)
	query.Set("page", strconv.Itoa(number))
	query.Set("per_page", strconv.Itoa(perPage))

	var env envelope[T, R]
	err := c.retry(ctx, func(ctx context.Context, attempt int) error {
		began := c.limit.clock.Now()
		env = envelope[T, R]{} // nothing of an earlier attempt
		err := c.get(ctx, path, query, func(body []byte) (_ []Message, err error) {
			env, err = decodeEnvelope(body, keep)
			return env.Errors, err
		})
		status := http.StatusOK
		if failed, ok := errors.AsType[*Error](err); ok {
			failed.Page, status = number, failed.Status
		}
		c.log.DebugContext(ctx, "request completed", "path", strings.Join(path, "/"), "page", number, "attempt", attempt,
			"status", status, "duration", c.limit.clock.Now().Sub(began).String(), "rows", len(env.Result.kept))
		return err
	})
	if err != nil {
		return page[R]{}, err
	}
	for _, m := range env.Messages {
		c.log.InfoContext(ctx, "message from Cloudflare", "path", strings.Join(path, "/"), "page", number, "message", m.String())
	}
	return page[R]{number: number, info: env.ResultInfo, rows: env.Result.kept}, nil
}
