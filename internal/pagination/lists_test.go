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
	number := 0
	return func(_ *account, _ Request, resp *response) {
		if number++; number == n {
			edit(resp)
		}
	}
}

func empty(resp *response) { resp.Rows = nil }

// A listTest is a list that is complete after at most this many requests.
type listTest struct {
	users    int
	maxSize  int // 100 if not set
	perPage  int // 1000 if not set
	options  Options
	kind     kind
	edit     edit
	requests int
	exactly  bool
}

func TestReadAll_completeLists(t *testing.T) {
	t.Parallel()
	none, ignored := kind{counts: countsKind{none: true}}, Options{IgnoreTotalCount: true}
	tests := map[string]listTest{
		"no users":                     {users: 0, requests: 1, exactly: true},
		"one user less than a page":    {users: 99, requests: 1, exactly: true},
		"one full page":                {users: 100, requests: 2, exactly: true},
		"one user more than a page":    {users: 101, requests: 2, exactly: true},
		"100,000 users, large pages":   {users: 100_000, maxSize: 1000, requests: 111},
		"pages of three users":         {users: 30, maxSize: 3, requests: 24},
		"pages of four users":          {users: 30, maxSize: 4, requests: 26},
		"pages of 23, long list":       {users: 500, maxSize: 23, requests: 55},
		"a fixed size":                 {users: 250, kind: kind{server: server{fixed: 50}}, requests: 30},
		"a fixed size, not stated":     {users: 250, kind: kind{server: server{fixed: 50}}, edit: func(_ *account, _ Request, r *response) { r.PerPage = 0 }, requests: 30},
		"a size above the requested":   {users: 250, kind: kind{server: server{fixed: 100}}, perPage: 50, requests: 12},
		"one size only, small pages":   {users: 250, kind: kind{server: server{fixed: 25, only: 1000}}, requests: 35},
		"a clamp that is not stated":   {users: 250, kind: kind{server: server{clamp: 50}}, requests: 10},
		"refused sizes":                {users: 250, kind: kind{server: server{refuse: true}}, requests: 20},
		"no result_info":               {users: 250, kind: none, requests: 12},
		"no result_info, no users":     {users: 0, kind: none, requests: 8},
		"a total_count of 0":           {users: 250, kind: kind{counts: countsKind{more: -1000}}, requests: 14},
		"a total_count of 0, one user": {users: 1, kind: kind{counts: countsKind{more: -1000}}, requests: 8},
		"a total_count of 1":           {users: 250, kind: kind{counts: countsKind{more: -249}}, requests: 7},
		"a total_count that varies":    {users: 250, edit: countVariesAtFirst, requests: 14},
		"an ignored total_count":       {users: 250, kind: kind{counts: countsKind{more: 70}}, options: ignored, requests: 16},
		"an ignored count of the page": {users: 274, maxSize: 1000, kind: kind{server: server{clamp: 100}}, options: ignored, edit: countOfThePage, requests: 16},
		"a filter, all users counted":  {users: 30, kind: kind{counts: countsKind{more: 700}}, options: Options{Filtered: true}, requests: 10},
		"a long filtered list":         {users: 230, kind: kind{counts: countsKind{more: 700}}, options: Options{Filtered: true}, requests: 14},
		"a filter, no match, counted":  {users: 0, kind: kind{counts: countsKind{more: 700}}, options: Options{Filtered: true}, requests: 10},
		"page 1 empty once":            {users: 250, edit: onlyNth(1, empty), requests: 15},
		"page 2 empty once":            {users: 250, edit: onlyNth(2, empty), requests: 10},
		"no result_info, empty once":   {users: 250, kind: none, edit: onlyNth(2, empty), requests: 14},
		"a user joins in front":        {users: 250, kind: kind{change: change{where: front}}, edit: joinInFront, requests: 6},
		"a rotating order":             {users: 250, kind: kind{server: server{rotate: true}}, requests: 14},
		"another page 1 once":          {users: 250, kind: none, edit: onlyNth(1, func(r *response) { r.Page, r.Rows = 2, r.Rows[50:] }), requests: 16},
		"another page number once":     {users: 250, edit: onlyNth(2, func(r *response) { r.Page = 7 }), requests: 10},
		"a row twice":                  {users: 250, edit: onlyNth(2, func(r *response) { r.Rows[1] = r.Rows[0] }), requests: 10},
		"another count past the end":   {users: 300, edit: countPastTheEnd, requests: 10},
		"the same, a fixed size":       {users: 300, kind: kind{server: server{fixed: 100}}, edit: countPastTheEnd, requests: 16},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := fixedAccount(test.kind, test.users, cmp.Or(test.maxSize, 100))
			a.edit = test.edit
			rows, err := a.read(cmp.Or(test.perPage, 1000), test.options)
			if err == nil {
				err = a.checkComplete(rows)
			}
			if err != nil || a.requests > test.requests || test.exactly && a.requests != test.requests {
				t.Errorf("readAll: got error %v after %d requests, want the list after %d", err, a.requests, test.requests)
			}
		})
	}
}

// joinInFront lets a user join after page 1 was read.
func joinInFront(a *account, _ Request, _ *response) {
	if a.requests == 1 {
		a.join()
	}
}

// countOfThePage states the number of rows on the page.
func countOfThePage(_ *account, _ Request, resp *response) { resp.TotalCount = len(resp.Rows) }

// countPastTheEnd lets empty pages state another count.
func countPastTheEnd(_ *account, _ Request, resp *response) {
	if len(resp.Rows) == 0 {
		resp.TotalCount = 1700
	}
}

// countVariesAtFirst lets the first responses state one or two users too many.
func countVariesAtFirst(a *account, _ Request, resp *response) {
	if a.requests <= 8 {
		resp.TotalCount += 1 + a.requests%2
	}
}

// TestReadAll_filterAppliedToPages reads a list whose filter is applied to
// pages of all users, so that most pages are short.
func TestReadAll_filterAppliedToPages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		first           int // the first user whom the filter may exclude
		ignore, noCount bool
	}{
		{first: 0},
		{first: 0, ignore: true},
		{first: 100},
		{first: 0, noCount: true},
		{first: 300, noCount: true},
	} {
		a := fixedAccount(kind{}, 1000, 100)
		excluded := func(user id) bool { return int(user) >= test.first && user%7 != 3 }
		want := slices.DeleteFunc(slices.Clone(a.users), excluded)
		a.edit = func(_ *account, _ Request, resp *response) {
			resp.Rows, resp.TotalCount = slices.DeleteFunc(slices.Clone(resp.Rows), excluded), len(want)
			if test.noCount {
				resp.TotalCount = NotStated
			}
		}
		rows, err := a.read(1000, Options{Filtered: true, IgnoreTotalCount: test.ignore})
		slices.Sort(rows)
		if err != nil || !slices.Equal(rows, want) {
			t.Errorf("readAll, %+v: got %d rows and error %v, want %d", test, len(rows), err, len(want))
		}
	}
}

func TestReadAll_incompleteLists(t *testing.T) {
	t.Parallel()
	counted := kind{counts: countsKind{more: 70}}
	const some = -1 // rows are missing
	for name, test := range map[string]struct {
		users        int // 250 if not set
		kind         kind
		edit         edit
		reason       Reason
		page, stated int
		missing      int
		passes       int
	}{
		"a total_count too large":       {kind: counted, reason: CountTooLarge, missing: 70, passes: 2},
		"a total_count far too large":   {kind: kind{counts: countsKind{more: 1e6}}, reason: CountTooLarge, missing: 1e6, passes: 2},
		"the same, not stated once":     {kind: counted, edit: onlyNth(2, func(r *response) { r.TotalCount = NotStated }), reason: CountTooLarge, missing: 70, passes: 2},
		"the same, and the list varies": {kind: counted, edit: replaceLastUser, reason: CountTooLarge, missing: some, passes: 7},

		"always page 1, by its number":  {edit: func(_ *account, _ Request, r *response) { r.Page = 1 }, reason: OtherPage, page: 2, passes: 2, stated: 1},
		"always another page":           {kind: kind{counts: countsKind{none: true}}, edit: func(_ *account, q Request, r *response) { r.Page = q.Page + 1 }, reason: OtherPage, page: 1, passes: 2, stated: 2},
		"always page 1, not stated":     {edit: onlyPage1(response{TotalCount: 250}), reason: PageIgnored, page: 3, passes: 2},
		"always page 1, no counts":      {edit: onlyPage1(response{TotalCount: NotStated}), reason: PageIgnored, page: 3, passes: 2},
		"always page 1 of a fixed size": {kind: kind{server: server{fixed: 100}}, edit: func(a *account, _ Request, r *response) { r.Rows, r.Page = a.users[:100], 0 }, reason: PageIgnored, page: 3, passes: 2},

		"no end":                   {users: 100, edit: newUserOnEachPage, reason: NoEnd, passes: 5},
		"pages that never overlap": {users: 400, edit: otherUsersOnEachPage, reason: Changing, passes: 5},
		"the same, no counts":      {users: 400, kind: kind{counts: countsKind{none: true}}, edit: otherUsersOnEachPage, reason: Changing, passes: 5},
		"sizes change the order":   {kind: kind{server: server{ties: 50}, counts: countsKind{none: true}}, reason: Changing, passes: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := fixedAccount(test.kind, cmp.Or(test.users, 250), 100)
			a.edit = test.edit
			_, err := a.read(1000, Options{})
			got, ok := errors.AsType[*IncompleteError](err)
			if !ok {
				t.Fatalf("readAll: got error %v, want an IncompleteError", err)
			}
			if got.Reason != test.reason || test.page > 0 && (got.Page != test.page || got.Stated != test.stated) || got.Missing != test.missing && (test.missing != some || got.Missing < 1) {
				t.Errorf("readAll: got %+v, %d missing, want %s, page %d, stated %d, %d missing", got.Problem, got.Missing, test.reason, test.page, test.stated, test.missing)
			}
			if a.requests > 60*test.passes {
				t.Errorf("readAll: got %d requests, want an error after a few", a.requests)
			}
			if last := got.Passes[len(got.Passes)-1]; len(got.Passes) != test.passes || test.page > 0 && last.Problem != got.Problem {
				t.Errorf("readAll: got %v, want %d passes, the last one with the same problem", err, test.passes)
			}
		})
	}
}

// onlyPage1 responds with the first page, whatever the request.
func onlyPage1(with response) edit {
	return func(a *account, q Request, r *response) {
		*r = with
		r.Rows = a.users[:min(q.PerPage, 100)]
	}
}

// replaceLastUser replaces user 249 by another one in each response.
func replaceLastUser(a *account, _ Request, r *response) {
	if i := slices.Index(r.Rows, 249); i >= 0 {
		r.Rows[i] = id(1000 + a.requests) //nolint:gosec // small
	}
}

// newUserOnEachPage responds with full pages of known users and a new one.
func newUserOnEachPage(a *account, q Request, r *response) {
	size := min(q.PerPage, 100)
	a.joined++
	*r = response{Rows: append(slices.Clone(a.users[1:size]), a.joined), Page: q.Page, PerPage: size, TotalCount: 100}
}

// otherUsersOnEachPage lets no user come twice.
func otherUsersOnEachPage(a *account, _ Request, r *response) {
	for i := range r.Rows {
		a.joined++
		r.Rows[i] = a.joined
	}
}
