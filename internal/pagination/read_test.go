package pagination

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// fixedAccount has this many users on pages of at most maxSize.
func fixedAccount(k kind, users, maxSize int) *account {
	return newAccount(k, rand.New(rand.NewPCG(1, 2)), users, maxSize)
}

// An edit changes a response.
type edit func(*account, Request, *response)

// onlyNth applies edit to the nth response alone.
func onlyNth(n int, edit func(*response)) edit {
	return func(a *account, _ Request, resp *response) {
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
		edit     edit
		requests int // at most
	}{
		"no users":                     {users: 0, requests: 1},
		"one user less than a page":    {users: 99, requests: 1},
		"one full page":                {users: 100, requests: 2},
		"one user more than a page":    {users: 101, requests: 2},
		"10,000 users":                 {users: 10_000, requests: 125},
		"100,000 users, large pages":   {users: 100_000, maxSize: 1000, requests: 106},
		"pages of three users":         {users: 30, maxSize: 3, requests: 24},
		"pages of four users":          {users: 30, maxSize: 4, requests: 20},
		"a fixed size":                 {users: 250, kind: kind{fixed: 50}, requests: 24},
		"a size above the requested":   {users: 250, kind: kind{fixed: 100}, options: Options{PerPage: 50}, requests: 10},
		"a clamp that is not stated":   {users: 250, kind: kind{clamp: 50}, requests: 14},
		"refused sizes":                {users: 250, kind: kind{refuse: true}, requests: 10},
		"no result_info":               {users: 250, kind: kind{noInfo: true}, requests: 8},
		"no result_info, no users":     {users: 0, kind: kind{noInfo: true}, requests: 2},
		"the same, a total_count of 0": {users: 250, kind: kind{clamp: 50, countMore: -1000}, options: Options{PerPage: 100}, requests: 18},
		"a total_count of 0":           {users: 250, kind: kind{countMore: -1000}, requests: 8},
		"a total_count too small":      {users: 250, kind: kind{countMore: -30}, requests: 3},
		"an ignored total_count":       {users: 250, kind: kind{countMore: 70}, options: Options{IgnoreTotalCount: true}, requests: 12},
		"a filter, all users counted":  {users: 30, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 6},
		"a long filtered list":         {users: 230, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 26},
		"a filter, no match, counted":  {users: 0, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 6},
		"page 1 empty once":            {users: 250, edit: onlyNth(1, empty), requests: 5},
		"page 2 empty once":            {users: 250, edit: onlyNth(2, empty), requests: 6},
		"no result_info, empty once":   {users: 250, kind: kind{noInfo: true}, edit: onlyNth(2, empty), requests: 10},
		"a rotating order":             {users: 250, kind: kind{rotate: true}, requests: 20},
		"another page 1 once":          {users: 250, kind: kind{noInfo: true}, edit: onlyNth(1, func(r *response) { r.page, r.rows = 2, r.rows[50:] }), requests: 10},
		"another page number once":     {users: 250, edit: onlyNth(2, func(r *response) { r.page = 7 }), requests: 6},
		"a row twice":                  {users: 250, edit: onlyNth(2, func(r *response) { r.rows[1] = r.rows[0] }), requests: 6},
		"another count past the end":   {users: 300, edit: countPastTheEnd, requests: 5},
		"the same, a fixed size":       {users: 300, kind: kind{fixed: 100}, edit: countPastTheEnd, requests: 14},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := fixedAccount(test.kind, test.users, cmp.Or(test.maxSize, 100))
			a.edit = test.edit
			test.options.PerPage = cmp.Or(test.options.PerPage, 1000)
			rows, err := a.read(test.options)
			if err == nil {
				err = a.check(rows)
			}
			if err != nil || a.requests > test.requests {
				t.Errorf("readAll: got error %v after %d requests, want the list after at most %d", err, a.requests, test.requests)
			}
		})
	}
}

// countPastTheEnd lets empty pages state another count.
func countPastTheEnd(_ *account, _ Request, resp *response) {
	if len(resp.rows) == 0 {
		resp.total = 17
	}
}

// TestReadAll_filterAppliedToPages reads a list whose filter is applied to
// pages of all users, so that most pages are short.
func TestReadAll_filterAppliedToPages(t *testing.T) {
	t.Parallel()
	for _, first := range []int{-100, 0, 100} { // page 1 is empty, short, full
		for _, isStated := range []bool{true, false} {
			a := fixedAccount(kind{}, 1000, 100)
			excluded := func(user int) bool { return user >= first && (user%7 != 3 || user < -first) }
			want := slices.DeleteFunc(slices.Clone(a.users), excluded)
			a.edit = func(_ *account, _ Request, resp *response) {
				resp.rows, resp.total = slices.DeleteFunc(slices.Clone(resp.rows), excluded), NotStated
				if isStated {
					resp.total = len(want)
				}
			}
			rows, err := a.read(Options{PerPage: 1000, Filtered: true, IgnoreTotalCount: isStated && first == 0})
			slices.Sort(rows)
			if err != nil || !slices.Equal(rows, want) {
				t.Errorf("readAll, page 1 with users from %d on, count stated: %t: got %d rows and error %v, want %d", first, isStated, len(rows), err, len(want))
			}
		}
	}
}

func TestReadAll_incompleteLists(t *testing.T) {
	t.Parallel()
	newUser := 1000
	for name, test := range map[string]struct {
		users    int // 250 if not set
		kind     kind
		edit     edit
		want     IncompleteError // but for Passes
		detail   string
		passes   int // 2 if not set
		requests int // at most
	}{
		"a total_count too large":     {kind: kind{countMore: 70}, want: IncompleteError{Reason: CountTooLarge, Missing: 70}, detail: "two passes returned the same 250 rows while every page stated a total_count of 320", requests: 10},
		"a total_count far too large": {kind: kind{countMore: 1_000_000}, want: IncompleteError{Reason: CountTooLarge, Missing: 1_000_000}, requests: 26},
		"a total_count too large, one user replaced before each response": {
			kind: kind{countMore: 70}, edit: func(a *account, _ Request, r *response) {
				if i := slices.Index(r.rows, 249); i >= 0 {
					r.rows[i] = 1000 + a.requests
				}
			}, want: IncompleteError{Reason: CountTooLarge, Missing: 69, varying: true},
			detail: "the last two passes together returned 251 different rows while none of their pages stated a total_count below 320", passes: 4, requests: 20,
		},
		"a page that is always empty": {edit: func(_ *account, q Request, r *response) {
			if q.Page == 2 {
				r.rows = nil
			}
		}, want: IncompleteError{Reason: CountTooLarge, Missing: 150}, requests: 14},
		"always page 1": {edit: func(a *account, q Request, r *response) {
			r.rows, r.page = a.users[:min(q.PerPage, 100)], 1
		}, want: IncompleteError{Reason: OtherPage, Page: 2}, detail: "in two passes the response to page 2 states that it is page 1", requests: 6},
		"always page 1, not stated": {edit: func(a *account, q Request, r *response) {
			*r = response{rows: a.users[:min(q.PerPage, 100)], total: 250}
		}, want: IncompleteError{Reason: NoNewRows, Page: 3}, detail: "in two passes page 3 and the page before it contained only rows of earlier pages", requests: 8},
		"always page 1 of a fixed size": {edit: func(a *account, _ Request, r *response) {
			*r = response{rows: a.users[:100], perPage: 100, total: 250}
		}, want: IncompleteError{Reason: NoNewRows, Page: 3}, requests: 12},
		"no end": {users: 100, edit: func(a *account, q Request, r *response) {
			newUser++
			size := min(q.PerPage, 100)
			*r = response{rows: append(slices.Clone(a.users[:size-1]), newUser), page: q.Page, perPage: size, total: 100}
		}, want: IncompleteError{Reason: TooManyRequests, Page: 23}, detail: "in two passes there was no end of the list at page 23", passes: 4, requests: 240},
		"shuffled": {users: 1000, kind: kind{shuffle: true}, want: IncompleteError{Reason: Changing}, detail: "the list changed during all 4 passes", passes: 4, requests: 120},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := fixedAccount(test.kind, cmp.Or(test.users, 250), 100)
			a.edit = test.edit
			_, err := a.read(Options{PerPage: 1000})
			got, ok := errors.AsType[*IncompleteError](err)
			if !ok {
				t.Fatalf("readAll: got error %v, want an IncompleteError", err)
			}
			if passes := cmp.Or(test.passes, 2); len(got.Passes) != passes || a.requests > test.requests {
				t.Errorf("readAll: took %d passes and %d requests, want %d and at most %d: %v", len(got.Passes), a.requests, passes, test.requests, err)
			}
			if test.detail != "" && got.Detail() != test.detail {
				t.Errorf("Detail: got %s, want %s", got.Detail(), test.detail)
			}
			got.Passes = nil
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("readAll: got %+v, want %+v", *got, test.want)
			}
		})
	}
}

func TestIncompleteError(t *testing.T) {
	t.Parallel()
	passes := []Pass{
		{Rows: 250, Linked: true, MinCount: 251, MaxCount: 252, Requests: 4},
		{Rows: 250, MinCount: 251, MaxCount: 251, Requests: 3},
	}
	const texts = " (pass 1: 250 rows, linked, total_count 251 to 252, 4 requests; pass 2: 250 rows, not linked, total_count 251, 3 requests)"
	for want, err := range map[string]IncompleteError{
		"two passes returned the same 250 rows while every page stated a total_count of 251" + texts: {Reason: CountTooLarge, Passes: passes},
		"in two passes the end (pass 1: 0 rows, not linked, total_count not stated, 1 request, the end)": {
			Reason: OtherPage, Passes: []Pass{{MinCount: NotStated, MaxCount: NotStated, Requests: 1, Problem: "the end"}},
		},
	} {
		if got, want := err.Error(), "the list is not complete: "+want; got != want {
			t.Errorf("Error: got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestNextRequest(t *testing.T) {
	t.Parallel()
	for size := 1; size <= 130; size++ {
		for _, overlap := range []int{0, usualOverlap(size), maxOverlap(size)} {
			for end := size; end <= 12*size; end++ {
				got, ok := nextRequest(end, size, overlap)
				if start := got.end() - got.PerPage; start > end-overlap || got.PerPage > size || got.PerPage < size/2 || ok != (got.end() > end) {
					t.Errorf("nextRequest(%d, %d, %d): got %+v, rows %d to %d, %t", end, size, overlap, got, start, got.end(), ok)
				}
				if !ok && size >= 17 && overlap == usualOverlap(size) {
					t.Errorf("nextRequest(%d, %d, %d): got %+v, which does not reach further", end, size, overlap, got)
				}
			}
		}
	}
}

func TestNextRequest_reachesFurthest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		end, size, overlap int
		want               Request
	}{
		{1000, 1000, 8, Request{2, 992}},
		{1984, 1000, 8, Request{3, 988}},
		{100, 100, 49, Request{2, 51}},
		{4, 100, 8, Request{1, 100}},
		{30, 5, 0, Request{7, 5}},
		{2, 1, 0, Request{3, 1}},
	} {
		if got, ok := nextRequest(test.end, test.size, test.overlap); got != test.want || !ok {
			t.Errorf("nextRequest(%d, %d, %d): got %+v, %t, want %+v", test.end, test.size, test.overlap, got, ok, test.want)
		}
	}
	if got, ok := nextRequest(10, 5, 5); ok {
		t.Errorf("nextRequest(10, 5, 5): got %+v, which does not reach beyond 10", got)
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pass pass
		want []Request
	}{
		"up to the count":            {pass{pageSize: 100, end: 100, overlap: 8, batch: 10, counts: counts{max: 250}}, []Request{{2, 92}, {3, 88}}},
		"beyond a count, if reached": {pass{pageSize: 100, end: 100, overlap: 8, batch: 10, counts: counts{max: 184}}, []Request{{2, 92}, {3, 88}}},
		"at most a batch":            {pass{pageSize: 100, end: 100, overlap: 8, batch: 1, counts: counts{max: 250}}, []Request{{2, 92}}},
		"without a count":            {pass{pageSize: 100, end: 100, overlap: 8, batch: 10}, []Request{{2, 92}}},
		"adjacent":                   {pass{pageSize: 100, end: 100, adjacent: true, batch: 10, counts: counts{max: 250}}, []Request{{2, 100}, {3, 100}}},
		"no request reaches further": {pass{pageSize: 4, end: 12, overlap: 1, batch: 10}, nil},
		"to find a link":             {pass{pageSize: 5, end: 16, overlap: 2, batch: 1}, []Request{{4, 4}}},
	} {
		if got := test.pass.plan(); !slices.Equal(got, test.want) {
			t.Errorf("plan, %s: got %v, want %v", name, got, test.want)
		}
	}
}

const (
	linked, reordered, givenUp = 1, 2, 4 // flags for with
	none                       = -1      // no count is stated
)

// with returns a pass as it is after its last response.
func with(flags, minCount, maxCount int, rows ...int) *pass {
	p := newPass(Options{})
	p.linked, p.reordered = flags&linked > 0, flags&reordered > 0
	if flags&givenUp > 0 {
		p.inconsistency.reason = TooManyRequests
	}
	p.addRows(rows)
	if minCount >= 0 {
		p.counts = counts{min: minCount, max: maxCount, stated: true}
	}
	return p
}

// TestNewIncompleteError has changing lists whose count may be too large.
func TestNewIncompleteError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		passes       int
		before, last *pass
		missing      int // 0: the list is changing
	}{
		"both linked":             {4, with(linked, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), 1},
		"the other count":         {4, with(linked, 4, 7, 1, 2), with(linked, 6, 7, 2, 3), 1},
		"as many as counted":      {4, with(linked, 3, 7, 1, 2), with(linked, 4, 6, 2, 3), 0},
		"one pass left":           {3, with(linked, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), 0},
		"only the first linked":   {4, with(linked, 5, 7, 1, 2), with(0, 4, 6, 2, 3), 0},
		"only the last linked":    {4, with(0, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), 0},
		"reordered":               {4, with(linked|reordered, 5, 7, 1, 2), with(linked, 4, 6, 2, 3), 0},
		"a count not stated":      {4, with(linked, none, none, 1, 2), with(linked, 4, 6, 2, 3), 0},
		"the same, counts vary":   {4, with(linked, 5, 7, 1, 2), with(linked, 4, 6, 1, 2), 2},
		"the same, one count":     {2, with(0, 4, 4, 1, 2), with(0, 4, 4, 1, 2), 2},
		"the same, another count": {2, with(0, 5, 5, 1, 2), with(0, 4, 4, 1, 2), 0},
	} {
		passes := append(make([]*pass, 0, 4), slices.Repeat([]*pass{test.before}, test.passes-1)...)
		got := newIncompleteError(append(passes, test.last))
		if got.Missing != test.missing || (got.Reason == CountTooLarge) != (test.missing > 0) || (got.Reason == Changing) != (test.missing == 0) {
			t.Errorf("newIncompleteError, %s: got reason %d, %d missing, want %d", name, got.Reason, got.Missing, test.missing)
		}
	}
}

// TestReadAll_accept has passes as they are after the last response.
func TestReadAll_accept(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		passes []*pass
		want   []int // nil: not accepted
	}{
		"linked, as many as counted":    {[]*pass{with(linked|reordered, 3, 3, 1, 2, 3)}, []int{1, 2, 3}},
		"linked, more than counted":     {[]*pass{with(linked, 1, 2, 1, 2, 3)}, []int{1, 2, 3}},
		"linked, fewer than counted":    {[]*pass{with(linked, 3, 4, 1, 2, 3)}, nil},
		"linked, counts and order vary": {[]*pass{with(linked|reordered, 2, 3, 1, 2, 3)}, nil},
		"linked, not counted":           {[]*pass{with(linked, none, none, 1, 2, 3)}, nil},
		"not linked":                    {[]*pass{with(0, 3, 3, 1, 2, 3)}, nil},

		"same rows":                    {[]*pass{with(0, 3, 3, 1, 2, 3), with(0, none, none, 3, 2, 1)}, []int{3, 2, 1}},
		"same rows, counted more":      {[]*pass{with(0, 3, 3, 1, 2, 3), with(0, 3, 4, 3, 2, 1)}, nil},
		"same rows, the last given up": {[]*pass{with(0, none, none, 1, 2, 3), with(givenUp, none, none, 1, 2, 3)}, nil},
		"same rows, one given up":      {[]*pass{with(givenUp, none, none, 1, 2, 3), with(0, none, none, 1, 2, 3)}, nil},
		"other rows":                   {[]*pass{with(0, 3, 3, 1, 2, 3), with(0, 3, 3, 1, 2, 4)}, nil},

		"together as counted":                {[]*pass{with(0, 3, 3, 1, 2), with(0, 3, 3, 2, 3), with(0, 3, 3, 1, 3)}, []int{1, 2, 3}},
		"together as counted, not confirmed": {[]*pass{with(0, 3, 3, 1, 2), with(0, 3, 3, 2, 3)}, nil},
		"together as the last one counts":    {[]*pass{with(0, 4, 4, 1, 2), with(0, 3, 3, 2, 3), with(0, 3, 3, 1, 3)}, nil},
		"together, one count varies":         {[]*pass{with(0, 2, 3, 1, 2), with(0, 3, 3, 2, 3), with(0, 3, 3, 1, 3)}, nil},

		"both linked":                        {[]*pass{with(linked, 3, 4, 1, 2), with(linked, 3, 4, 2, 3)}, []int{1, 2, 3}},
		"both linked, fewer than counted":    {[]*pass{with(linked, 3, 4, 1, 2), with(linked, 4, 5, 2, 3)}, nil},
		"both linked, not counted":           {[]*pass{with(linked, 3, 4, 1, 2), with(linked|reordered, none, none, 2, 3)}, []int{1, 2, 3}},
		"both linked, order varies, enough":  {[]*pass{with(linked|reordered, 3, 4, 1, 2), with(linked|reordered, 2, 4, 2, 3)}, []int{1, 2, 3}},
		"both linked, order varies, too few": {[]*pass{with(linked|reordered, 3, 4, 1, 2), with(linked|reordered, 3, 4, 2, 3)}, nil},
		"only the last one linked":           {[]*pass{with(0, 3, 4, 1, 2), with(linked, 3, 4, 2, 3)}, nil},
		"only the first one linked":          {[]*pass{with(linked, 3, 4, 1, 2), with(0, 3, 4, 2, 3)}, nil},
	} {
		got, ok := accept(test.passes)
		if ok != (test.want != nil) || !slices.Equal(got, test.want) {
			t.Errorf("accept, %s: got %v, %t, want %v", name, got, ok, test.want)
		}
	}
}
