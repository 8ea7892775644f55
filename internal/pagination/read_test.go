package pagination

import (
	"cmp"
	"errors"
	"math/rand/v2"
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
		requests int
	}{
		"no users":                     {users: 0, requests: 1},
		"one user less than a page":    {users: 99, requests: 1},
		"one full page":                {users: 100, requests: 2},
		"one user more than a page":    {users: 101, requests: 2},
		"10,000 users":                 {users: 10_000, requests: 123},
		"100,000 users, large pages":   {users: 100_000, maxSize: 1000, requests: 105},
		"pages of three users":         {users: 30, maxSize: 3, requests: 22},
		"pages of four users":          {users: 30, maxSize: 4, requests: 20},
		"a fixed size":                 {users: 250, kind: kind{fixed: 50}, requests: 24},
		"a fixed size, not stated":     {users: 250, kind: kind{fixed: 50}, edit: func(_ *account, _ Request, r *response) { r.perPage = 0 }, requests: 24},
		"a size above the requested":   {users: 250, kind: kind{fixed: 100}, options: Options{PerPage: 50}, requests: 10},
		"a clamp that is not stated":   {users: 250, kind: kind{clamp: 50}, requests: 7},
		"refused sizes":                {users: 250, kind: kind{refuse: true}, requests: 10},
		"no result_info":               {users: 250, kind: kind{noInfo: true}, requests: 8},
		"no result_info, 197 users":    {users: 197, kind: kind{noInfo: true}, requests: 8},
		"no result_info, no users":     {users: 0, kind: kind{noInfo: true}, requests: 2},
		"the same, a total_count of 0": {users: 250, kind: kind{clamp: 50, countMore: -1000}, options: Options{PerPage: 100}, requests: 18},
		"a total_count of 0":           {users: 250, kind: kind{countMore: -1000}, requests: 8},
		"a total_count of 0, one user": {users: 1, kind: kind{countMore: -1000}, requests: 4},
		"a total_count of 1":           {users: 250, kind: kind{countMore: -249}, requests: 3},
		"a total_count that varies":    {users: 250, edit: countVariesAtFirst, requests: 11},
		"an ignored total_count":       {users: 250, kind: kind{countMore: 70}, options: Options{IgnoreTotalCount: true}, requests: 12},
		"an ignored count of the page": {users: 274, maxSize: 1000, kind: kind{clamp: 100}, options: Options{IgnoreTotalCount: true}, edit: countOfThePage, requests: 10},
		"a filter, all users counted":  {users: 30, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 6},
		"a long filtered list":         {users: 230, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 26},
		"a filter, another size":       {users: 120, kind: kind{countMore: 700}, options: Options{Filtered: true, PerPage: 50}, edit: func(_ *account, _ Request, r *response) { r.perPage = 1000 }, requests: 46},
		"a filter, no match, counted":  {users: 0, kind: kind{countMore: 700}, options: Options{Filtered: true}, requests: 6},
		"page 1 empty once":            {users: 250, edit: onlyNth(1, empty), requests: 5},
		"page 2 empty once":            {users: 250, edit: onlyNth(2, empty), requests: 5},
		"no result_info, empty once":   {users: 250, kind: kind{noInfo: true}, edit: onlyNth(2, empty), requests: 10},
		"a user joins in front":        {users: 250, kind: kind{where: front}, edit: joinInFront, requests: 4},
		"a rotating order":             {users: 250, kind: kind{rotate: true}, requests: 3},
		"another page 1 once":          {users: 250, kind: kind{noInfo: true}, edit: onlyNth(1, func(r *response) { r.page, r.rows = 2, r.rows[50:] }), requests: 9},
		"another page number once":     {users: 250, edit: onlyNth(2, func(r *response) { r.page = 7 }), requests: 6},
		"a row twice":                  {users: 250, edit: onlyNth(2, func(r *response) { r.rows[1] = r.rows[0] }), requests: 3},
		"another count past the end":   {users: 300, edit: countPastTheEnd, requests: 4},
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
			if err != nil || a.requests != test.requests {
				t.Errorf("readAll: got error %v after %d requests, want the list after %d", err, a.requests, test.requests)
			}
		})
	}
}

// TestReadAll_batches counts how often requests are made at once.
func TestReadAll_batches(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		users             int
		kind              kind
		edit              edit
		filtered          bool
		requests, batches int
	}{
		"at most ten":              {users: 3000, requests: 37, batches: 5},
		"the last page is full":    {users: 184, requests: 3, batches: 2},
		"one page requested again": {users: 3000, edit: onlyNth(2, empty), requests: 43, batches: 7},
		"behind a short page":      {users: 230, kind: kind{countMore: 700}, filtered: true, requests: 26, batches: 6},
	} {
		a := fixedAccount(test.kind, test.users, 100)
		a.edit = test.edit
		if _, err := a.read(Options{PerPage: 1000, Filtered: test.filtered}); err != nil || a.requests != test.requests || a.batches != test.batches {
			t.Errorf("readAll, %s: got error %v, %d requests in %d batches, want %d in %d", name, err, a.requests, a.batches, test.requests, test.batches)
		}
	}
}

// joinInFront lets a user join after page 1 was read.
func joinInFront(a *account, _ Request, _ *response) {
	if a.requests == 1 {
		a.join()
	}
}

// countOfThePage states the number of rows on the page.
func countOfThePage(_ *account, _ Request, resp *response) { resp.total = len(resp.rows) }

// countPastTheEnd lets empty pages state another count.
func countPastTheEnd(_ *account, _ Request, resp *response) {
	if len(resp.rows) == 0 {
		resp.total = 1700
	}
}

// countVariesAtFirst lets the first two passes state one or two users too many.
func countVariesAtFirst(a *account, _ Request, resp *response) {
	if a.requests <= 8 {
		resp.total += 1 + a.requests%2
	}
}

// TestReadAll_filterAppliedToPages reads a list whose filter is applied to
// pages of all users, so that most pages are short.
func TestReadAll_filterAppliedToPages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		first           int // the first user whom the filter may exclude; -100: page 1 is empty
		ignore, noCount bool
		kind            kind
	}{
		{first: -100},
		{first: 0, ignore: true},
		{first: 100},
		{first: -100, noCount: true},
		{first: 0, noCount: true},
		{first: 300, noCount: true},
		{first: -100, kind: kind{noInfo: true}},
	} {
		a := fixedAccount(test.kind, 1000, 100)
		excluded := func(user int) bool { return user >= test.first && (user%7 != 3 || user < -test.first || user/100 == 3) }
		want := slices.DeleteFunc(slices.Clone(a.users), excluded)
		a.edit = func(_ *account, _ Request, resp *response) {
			resp.rows, resp.total = slices.DeleteFunc(slices.Clone(resp.rows), excluded), len(want)
			if test.noCount || test.kind.noInfo {
				resp.total = NotStated
			}
		}
		rows, err := a.read(Options{PerPage: 1000, Filtered: true, IgnoreTotalCount: test.ignore})
		slices.Sort(rows)
		if err != nil || !slices.Equal(rows, want) {
			t.Errorf("readAll, %+v: got %d rows and error %v, want %d", test, len(rows), err, len(want))
		}
	}
}

func TestReadAll_incompleteLists(t *testing.T) {
	t.Parallel()
	const noNewRows = "page 3 and the page before it contained only rows of earlier pages"
	for name, test := range map[string]struct {
		users         int // 250 if not set
		kind          kind
		edit          edit
		reason        Reason
		page, missing int
		passes        int
		last          Pass
	}{
		"a total_count too large":       {kind: kind{countMore: 70}, reason: CountTooLarge, missing: 70, passes: 2, last: Pass{250, true, 320, 320, 5, ""}},
		"a total_count far too large":   {kind: kind{countMore: 1e6}, reason: CountTooLarge, missing: 1e6, passes: 2, last: Pass{250, true, 1000250, 1000250, 12, ""}},
		"the same, not stated once":     {kind: kind{countMore: 70}, edit: onlyNth(2, func(r *response) { r.total = NotStated }), reason: CountTooLarge, missing: 70, passes: 3, last: Pass{250, true, 320, 320, 5, ""}},
		"the same, and the list varies": {kind: kind{countMore: 70}, edit: replaceLastUser, reason: CountTooLarge, missing: 69, passes: 4, last: Pass{250, true, 320, 320, 5, ""}},
		"a page that is always empty":   {edit: emptyPage2, reason: CountTooLarge, missing: 150, passes: 2, last: Pass{100, false, 250, 250, 5, ""}},

		"always page 1, by its number":  {edit: func(_ *account, _ Request, r *response) { r.page = 1 }, reason: OtherPage, page: 2, passes: 2, last: Pass{100, false, 250, 250, 3, "the response to page 2 states that it is page 1"}},
		"always another page":           {kind: kind{noInfo: true}, edit: func(_ *account, q Request, r *response) { r.page = q.Page + 1 }, reason: OtherPage, page: 1, passes: 2, last: Pass{0, false, NotStated, NotStated, 1, "the response to page 1 states that it is page 2"}},
		"always page 1, not stated":     {edit: onlyPage1(response{total: 250}), reason: NoNewRows, page: 3, passes: 2, last: Pass{100, false, 250, 250, 3, noNewRows}},
		"always page 1 of a fixed size": {kind: kind{fixed: 100}, edit: func(a *account, _ Request, r *response) { r.rows, r.page = a.users[:100], 0 }, reason: NoNewRows, page: 3, passes: 2, last: Pass{100, false, 250, 250, 5, noNewRows}},

		"no end":                   {users: 100, edit: newUserOnEachPage, reason: TooManyRequests, page: 23, passes: 4, last: Pass{129, false, 100, 100, 45, "there was no end of the list at page 23"}},
		"shuffled":                 {users: 1000, kind: kind{shuffle: true}, reason: Changing, passes: 4, last: Pass{716, true, 1000, 1000, 13, ""}},
		"rounded sizes, varying":   {kind: kind{multiple: 10, noInfo: true}, edit: replaceLastUser, reason: Changing, passes: 4, last: Pass{250, false, NotStated, NotStated, 6, ""}},
		"pages that never overlap": {users: 400, edit: otherUsersOnEachPage, reason: Changing, passes: 4, last: Pass{482, false, 400, 400, 11, ""}},
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
			if got.Reason != test.reason || got.Page != test.page || got.Missing != test.missing {
				t.Errorf("readAll: got reason %d, page %d, %d missing, want %d, %d, %d", got.Reason, got.Page, got.Missing, test.reason, test.page, test.missing)
			}
			if last := got.Passes[len(got.Passes)-1]; len(got.Passes) != test.passes || last != test.last {
				t.Errorf("readAll: got %d passes, the last one: %s, want %d, %s", len(got.Passes), last, test.passes, test.last)
			}
		})
	}
}

// onlyPage1 responds with the first page, whatever the request.
func onlyPage1(with response) edit {
	return func(a *account, q Request, r *response) {
		*r = with
		r.rows = a.users[:min(q.PerPage, 100)]
	}
}

// emptyPage2 empties page 2.
func emptyPage2(_ *account, q Request, r *response) {
	if q.Page == 2 {
		r.rows = nil
	}
}

// replaceLastUser replaces user 249 by another one in each response.
func replaceLastUser(a *account, _ Request, r *response) {
	if i := slices.Index(r.rows, 249); i >= 0 {
		r.rows[i] = 1000 + a.requests
	}
}

// newUserOnEachPage responds with full pages of 99 known users and a new one.
func newUserOnEachPage(a *account, q Request, r *response) {
	size := min(q.PerPage, 100)
	*r = response{rows: append(slices.Clone(a.users[:size-1]), 1000+a.requests), page: q.Page, perPage: size, total: 100}
}

// otherUsersOnEachPage lets no user come twice.
func otherUsersOnEachPage(a *account, _ Request, r *response) {
	for i := range r.rows {
		r.rows[i] += 400 * a.requests
	}
}

func TestNextRequest(t *testing.T) {
	t.Parallel()
	for size := 1; size <= 130; size++ {
		for _, overlap := range []int{0, usualOverlap(size), maxOverlap(size)} {
			for end := size; end <= 12*size; end++ {
				checkNextRequest(t, end, size, overlap)
			}
		}
	}
}

func checkNextRequest(t *testing.T, end, size, overlap int) {
	t.Helper()
	got, ok := nextRequest(end, size, overlap)
	if start := got.end() - got.PerPage; start > end-overlap || got.PerPage > size || got.PerPage < size/2 || ok != (got.end() > end) {
		t.Errorf("nextRequest(%d, %d, %d): got %+v, rows %d to %d, %t", end, size, overlap, got, start, got.end(), ok)
	}
	for perPage := got.PerPage; perPage <= size; perPage++ {
		if other := (Request{max(end-overlap, 0)/perPage + 1, perPage}); other.end() >= got.end() && other != got {
			t.Errorf("nextRequest(%d, %d, %d): got %+v, want the larger page of %+v", end, size, overlap, got, other)
		}
	}
	if !ok && size >= 17 && overlap == usualOverlap(size) {
		t.Errorf("nextRequest(%d, %d, %d): got %+v, which does not reach further", end, size, overlap, got)
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
