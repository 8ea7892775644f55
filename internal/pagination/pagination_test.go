package pagination_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// A row is a user in one version: the number of the response that contained it.
type row struct {
	user    string
	version int
}

func key(r row) string { return r.user }

// serve answers from a list of n users.
func serve(n, version int, request pagination.Request) pagination.Response[row] {
	resp := pagination.Response[row]{Page: request.Page, PerPage: request.PerPage, TotalCount: n}
	for i := (request.Page - 1) * request.PerPage; i < min(n, request.Page*request.PerPage); i++ {
		resp.Rows = append(resp.Rows, row{"user " + strconv.Itoa(i), version})
	}
	return resp
}

// TestReadAll_orderOfResponses lets the responses of each batch arrive in
// opposite orders: rows and requests are the same.
func TestReadAll_orderOfResponses(t *testing.T) {
	t.Parallel()
	const users, perPage = 1000, 100
	read := func(reverse bool) (rows []row, requests []string) {
		var mu sync.Mutex
		turns := map[pagination.Request]chan struct{}{}
		var batch []pagination.Request
		fetch := func(_ context.Context, request pagination.Request) (pagination.Response[row], error) {
			mu.Lock()
			requests = append(requests, fmt.Sprint(request))
			turn := make(chan struct{})
			turns[request] = turn
			batch = append(batch, request)
			// The batches of this list are page 1, ten pages, and the rest.
			if len(requests) == 1 || len(requests) == 11 || len(requests) == 12 {
				slices.SortFunc(batch, func(a, b pagination.Request) int { return a.Page - b.Page })
				if reverse {
					slices.Reverse(batch)
				}
				go func(batch []pagination.Request) {
					for _, request := range batch {
						turns[request] <- struct{}{}
					}
				}(slices.Clone(batch))
				batch = nil
			}
			mu.Unlock()
			<-turn
			return serve(users, request.Page, request), nil
		}
		rows, err := pagination.ReadAll(t.Context(), fetch, key, pagination.Options{PerPage: perPage})
		if err != nil {
			t.Fatalf("ReadAll: %v", err)
		}
		slices.Sort(requests)
		return rows, requests
	}
	rows, requests := read(false)
	reversedRows, reversedRequests := read(true)
	if len(rows) != users || !slices.Equal(rows, reversedRows) || !slices.Equal(requests, reversedRequests) {
		t.Errorf("ReadAll: got %d rows after requests %v\nand %d rows after requests %v, want %d equal ones",
			len(rows), requests, len(reversedRows), reversedRequests, users)
	}
}

func TestReadAll_lastVersionOfARow(t *testing.T) {
	t.Parallel()
	rows, err := pagination.ReadAll(t.Context(), func(_ context.Context, request pagination.Request) (pagination.Response[row], error) {
		return serve(150, request.Page, request), nil
	}, key, pagination.Options{PerPage: 100})
	if err != nil {
		t.Fatalf("ReadAll: %v", err)
	}
	versions := map[int]int{}
	for _, r := range rows {
		versions[r.version]++
	}
	if want := map[int]int{1: 92, 2: 58}; !maps.Equal(versions, want) {
		t.Errorf("ReadAll: got rows of versions %v, want %v: page 2 contains the last 8 of page 1", versions, want)
	}
}

func TestReadAll_errors(t *testing.T) {
	t.Parallel()
	failed, refused := errors.New("500"), errors.New("400")
	for name, test := range map[string]struct {
		page int // that fails
		err  error
		want error
		all  bool // sizes are refused, not only others than 100
	}{
		"page 1":                   {page: 1, err: failed, want: failed},
		"a later page":             {page: 3, err: failed, want: failed},
		"page 1 refused":           {page: 1, err: refused, all: true, want: refused},
		"a size refused":           {page: 3, err: refused},
		"every page after 1 fails": {page: 3, err: refused, all: true, want: refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := pagination.ReadAll(t.Context(), func(_ context.Context, request pagination.Request) (pagination.Response[row], error) {
				if request.Page == test.page && (errors.Is(test.err, failed) || test.all || request.PerPage != 100) {
					return pagination.Response[row]{}, test.err
				}
				return serve(500, 1, request), nil
			}, key, pagination.Options{PerPage: 100, RefusesPageSize: func(err error) bool { return errors.Is(err, refused) }})
			if !errors.Is(err, test.want) || test.want == nil && len(rows) != 500 {
				t.Errorf("ReadAll: got %d rows, error %v, want error %v", len(rows), err, test.want)
			}
		})
	}
	_, err := pagination.ReadAll(t.Context(), func(_ context.Context, request pagination.Request) (pagination.Response[row], error) {
		if request.Page > 1 {
			return pagination.Response[row]{}, refused
		}
		return serve(500, 1, request), nil
	}, key, pagination.Options{PerPage: 100})
	if !errors.Is(err, refused) {
		t.Errorf("ReadAll without RefusesPageSize: got error %v, want %v", err, refused)
	}
}

// TestReadAll_errorEndsOthers lets a page fail while another one is in flight.
func TestReadAll_errorEndsOthers(t *testing.T) {
	t.Parallel()
	failed := errors.New("500")
	waiting := make(chan struct{})
	var ended atomic.Bool
	_, err := pagination.ReadAll(t.Context(), func(ctx context.Context, request pagination.Request) (pagination.Response[row], error) {
		switch request.Page {
		case 2:
			close(waiting)
			<-ctx.Done()
			ended.Store(true)
			return pagination.Response[row]{}, ctx.Err()
		case 3:
			<-waiting
			return pagination.Response[row]{}, failed
		}
		return serve(250, 1, request), nil
	}, key, pagination.Options{PerPage: 100})
	if !errors.Is(err, failed) || !ended.Load() {
		t.Errorf("ReadAll: got error %v, other request ended: %t, want %v, true", err, ended.Load(), failed)
	}
}

func TestReadAll_progress(t *testing.T) {
	t.Parallel()
	var progress pagination.Progress
	var passes []pagination.Pass
	_, err := pagination.ReadAll(t.Context(), func(_ context.Context, request pagination.Request) (pagination.Response[row], error) {
		n, expected := progress.Pages()
		if request.Page > 1 && expected != 7 {
			t.Errorf("Pages at page %d: got %d of %d, want 7", request.Page, n, expected)
		}
		resp := serve(500, 1, request)
		if len(passes) == 0 {
			resp.TotalCount++
		}
		return resp, nil
	}, key, pagination.Options{PerPage: 100, Progress: &progress, OnPass: func(p pagination.Pass) { passes = append(passes, p) }})
	if n, expected := progress.Pages(); n != 7 || expected != 7 {
		t.Errorf("Pages: got %d of %d, want 7 of 7", n, expected)
	}
	want := []pagination.Pass{
		{Rows: 500, Linked: true, MinCount: 501, MaxCount: 501, Requests: 8},
		{Rows: 500, Linked: true, MinCount: 500, MaxCount: 500, Requests: 7},
	}
	if err != nil || !slices.Equal(passes, want) {
		t.Errorf("ReadAll: got error %v and passes %+v, want %+v", err, passes, want)
	}
}
