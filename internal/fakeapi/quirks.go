package fakeapi

// Quirks are ways in which a list may mislead its reader while every answer
// looks well. The zero value has none. They can be combined.
type Quirks struct {
	// SilentPageSize: pages are cut to MaxPageSize, but per_page and
	// total_pages speak of the size that was asked for.
	SilentPageSize bool

	// NoResultInfo: answers have no result_info.
	NoResultInfo bool

	// TotalCount, unless nil, is what total_count claims instead of the real
	// number. total_pages follows from it. It may be called concurrently.
	TotalCount func(matches int) int

	// UnfilteredTotal: total_count counts all users of the account, filter or not.
	UnfilteredTotal bool

	// Churn, unless nil: the list changes between pages.
	Churn *Churn

	// EmptyOnce is a page that is answered empty the first time. 0: none.
	EmptyOnce int

	// EmptyAlways is a page that is always empty, though later ones are not. 0: none.
	EmptyAlways int

	// FirstPageOnly: every page is the first one, and result_info.page says 1.
	FirstPageOnly bool

	// LastPageAgain: a page past the end is the last one again, and
	// result_info.page says so.
	LastPageAgain bool

	// EchoPage: result_info.page claims the page that was asked for, whatever
	// FirstPageOnly and LastPageAgain sent instead.
	EchoPage bool

	// RepeatUser: the first user comes again, as the first of page 2, or in
	// the middle of a list of one page. total_count counts each user once.
	RepeatUser bool

	// RepeatCounted: with RepeatUser, total_count counts that user twice.
	RepeatCounted bool

	// MovingOrder: each request of the server finds the list moved on by one
	// user, the first one becoming the last. No user is lost or gained.
	MovingOrder bool

	// IgnoreFilters: all users match.
	IgnoreFilters bool

	// FilterAfterPaging: pages are cut first and filtered afterwards, so that
	// any page may be short or empty. total_count counts the matches.
	FilterAfterPaging bool

	// NullResult: an empty page is "result": null.
	NullResult bool
}

// Churn is a change of an account's list right after a page of it was answered:
// every later request sees the changed list. The first Lose users go, then Gain
// new ones come to the front.
type Churn struct {
	AfterPage  int
	Times      int // the first so many answers with that page; negative: all
	Lose, Gain int
}

// shownPage is the page really sent, of a list of so many pages.
func (k Quirks) shownPage(asked, last int) int {
	switch {
	case k.FirstPageOnly:
		return 1
	case k.LastPageAgain:
		return min(asked, max(last, 1))
	default:
		return asked
	}
}

// info is what result_info claims.
func (k Quirks) info(q question, shown, size, count, total int) resultInfo {
	if k.EchoPage {
		shown = q.page
	}
	if k.SilentPageSize {
		size = q.perPage
	}
	if k.TotalCount != nil {
		total = k.TotalCount(total)
	}
	return resultInfo{
		Page:       shown,
		PerPage:    size,
		Count:      count,
		TotalCount: total,
		TotalPages: pages(total, size),
	}
}
