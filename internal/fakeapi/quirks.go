package fakeapi

// Quirks are ways in which a list misleads its reader although each response
// is well-formed. The zero value has none. They can be combined.
type Quirks struct {
	// FixedPageSize is the size of every page, whatever per_page requests and
	// MaxPageSize says. result_info states it. 0: none.
	FixedPageSize int

	// SilentPageSize: per_page and total_pages of result_info follow from the
	// size that was requested, although pages have that of FixedPageSize or
	// MaxPageSize.
	SilentPageSize bool

	// RefusePageSize, unless nil, reports the values of per_page that are
	// rejected with 400. It may be called concurrently.
	RefusePageSize func(perPage int) bool

	// NoResultInfo: there is no result_info.
	NoResultInfo bool

	// TotalCount, unless nil, gives the total_count that is stated instead of
	// the real one, on which total_pages depends. It may be called concurrently.
	TotalCount func(matches int) int

	// UnfilteredTotal: total_count counts all users of the account, not only
	// those that match the filters.
	UnfilteredTotal bool

	// ZeroPastEnd: pages past the end state a total_count and total_pages of 0.
	ZeroPastEnd bool

	// EmptyOnce is a page that is empty the first time it is served. 0: none.
	EmptyOnce int

	// EmptyAlways is a page that is always empty, although later ones are not. 0: none.
	EmptyAlways int

	// FirstPageOnly: every page is the first one, and result_info.page is 1.
	FirstPageOnly bool

	// LastPageAgain: a page past the end is the last one again, and
	// result_info.page is its number.
	LastPageAgain bool

	// EchoPage: result_info.page is the page that was requested, whatever
	// FirstPageOnly and LastPageAgain serve instead.
	EchoPage bool

	// RepeatUser: the first user is listed again in the middle of the list.
	// total_count counts each user once.
	RepeatUser bool

	// RepeatCounted: with RepeatUser, total_count counts that user twice.
	RepeatCounted bool

	// IgnoreFilters: all users match every filter.
	IgnoreFilters bool

	// EmailFilterMisses: no user matches a filter on email.
	EmailFilterMisses bool

	// FilterAfterPaging: the list is divided into pages first and filtered
	// afterwards, so that any page may be short or empty. total_count counts
	// the matches.
	FilterAfterPaging bool

	// NullResult: an empty page is "result": null.
	NullResult bool

	// NoDeviceCount: no user has an active_device_count, in a list or alone.
	NoDeviceCount bool
}

// servedPage returns the page that is served of a list of so many pages.
func (k Quirks) servedPage(requested, last int) int {
	switch {
	case k.FirstPageOnly:
		return 1
	case k.LastPageAgain:
		return min(requested, max(last, 1))
	default:
		return requested
	}
}

// info returns the result_info of a served page.
func (k Quirks) info(q listQuery, served, count, total int) resultInfo {
	info := resultInfo{Page: served, PerPage: q.size, Count: count, TotalCount: total}
	if k.EchoPage {
		info.Page = q.page
	}
	if k.SilentPageSize {
		info.PerPage = q.perPage
	}
	if k.TotalCount != nil {
		info.TotalCount = k.TotalCount(total)
	}
	info.TotalPages = pages(info.TotalCount, info.PerPage)
	return info
}
