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

type (
	request  = pagination.Request
	response = pagination.Response[row]
)

var errRefused = errors.New("400 Bad Request")

// readAll reads a list in pages of 100 rows.
func readAll(ctx context.Context, fetch func(context.Context, request) (response, error), progress *pagination.Progress, onPass func(pagination.Pass)) ([]row, error) {
	return pagination.ReadAll(ctx, fetch, func(r row) string { return r.user }, pagination.Options{
		PerPage: 100, Progress: progress, OnPass: onPass,
		RefusesPageSize: func(err error) bool { return errors.Is(err, errRefused) },
	})
}

func ignorePass(pagination.Pass) {}

// serve responds from a list of n users.
func serve(n int, r request) response {
	resp := response{Page: r.Page, PerPage: r.PerPage, TotalCount: n}
	for i := (r.Page - 1) * r.PerPage; i < min(n, r.Page*r.PerPage); i++ {
		resp.Rows = append(resp.Rows, row{"user " + strconv.Itoa(i), r.Page})
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
			rows, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
				<-time.After(time.Duration(delay(r.Page)) * time.Second) // in the bubble's time
				mu.Lock()
				defer mu.Unlock()
				requests = append(requests, fmt.Sprint(r))
				return serve(1000, r), nil
			}, new(pagination.Progress), ignorePass)
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
	errFailed := errors.New("500")
	for name, test := range map[string]struct {
		fails func(r request, number int) bool // number of the request, from 0
		count int                              // total_count, 500 rows
		err   error
		want  error
	}{
		"page 1":                     {func(r request, _ int) bool { return r.Page == 1 }, 500, errFailed, errFailed},
		"page 1, requested again":    {func(r request, n int) bool { return r.Page == 1 && n > 0 }, 501, errFailed, errFailed},
		"a later page":               {func(r request, _ int) bool { return r.Page == 3 }, 500, errFailed, errFailed},
		"page 1 refused":             {func(r request, _ int) bool { return r.Page == 1 }, 500, errRefused, errRefused},
		"other sizes refused":        {func(r request, _ int) bool { return r.PerPage != 100 }, 500, errRefused, nil},
		"every page after 1 refused": {func(r request, _ int) bool { return r.Page > 1 }, 500, errRefused, errRefused},
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
		}, new(pagination.Progress), ignorePass)
		if !errors.Is(err, test.want) || test.want == nil && len(rows) != 500 {
			t.Errorf("ReadAll, %s: got %d rows, error %v, want error %v", name, len(rows), err, test.want)
		}
	}
}

// TestReadAll_errorEndsOthers lets a page fail while another one is in flight.
func TestReadAll_errorEndsOthers(t *testing.T) {
	t.Parallel()
	errFailed := errors.New("500")
	waiting, ended := make(chan struct{}), make(chan struct{})
	var progress pagination.Progress
	_, err := readAll(t.Context(), func(ctx context.Context, r request) (response, error) {
		if r.Page == 2 {
			close(waiting)
			<-ctx.Done()
			close(ended)
			return response{}, ctx.Err()
		}
		if r.Page == 3 {
			<-waiting
			return response{}, errFailed
		}
		return serve(250, r), nil
	}, &progress, ignorePass)
	<-ended
	if received, _ := progress.Pages(); !errors.Is(err, errFailed) || received != 1 {
		t.Errorf("ReadAll: got error %v after %d responses, want %v after 1", err, received, errFailed)
	}
}

func TestReadAll_progress(t *testing.T) {
	t.Parallel()
	var progress pagination.Progress
	var atPage1 [][2]int
	var passes []pagination.Pass
	_, err := readAll(t.Context(), func(_ context.Context, r request) (response, error) {
		received, expected := progress.Pages()
		if r.Page == 1 {
			atPage1 = append(atPage1, [2]int{received, expected})
		}
		if want := 37 + 39*len(passes); r.Page == 2 && expected != want {
			t.Errorf("Pages at page 2 of pass %d: got %d expected, want %d", len(passes)+1, expected, want)
		}
		resp := serve(3050, r)
		if len(passes) == 0 {
			resp.TotalCount++
		}
		return resp, nil
	}, &progress, func(p pagination.Pass) { passes = append(passes, p) })
	want := []pagination.Pass{
		{Rows: 3050, Linked: true, MinCount: 3051, MaxCount: 3051, Requests: 39},
		{Rows: 3050, Linked: true, MinCount: 3050, MaxCount: 3050, Requests: 38},
	}
	if err != nil || !slices.Equal(passes, want) {
		t.Errorf("ReadAll: got error %v and passes %+v, want %+v", err, passes, want)
	}
	if want := [][2]int{{0, 0}, {38, 38}, {39, 0}}; !slices.Equal(atPage1, want) { // page 1 is requested again after the first pass
		t.Errorf("Pages at page 1: got %v, want %v", atPage1, want)
	}
}
