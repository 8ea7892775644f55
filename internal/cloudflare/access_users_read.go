package cloudflare

import (
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

// An IncompleteError reports that every request got a response, but that the
// responses do not show that the list is complete.
type IncompleteError = pagination.IncompleteError

// A Pass is what one pass over the list returned.
type Pass = pagination.Pass

// TotalCountTooLarge is one of the reasons of an IncompleteError.
const TotalCountTooLarge = pagination.CountTooLarge

// An InterruptedError reports that a context ended before a list was read.
type InterruptedError struct {
	Pages int   // received
	Of    int   // expected; 0 if the list's count is not known
	Err   error // the context's
}

func (e *InterruptedError) Error() string {
	if e.Of == 0 {
		return fmt.Sprintf("ended after %d pages: %v", e.Pages, e.Err)
	}
	return fmt.Sprintf("ended after %d of %d pages: %v", e.Pages, e.Of, e.Err)
}

// Unwrap returns the context's error.
func (e *InterruptedError) Unwrap() error { return e.Err }

func accessUsersPath(accountID string) []string {
	return []string{"accounts", segment(accountID), "access", "users"}
}

// readAccessUsers reads the complete list.
func (c *Client) readAccessUsers(ctx context.Context, q AccessUsersQuery, converters []converter, progress *pagination.Progress) (list *accessUserList, err error) {
	convert := func(row *AccessUserRow, u *AccessUser) {
		for _, convert := range converters {
			convert(row, u)
		}
	}
	passes := 0
	fetch := func(ctx context.Context, request pagination.Request) (pagination.Response[listedUser], error) {
		return c.fetchAccessUsers(ctx, &q, request, convert)
	}
	options := pagination.Options{
		Filtered:         q.filtered(),
		IgnoreTotalCount: q.IgnoreTotalCount,
		OnPlan:           func(requests int) error { return c.limit.checkBudget(ctx, requests) },
		OnPass: func(p pagination.Pass) {
			passes++
			c.config.Log(ctx, slog.LevelDebug, "read the list", map[string]any{
				"pass": passes, "rows": p.Rows, "linked": p.Linked, "min_total_count": p.MinCount, "max_total_count": p.MaxCount,
				"requests": p.Requests, "problem": p.Problem,
			})
		},
		Progress: progress,
	}
	err = c.shrink(ctx, q.PerPage, func(perPage int) error {
		users, err := pagination.ReadAll(ctx, perPage, fetch, func(u listedUser) [sha256.Size / 2]byte { return u.key }, options)
		if failed, ok := errors.AsType[*Error](err); ok {
			failed.Rows = progress.Rows()
		}
		if err == nil {
			list, err = newAccessUserList(users)
		}
		return err
	})
	return list, err
}

// shrink calls read with smaller pages if a page is refused, or times out.
func (c *Client) shrink(ctx context.Context, perPage int, read func(perPage int) error) error {
	err := pagination.Shrink(perPage, func(size int) error {
		err := read(size)
		if failed, ok := errors.AsType[*pagination.PageSizeError](err); ok && size > pagination.MinShrunk {
			c.config.Log(ctx, slog.LevelWarn, "reading again with smaller pages", map[string]any{
				"refused_per_page": size, "timed_out": failed.TimedOut,
			})
		}
		return err
	})
	if failed, ok := errors.AsType[*pagination.PageSizeError](err); ok {
		if cause, ok := errors.AsType[*Error](failed.Err); ok {
			cause.Tried = failed.Tried
		}
		return failed.Err
	}
	return err
}

// fetchAccessUsers requests one page.
func (c *Client) fetchAccessUsers(ctx context.Context, q *AccessUsersQuery, request pagination.Request, convert converter) (pagination.Response[listedUser], error) {
	query := url.Values{"page": {strconv.Itoa(request.Page)}, "per_page": {strconv.Itoa(request.PerPage)}}
	for name, value := range q.Filters() {
		query.Set(name, value)
	}
	var users []listedUser
	info, err := c.fetch(ctx, accessUsersPath(q.AccountID), query, request.Page, func() resultDecoder {
		users = nil // of an earlier attempt
		list := listDecoder(func(user *AccessUser) { users = append(users, q.list(user, convert)) })
		list.notNull = request.Page == 1 && !q.filtered()
		return list
	})
	return pagination.Response[listedUser]{
		Rows: users, Page: intOr(info.Page, 0), PerPage: intOr(info.PerPage, 0), TotalCount: intOr(info.TotalCount, pagination.NotStated),
	}, pageError(err)
}

// pageError returns the error of a request for a page, as a *pagination.PageSizeError
// if the size of the page may be its reason.
func pageError(err error) error {
	if failed, ok := errors.AsType[*Error](err); ok && (failed.Kind() == BadPage || failed.Kind() == TimedOut) {
		return &pagination.PageSizeError{Err: failed, TimedOut: failed.Kind() == TimedOut}
	}
	return err
}

// fetch requests one path, with retries, and decodes each response with what
// newDecoder returns. page is the number of the requested page, 0 if there is none.
func (c *Client) fetch(ctx context.Context, path []string, query url.Values, page int, newDecoder func() resultDecoder) (resultInfo, error) {
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
			"path": loggedPath(path, page), "page": page, "per_page": perPage, "attempt": attempt, "status": status,
			"duration": c.limit.clock.Now().Sub(began).String(), "rows": env.Result.rows,
		})
		return err
	})
	for _, m := range env.Messages {
		c.config.Log(ctx, slog.LevelInfo, "message from Cloudflare", map[string]any{
			"path": loggedPath(path, page), "page": page, "message": m.String(),
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

// loggedPath returns the path without the id of a user, which is personal data.
func loggedPath(path []string, page int) string {
	if page == 0 {
		path = slices.Concat(path[:len(path)-1], []string{"{id}"})
	}
	return strings.Join(path, "/")
}
