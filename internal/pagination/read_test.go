package pagination

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// fixedAccount has this many users on pages of at most maxSize.
func fixedAccount(k kind, users, maxSize int) *account {
	a := newAccount(k, rand.New(rand.NewPCG(1, 2)))
	a.users, a.joined, a.always, a.maxSize = nil, 0, map[int]bool{}, maxSize
	a.add(users)
	return a
}

// once applies edit to the nth response alone.
func once(a *account, n int, edit func(*response)) {
	a.edit = func(_ Request, resp *response) {
		if a.requests == n {
			edit(resp)
		}
	}
}

func empty(resp *response) { resp.rows = nil }

func TestReadAll_completeLists(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		users    int
		maxSize  int // 100 if not set
		options  Options
		kind     kind
		edit     func(*account)
		requests int // at most
	}{
		"no users":                    {users: 0, requests: 1},
		"one user":                    {users: 1, requests: 1},
		"one user less than a page":   {users: 99, requests: 1},
		"one full page":               {users: 100, requests: 2},
		"one user more than a page":   {users: 101, requests: 2},
		"250 users":                   {users: 250, requests: 3},
		"three full pages":            {users: 300, requests: 4},
		"2,000 users":                 {users: 2000, requests: 25},
		"10,000 users":                {users: 10_000, requests: 125},
		"12,000 users, large pages":   {users: 12_000, maxSize: 1000, requests: 14},
		"100,000 users, large pages":  {users: 100_000, maxSize: 1000, requests: 106},
		"pages of one user":           {users: 30, maxSize: 1, requests: 64},
		"pages of three users":        {users: 30, maxSize: 3, requests: 24},
		"pages of four users":         {users: 30, maxSize: 4, requests: 20},
		"a fixed size":                {users: 250, kind: kind{fixed: 50}, requests: 24},
		"a fixed size, not stated":    {users: 250, kind: kind{fixed: 50, noInfo: true}, requests: 22},
		"a size above the requested":  {users: 250, kind: kind{fixed: 100}, options: Options{PerPage: 50}, requests: 10},
		"a clamp that is not stated":  {users: 250, kind: kind{clamp: 50}, requests: 14},
		"refused sizes":               {users: 250, kind: kind{refuse: true}, requests: 10},
		"no result_info":              {users: 250, kind: kind{noInfo: true}, requests: 6},
		"no result_info, one page":    {users: 5, kind: kind{noInfo: true}, requests: 4},
		"no result_info, no users":    {users: 0, kind: kind{noInfo: true}, requests: 2},
		"a total_count of 0":          {users: 250, kind: kind{countMore: -1000}, requests: 6},
		"a total_count too small":     {users: 250, kind: kind{countMore: -30}, requests: 3},
		"an ignored total_count":      {users: 250, kind: kind{countMore: 70}, options: Options{IgnoreTotalCount: true}, requests: 8},
		"an ignored one, one page":    {users: 50, kind: kind{countMore: 70}, options: Options{IgnoreTotalCount: true}, requests: 8},
		"a filter":                    {users: 250, options: Options{Filtered: true}, requests: 3},
		"a filter, all users counted": {users: 30, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 6},
		"a long filtered list":        {users: 230, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 24},
		"a filter, no match":          {users: 0, options: Options{Filtered: true}, requests: 1},
		"a filter, no match, counted": {users: 0, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 6},
		"page 1 empty once":           {users: 250, edit: func(a *account) { once(a, 1, empty) }, requests: 5},
		"page 2 empty once":           {users: 250, edit: func(a *account) { once(a, 2, empty) }, requests: 6},
		"no result_info, empty once":  {users: 250, kind: kind{noInfo: true}, edit: func(a *account) { once(a, 2, empty) }, requests: 9},
		"a rotating order":            {users: 250, kind: kind{rotate: true}, requests: 20},
		"another page number once":    {users: 250, edit: func(a *account) { once(a, 2, func(r *response) { r.page = 7 }) }, requests: 6},
		"a row twice":                 {users: 250, edit: func(a *account) { once(a, 2, func(r *response) { r.rows[1] = r.rows[0] }) }, requests: 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := fixedAccount(test.kind, test.users, max(test.maxSize, 1))
			if test.maxSize == 0 {
				a.maxSize = 100
			}
			if test.edit != nil {
				test.edit(a)
			}
			if test.options.PerPage == 0 {
				test.options.PerPage = 1000
			}
			rows, err := a.read(test.options)
			if err != nil {
				t.Fatalf("readAll: %v", err)
			}
			if err := a.check(rows); err != nil {
				t.Error(err)
			}
			if a.requests > test.requests {
				t.Errorf("readAll took %d requests, want at most %d", a.requests, test.requests)
			}
		})
	}
}

// TestReadAll_pastTheEnd reads a list whose server states other counts and no
// rows behind the last page.
func TestReadAll_pastTheEnd(t *testing.T) {
	t.Parallel()
	for _, k := range []kind{{}, {fixed: 100}} {
		a := fixedAccount(k, 300, 100)
		a.edit = func(_ Request, resp *response) {
			if len(resp.rows) == 0 {
				resp.total = 17
			}
		}
		rows, err := a.read(Options{PerPage: 100})
		if err != nil || a.check(rows) != nil {
			t.Errorf("readAll with %+v: got %d rows and error %v, want 300", k, len(rows), err)
		}
		if want := 5; k.fixed == 0 && a.requests > want {
			t.Errorf("readAll with %+v took %d requests, want at most %d", k, a.requests, want)
		}
	}
}

// TestReadAll_filterAppliedToPages reads a list whose filter is applied to
// pages of all users, so that every page is short.
func TestReadAll_filterAppliedToPages(t *testing.T) {
	t.Parallel()
	for _, first := range []int{-1, 0, 1} { // page 1 is empty, short, full
		a := fixedAccount(kind{}, 1000, 100)
		filter := func(users []int) (matching []int) {
			for _, user := range users {
				if user < 100*first || user%7 == 3 && user >= -100*first {
					matching = append(matching, user)
				}
			}
			return matching
		}
		want := filter(a.users)
		a.edit = func(_ Request, resp *response) {
			resp.rows, resp.total = filter(resp.rows), len(want)
		}
		rows, err := a.read(Options{PerPage: 1000, Filtered: true})
		slices.Sort(rows)
		if err != nil || !slices.Equal(rows, want) {
			t.Errorf("readAll: got %d rows and error %v, want %d", len(rows), err, len(want))
		}
	}
}

func TestReadAll_incompleteLists(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		users    int
		kind     kind
		options  Options
		edit     func(Request, *response)
		want     IncompleteError // but for Passes
		passes   int
		requests int // at most
	}{
		"a total_count too large": {
			users: 250, kind: kind{countMore: 70}, want: IncompleteError{Reason: CountTooLarge, Missing: 70}, passes: 2, requests: 10,
		},
		"a total_count far too large": {
			users: 250, kind: kind{countMore: 1_000_000}, want: IncompleteError{Reason: CountTooLarge, Missing: 1_000_000}, passes: 2, requests: 26,
		},
		"a page that is always empty": {
			users: 250, edit: func(q Request, r *response) {
				if q.Page == 2 {
					r.rows = nil
				}
			},
			want: IncompleteError{Reason: CountTooLarge, Missing: 150}, passes: 2, requests: 14,
		},
		"always page 1": {
			users: 250, edit: func(q Request, r *response) { r.rows, r.page = firstRows(q.PerPage), 1 },
			want: IncompleteError{Reason: OtherPage, Page: 2}, passes: 2, requests: 6,
		},
		"always page 1, not stated": {
			users: 250, edit: func(q Request, r *response) { *r = response{rows: firstRows(q.PerPage), total: 250} },
			want: IncompleteError{Reason: NoNewRows, Page: 3}, passes: 2, requests: 8,
		},
		"always page 1 of a fixed size": {
			users: 250, edit: func(_ Request, r *response) { *r = response{rows: firstRows(100), perPage: 100, total: 250} },
			want: IncompleteError{Reason: NoNewRows, Page: 3}, passes: 2, requests: 12,
		},
		"no end": {
			users: 100, edit: func() func(Request, *response) {
				row := 1000
				return func(q Request, r *response) {
					row++
					*r = response{rows: append(firstRows(q.PerPage-1), row), page: q.Page, perPage: q.PerPage, total: 100}
				}
			}(),
			options: Options{PerPage: 100}, want: IncompleteError{Reason: TooManyRequests, Page: 23}, passes: 4, requests: 240,
		},
		"shuffled": {
			users: 1000, kind: kind{shuffle: true}, want: IncompleteError{Reason: Changing}, passes: 4, requests: 120,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := fixedAccount(test.kind, test.users, 100)
			a.edit = test.edit
			if test.options.PerPage == 0 {
				test.options.PerPage = 1000
			}
			_, err := a.read(test.options)
			got, ok := errors.AsType[*IncompleteError](err)
			if !ok {
				t.Fatalf("readAll: got error %v, want an IncompleteError", err)
			}
			if len(got.Passes) != test.passes || a.requests > test.requests {
				t.Errorf("readAll took %d passes and %d requests, want %d and at most %d: %v", len(got.Passes), a.requests, test.passes, test.requests, err)
			}
			if short := (IncompleteError{Reason: got.Reason, Page: got.Page, Missing: got.Missing}); !reflect.DeepEqual(short, test.want) {
				t.Errorf("readAll: got %+v, want %+v", short, test.want)
			}
		})
	}
}

func firstRows(n int) []int {
	rows := make([]int, min(n, 100))
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// TestAccept has passes as they are after the last response.
func TestAccept(t *testing.T) {
	t.Parallel()
	const ended = TooManyRequests
	with := func(total, otherTotal int, linked, reordered bool, reason Reason, rows ...int) *pass {
		p := &pass{linked: linked, reordered: reordered, inconsistency: inconsistency{reason: reason}}
		p.append(rows)
		if total >= 0 {
			p.counts = counts{min: min(total, otherTotal), max: max(total, otherTotal), stated: true}
		}
		return p
	}
	for name, test := range map[string]struct {
		passes []*pass
		want   []int // nil: not accepted
	}{
		"linked, as many as counted":    {[]*pass{with(3, 3, true, true, 0, 1, 2, 3)}, []int{1, 2, 3}},
		"linked, more than counted":     {[]*pass{with(1, 2, true, false, 0, 1, 2, 3)}, []int{1, 2, 3}},
		"linked, fewer than counted":    {[]*pass{with(3, 4, true, false, 0, 1, 2, 3)}, nil},
		"linked, counts and order vary": {[]*pass{with(2, 3, true, true, 0, 1, 2, 3)}, nil},
		"linked, not counted":           {[]*pass{with(-1, -1, true, false, 0, 1, 2, 3)}, nil},
		"not linked":                    {[]*pass{with(3, 3, false, false, 0, 1, 2, 3)}, nil},
		"same rows": {
			[]*pass{with(3, 3, false, false, 0, 1, 2, 3), with(-1, -1, false, false, 0, 3, 2, 1)}, []int{3, 2, 1},
		},
		"same rows, counted more": {
			[]*pass{with(3, 3, false, false, 0, 1, 2, 3), with(3, 4, false, false, 0, 3, 2, 1)}, nil,
		},
		"same rows, the last given up": {
			[]*pass{with(-1, -1, false, false, 0, 1, 2, 3), with(-1, -1, false, false, ended, 1, 2, 3)}, nil,
		},
		"same rows, the first given up": {
			[]*pass{with(-1, -1, false, false, ended, 1, 2, 3), with(-1, -1, false, false, 0, 1, 2, 3)}, nil,
		},
		"other rows": {
			[]*pass{with(3, 3, false, false, 0, 1, 2, 3), with(3, 3, false, false, 0, 1, 2, 4)}, nil,
		},
		"together as counted, confirmed": {
			[]*pass{with(3, 3, false, false, 0, 1, 2), with(3, 3, false, false, 0, 2, 3), with(3, 3, false, false, 0, 1, 3)}, []int{1, 2, 3},
		},
		"together as counted, not confirmed": {
			[]*pass{with(3, 3, false, false, 0, 1, 2), with(3, 3, false, false, 0, 2, 3)}, nil,
		},
		"together as counted by the last one alone": {
			[]*pass{with(4, 4, false, false, 0, 1, 2), with(3, 3, false, false, 0, 2, 3), with(3, 3, false, false, 0, 1, 3)}, nil,
		},
		"together as counted, one count varies": {
			[]*pass{with(2, 3, false, false, 0, 1, 2), with(3, 3, false, false, 0, 2, 3), with(3, 3, false, false, 0, 1, 3)}, nil,
		},
		"both linked": {
			[]*pass{with(3, 4, true, false, 0, 1, 2), with(3, 4, true, false, 0, 2, 3)}, []int{1, 2, 3},
		},
		"both linked, fewer than counted": {
			[]*pass{with(3, 4, true, false, 0, 1, 2), with(4, 5, true, false, 0, 2, 3)}, nil,
		},
		"both linked, not counted": {
			[]*pass{with(3, 4, true, false, 0, 1, 2), with(-1, -1, true, true, 0, 2, 3)}, []int{1, 2, 3},
		},
		"both linked, order varies, enough": {
			[]*pass{with(3, 4, true, true, 0, 1, 2), with(2, 4, true, true, 0, 2, 3)}, []int{1, 2, 3},
		},
		"both linked, order varies, too few": {
			[]*pass{with(3, 4, true, true, 0, 1, 2), with(3, 4, true, true, 0, 2, 3)}, nil,
		},
		"only the last one linked": {
			[]*pass{with(3, 4, false, false, 0, 1, 2), with(3, 4, true, false, 0, 2, 3)}, nil,
		},
		"only the first one linked": {
			[]*pass{with(3, 4, true, false, 0, 1, 2), with(3, 4, false, false, 0, 2, 3)}, nil,
		},
	} {
		got, ok := accept(test.passes)
		if ok != (test.want != nil) || !slices.Equal(got, test.want) {
			t.Errorf("accept, %s: got %v, %t, want %v", name, got, ok, test.want)
		}
	}
}
