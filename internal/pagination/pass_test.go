package pagination

import "testing"

func TestPass_addPage1Again(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		page int
		rows []id
		want int
	}{
		"rows of the beginning":      {1, []id{200, 201, 2}, 102},
		"rows behind the beginning":  {1, []id{200, 201, 3}, 100},
		"one in front of all others": {0, []id{300, 0}, 101},
		"another page":               {2, []id{200, 201, 2}, 100},
	} {
		p := &pass{evidence: evidence{rows: newRowSet(numbers(0, 100))}}
		p.addPage1Again(response{Rows: test.rows, Page: test.page, TotalCount: 103})
		if len(p.rows.ids) != test.want || p.counts.stated != (test.want > 100) {
			t.Errorf("addPage1Again, %s: got %d rows, counts %+v, want %d rows, its count only with new rows", name, len(p.rows.ids), p.counts, test.want)
		}
	}
}

// TestPass_addPage1 has the sizes that follow from page 1 with per_page=100.
func TestPass_addPage1(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rows, perPage, total int // of the response
		most, full           int
		isAdjacent           bool
		verdict              verdict
	}{
		{100, 100, 500, 100, 100, false, goOn},
		{100, 0, NotStated, 100, 100, false, goOn},
		{100, 1000, 500, 100, 100, false, goOn},
		{23, 25, 500, 20, 30, false, goOn},
		{23, 23, 23, 20, 30, false, goOn},
		{23, 25, 23, 20, 30, false, ended},
		{23, 25, 22, 20, 30, false, goOn}, // the count is too small
		{23, 25, 24, 20, 30, false, goOn},
		{23, 25, NotStated, 20, 30, false, goOn},
		{6, 100, 500, 5, 30, false, goOn},
		{5, 100, 500, 5, 30, false, goOn},
		{4, 100, 500, 4, 30, false, goOn},
		{3, 100, 500, 3, 30, true, goOn},
		{0, 100, 500, 100, 100, false, goOn},
		{0, 100, NotStated, 100, 100, true, goOn},
		{0, 100, 0, 100, 100, false, ended},
	} {
		p := &pass{evidence: evidence{rows: new(rowSet)}}
		v := p.addPage1(Request{1, 100}, response{Rows: numbers(0, test.rows), PerPage: test.perPage, TotalCount: test.total}, sizes{100, 30, 50})
		want, isShort := sizes{test.most, test.full, 50}, test.rows < 100 && test.rows != test.perPage
		if v != test.verdict || p.plan.sizes != want || p.plan.isAdjacent != test.isAdjacent || p.isShort != isShort || len(p.rows.ids) != test.rows || !p.linked || !p.inOrder() {
			t.Errorf("addPage1, %+v: got verdict %d, plan %+v, %d rows", test, v, p.plan, len(p.rows.ids))
		}
	}
}

// passAfter returns a pass that has taken page 1, of this many rows of 100.
func passAfter(rows, total int) *pass {
	p := &pass{evidence: evidence{rows: new(rowSet), requests: 1}}
	p.addPage1(Request{1, 100}, response{Rows: numbers(0, rows), TotalCount: total}, sizes{100, 0, gridRows})
	return p
}

// TestPass_addPage_empty has an empty page behind page 1: if that was full, it may
// be that many users have left, and the others moved to the left.
func TestPass_addPage_empty(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rows, total, adjacent int // of page 1; adjacent is 1 if pages do not overlap
		verdict               verdict
		linked                bool
	}{
		{100, 250, 0, insert, true},
		{100, NotStated, 0, insert, true},
		{60, NotStated, 0, insert, true}, // looks for the end
		{60, 60, 0, ended, true},
		{60, NotStated, 1, goOn, true},
		{100, NotStated, 1, goOn, false},
	} {
		p := passAfter(test.rows, test.total)
		p.startOver(test.adjacent == 1)
		request, _ := p.plan.furthest(test.rows)
		isRelinked := test.rows == 100 && test.adjacent == 0
		v := p.addPage(request, response{TotalCount: 9})
		if v != test.verdict || p.linked != test.linked || (p.unlinked > 0) != isRelinked || p.counts.max == 9 {
			t.Errorf("addPage, %+v: got verdict %d, linked %t, unlinked %d, counts %+v", test, v, p.linked, p.unlinked, p.counts)
		}
	}
}

func TestPass_addPage_tooManyRequests(t *testing.T) {
	t.Parallel()
	for requests, want := range map[int]Reason{1: "", 44: "", 45: NoEnd} {
		p := passAfter(100, NotStated)
		p.requests = requests
		p.addPage(Request{2, 95}, response{Rows: numbers(95, 190)})
		if got := p.problem.Reason; got != want {
			t.Errorf("addPage, request %d: got reason %q, want %q", requests, got, want)
		}
	}
	few := &pass{evidence: evidence{rows: new(rowSet), requests: 1}}
	few.addPage1(Request{1, 100}, response{Rows: numbers(0, 1), TotalCount: 100}, sizes{100, 0, gridRows})
	if got := few.usual(); got != 30 {
		t.Errorf("usual, one row on page 1: got %d, want as many as with pages of 5", got)
	}
}

// TestPass_addPage_disorder has page 2 of 195 rows, whose last ones change places.
func TestPass_addPage_disorder(t *testing.T) {
	t.Parallel()
	p := passAfter(100, 195)
	page2 := response{Rows: numbers(95, 190), TotalCount: 195}
	for want := range 3 {
		p.addPage(Request{2, 95}, page2)
		if p.disorders != want {
			t.Errorf("addPage: got %d pages in disorder, want %d", p.disorders, want)
		}
		page2.Rows[93], page2.Rows[94] = 189, 188
	}
}

// TestPass_refuse refuses the page in front of a probe, which is then not requested: a
// planned request may be the same.
func TestPass_refuse(t *testing.T) {
	t.Parallel()
	p := passAfter(100, NotStated)
	p.probe = Request{2, 100}
	if v := p.refuse(50); v != replan || p.plan.step != 50 || p.probe != (Request{}) {
		t.Errorf("refuse: got verdict %d, step %d, probe %v, want %d, 50, none", v, p.plan.step, p.probe, replan)
	}
}

func TestPass_isAtEnd(t *testing.T) {
	t.Parallel()
	stated := func(n int) counts { return counts{min: 20, max: n, stated: true} }
	ignored, filtered := stated(300), stated(301)
	ignored.ignored, filtered.filtered = true, true
	ignoredMore := ignored
	ignoredMore.max = 301
	tooFew := stated(300)
	tooFew.min = 21
	for name, test := range map[string]struct {
		quiet  int
		counts counts
		more   int  // requests than twice the usual number
		want   bool // at position 300, with 20 rows

		disorders int
	}{
		"one, but too few rows":       {1, tooFew, 0, false, 0},
		"the same, many requests":     {1, tooFew, 1, true, 0},
		"the same, order varies":      {1, tooFew, 0, true, 1},
		"two, but too few rows":       {2, tooFew, 0, true, 0},
		"no page shows the end":       {0, stated(300), 0, false, 0},
		"one, confirmed":              {1, stated(300), 0, true, 0},
		"one, more promised":          {1, stated(301), 0, false, 0},
		"one, no counts":              {1, counts{}, 0, false, 0},
		"two, no counts":              {2, counts{}, 0, true, 0},
		"two, more promised":          {2, stated(301), 0, false, 0},
		"two, ignored":                {2, ignored, 0, true, 0},
		"one, ignored":                {1, ignored, 0, false, 0},
		"two, more, although ignored": {2, ignoredMore, 0, false, 0},
		"two, count beside a filter":  {2, filtered, 0, true, 0},
		"twenty, more promised":       {20, stated(301), 0, false, 0},
		"more than twenty":            {21, stated(301), 0, true, 0},
	} {
		p := &pass{evidence: evidence{rows: newRowSet(numbers(0, 20)), counts: test.counts, requests: 26 + test.more, disorders: test.disorders}, plan: plan{rows: 100}, quiet: test.quiet, reached: 300}
		if got := p.isAtEnd(); got != test.want {
			t.Errorf("isAtEnd, %s: got %t, want %t", name, got, test.want)
		}
	}
}

// TestPass_enlarge has a probe with more rows than page 1, of which most are hidden.
func TestPass_enlarge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request       Request
		rows, perPage int // of the response
		most, reached int // then; 0 if the page does not show a larger size
	}{
		"a full page":          {Request{2, 100}, 100, 0, 100, 200},
		"as full as stated":    {Request{3, 100}, 82, 82, 80, 246},
		"not further":          {Request{2, 100}, 31, 31, 30, 90},
		"as many as page 1":    {Request{2, 100}, 30, 30, 0, 0},
		"not full":             {Request{2, 100}, 99, 0, 0, 0},
		"a page of other size": {Request{2, 99}, 99, 0, 0, 0},
	} {
		p := &pass{evidence: evidence{rows: new(rowSet), requests: 1}}
		p.addPage1(Request{1, 100}, response{Rows: numbers(0, 30), TotalCount: NotStated}, sizes{100, 0, gridRows})
		p.probe, p.quiet, p.reached = test.request, 1, 90
		p.addPage(test.request, response{Rows: numbers(500, 500+test.rows), PerPage: test.perPage, TotalCount: NotStated})
		isEnlarged := p.plan.rows == test.rows && !p.plan.isAdjacent && p.plan.sizes == sizes{test.most, test.most, gridRows} &&
			p.reached == test.reached && p.quiet == 0 && p.probe == Request{}
		if isEnlarged != (test.most > 0) || !isEnlarged && p.plan.rows != 30 {
			t.Errorf("addPage, %s: got plan %+v, reached %d, %d quiet, want sizes up to %d, reached %d", name, p.plan, p.reached, p.quiet, test.most, test.reached)
		}
	}
}

// TestPass_repeatsPage1 has pages that begin like page 1: only full ones count.
func TestPass_repeatsPage1(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]int{95: 1, 94: 0} {
		p := passAfter(100, NotStated)
		if p.addPage(Request{2, 95}, response{Rows: numbers(0, rows), TotalCount: NotStated}); p.repeats != want {
			t.Errorf("addPage, %d of 95 rows of page 1: got %d repeats, want %d", rows, p.repeats, want)
		}
	}
}

// TestPass_advance has page 2, for rows 95 to 190, of a list without counts.
func TestPass_advance(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows    []id
		reached int
		verdict verdict
		quiet   int
		lastRow int
	}{
		"full":                {numbers(95, 190), 100, goOn, 0, 190},
		"short, new rows":     {numbers(95, 150), 100, goOn, 0, 150},
		"short, known rows":   {numbers(95, 100), 100, insert, 1, 100},
		"full, known rows":    {numbers(5, 100), 100, goOn, 0, 190},
		"not further":         {numbers(95, 100), 190, goOn, 0, 100},
		"hardly further":      {numbers(95, 100), 189, insert, 1, 100},
		"one row, a new one":  {[]id{99, 100}, 100, goOn, 0, 97},
		"empty behind a full": {nil, 100, insert, 0, 50},
	} {
		p := passAfter(100, NotStated)
		p.reached, p.unlinked = test.reached, 3
		v := p.addPage(Request{2, 95}, response{Rows: test.rows, TotalCount: NotStated})
		if v != test.verdict || p.quiet != test.quiet || p.lastRow != test.lastRow || (p.probe != Request{}) != (p.quiet == 1) {
			t.Errorf("addPage, %s: got verdict %d, %d quiet, last row %d, probe %v, want %d, %d, %d", name, v, p.quiet, p.lastRow, p.probe, test.verdict, test.quiet, test.lastRow)
		}
		if isNew := len(p.rows.ids) > 100; isNew != (p.unlinked == 0) {
			t.Errorf("addPage, %s: got %d unlinked pages, want 0 after new rows only", name, p.unlinked)
		}
	}
}

// TestPass_addProbe has the page that has the place of the next row.
func TestPass_addProbe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows         []id
		quiet        int
		verdict      verdict
		end, reached int
		probe        Request // the next one
	}{
		"no new rows":          {numbers(100, 150), 1, ended, 190, 190, Request{}},
		"the first that shows": {numbers(100, 150), 0, goOn, 190, 190, Request{}},
		"new rows":             {numbers(100, 160), 1, replan, 200, 200, Request{}},
		"a full page":          {numbers(50, 150), 1, insert, 190, 190, Request{3, 100}},
		"the same page again":  {numbers(49, 149), 1, ended, 190, 190, Request{}},
	} {
		p := passAfter(100, NotStated)
		p.addPage(Request{2, 95}, response{Rows: numbers(95, 150), TotalCount: NotStated})
		p.quiet, p.probe, p.probed = test.quiet, Request{2, 100}, 148
		v := p.addPage(p.probe, response{Rows: test.rows, TotalCount: NotStated})
		if v != test.verdict || p.plan.end != test.end || p.reached != test.reached || p.probe != test.probe {
			t.Errorf("addPage, %s: got verdict %d, end %d, reached %d, want %d, %d, %d", name, v, p.plan.end, p.reached, test.verdict, test.end, test.reached)
		}
	}
}

// TestPass_addProbe_first has a first probe that is full, and ends with the second row:
// there is no probe before that it repeats.
func TestPass_addProbe_first(t *testing.T) {
	t.Parallel()
	p := passAfter(100, NotStated)
	p.addPage(Request{2, 95}, response{Rows: numbers(95, 100), TotalCount: NotStated})
	if v := p.addPage(p.probe, response{Rows: append(numbers(1, 100), 1), TotalCount: NotStated}); v != insert {
		t.Errorf("addPage: got verdict %d, want %d", v, insert)
	}
}

// TestPass_advance_empty has an empty page behind a short one, which does not move the
// place behind the last row.
func TestPass_advance_empty(t *testing.T) {
	t.Parallel()
	p := passAfter(100, NotStated)
	p.isShort, p.lastRow = true, 130
	if v := p.addPage(Request{2, 95}, response{TotalCount: NotStated}); v != insert || p.quiet != 1 || p.lastRow != 130 || !p.isShort {
		t.Errorf("addPage: got verdict %d, %d quiet, last row %d, want %d, 1, 130", v, p.quiet, p.lastRow, insert)
	}
}

// TestPass_advance_counted has a short page with new rows, which ends where the count does.
func TestPass_advance_counted(t *testing.T) {
	t.Parallel()
	p := passAfter(100, 190)
	if v := p.addPage(Request{2, 95}, response{Rows: numbers(95, 189), TotalCount: 190}); v != insert || p.quiet != 1 {
		t.Errorf("addPage: got verdict %d, %d quiet, want %d, 1", v, p.quiet, insert)
	}
}
