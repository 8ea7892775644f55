package pagination

import (
	"regexp"
	"strings"
)

// limits are the bounds for the reads of a kind.
type limits struct {
	lost, failed float64  // share of the reads, at most
	reasons      []Reason // of those that fail; Changing if not set
}

//nolint:gochecknoglobals // tables
var (
	changing      = []Reason{Changing}
	countTooLarge = []Reason{CountTooLarge}
	either        = []Reason{CountTooLarge, Changing}

	// combinedLimits are those of the kinds whose names match: the first entry counts.
	// Of all other kinds, nobody is lost, and fewer than 1 % of the reads fail. They
	// are a little above what 1,000 reads of each kind show.
	combinedLimits = []struct {
		pattern string
		limits
	}{
		// Pages of 100 and 200 do not overlap if their sizes are multiples of 50, nor
		// do those of a server that has one size.
		{"grid50-still.*", limits{}},
		{"grid50-(mixed|joins|leaves|pairs).*", limits{lost: .003, failed: .38}},
		// There is no multiple of 10 up to 50, or of 20 up to 100, with which a page
		// reaches across row 600, or row 1200.
		{"grid[12]0-100-still.*", limits{}},
		{"grid[12]0-100-.*", limits{failed: .05}},
		{"only1000-of-25-still.*", limits{}},
		{"only1000-of-25-.*", limits{lost: .003, failed: .85}},
		// There is no multiple of 5 up to 25 with which a page reaches across row 300.
		{"small-grid5-still.*", limits{}},
		{"small-grid5-.*", limits{lost: .003, failed: .22}},
		{"bulk-joins-.*-300-.*", limits{failed: .01}},

		// Where the counts include hidden rows, the list is never accepted while
		// nothing changes. Without counts, a page of hidden rows looks like the end.
		{"hidden.*-still", limits{failed: 1, reasons: countTooLarge}},
		{"hidden-block.*-still-no-counts", limits{lost: .62}},
		{"hidden-block.*-no-counts", limits{lost: .62, failed: .01}},
		{"hidden-block.*-still-ignored", limits{}},
		{"hidden-block.*-ignored", limits{failed: .03}},
		{"hidden-block.*", limits{failed: .78, reasons: anyReason}},
		// Pages of the size that page 1 seems to have are hidden as a whole.
		{"hidden-first20-still-(no-counts|ignored)", limits{}},
		{"hidden-first20-.*-no-counts", limits{lost: .05, failed: .42, reasons: anyReason}},
		{"hidden-first20-joins-ignored", limits{failed: .45, reasons: anyReason}},
		{"hidden-first20-.*-ignored", limits{failed: .03}},
		{"hidden-first20-.*", limits{failed: 1, reasons: anyReason}},
		{"hidden90-.*-(no-counts|ignored)", limits{failed: .01}},
		{"hidden90-.*", limits{failed: .18, reasons: either}},
		{"hidden20-.*-(no-counts|ignored)", limits{failed: .02}},
		{"hidden20-.*", limits{failed: .92, reasons: either}},

		// Equal keys: while nothing changes, a list without counts is an error or
		// complete. While users join and leave, a count cannot show who is missing.
		{"ties10-still|ties50-still|ties200-still", limits{failed: .01, reasons: anyReason}},
		{"ties.*-(no-counts|ignored)", limits{failed: 1, reasons: anyReason}},
		{"ties10-.*", limits{lost: .01, failed: .02}},
		{"ties.*", limits{lost: .01, failed: .85, reasons: anyReason}},

		// Only a list that fits on page 1 is complete.
		{"page1-still.*", limits{failed: 1, reasons: []Reason{PageIgnored}}},
		{"page1-.*", limits{failed: 1, reasons: anyReason}},
	}

	// An order that varies may repeat page 1, or hide rows in the same way twice.
	anyReason = []Reason{Changing, PageIgnored, CountTooLarge, NoEnd}
)

// everyNth hides one in so many users.
func everyNth(n id) func(id) bool { return func(user id) bool { return user%n == n/2 } }

// block hides so many users in a row.
func block(n id) func(id) bool { return func(user id) bool { return user >= 130 && user < 130+n } }

// combine returns a kind for each combination of a server with what the account
// does and what the server counts.
func combine(servers, accounts, counts []kind) (kinds []kind) {
	for _, k := range servers {
		for _, a := range accounts {
			for _, c := range counts {
				combined := k
				combined.name = strings.Join([]string{k.name, a.name, c.name}, "")
				combined.change, combined.counts = a.change, c.counts
				combined.limits = limitsOf(combined.name)
				kinds = append(kinds, combined)
			}
		}
	}
	return kinds
}

func limitsOf(name string) limits {
	for _, l := range combinedLimits {
		if regexp.MustCompile("^(" + l.pattern + ")$").MatchString(name) {
			return l.limits
		}
	}
	return limits{failed: .009}
}

// combinedKinds are servers that people report, each with accounts that change
// in several ways, and with counts, without, and with counts to be ignored.
func combinedKinds() []kind {
	big, thousand := []int{100, 200, 500, 1000}, []int{1000}
	counts := []kind{{}, {name: "-no-counts", counts: countsKind{none: true}}, {name: "-ignored", counts: countsKind{ignore: true}}}
	seldom := []kind{
		{name: "-still"},
		{name: "-mixed", change: change{.2, "jl", anywhere, 1, 0}},
		{name: "-joins", change: change{.2, "j", front, 1, 0}},
		{name: "-leaves", change: change{.2, "l", back, 1, 0}},
		{name: "-pairs", change: change{.2, "p", anywhere, 1, 0}},
	}
	often := []kind{
		{name: "-still"},
		{name: "-mixed", change: change{.4, "jl", anywhere, 1, 0}},
		{name: "-mixed-always", change: change{1, "jl", anywhere, 1, 0}},
		{name: "-joins", change: change{.3, "j", front, 1, 0}},
		{name: "-leaves", change: change{.3, "l", back, 1, 0}},
		{name: "-pairs", change: change{.5, "p", anywhere, 1, 0}},
	}
	bulk := []kind{
		{name: "-joins-front-300", change: change{.05, "j", front, 300, 4}},
		{name: "-joins-anywhere-300", change: change{.05, "j", anywhere, 300, 4}},
		{name: "-leaves-120", change: change{.05, "l", back, 120, 4}},
	}
	kinds := combine([]kind{
		{name: "big", sizes: big},
		{name: "grid5", server: server{grid: 5}, sizes: big},
		{name: "grid50-1000", server: server{grid: 50}, sizes: thousand},
		{name: "grid100-1000", server: server{grid: 100}, sizes: thousand},
		{name: "lag10", server: server{lag: 10}, sizes: big},
	}, often, counts)
	kinds = append(kinds, combine([]kind{
		{name: "small-grid5", server: server{grid: 5}},
		{name: "grid50", server: server{grid: 50}, sizes: big},
		{name: "grid10-100", server: server{grid: 10}, sizes: []int{50, 100}},
		{name: "grid20-100", server: server{grid: 20}, sizes: []int{100}},
		{name: "only1000-of-25", server: server{only: 1000, fixed: 25}},
		{name: "limit50", server: server{limit: 50}, sizes: []int{50}},
		{name: "limit100", server: server{limit: 100}, sizes: []int{100}},
		{name: "limit250", server: server{limit: 250}, sizes: []int{250}},
		{name: "slow250", server: server{slow: 250}, sizes: thousand},
		{name: "hidden90", server: server{hidden: everyNth(90)}},
		{name: "hidden20", server: server{hidden: everyNth(20)}},
		{name: "hidden-block90", server: server{hidden: block(90)}},
		{name: "hidden-block150", server: server{hidden: block(150)}},
		{name: "hidden-first20", server: server{hidden: func(user id) bool { return user < 20 }}},
		{name: "ties10", server: server{ties: 10}},
		{name: "ties50", server: server{ties: 50}},
		{name: "ties200", server: server{ties: 200}},
		{name: "page1", server: server{ignoresPage: true}},
	}, seldom, counts)...)
	return append(kinds, combine([]kind{{name: "bulk", sizes: big}}, bulk, counts)...)
}

// kinds are accounts whose users keep their order, unless the name says that they
// move.
func kinds() []kind {
	joins, leaves, pairs := change{.05, "j", back, 1, 0}, change{.05, "l", back, 1, 0}, change{.05, "p", back, 1, 0}
	pairsAnywhere, mixed := change{.05, "p", anywhere, 1, 0}, change{.05, "jl", anywhere, 1, 0}
	none, ignored := countsKind{none: true}, countsKind{ignore: true}
	return append(combinedKinds(), []kind{
		{name: "unchanged"},
		{name: "joins-front", change: change{.05, "j", front, 1, 0}},
		{name: "joins-back", change: joins},
		{name: "joins-anywhere", change: change{.05, "j", anywhere, 1, 0}},
		{name: "leaves", change: leaves},
		{name: "mixed-anywhere", change: change{.4, "jl", anywhere, 1, 0}, limits: limits{failed: .01}},
		{name: "mixed-newest-first", change: change{.4, "jl", front, 1, 0}, limits: limits{failed: .01}},
		{name: "mixed-newest-last", change: change{.4, "jl", back, 1, 0}, limits: limits{failed: .01}},
		{name: "mixed-always", change: change{1, "jl", anywhere, 1, 0}, limits: limits{failed: .01}},
		{name: "pairs", change: pairsAnywhere},
		{name: "pairs-front", change: change{.05, "p", front, 1, 0}},
		{name: "pairs-back", change: pairs},
		{name: "pairs-often", change: change{.5, "p", anywhere, 1, 0}, limits: limits{failed: .01}},
		{name: "pairs-always", change: change{1, "p", back, 1, 0}, limits: limits{failed: .01}},
		{name: "leaves-always", change: change{1, "l", back, 1, 0}, limits: limits{failed: .01}},
		{name: "joins-front-always", change: change{1, "j", front, 1, 0}, limits: limits{failed: .01}},
		{name: "thirty-at-once", change: change{.03, "p", back, 30, 0}, limits: limits{failed: .01}},
		{name: "moves", change: change{.1, "m", anywhere, 1, 0}, limits: limits{lost: .01, failed: .01}},
		{name: "moves-to-the-front", change: change{.2, "m", front, 1, 0}, limits: limits{lost: .01, failed: .01}},
		{name: "moves-and-mixed", change: change{.1, "jlm", anywhere, 1, 0}, limits: limits{lost: .01, failed: .01}},
		{name: "moves-and-mixed-often", change: change{.4, "jlm", anywhere, 1, 0}, limits: limits{lost: .01, failed: .01}},
		{name: "moves-to-the-front-and-mixed", change: change{.2, "jlm", front, 1, 0}, limits: limits{lost: .01, failed: .01}},
		{name: "empty-pages", server: server{empty: .05}, limits: limits{failed: .01, reasons: either}},
		{name: "no-counts", counts: none},
		{name: "no-counts-mixed", counts: none, change: change{.4, "jl", anywhere, 1, 0}, limits: limits{failed: .01}},
		{name: "no-counts-moves-and-mixed", counts: none, change: change{.05, "jlm", anywhere, 1, 0}, limits: limits{lost: .01, failed: .01}},
		{name: "no-counts-empty-pages", counts: none, server: server{empty: .05}, limits: limits{lost: .01, failed: .01}},
		{name: "fixed-size", server: server{fixed: 20}},
		{name: "fixed-size-pairs", server: server{fixed: 20}, change: pairs, limits: limits{lost: .01, failed: .38}},
		{name: "fixed-size-mixed", server: server{fixed: 20}, change: mixed, limits: limits{lost: .01, failed: .42}},
		{name: "refused-sizes", server: server{refuse: true}},
		{name: "refused-sizes-pairs", server: server{refuse: true}, change: pairsAnywhere, limits: limits{lost: .01, failed: .17}},
		{name: "clamped", server: server{clamp: 20}},
		{name: "rounded-sizes", server: server{multiple: 10}, counts: none},
		{name: "rounded-sizes-pairs", server: server{multiple: 10}, counts: none, change: pairsAnywhere, limits: limits{failed: .19}},
		{name: "rounded-sizes-mixed", server: server{multiple: 10}, counts: none, change: mixed, limits: limits{failed: .18}},
		{name: "rounded-sizes-counted", server: server{multiple: 10}, limits: limits{failed: .01}},
		{name: "rounded-sizes-ignored", server: server{multiple: 10}, counts: ignored},
		{name: "rounded-sizes-ignored-pairs", server: server{multiple: 10}, counts: ignored, change: pairsAnywhere, limits: limits{failed: .29}},
		{name: "small-lag10-no-counts", server: server{lag: 10}, counts: none, sizes: []int{25}, change: change{1, "jlp", back, 1, 40}, limits: limits{failed: .003}},
		{name: "repeats-last-page", server: server{repeatsLast: true}},
		{name: "repeats-last-page-no-counts", server: server{repeatsLast: true}, counts: none, limits: limits{failed: .08, reasons: []Reason{PageIgnored}}},
		{name: "repeats-last-page-mixed", server: server{repeatsLast: true}, counts: none, change: mixed, limits: limits{failed: .08, reasons: []Reason{PageIgnored}}},
		{name: "count-too-small", counts: countsKind{more: -30}},
		{name: "shuffled", server: server{shuffle: true}, limits: limits{failed: .05}},
		{name: "rotated", server: server{rotate: true}, limits: limits{failed: .01}},
		{name: "shuffled-pairs", server: server{shuffle: true}, change: pairs, limits: limits{lost: .02, failed: .84}},
	}...)
}
