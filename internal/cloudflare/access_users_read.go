package cloudflare

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"terraform-provider-cloudflare-access/internal/pagination"
)

type (
	// An IncompleteError is a pagination.IncompleteError.
	IncompleteError = pagination.IncompleteError
	// A Pass is a pagination.Pass.
	Pass = pagination.Pass
	// A Problem is a pagination.Problem.
	Problem = pagination.Problem
)

// NotStated is a count of a Pass that no page stated. The others are reasons of an
// IncompleteError; any other reason is that the list changes.
const (
	NotStated     = pagination.NotStated
	CountTooLarge = pagination.CountTooLarge
	OtherPage     = pagination.OtherPage
	PageIgnored   = pagination.PageIgnored
	NoEnd         = pagination.NoEnd
	SameCursor    = pagination.SameCursor
	NoNewRows     = pagination.NoNewRows
)

// An InterruptedError reports that a context ended before a list was read.
type InterruptedError struct {
	Pages int   // received
	Of    int   // expected; 0 if the list's count is not known
	Err   error // the context's
}

func (e *InterruptedError) Error() string {
	return fmt.Sprintf("ended after %d pages, of %d that were expected: %v", e.Pages, e.Of, e.Err)
}

func (e *InterruptedError) Unwrap() error { return e.Err }

func accessUsersPath(accountID string) []string {
	return []string{"accounts", segment(accountID), "access", "users"}
}

// readAccessUsers reads the complete list.
func (c *Client) readAccessUsers(ctx context.Context, q AccessUsersQuery, converters []converter, progress *pagination.Progress) (*accessUserList, error) {
	passes := 0
	fetch := func(ctx context.Context, request pagination.Request) (pagination.Response[listedUser], error) {
		return c.fetchAccessUsers(ctx, &q, request, converters)
	}
	options := pagination.Options{
		Filtered:         len(q.Filters()) > 0,
		IgnoreTotalCount: q.IgnoreTotalCount,
		OnPlan:           func(requests int) error { return c.limit.checkBudget(ctx, requests) },
		OnPass: func(p pagination.Pass) {
			passes++
			c.config.Log(ctx, slog.LevelDebug, "read the list", map[string]any{
				"pass": passes, "rows": p.Rows, "linked": p.Linked, "min_total_count": p.MinCount, "max_total_count": p.MaxCount,
				"requests": p.Requests, "problem": string(p.Reason),
			})
		},
		Progress: progress,
	}
	var users []listedUser
	err := c.shrink(ctx, q.PerPage, progress, func(ctx context.Context, perPage int) (err error) {
		users, err = pagination.ReadAll(ctx, perPage, fetch, func(u listedUser) [sha256.Size / 2]byte { return u.key }, options)
		return err
	})
	if err != nil {
		return nil, err
	}
	// Exact or substring, the value of an email filter is a part of each address; name
	// may match more.
	if mismatch := checkFilter("email", users, func(u listedUser) bool { return u.emailMismatch }); mismatch != nil {
		return nil, mismatch
	}
	return &accessUserList{
		rows:         selectedRows(users),
		seats:        countSeats(users),
		nameMismatch: checkFilter("name", users, func(u listedUser) bool { return u.nameMismatch }),
	}, nil
}

// minShrunk is the least page size with which shrink reads after a page timed out.
const minShrunk = 50

// A retriesKey is the context's key of how often a request that isTooMuch is repeated.
type retriesKey struct{}

// shrink calls read with perPage and, after each *pagination.PageSizeError, a smaller
// size. At last it returns the first *Error, or waits for a server that may be down.
func (c *Client) shrink(ctx context.Context, perPage int, progress *pagination.Progress, read func(ctx context.Context, perPage int) error) error {
	var first *Error
	down, retries := 0, 2 // down is the first size for which the server may be down
	for _, size := range []int{perPage, 250, 100, minShrunk, 20} {
		if first != nil && size >= perPage {
			continue
		}
		err := read(context.WithValue(ctx, retriesKey{}, retries), size)
		cause, isError := errors.AsType[*Error](err)
		if isError {
			cause.Rows = int(progress.Rows.Load())
		}
		failed, ok := errors.AsType[*pagination.PageSizeError](err)
		if !ok || cause.isTooMuch() && c.config.MaxRetries == 0 {
			return err
		}
		first = cmp.Or(first, cause)
		first.Tried = append(first.Tried, size)
		if failed.TimedOut && size <= minShrunk {
			break
		}
		c.config.Log(ctx, slog.LevelWarn, "a page of this size failed", map[string]any{"per_page": size, "cause": cause.cause()})
		if cause.isTooMuch() {
			down, retries = cmp.Or(down, size), 0
		}
	}
	if down == 0 {
		return first
	}
	err := read(ctx, down)
	if last, ok := errors.AsType[*Error](err); ok {
		last.Rows, last.Tried = int(progress.Rows.Load()), first.Tried
	}
	return err
}

// fetchAccessUsers requests one page.
func (c *Client) fetchAccessUsers(ctx context.Context, q *AccessUsersQuery, request pagination.Request, converters []converter) (pagination.Response[listedUser], error) {
	query := url.Values{"page": {strconv.Itoa(request.Page)}, "per_page": {strconv.Itoa(request.PerPage)}}
	for name, value := range q.Filters() {
		query.Set(name, value)
	}
	var users []listedUser
	info, err := c.fetch(ctx, accessUsersPath(q.AccountID), query, request.Page, func() resultDecoder {
		users = nil // of an earlier attempt
		list := listDecoder(func(user *AccessUser) { users = append(users, q.list(user, converters)) })
		list.notNull = request.Page == 1 && len(q.Filters()) == 0
		return list
	})
	if err != nil {
		users = nil // of a response that broke off
	}
	return pagination.Response[listedUser]{
		Rows: users, Page: intOr(info.Page, 0), PerPage: intOr(info.PerPage, 0), TotalCount: intOr(info.TotalCount, pagination.NotStated),
	}, pageError(err)
}

// pageError returns a *pagination.PageSizeError if the page's size may be the reason.
func pageError(err error) error {
	failed, ok := errors.AsType[*Error](err)
	isTooMuch := ok && (failed.Kind() == TimedOut || failed.isTooMuch())
	if isTooMuch || ok && (failed.Kind() == BadPage || failed.Kind() == Refused) {
		return &pagination.PageSizeError{Err: failed, TimedOut: isTooMuch}
	}
	return err
}

// isTooMuch reports whether the server may have failed because of the size of page 1.
func (e *Error) isTooMuch() bool {
	retryable, _ := e.isRetryable()
	return retryable && e.Page == 1 && (e.Status == http.StatusInternalServerError || e.Status == http.StatusBadGateway)
}

// fetch requests one path, with retries, and decodes each response with what
// newDecoder returns. page is the number of the requested page, 0 if there is none.
func (c *Client) fetch(ctx context.Context, path []string, query url.Values, page int, newDecoder func() resultDecoder) (resultInfo, error) {
	logged := slices.Clone(path)
	if page == 0 {
		logged[len(path)-1] = "{id}" // the id of a user is personal data
	}
	var env envelope
	perPage, _ := strconv.Atoi(query.Get("per_page"))
	err := c.retry(ctx, func(ctx context.Context, attempt int) error {
		began := c.limit.clock.Now()
		env = envelope{Result: newDecoder()}
		err := c.get(ctx, path, query, &env)
		status := http.StatusOK
		if failed, ok := errors.AsType[*Error](err); ok {
			failed.Page, failed.PerPage, status = page, perPage, failed.Status
			hide(failed.Messages, query)
		}
		hide(env.Messages, query)
		c.config.Log(ctx, slog.LevelDebug, "received a response", map[string]any{
			"path": strings.Join(logged, "/"), "page": page, "per_page": perPage, "attempt": attempt, "status": status,
			"duration": c.limit.clock.Now().Sub(began).String(), "rows": env.Result.rows,
		})
		return err
	})
	for _, m := range env.Messages {
		c.config.Log(ctx, slog.LevelInfo, "message from Cloudflare", map[string]any{
			"path": strings.Join(logged, "/"), "page": page, "message": m.String(),
		})
	}
	return env.ResultInfo, err
}

// hide removes cursors and ids of users from messages. There may be too many of them
// for the filters that a Log masks.
func hide(messages []Message, query url.Values) {
	var pairs []string
	for _, value := range slices.Concat(query["cursor"], query["user.id"]) {
		for _, form := range []string{value, url.QueryEscape(value)} {
			pairs = append(pairs, form, "***", strings.ToLower(form), "***", strings.ToUpper(form), "***")
		}
	}
	replacer := strings.NewReplacer(pairs...)
	for i := range messages {
		m := &messages[i]
		m.Message, m.Source.Pointer, m.DocumentationURL = replacer.Replace(m.Message), replacer.Replace(m.Source.Pointer), replacer.Replace(m.DocumentationURL)
		hide(m.ErrorChain, query)
	}
}

// An AccessSeatCount counts the users of an account and the seats that they have.
type AccessSeatCount struct {
	Users   int // with and without a seat
	Access  int // users with an Access seat
	Gateway int // users with a Gateway seat
	Both    int // users with both, who take one seat
}

// Seats returns the number of users with any seat.
func (n AccessSeatCount) Seats() int { return n.Access + n.Gateway - n.Both }

// AccessSeats counts the seats of the complete list of users. It selects no user,
// and shares reads with AccessUsers, which see for the errors.
func (c *Client) AccessSeats(ctx context.Context, accountID string, ignoreTotalCount bool) (n AccessSeatCount, err error) {
	q := AccessUsersQuery{AccountID: accountID, PerPage: DefaultPerPage, IgnoreTotalCount: ignoreTotalCount}
	list, err := c.lists.read(ctx, q, func(*AccessUserRow, *AccessUser) {})
	if err != nil {
		return n, err
	}
	return list.seats, nil
}

func countSeats(users []listedUser) AccessSeatCount {
	return AccessSeatCount{
		Users:   len(users),
		Access:  count(users, func(u listedUser) bool { return u.accessSeat }),
		Gateway: count(users, func(u listedUser) bool { return u.gatewaySeat }),
		Both:    count(users, func(u listedUser) bool { return u.accessSeat && u.gatewaySeat }),
	}
}
