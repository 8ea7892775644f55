package pagination_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// A row is a user in one version: the page that contained it.
type row struct {
	user    string
	version int
}

type (
	request  = pagination.Request
	response = pagination.Response[row]
	fetch    = func(context.Context, request) (response, error)
)

var errRefused, errFailed = errors.New("400 Bad Request"), errors.New("500")

// readAll reads a list in pages of 100 rows.
func readAll(ctx context.Context, fetch fetch, options pagination.Options) ([]row, error) {
	return pagination.ReadAll(ctx, 100, fetch, func(r row) string { return r.user }, options)
}

// serve responds from a list of n users.
func serve(n int, r request) response {
	resp := response{Page: r.Page, PerPage: r.PerPage, TotalCount: n}
	for i := (r.Page - 1) * r.PerPage; i < min(n, r.Page*r.PerPage); i++ {
		resp.Rows = append(resp.Rows, row{"user " + strconv.Itoa(i), r.Page})
	}
	return resp
}

func pages(p *pagination.Progress) (received, expected int) {
	return int(p.Received.Load()), int(p.Expected.Load())
}

// TestReadAll_orderOfResponses lets responses arrive in opposite orders: rows, their
// versions and requests are the same.
func TestReadAll_orderOfResponses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		read := func(delay func(page int) int) (rows []row, requests []string) {
			var mu sync.Mutex
			rows, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
				<-time.After(time.Duration(delay(r.Page)) * time.Second) // in the bubble's time
				mu.Lock()
				defer mu.Unlock()
				requests = append(requests, fmt.Sprint(r))
				return serve(1000, r), nil
			}, pagination.Options{})
			if err != nil {
				t.Fatalf("ReadAll: got error %v", err)
			}
			slices.Sort(requests)
			return rows, requests
		}
		rows, requests := read(func(page int) int { return page })
		reversedRows, reversedRequests := read(func(page int) int { return 100 - page })
		if len(rows) != 1000 || !slices.Equal(rows, reversedRows) || !slices.Equal(requests, reversedRequests) {
			t.Errorf("ReadAll: got %d rows after requests %v\nand %d rows after requests %v, want 1000 equal ones",
				len(rows), requests, len(reversedRows), reversedRequests)
		}
		if !slices.Contains(rows, row{"user 89", 1}) || !slices.Contains(rows, row{"user 99", 2}) {
			t.Errorf("ReadAll: got %v and %v, want the last versions: page 2 contains the last users of page 1", rows[89], rows[99])
		}
	})
}

// TestReadAll_slowPage delays page 2: meanwhile, nine others are requested, and not
// more; of a list that ends with page 2, the page behind the end.
func TestReadAll_slowPage(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]int64{5000: 11, 190: 3} {
		synctest.Test(t, func(t *testing.T) {
			var started atomic.Int64
			release, done := make(chan struct{}), make(chan error)
			go func() {
				_, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
					started.Add(1)
					if r.Page == 2 {
						<-release
					}
					return serve(rows, r), nil
				}, pagination.Options{})
				done <- err
			}()
			synctest.Wait()
			if got := started.Load(); got != want {
				t.Errorf("ReadAll: got %d requests while page 2 of %d rows is slow, want %d", got, rows, want)
			}
			close(release)
			if err := <-done; err != nil {
				t.Errorf("ReadAll: got error %v", err)
			}
		})
	}
}

// TestReadAll_slidingWindow lets each request take longer than the one before: a
// request is made whenever the first of those outstanding is finished.
func TestReadAll_slidingWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		outstanding, most := 0, 0
		var startsAt []time.Duration
		begin := time.Now()
		_, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
			mu.Lock()
			outstanding++
			most = max(most, outstanding)
			startsAt = append(startsAt, time.Since(begin))
			mu.Unlock()
			<-time.After(time.Duration(r.Page*r.PerPage) * time.Second) // in the bubble's time
			mu.Lock()
			defer mu.Unlock()
			outstanding--
			return serve(3000, r), nil
		}, pagination.Options{})
		if err != nil || most != 10 {
			t.Errorf("ReadAll: got error %v, %d requests at once, want 10", err, most)
		}
		if startsAt[11] == startsAt[12] {
			t.Errorf("ReadAll: got requests at %v, want one whenever the first one is finished", startsAt)
		}
	})
}

func TestReadAll_errors(t *testing.T) {
	t.Parallel()
	var refused error = &pagination.PageSizeError{Err: errRefused}
	var timedOut error = &pagination.PageSizeError{Err: errFailed, TimedOut: true}
	for name, test := range map[string]struct {
		fails func(r request, number int) bool // number of the request, from 0
		count int                              // total_count, 500 rows
		err   error
		want  error
	}{
		"page 1":                     {func(r request, _ int) bool { return r.Page == 1 }, 500, errFailed, errFailed},
		"page 1, requested again":    {func(r request, n int) bool { return r.Page == 1 && n > 0 }, 501, errFailed, errFailed},
		"page 1 of the second pass":  {func(r request, _ int) bool { return r.Page == 1 && r.PerPage < 100 }, 501, errFailed, errFailed},
		"a later page":               {func(r request, _ int) bool { return r.Page == 3 }, 500, errFailed, errFailed},
		"page 1 refused":             {func(r request, _ int) bool { return r.Page == 1 }, 500, refused, refused},
		"page 1 timed out":           {func(r request, _ int) bool { return r.Page == 1 }, 500, timedOut, timedOut},
		"a later page timed out":     {func(r request, _ int) bool { return r.Page == 3 }, 500, timedOut, timedOut},
		"other sizes refused":        {func(r request, _ int) bool { return r.PerPage != 100 }, 500, refused, nil},
		"odd sizes refused":          {func(r request, _ int) bool { return r.PerPage%2 == 1 }, 500, refused, nil},
		"every page after 1 refused": {func(r request, _ int) bool { return r.Page > 1 }, 500, refused, errRefused},
	} {
		var mu sync.Mutex
		number := -1
		rows, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
			mu.Lock()
			defer mu.Unlock()
			if number++; test.fails(r, number) {
				return response{}, test.err
			}
			resp := serve(500, r)
			resp.TotalCount = test.count
			return resp, nil
		}, pagination.Options{})
		if !errors.Is(err, test.want) || test.want == nil && len(rows) != 500 {
			t.Errorf("ReadAll, %s: got %d rows, error %v, want error %v", name, len(rows), err, test.want)
		}
	}
}

// TestReadAll_sizesRefused has servers that accept multiples of some number only:
// pages overlap if there are several such sizes.
func TestReadAll_sizesRefused(t *testing.T) {
	t.Parallel()
	for step, isLinked := range map[int]bool{1: true, 5: true, 50: true, 100: true, 1000: false} {
		var mu sync.Mutex
		refused := 0
		var passes []pagination.Pass
		rows, err := pagination.ReadAll(t.Context(), 1000, func(_ context.Context, r request) (response, error) {
			if r.PerPage%step == 0 {
				return serve(4500, r), nil
			}
			mu.Lock()
			defer mu.Unlock()
			refused++
			return response{}, &pagination.PageSizeError{Err: errRefused}
		}, func(r row) string { return r.user }, pagination.Options{OnPass: func(p pagination.Pass) { passes = append(passes, p) }})
		if err != nil || len(rows) != 4500 || passes[0].Linked != isLinked {
			t.Errorf("ReadAll, multiples of %d: got %d rows, error %v, passes %v, want all rows, linked: %t", step, len(rows), err, passes, isLinked)
		}
		if refused > 15 || step > 5 == (refused == 0) {
			t.Errorf("ReadAll, multiples of %d: got %d requests that were refused", step, refused)
		}
	}
}

// TestReadAll_windowAfterRefusal has a server that accepts multiples of 50, and takes a
// second for each request: the first of these sizes is tried alone.
func TestReadAll_windowAfterRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		begin, startedAt := time.Now(), make(map[time.Duration]int)
		_, err := pagination.ReadAll(t.Context(), 1000, func(_ context.Context, r request) (response, error) {
			mu.Lock()
			startedAt[time.Since(begin)]++
			mu.Unlock()
			<-time.After(time.Second) // in the bubble's time
			if r.PerPage%50 > 0 {
				return response{}, &pagination.PageSizeError{Err: errRefused}
			}
			return serve(20_000, r), nil
		}, func(r row) string { return r.user }, pagination.Options{})
		if err != nil || startedAt[time.Second] != 10 || startedAt[2*time.Second] != 1 || startedAt[3*time.Second] != 10 {
			t.Errorf("ReadAll: got error %v, requests %v, want 10 that are refused, then 1, then 10", err, startedAt)
		}
	})
}

// TestReadAll_errorEndsOthers lets a page fail while another one is outstanding.
func TestReadAll_errorEndsOthers(t *testing.T) {
	t.Parallel()
	waiting := make(chan struct{})
	ended := false
	var progress pagination.Progress
	_, err := readAll(t.Context(), func(ctx context.Context, r request) (response, error) {
		if r.Page == 3 {
			close(waiting)
			<-ctx.Done()
			ended = true
			return response{}, ctx.Err()
		}
		if r.Page == 2 {
			<-waiting
			return response{}, errFailed
		}
		return serve(250, r), nil
	}, pagination.Options{Progress: &progress})
	if received, _ := pages(&progress); !ended || !errors.Is(err, errFailed) || received != 1 {
		t.Errorf("ReadAll: got error %v after %d responses, all ended: %t, want %v after 1, and no request left", err, received, ended, errFailed)
	}
}

func TestReadAll_progress(t *testing.T) {
	t.Parallel()
	var progress pagination.Progress
	var passes []pagination.Pass
	var plans, expectations []int
	rows, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
		_, expected := pages(&progress)
		if r.Page == 2 {
			expectations = append(expectations, expected)
		}
		resp := serve(3050, r)
		if len(passes) == 0 {
			resp.TotalCount++
		}
		return resp, nil
	}, pagination.Options{
		Progress: &progress,
		OnPass:   func(p pagination.Pass) { passes = append(passes, p) },
		OnPlan:   func(requests int) error { plans = append(plans, requests); return nil },
	})
	if err != nil || len(rows) != 3050 || int(progress.Rows.Load()) != 3050 || len(passes) != 2 {
		t.Fatalf("ReadAll: got %d rows, %d by Rows, error %v, passes %+v, want 3050 rows in two passes", len(rows), int(progress.Rows.Load()), err, passes)
	}
	first, last := passes[0], passes[1]
	if received, _ := pages(&progress); received != first.Requests+last.Requests {
		t.Errorf("Received: got %d received, want %d and %d", received, first.Requests, last.Requests)
	}
	if !slices.Equal(plans, []int{first.Requests - 2}) { // one looks for the end, and page 1 is requested again
		t.Errorf("OnPlan: got %v, want one call with the %d requests of the first pass", plans, first.Requests-2)
	}
	if want := []int{first.Requests - 2, first.Requests + last.Requests}; !slices.Equal(expectations, want) {
		t.Errorf("Expected at page 2: got %v expected, want %v", expectations, want)
	}
	first.Requests, last.Requests = 0, 0
	want := []pagination.Pass{{Rows: 3050, Linked: true, MinCount: 3051, MaxCount: 3051}, {Rows: 3050, Linked: true, MinCount: 3050, MaxCount: 3050}}
	if got := []pagination.Pass{first, last}; !slices.Equal(got, want) {
		t.Errorf("OnPass: got %+v, want %+v", got, want)
	}
}

// TestReadAll_progressOfEarlierRead fails at page 1 after an earlier read has had rows.
func TestReadAll_progressOfEarlierRead(t *testing.T) {
	t.Parallel()
	var progress pagination.Progress
	progress.Rows.Store(70)
	_, err := readAll(t.Context(), func(context.Context, request) (response, error) { return response{}, errFailed }, pagination.Options{Progress: &progress})
	if got := progress.Rows.Load(); !errors.Is(err, errFailed) || got != 0 {
		t.Errorf("ReadAll: got error %v, %d rows, want none", err, got)
	}
}

// TestReadAll_onPlan ends a read after page 1, where a usable count is stated.
func TestReadAll_onPlan(t *testing.T) {
	t.Parallel()
	errTooLong := errors.New("too long")
	for name, test := range map[string]struct {
		rows    int
		options pagination.Options
		want    error
	}{
		"a count":       {500, pagination.Options{}, errTooLong},
		"one page":      {50, pagination.Options{}, nil},
		"ignored":       {500, pagination.Options{IgnoreTotalCount: true}, nil},
		"beside filter": {500, pagination.Options{Filtered: true}, nil},
	} {
		test.options.OnPlan = func(int) error { return errTooLong }
		rows, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) { return serve(test.rows, r), nil }, test.options)
		if !errors.Is(err, test.want) || err == nil && len(rows) != test.rows {
			t.Errorf("ReadAll, %s: got %d rows, error %v, want error %v", name, len(rows), err, test.want)
		}
	}
}

// TestReadAll_otherUsers has a user in a response of the first pass that is not about
// the page that was requested: the list is the last pass.
func TestReadAll_otherUsers(t *testing.T) {
	t.Parallel()
	passes := 0
	rows, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
		resp := serve(50, r)
		if passes == 0 {
			resp.Page = 7
			resp.Rows[0].user = "somebody else"
		}
		return resp, nil
	}, pagination.Options{OnPass: func(pagination.Pass) { passes++ }})
	if err != nil || len(rows) != 50 || slices.ContainsFunc(rows, func(r row) bool { return r.user == "somebody else" }) {
		t.Errorf("ReadAll: got %d rows, error %v, want the 50 of the second pass", len(rows), err)
	}
}

// TestReadAll_progressNotCounted reads a list without counts: nobody knows how many
// responses are to come.
func TestReadAll_progressNotCounted(t *testing.T) {
	t.Parallel()
	var progress pagination.Progress
	_, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
		if _, expected := pages(&progress); expected != 0 {
			t.Errorf("Expected at page %d: got %d, want 0", r.Page, expected)
		}
		resp := serve(250, r)
		resp.TotalCount = pagination.NotStated
		return resp, nil
	}, pagination.Options{Progress: &progress})
	if err != nil {
		t.Errorf("ReadAll: got error %v", err)
	}
}
