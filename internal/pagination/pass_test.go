package pagination

import (
	"slices"
	"testing"
)

// passOf returns a linked pass that has seen rows 0 to n-1, in this order.
func passOf(n, size int) *pass {
	p := &pass{linked: true, size: size, end: n, back: overlap(size), batch: maxBatch}
	p.append(numbers(0, n))
	return p
}

func numbers(from, to int) []int {
	var rows []int
	for i := from; i < to; i++ {
		rows = append(rows, i)
	}
	return rows
}

func TestCounts(t *testing.T) {
	t.Parallel()
	row := []int{1}
	for name, test := range map[string]struct {
		pages    []response
		want     counts
		steady   bool
		promises int // the largest n of which promises(n) is true; -1 for none
	}{
		"none":          {nil, counts{}, false, -1},
		"one":           {[]response{{rows: row, total: 3}}, counts{min: 3, max: 3, stated: true}, true, 2},
		"rising":        {[]response{{rows: row, total: 3}, {rows: row, total: 5}}, counts{min: 3, max: 5, stated: true}, false, 4},
		"falling":       {[]response{{rows: row, total: 3}, {rows: row, total: 2}}, counts{min: 2, max: 3, stated: true}, false, 2},
		"0 and no rows": {[]response{{total: 0}}, counts{stated: true}, true, -1},
		"0 beside rows": {[]response{{rows: row, total: 0}}, counts{missing: true}, false, -1},
		"not stated":    {[]response{{rows: row, total: NotStated}}, counts{missing: true}, false, -1},
		"once":          {[]response{{rows: row, total: 3}, {rows: row, total: NotStated}}, counts{min: 3, max: 3, stated: true, missing: true}, false, 2},
	} {
		var got counts
		for _, page := range test.pages {
			got.add(page)
		}
		if got != test.want || got.steady() != test.steady {
			t.Errorf("counts, %s: got %+v, steady %t, want %+v, %t", name, got, got.steady(), test.want, test.steady)
		}
		if got.promises(test.promises+1) || test.promises >= 0 && !got.promises(test.promises) {
			t.Errorf("counts, %s: promises %d: %t, promises %d: %t", name, test.promises, got.promises(test.promises), test.promises+1, got.promises(test.promises+1))
		}
	}
}

func TestPass_start(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		filtered, ignoreTotal bool
		rows                  int
		perPage, total        int
		want                  pass // size, end, back, batch, adjacent, tail, done
	}{
		"empty":                       {rows: 0, perPage: 100, total: 0, want: pass{size: 100, batch: 10, done: true}},
		"empty, counted":              {rows: 0, perPage: 100, total: 9, want: pass{size: 100, batch: 10, done: true}},
		"short":                       {rows: 9, perPage: 100, total: 9, want: pass{size: 100, end: 9, batch: 10, done: true}},
		"short, not counted":          {rows: 9, perPage: 100, total: NotStated, want: pass{size: 100, end: 9, batch: 10, done: true}},
		"full":                        {rows: 40, perPage: 40, total: 40, want: pass{size: 40, end: 40, back: 8, batch: 10}},
		"short, counted more":         {rows: 40, perPage: 100, total: 41, want: pass{size: 40, end: 40, back: 8, batch: 10}},
		"short, counted more, few":    {rows: 3, perPage: 100, total: 41, want: pass{size: 3, end: 3, batch: 10, adjacent: true}},
		"size not stated":             {rows: 40, total: 40, want: pass{size: 40, end: 40, back: 8, batch: 10}},
		"size above the requested":    {rows: 40, perPage: 101, total: 40, want: pass{size: 40, end: 40, back: 8, batch: 10}},
		"size as requested":           {rows: 40, perPage: 100, total: 40, want: pass{size: 100, end: 40, batch: 10, done: true}},
		"size below the rows":         {rows: 40, perPage: 39, total: 40, want: pass{size: 40, end: 40, back: 8, batch: 10}},
		"filtered":                    {filtered: true, rows: 9, perPage: 100, total: 9, want: pass{size: 100, end: 9, batch: 10, done: true}},
		"filtered, counted more":      {filtered: true, rows: 9, perPage: 100, total: 10, want: pass{size: 100, end: 100, batch: 2, adjacent: true, tail: true}},
		"filtered, empty":             {filtered: true, rows: 0, perPage: 50, total: 9, want: pass{size: 50, end: 50, batch: 2, adjacent: true, tail: true}},
		"filtered, empty, no size":    {filtered: true, rows: 0, total: 9, want: pass{size: 100, end: 100, batch: 2, adjacent: true, tail: true}},
		"filtered, empty, no match":   {filtered: true, rows: 0, perPage: 50, total: 0, want: pass{size: 50, batch: 10, done: true}},
		"filtered, ignored":           {filtered: true, ignoreTotal: true, rows: 9, perPage: 100, total: 10, want: pass{size: 9, end: 9, back: 2, batch: 10}},
		"filtered, full":              {filtered: true, rows: 40, perPage: 40, total: 90, want: pass{size: 40, end: 40, back: 8, batch: 10}},
		"filtered, full, not counted": {filtered: true, rows: 40, perPage: 40, total: NotStated, want: pass{size: 40, end: 40, back: 8, batch: 10}},
	} {
		p := &pass{filtered: test.filtered, ignoreTotal: test.ignoreTotal}
		p.start(Request{1, 100}, response{rows: numbers(0, test.rows), page: 1, perPage: test.perPage, total: test.total})
		got := pass{size: p.size, end: p.end, back: p.back, batch: p.batch, adjacent: p.adjacent, tail: p.tail, done: p.done}
		if got.size != test.want.size || got.end != test.want.end || got.back != test.want.back || got.batch != test.want.batch ||
			got.adjacent != test.want.adjacent || got.tail != test.want.tail || got.done != test.want.done {
			t.Errorf("start, %s: got %+v, want %+v", name, got, test.want)
		}
		if p.requests != 1 || len(p.rows) != test.rows || p.linked != (test.rows != 3) {
			t.Errorf("start, %s: got %d requests, %d rows, linked %t", name, p.requests, len(p.rows), p.linked)
		}
	}
}

func TestPass_link(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pass      *pass
		rows      []int
		linked    bool
		reordered bool
	}{
		"no row":                        {passOf(100, 100), nil, false, false},
		"unknown rows":                  {passOf(100, 100), []int{100, 200}, false, false},
		"the newest row":                {passOf(100, 100), []int{99, 100}, true, false},
		"the oldest of the newest rows": {passOf(100, 100), []int{100, 68}, true, false},
		"one older":                     {passOf(100, 100), []int{67, 100}, false, false},
		"the window of small pages":     {passOf(100, 20), []int{68}, true, false},
		"reordered":                     {passOf(100, 100), []int{99, 500, 98}, true, true},
		"reordered, but not linked":     {passOf(100, 100), []int{2, 1}, false, true},
	} {
		if got := test.pass.link(test.rows); got != test.linked || test.pass.reordered != test.reordered {
			t.Errorf("link, %s: got %t, reordered %t, want %t, %t", name, got, test.pass.reordered, test.linked, test.reordered)
		}
	}
}

// TestPass_moveLeft lets a page stay unlinked until the pass gives up.
func TestPass_moveLeft(t *testing.T) {
	t.Parallel()
	p := passOf(400, 100)
	var got [][2]int
	for p.moveLeft() {
		if p.batch != 1 {
			t.Errorf("moveLeft: batch is %d, want 1", p.batch)
		}
		got = append(got, [2]int{p.back, p.end})
	}
	want := [][2]int{{24, 400}, {49, 400}, {49, 351}, {49, 302}, {49, 253}, {49, 204}}
	if !slices.Equal(got, want) {
		t.Errorf("moveLeft: got back and end %v, want %v", got, want)
	}
	p.nextBatch()
	if p.back != 8 || p.batch != maxBatch || p.moved != 0 {
		t.Errorf("nextBatch: got back %d, batch %d, moved %d, want 8, 10, 0", p.back, p.batch, p.moved)
	}

	p = passOf(130, 100)
	p.back = 49
	if !p.moveLeft() || p.end != 100 || p.moveLeft() {
		t.Errorf("moveLeft near the beginning: end is %d, want 100 once", p.end)
	}
	p = passOf(400, 100)
	p.back, p.reordered = 49, true
	if p.moveLeft() {
		t.Error("moveLeft with rows in both orders: got true beyond the largest overlap")
	}
}

func TestPass_add(t *testing.T) {
	t.Parallel()
	request := Request{2, 92}
	page := func(from, to int) response {
		return response{rows: numbers(from, to), page: 2, perPage: 92, total: 300}
	}
	change := func(r response, edit func(*response)) response { edit(&r); return r }
	for name, test := range map[string]struct {
		response response
		ok       bool // whether the rest of the batch is of use
		want     pass // linked, adjacent, done, end, back and inconsistency
		rows     int
	}{
		"linked":            {page(92, 184), true, pass{linked: true, end: 184, back: 8}, 184},
		"size not stated":   {change(page(92, 184), func(r *response) { r.page, r.perPage = 0, 0 }), true, pass{linked: true, end: 184, back: 8}, 184},
		"short":             {page(92, 100), false, pass{linked: true, done: true, end: 100, back: 8}, 100},
		"not linked":        {page(101, 193), false, pass{linked: true, end: 100, back: 24}, 100},
		"empty":             {change(page(0, 0), func(r *response) { r.total = 7 }), false, pass{linked: true, end: 100, back: 24}, 100},
		"another size":      {change(page(92, 184), func(r *response) { r.perPage = 100 }), false, pass{adjacent: true, end: 100, back: 8}, 100},
		"more rows":         {change(page(92, 185), func(r *response) { r.perPage = 0 }), false, pass{adjacent: true, end: 100, back: 8}, 100},
		"another page":      {change(page(92, 184), func(r *response) { r.page = 1 }), false, pass{done: true, end: 100, back: 8, inconsistency: inconsistency{OtherPage, 2, 1}}, 100},
		"first page, again": {page(8, 100), true, pass{linked: true, end: 184, back: 8}, 100},
	} {
		p := passOf(100, 100)
		ok := p.add(request, test.response)
		if ok != test.ok || p.linked != test.want.linked || p.adjacent != test.want.adjacent || p.done != test.want.done ||
			p.end != test.want.end || p.back != test.want.back || p.inconsistency != test.want.inconsistency || len(p.rows) != test.rows {
			t.Errorf("add, %s: got %t, %d rows, %+v, want %t, %d rows, %+v", name, ok, len(p.rows), *p, test.ok, test.rows, test.want)
		}
		if total := p.counts.max; name != "empty" && p.complete() && !p.adjacent && total != 300 || name == "empty" && total != 0 {
			t.Errorf("add, %s: got total_count %d", name, total)
		}
	}
}

// TestPass_addIdle adds full pages without a new row.
func TestPass_addIdle(t *testing.T) {
	t.Parallel()
	p := passOf(100, 100)
	first := p.add(Request{2, 92}, response{rows: numbers(8, 100), total: NotStated})
	second := p.add(Request{3, 88}, response{rows: numbers(12, 100), total: NotStated})
	if want := (inconsistency{reason: NoNewRows, page: 3}); !first || second || p.inconsistency != want || p.linked {
		t.Errorf("add: got %t, %t, %+v, want true, false, %+v", first, second, p.inconsistency, want)
	}
}

// TestPass_tail looks for rows behind a short page of a filtered list.
func TestPass_tail(t *testing.T) {
	t.Parallel()
	p := passOf(100, 100)
	p.filtered = true
	add := func(page, perPage int, rows []int) bool {
		return p.add(Request{page, perPage}, response{rows: rows, page: page, perPage: perPage, total: 900})
	}
	if !add(2, 92, numbers(92, 120)) || !p.tail || !p.adjacent || p.end != 184 || p.batch != 2 || !p.linked {
		t.Fatalf("add of a short page: got %+v, want the tail from 184", *p)
	}
	if !add(2, 100, nil) || !add(3, 100, numbers(120, 121)) || p.linked || p.end != 300 {
		t.Errorf("add in the tail: got linked %t, end %d, want not linked, 300", p.linked, p.end)
	}
	p.nextBatch()
	if p.batch != 2 {
		t.Errorf("nextBatch in the tail: got %d, want 2", p.batch)
	}
	if !add(4, 100, nil) || add(5, 100, nil) || !p.done {
		t.Errorf("add of two empty pages: done %t, want true", p.done)
	}
}

func TestPass_refresh(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows []int
		want int
	}{
		"rows of the beginning":      {[]int{200, 201, 2}, 102},
		"rows behind the beginning":  {[]int{200, 201, 3}, 100},
		"only unknown rows":          {[]int{200, 201, 202}, 100},
		"an empty page":              {nil, 100},
		"the first row and nobody":   {[]int{0}, 100},
		"one in front of all others": {[]int{300, 0}, 101},
	} {
		p := passOf(100, 100)
		p.refresh(response{rows: test.rows, total: 103})
		if len(p.rows) != test.want || p.counts.max != 103 || p.requests != 1 {
			t.Errorf("refresh, %s: got %d rows, total_count %d, %d requests, want %d, 103, 1", name, len(p.rows), p.counts.max, p.requests, test.want)
		}
	}
}
