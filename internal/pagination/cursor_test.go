package pagination_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// A cursorServer serves ids in order. A cursor is the last id of a page.
type cursorServer struct {
	rows     map[string]bool
	perPage  int
	requests int
	before   func()                                                      // before each response; nil: nothing
	edit     func(number int, page *pagination.CursorPage[string]) error // nil: nothing
}

func (s *cursorServer) fetch(_ context.Context, cursor string, number int) (page pagination.CursorPage[string], err error) {
	s.requests++
	if s.before != nil {
		s.before()
	}
	for _, id := range slices.Sorted(maps.Keys(s.rows)) {
		if id > cursor && len(page.Rows) == s.perPage {
			page.Next = page.Rows[s.perPage-1]
			break
		}
		if id > cursor {
			page.Rows = append(page.Rows, id)
		}
	}
	if s.edit != nil {
		err = s.edit(number, &page)
	}
	return page, err
}

func (s *cursorServer) read(t *testing.T, progress *pagination.Progress) ([]string, error) {
	t.Helper()
	return pagination.ReadByCursor(t.Context(), s.fetch, func(id string) string { return strings.ToLower(id) }, progress)
}

func newCursorServer(rows, perPage int) *cursorServer {
	s := &cursorServer{rows: make(map[string]bool), perPage: perPage}
	for i := range rows {
		s.rows[fmt.Sprintf("%06d", i)] = true
	}
	return s
}

// TestReadByCursor_changes reads lists from which rows leave, and which others join,
// before each response.
func TestReadByCursor_changes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := newCursorServer(random.IntN(60), 1+random.IntN(10))
		stayed, ever := maps.Clone(s.rows), maps.Clone(s.rows)
		s.before = func() {
			for range random.IntN(3) {
				leaver, joiner := fmt.Sprintf("%06d", random.IntN(60)), fmt.Sprintf("%06d-%d", random.IntN(60), s.requests)
				delete(s.rows, leaver)
				delete(stayed, leaver)
				s.rows[joiner], ever[joiner] = true, true
			}
		}
		var progress pagination.Progress
		got, err := s.read(t, &progress)
		if err != nil {
			t.Fatalf("seed %d: ReadByCursor: got error %v", seed, err)
		}
		for _, id := range got {
			delete(stayed, id)
		}
		isOnce := len(slices.Compact(slices.Sorted(slices.Values(got)))) == len(got)
		wasThere := !slices.ContainsFunc(got, func(id string) bool { return !ever[id] })
		if len(stayed) > 0 || !isOnce || !wasThere {
			t.Errorf("seed %d: ReadByCursor: %v are missing, each once: %t, none invented: %t", seed, slices.Collect(maps.Keys(stayed)), isOnce, wasThere)
		}
		if received, expected := int(progress.Received.Load()), int(progress.Expected.Load()); received != s.requests || expected != 0 || int(progress.Rows.Load()) != len(got) {
			t.Errorf("seed %d: progress: got %d of %d pages, %d rows, want %d of 0, %d", seed, received, expected, int(progress.Rows.Load()), s.requests, len(got))
		}
	}
}

// TestReadByCursor_faults reads 10 rows in pages of 3: each list is complete, or an
// error.
func TestReadByCursor_faults(t *testing.T) {
	t.Parallel()
	type page = pagination.CursorPage[string]
	refused, timedOut := errors.New("refused"), errors.New("timed out")
	attempts := 0
	refuse := func(number, times int, err error) func(int, *page) error {
		return func(n int, _ *page) error {
			if n == number && attempts < times {
				attempts++
				return err
			}
			return nil
		}
	}
	for _, test := range []cursorFault{
		{name: "none"},
		{name: "rows come again", edit: func(_ int, p *page) error {
			p.Rows = append(slices.Clone(p.Rows), strings.ToUpper("000000"))
			return nil
		}},
		{name: "one empty page", edit: func(n int, p *page) error {
			if n == 2 {
				*p = page{Next: "000002x"}
			}
			return nil
		}},
		{name: "empty pages", edit: func(n int, p *page) error {
			if n > 1 {
				*p = page{Next: "0000" + strconv.Itoa(n)}
			}
			return nil
		}, problem: pagination.Problem{Reason: pagination.NoNewRows, Page: 3}},
		{name: "always page 1", edit: func(n int, p *page) error {
			*p = page{Rows: []string{"a"}, Next: strconv.Itoa(n)}
			return nil
		}, problem: pagination.Problem{Reason: pagination.NoNewRows, Page: 3}},
		{name: "a repeated cursor", edit: func(n int, p *page) error {
			if n == 3 {
				p.Next = "000002"
			}
			return nil
		}, problem: pagination.Problem{Reason: pagination.SameCursor, Page: 3}},
		{name: "endless", edit: func(n int, p *page) error {
			*p = page{Rows: []string{strconv.Itoa(n)}, Next: strconv.Itoa(n)}
			return nil
		}, problem: pagination.Problem{Reason: pagination.NoEnd, Page: 100_000}},
		{name: "expired once", edit: refuse(3, 1, &pagination.PageSizeError{Err: refused})},
		{name: "expired twice", edit: refuse(3, 2, &pagination.PageSizeError{Err: refused}), err: refused},
		{name: "page 1 refused", edit: refuse(1, 1, &pagination.PageSizeError{Err: refused}), err: refused, isSize: true},
		{name: "page 1 refused after another", edit: func(int, *page) error {
			attempts++
			if attempts > 1 {
				return &pagination.PageSizeError{Err: refused}
			}
			return nil
		}, err: refused, isSize: true},
		{name: "timed out", edit: refuse(3, 1, &pagination.PageSizeError{Err: timedOut, TimedOut: true}), err: timedOut, isSize: true},
		{name: "another error", edit: refuse(3, 1, timedOut), err: timedOut},
	} {
		attempts = 0
		test.check(t)
	}
}

// A cursorFault is a fault of a server, and what becomes of it.
type cursorFault struct {
	name    string
	edit    func(number int, p *pagination.CursorPage[string]) error
	problem pagination.Problem // of an IncompleteError
	err     error              // another one
	isSize  bool               // it is a PageSizeError
}

func (f cursorFault) check(t *testing.T) {
	t.Helper()
	s := newCursorServer(10, 3)
	s.edit = f.edit
	got, err := s.read(t, new(pagination.Progress))
	incomplete, _ := errors.AsType[*pagination.IncompleteError](err)
	_, isSize := errors.AsType[*pagination.PageSizeError](err)
	switch {
	case f.problem.Reason != "":
		if incomplete == nil || incomplete.Problem != f.problem {
			t.Errorf("%s: ReadByCursor: got error %v, want %+v", f.name, err, f.problem)
		}
	case f.err != nil:
		if !errors.Is(err, f.err) || isSize != f.isSize {
			t.Errorf("%s: ReadByCursor: got error %v, of the size: %t, want %v, %t", f.name, err, isSize, f.err, f.isSize)
		}
	default:
		if want := slices.Sorted(maps.Keys(s.rows)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: ReadByCursor: got %v, error %v, want %v", f.name, got, err, want)
		}
	}
}
