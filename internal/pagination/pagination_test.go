package pagination_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
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

func key(r row) string { return r.user }

// serve responds from a list of n users.
func serve(n int, request pagination.Request) pagination.Response[row] {
	resp := pagination.Response[row]{Page: request.Page, PerPage: request.PerPage, TotalCount: n}
	for i := (request.Page - 1) * request.PerPage; i < min(n, request.Page*request.PerPage); i++ {
		resp.Rows = append(resp.Rows, row{"user " + strconv.Itoa(i), request.Page})
	}
	return resp
}

// TestReadAll_orderOfResponses lets the responses of each batch arrive in
// opposite orders: rows, their versions and requests are the same.
func TestReadAll_orderOfResponses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		read := func(delay func(page int) int) (rows []row, requests []string) {
			var mu sync.Mutex
			rows, err := pagination.ReadAll(t.Context(), func(_ context.Context, request pagination.Request) (pagination.Response[row], error) {
				<-time.After(time.Duration(delay(request.Page)) * time.Second) // in the bubble's time
				mu.Lock()
				defer mu.Unlock()
				requests = append(requests, fmt.Sprint(request))
				return serve(1000, request), nil
			}, key, pagination.Options{PerPage: 100})
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
		if !slices.Contains(rows, row{"user 91", 1}) || !slices.Contains(rows, row{"user 92", 2}) {
			t.Errorf("ReadAll: got %v and %v, want the last versions: page 2 contains the last 8 users of page 1", rows[91], rows[92])
		}
	})
}

func TestReadAll_errors(t *testing.T) {
	t.Parallel()
	failed, refused := errors.New("500"), errors.New("400")
	refuses := func(err error) bool { return errors.Is(err, refused) }
	for name, test := range map[string]struct {
		page    int // that fails
		err     error
		others  bool // it fails with another size than 100 alone
		refuses func(error) bool
		want    error
	}{
		"page 1":                   {page: 1, err: failed, refuses: refuses, want: failed},
		"a later page":             {page: 3, err: failed, refuses: refuses, want: failed},
		"page 1 refused":           {page: 1, err: refused, refuses: refuses, want: refused},
		"a size refused":           {page: 3, err: refused, others: true, refuses: refuses},
		"every page after 1 fails": {page: 3, err: refused, refuses: refuses, want: refused},
		"no size can be refused":   {page: 3, err: refused, others: true, want: refused},
	} {
		rows, err := pagination.ReadAll(t.Context(), func(_ context.Context, request pagination.Request) (pagination.Response[row], error) {
			if request.Page == test.page && (!test.others || request.PerPage != 100) {
				return pagination.Response[row]{}, test.err
			}
			return serve(500, request), nil
		}, key, pagination.Options{PerPage: 100, RefusesPageSize: test.refuses})
		if !errors.Is(err, test.want) || test.want == nil && len(rows) != 500 {
			t.Errorf("ReadAll, %s: got %d rows, error %v, want error %v", name, len(rows), err, test.want)
		}
	}
}

// TestReadAll_errorEndsOthers lets a page fail while another one is in flight.
func TestReadAll_errorEndsOthers(t *testing.T) {
	t.Parallel()
	failed := errors.New("500")
	waiting, ended := make(chan struct{}), make(chan struct{})
	_, err := pagination.ReadAll(t.Context(), func(ctx context.Context, request pagination.Request) (pagination.Response[row], error) {
		if request.Page == 2 {
			close(waiting)
			<-ctx.Done()
			close(ended)
			return pagination.Response[row]{}, ctx.Err()
		}
		if request.Page == 3 {
			<-waiting
			return pagination.Response[row]{}, failed
		}
		return serve(250, request), nil
	}, key, pagination.Options{PerPage: 100})
	<-ended
	if !errors.Is(err, failed) {
		t.Errorf("ReadAll: got error %v, want %v", err, failed)
	}
}

func TestReadAll_progress(t *testing.T) {
	t.Parallel()
	var progress pagination.Progress
	var atPage1 [][2]int
	var passes []pagination.Pass
	_, err := pagination.ReadAll(t.Context(), func(_ context.Context, request pagination.Request) (pagination.Response[row], error) {
		received, expected := progress.Pages()
		if request.Page == 1 {
			atPage1 = append(atPage1, [2]int{received, expected})
		}
		if request.Page == 2 && expected != 37 {
			t.Errorf("Pages at page 2: got %d expected, want 37", expected)
		}
		resp := serve(3050, request)
		if len(passes) == 0 {
			resp.TotalCount++
		}
		return resp, nil
	}, key, pagination.Options{PerPage: 100, Progress: &progress, OnPass: func(p pagination.Pass) { passes = append(passes, p) }})
	want := []pagination.Pass{
		{Rows: 3050, Linked: true, MinCount: 3051, MaxCount: 3051, Requests: 39},
		{Rows: 3050, Linked: true, MinCount: 3050, MaxCount: 3050, Requests: 38},
	}
	if err != nil || !slices.Equal(passes, want) {
		t.Errorf("ReadAll: got error %v and passes %+v, want %+v", err, passes, want)
	}
	if want := [][2]int{{0, 0}, {38, 38}, {0, 0}}; !slices.Equal(atPage1, want) { // page 1 is requested again after the first pass
		t.Errorf("Pages at page 1: got %v, want %v", atPage1, want)
	}
}
