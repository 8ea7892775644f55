package pagination

import (
	"slices"
	"testing"
)

// TestPass_relink lets page 2 stay unlinked until the pass starts over.
func TestPass_relink(t *testing.T) {
	t.Parallel()
	p := passAfter(100, 1000)
	p.addPage(Request{2, 95}, response{Rows: numbers(95, 190)})
	var ends []int
	unlinked := response{Rows: numbers(900, 990)}
	for range maxUnlinked {
		if v := p.addPage(Request{3, 90}, unlinked); v != again {
			t.Fatalf("addPage without a known row: got verdict %d, want %d", v, again)
		}
		ends = append(ends, p.plan.end)
	}
	if want := []int{140, 90, 40, 0, 0}; !slices.Equal(ends, want) || p.plan.isAdjacent {
		t.Errorf("relink: got ends %v, want %v", ends, want)
	}
	if v := p.addPage(Request{3, 90}, unlinked); v != replan || !p.plan.isAdjacent || len(p.rows.ids) != 100 {
		t.Errorf("relink, too often: got verdict %d, %d rows, want adjacent pages behind page 1", v, len(p.rows.ids))
	}
}

// TestPass_relink_hidden has a page behind hidden rows: page 2 is short, and the pages
// that are inserted in front of page 3 have nothing new.
func TestPass_relink_hidden(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows    []id // of page 2
		probed  []id // of the last page that is inserted, nil to leave it out
		verdict verdict
		linked  bool
	}{
		"hidden rows":           {numbers(95, 130), numbers(95, 130), goOn, true},
		"no short page":         {numbers(95, 190), nil, replan, true},
		"short pages, new rows": {numbers(95, 130), numbers(100, 150), replan, true},
	} {
		p := passAfter(100, 1000)
		p.addPage(Request{2, 95}, response{Rows: test.rows})
		page3 := response{Rows: numbers(900, 990)}
		for i := range maxUnlinked {
			if v := p.addPage(Request{3, 90}, page3); v != again {
				t.Fatalf("addPage, %s, without a known row: got verdict %d, want %d", name, v, again)
			}
			if i < maxUnlinked-1 {
				p.unlinked = i + 1 // nothing new in between
			}
		}
		isProbe := p.inserted == p.probe && p.probe == Request{2, 100} // row 131 is there
		if isShort := len(test.rows) < 95; isProbe != isShort {
			t.Errorf("relink, %s: got last inserted page %v, probe: %t, want %t", name, p.inserted, isProbe, isShort)
		}
		v := goOn
		if test.probed != nil {
			v = p.addPage(p.inserted, response{Rows: test.probed})
		}
		if v == goOn {
			v = p.addPage(Request{3, 90}, page3)
		}
		if v != test.verdict || p.linked != test.linked {
			t.Errorf("addPage, %s: got verdict %d, linked %t, want %d, %t", name, v, p.linked, test.verdict, test.linked)
		}
	}
}

// TestPass_relink_hiddenProbe has a probe that is not linked after the last inserted page:
// its place does not show that the rows between are hidden.
func TestPass_relink_hiddenProbe(t *testing.T) {
	t.Parallel()
	p := passAfter(100, 1000)
	p.addPage(Request{2, 95}, response{Rows: numbers(95, 130)})
	p.unlinked, p.probe = maxUnlinked, Request{9, 100}
	if v := p.addPage(p.probe, response{Rows: numbers(900, 990)}); v != replan || !p.plan.isAdjacent {
		t.Errorf("addPage: got verdict %d, adjacent: %t, want adjacent pages", v, p.plan.isAdjacent)
	}
}

// TestPass_relink_again links the inserted page, but not the one behind it: the next
// one is inserted behind the first.
func TestPass_relink_again(t *testing.T) {
	t.Parallel()
	p := passAfter(100, 1000)
	unlinked := response{Rows: numbers(900, 990)}
	p.addPage(Request{2, 95}, unlinked)
	p.addPage(p.inserted, response{Rows: numbers(50, 50+p.inserted.PerPage)})
	end := p.plan.end
	p.addPage(Request{2, 95}, unlinked)
	if p.plan.end != end || p.inserted.end() <= end || p.unlinked != 1 {
		t.Errorf("relink: got end %d, inserted page up to %d, %d unlinked, want one behind %d", p.plan.end, p.inserted.end(), p.unlinked, end)
	}
}

// TestPass_relink_probe has a page that looks for the end, and is not linked. If it is not
// sure that the server cuts smaller pages than it states, they are tried in the next pass.
func TestPass_relink_probe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		count          int
		lastRow, quiet int
		unlinked       int  // pages before
		isCut          bool // perhaps, by the pass before
		verdict        verdict
		end            int
		step           int
	}{
		"the pages were smaller than stated": {1000, 191, 1, 1, false, replan, 100, 0},
		"the same, not counted":              {NotStated, 191, 1, 1, false, replan, 100, gridRows},
		"the same, in the pass before, too":  {NotStated, 191, 1, 0, true, replan, 100, 0},
		"perhaps they were":                  {1000, 191, 1, 0, false, again, 200, gridRows},
		"users have left":                    {1000, 190, 1, 1, true, again, 200, gridRows},
		"new users since":                    {1000, 190, 0, 0, false, again, 140, gridRows},
	} {
		p := passAfter(100, test.count)
		p.addPage(Request{2, 95}, response{Rows: numbers(95, 190), TotalCount: test.count})
		p.probe, p.lastRow, p.quiet, p.unlinked, p.isCut = Request{3, 100}, test.lastRow, test.quiet, test.unlinked, test.isCut
		v := p.addPage(p.probe, response{Rows: numbers(900, 990), TotalCount: test.count})
		if v != test.verdict || p.plan.end != test.end || p.plan.isAdjacent != (v == replan) || p.plan.step != test.step || p.isCut != (v == replan || test.isCut) {
			t.Errorf("addPage, %s: got verdict %d, end %d, step %d, want %d, %d, %d", name, v, p.plan.end, p.plan.step, test.verdict, test.end, test.step)
		}
	}
}
