package cloudflare

import (
	"context"
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

// readAccessUsers reads the complete list, sorted.
func (c *Client) readAccessUsers(ctx context.Context, q AccessUsersQuery, convert converter, progress *pagination.Progress) (*accessUserList, error) {
	passes := 0
	fetch := func(ctx context.Context, request pagination.Request) (pagination.Response[*AccessUserRow], error) {
		return c.fetchAccessUsers(ctx, &q, request.Page, request.PerPage, convert)
	}
	rows, err := pagination.ReadAll(ctx, fetch, func(row *AccessUserRow) string { return row.key }, pagination.Options{
		PerPage:          q.PerPage,
		Filtered:         q.filtered(),
		IgnoreTotalCount: q.IgnoreTotalCount,
		RefusesPageSize: func(err error) bool {
			failed, ok := errors.AsType[*Error](err)
			return ok && failed.Kind() == BadPage
		},
		OnPass: func(p pagination.Pass) {
			passes++
			c.config.Log(ctx, slog.LevelDebug, "read the list", map[string]any{
				"pass": passes, "rows": p.Rows, "linked": p.Linked, "min_total_count": p.MinCount, "max_total_count": p.MaxCount,
				"requests": p.Requests, "problem": p.Problem,
			})
		},
		Progress: progress,
	})
	if failed, ok := errors.AsType[*Error](err); ok {
		failed.Users = progress.Rows()
	}
	if err != nil {
		return nil, err
	}
	warnings, err := checkFilters(rows)
	if err != nil {
		return nil, err
	}
	sortRows(rows)
	return &accessUserList{rows: rows, warnings: warnings}, nil
}

// fetchAccessUsers requests one page.
func (c *Client) fetchAccessUsers(ctx context.Context, q *AccessUsersQuery, page, perPage int, convert converter) (pagination.Response[*AccessUserRow], error) {
	query := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
	for name, value := range map[string]string{"email": q.Email, "name": q.Name, "search": q.Search} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var rows []*AccessUserRow
	info, err := c.fetch(ctx, accessUsersPath(q.AccountID), query, page, func() resultDecoder {
		rows = nil // of an earlier attempt
		list := listDecoder(func(user *AccessUser) { rows = append(rows, q.row(user, convert)) })
		list.notNull = page == 1 && !q.filtered()
		return list
	})
	return pagination.Response[*AccessUserRow]{
		Rows: rows, Page: intOr(info.Page, 0), PerPage: intOr(info.PerPage, 0), TotalCount: intOr(info.TotalCount, pagination.NotStated),
	}, err
}

// fetch requests one path, with retries, and decodes each response with what
// newDecoder returns. page is the number of the requested page, 0 if there is none.
func (c *Client) fetch(ctx context.Context, path []string, query url.Values, page int, newDecoder func() resultDecoder) (resultInfo, error) {
	var env envelope
	err := c.retry(ctx, func(ctx context.Context, attempt int) error {
		began := c.limit.clock.Now()
		env = envelope{Result: newDecoder()}
		err := c.get(ctx, path, query, &env)
		status := http.StatusOK
		if failed, ok := errors.AsType[*Error](err); ok {
			failed.Page, status = page, failed.Status
		}
		c.config.Log(ctx, slog.LevelDebug, "received a response", map[string]any{
			"path": loggedPath(path, page), "page": page, "per_page": query.Get("per_page"), "attempt": attempt, "status": status,
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

// loggedPath returns the path without the id of a user, which is personal data.
func loggedPath(path []string, page int) string {
	if page == 0 {
		path = slices.Concat(path[:len(path)-1], []string{"{id}"})
	}
	return strings.Join(path, "/")
}
