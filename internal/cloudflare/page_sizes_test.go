package cloudflare_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// atMost refuses, or times out for, larger pages than limit.
func atMost(limit, status int, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if perPage, _ := strconv.Atoi(r.URL.Query().Get("per_page")); perPage > limit {
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, `{"success":false,"errors":[{"code":6008,"message":"Invalid per_page"}],"result":null}`)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// TestClient_smallerPages reads a list, and a user by address, from servers that
// refuse large pages or time out on them.
func TestClient_smallerPages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		limit, status, retries int
		warnings               int
		tried                  []int // with an error
		attempts               int
	}{
		{limit: 250, status: 400, retries: 5, warnings: 1},
		{limit: 100, status: 422, retries: 5, warnings: 2},
		{limit: 20, status: 200, retries: 5, warnings: 4},
		{limit: 50, status: 504, retries: 5, warnings: 3},
		{limit: 50, status: 408, retries: 0, warnings: 3},
		{limit: 50, status: 500, retries: 5, warnings: 3},
		{limit: 10, status: 400, retries: 5, warnings: 5, tried: []int{1000, 250, 100, 50, 20}, attempts: 1},
		{limit: 10, status: 524, retries: 5, warnings: 3, tried: []int{1000, 250, 100, 50}, attempts: 2},
		{limit: 10, status: 524, retries: 0, warnings: 3, tried: []int{1000, 250, 100, 50}, attempts: 1},
		{limit: 10, status: 500, retries: 5, warnings: 3, tried: []int{1000, 250, 100, 50}, attempts: 6},
	} {
		t.Run(fmt.Sprintf("%d %d", test.status, test.limit), func(t *testing.T) {
			t.Parallel()
			client, warnings := newClientAtMost(t, test.limit, test.status, test.retries)
			rows, _, err := client.AccessUsers(t.Context(), query(), everyone)
			if *warnings != test.warnings {
				t.Errorf("AccessUsers: got %d warnings, want %d", *warnings, test.warnings)
			}
			if test.tried == nil && (err != nil || len(rows) != 120) {
				t.Errorf("AccessUsers: got %d users, error %v, want 120", len(rows), err)
			}
			_, userErr := client.AccessUsersByEmail(t.Context(), fakeapi.AccountID, "user1@example.com")
			for call, err := range map[string]error{"AccessUsers": err, "AccessUsersByEmail": userErr} {
				failed, ok := errors.AsType[*cloudflare.Error](err)
				if ok != (test.tried != nil) || ok && (!slices.Equal(failed.Tried, test.tried) || failed.PerPage != 1000 || failed.Attempts != test.attempts || failed.Rows != 0) {
					t.Errorf("%s: got error %+v, want sizes %v, %d attempts with the first of them", call, failed, test.tried, test.attempts)
				}
			}
		})
	}
}

// TestClient_smallPagesRefused tries sizes that are smaller than the first one alone.
func TestClient_smallPagesRefused(t *testing.T) {
	t.Parallel()
	for perPage, tried := range map[int][]int{1000: {1000, 250, 100, 50, 20}, 250: {250, 100, 50, 20}, 100: {100, 50, 20}, 20: {20}, 5: {5}} {
		client, _ := newClientAtMost(t, 0, http.StatusBadRequest, 0)
		q := query()
		q.PerPage = perPage
		_, _, err := client.AccessUsers(t.Context(), q, everyone)
		if failed, ok := errors.AsType[*cloudflare.Error](err); !ok || !slices.Equal(failed.Tried, tried) {
			t.Errorf("AccessUsers, %d a page: got error %+v, want sizes %v", perPage, err, tried)
		}
	}
}

// TestClient_serverFails reads from a server that fails for large pages, which takes few
// attempts, and from servers that fail for all and recover, with large pages again.
func TestClient_serverFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		limit, status int // larger pages than limit get this status
		failures      int // of the first requests for other pages
		want          int // the size of the last page
	}{
		{limit: 100, status: 500, want: 100},
		{limit: 1000, failures: 9, want: 1000},
		{limit: 100, status: 400, failures: 9, want: 100},
	} {
		var sizes []int
		failed := 0
		next := fakeapi.New(fakeUsers(50))
		client, _ := newRetryingClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
			sizes = append(sizes, size)
			if size > test.limit {
				w.WriteHeader(test.status)
				_, _ = fmt.Fprint(w, `{"success":false,"errors":[{"code":6008,"message":"Invalid per_page"}],"result":null}`)
				return
			}
			if failed++; failed <= test.failures {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		}), 5)
		rows, _, err := client.AccessUsers(t.Context(), query(), everyone)
		if err != nil || len(rows) != 50 || sizes[len(sizes)-1] != test.want || test.failures == 0 && len(sizes) > 6 {
			t.Errorf("AccessUsers, at most %d, %d failures: got %d users, error %v, with pages of %d", test.limit, test.failures, len(rows), err, sizes)
		}
	}
}

// newClientAtMost returns a client of a server with 120 users that refuses pages
// above limit, and counts the warnings about that.
func newClientAtMost(t *testing.T, limit, status, retries int) (client *cloudflare.Client, warnings *int) {
	t.Helper()
	return newRetryingClient(t, atMost(limit, status, fakeapi.New(fakeUsers(120))), retries)
}

func newRetryingClient(t *testing.T, handler http.Handler, retries int) (client *cloudflare.Client, warnings *int) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	warnings = new(int)
	client, err := cloudflare.New(cloudflare.Config{
		BaseURL: server.URL + fakeapi.BasePath, Credentials: cloudflare.Credentials{APIToken: fakeapi.Token}, MaxRetries: retries,
		Clock: acctest.NewClock(), EncodeAccessUser: func(*cloudflare.AccessUser) []byte { return []byte{0} },
		Log: func(_ context.Context, level slog.Level, text string, _ map[string]any) {
			if level == slog.LevelWarn && text == "a page of this size failed" {
				*warnings++
			}
		},
	})
	if err != nil {
		t.Fatalf("New: got error %v", err)
	}
	return client, warnings
}

// TestClient_budget reads lists of which the count promises more pages than the
// limit of requests lets through before the deadline.
func TestClient_budget(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		count   int
		ignore  bool
		timeout time.Duration
		want    bool
	}{
		{count: 500_000, timeout: 10 * time.Minute},
		{count: 5_000_000, timeout: 10 * time.Minute, want: true},
		{count: 5_000_000, timeout: 2 * time.Hour},
		{count: 5_000_000, timeout: 10 * time.Minute, ignore: true},
	} {
		fake := fakeapi.New(fakeUsers(1200))
		fake.Quirks.TotalCount = func(int) int { return test.count }
		ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
		q := query()
		q.IgnoreTotalCount = test.ignore
		_, _, err := newClient(t, fake, nil).AccessUsers(ctx, q, everyone)
		cancel()
		budget, ok := errors.AsType[*cloudflare.BudgetError](err)
		if ok != test.want || ok && (budget.Requests < 5000 || budget.Takes < 36*time.Minute || budget.Left > test.timeout || len(fake.Requests()) != 1) {
			t.Errorf("AccessUsers of %d users within %s: got error %v after %d requests, want a BudgetError: %t", test.count, test.timeout, err, len(fake.Requests()), test.want)
		}
	}
}
