package pagination

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// An account is a list of users, numbered in the order in which they joined,
// that changes before each response.
type account struct {
	kind

	random   *rand.Rand
	users    []id
	joined   id     // so far
	stayed   []bool // by user: there from the start until now, and shown on pages
	maxSize  int    // of a page
	first    int    // size of page 1
	requests int
	changes  int
	history  [][]id // of users, with lag
	edit     func(*account, Request, *response)
	pending  []*pendingResponse // requests that are outstanding
}

// A kind is how an account changes and how its server responds. Chances are
// for each response.
type kind struct {
	name string
	change
	server
	counts countsKind

	sizes []int // largest pages to choose from; 25, 50 and 100 if not set
	limits
}

// A change is what happens before each response.
type change struct {
	chance  float64
	actions string // to choose from: join, leave, move, pair (leaves and joins at once)
	where   where  // joining and moving users go
	bulk    int    // users who leave and join at once
	times   int    // changes at most, if not 0
}

type where int

const (
	back where = iota
	front
	anywhere
)

// A countsKind is what the server states about pages and rows.
type countsKind struct {
	none   bool // no result_info
	ignore bool // with Options.IgnoreTotalCount
	more   int  // what total_count adds
}

// A server is how requests are served.
type server struct {
	grid     int  // page sizes that are no multiples of it are refused
	limit    int  // page sizes above it are refused
	only     int  // the only page size that is not refused
	refuse   bool // page sizes below the first one's
	slow     int  // one in five of the pages that are larger times out
	fixed    int  // page size, whatever is requested
	clamp    int  // largest page, although larger ones are stated
	multiple int  // page sizes are rounded down to a multiple of it, although others are stated

	ignoresPage bool
	repeatsLast bool               // page, behind it
	empty       float64            // chance of an empty page
	hidden      func(user id) bool // users that are counted, but left out of pages
	ties        int                // users in a group whose order depends on the page size
	shuffle     bool               // the order, for each response
	rotate      bool               // the list by one user, for each response
	lag         int                // a response shows the list up to so many responses ago
}

func newAccount(k kind, random *rand.Rand, users, maxSize int) *account {
	a := &account{kind: k, random: random, users: numbers(0, users), maxSize: maxSize}
	for _, user := range a.users {
		a.joined++
		a.stayed = append(a.stayed, k.hidden == nil || !k.hidden(user))
	}
	return a
}

func randomAccount(k kind, random *rand.Rand) *account {
	sizes := k.sizes
	if sizes == nil {
		sizes = []int{25, 50, 100}
	}
	maxSize := sizes[random.IntN(len(sizes))]
	return newAccount(k, random, random.IntN(12*maxSize), maxSize)
}

func numbers(from, to int) []id {
	var rows []id
	for i := from; i < to; i++ {
		rows = append(rows, id(i)) //nolint:gosec // small
	}
	return rows
}

func (a *account) changeOnce() {
	if a.chance == 0 || a.random.Float64() >= a.chance || a.times > 0 && a.changes == a.times {
		return
	}
	a.changes++
	action := a.actions[a.random.IntN(len(a.actions))]
	if action == 'l' || action == 'p' {
		for range min(a.bulk, len(a.users)) {
			if user := int(a.remove()); user < len(a.stayed) {
				a.stayed[user] = false
			}
		}
	}
	if action == 'j' || action == 'p' {
		for range a.bulk {
			a.join()
		}
	}
	if action == 'm' && len(a.users) > 0 {
		a.insert(a.remove())
	}
}

func (a *account) join() {
	a.insert(a.joined)
	a.joined++
}

func (a *account) insert(user id) {
	at := map[where]int{back: len(a.users), front: 0, anywhere: a.random.IntN(len(a.users) + 1)}[a.where]
	a.users = slices.Insert(a.users, at, user)
}

func (a *account) remove() id {
	at := a.random.IntN(len(a.users))
	user := a.users[at]
	a.users = slices.Delete(a.users, at, at+1)
	return user
}

var errRefused, errTimedOut = errors.New("400 Bad Request"), errors.New("524")

func (a *account) refuses(perPage int) bool {
	return a.refuse && perPage < a.first || a.only > 0 && perPage != a.only ||
		a.grid > 0 && perPage%a.grid != 0 || a.limit > 0 && perPage > a.limit
}

// respond serves one request.
func (a *account) respond(request Request) (response, error) {
	a.changeOnce()
	if request.Page == 1 && !a.refuses(request.PerPage) {
		a.first = min(request.PerPage, a.maxSize)
	}
	if a.refuses(request.PerPage) {
		return response{}, &PageSizeError{Err: errRefused}
	}
	if a.slow > 0 && request.PerPage > a.slow && a.random.IntN(5) == 0 {
		return response{}, &PageSizeError{Err: errTimedOut, TimedOut: true}
	}
	size, stated := a.size(request.PerPage)
	users := a.list(request)
	first := min((request.Page-1)*size, len(users))
	if a.ignoresPage {
		first = 0
	}
	if a.repeatsLast && first == len(users) {
		first = max(len(users)-1, 0) / size * size
	}
	rows := slices.Clone(users[first:min(first+size, len(users))])
	if a.empty > 0 && a.random.Float64() < a.empty {
		rows = nil
	}
	if a.hidden != nil {
		rows = slices.DeleteFunc(rows, a.hidden)
	}
	resp := response{Rows: rows, Page: request.Page, PerPage: stated, TotalCount: max(0, len(users)+a.counts.more)}
	if a.ignoresPage {
		resp.Page = 0
	}
	if a.counts.none {
		resp = response{Rows: rows, TotalCount: NotStated}
	}
	if a.edit != nil {
		a.edit(a, request, &resp)
	}
	return resp, nil
}

// size returns how large a page is, and how large the server states that it is.
func (a *account) size(perPage int) (size, stated int) {
	size = min(perPage, a.maxSize)
	if a.fixed > 0 {
		size = a.fixed
	}
	stated = size
	if a.multiple > 0 {
		size = max(size/a.multiple, 1) * a.multiple
	}
	if a.clamp > 0 {
		size = min(size, a.clamp)
	}
	return size, stated
}

// list returns the users in the order in which the server pages them.
func (a *account) list(request Request) []id {
	if a.lag > 0 {
		a.history = append(a.history, slices.Clone(a.users))
		return a.history[max(0, len(a.history)-1-a.random.IntN(a.lag+1))]
	}
	if a.ties == 0 && !a.shuffle && !a.rotate {
		return a.users
	}
	users := slices.Clone(a.users)
	if a.ties > 0 {
		order := rand.New(rand.NewPCG(uint64(request.PerPage), 77)) //nolint:gosec // not negative, and not a secret
		for i := 0; i < len(users); i += a.ties {
			group := users[i:min(i+a.ties, len(users))]
			order.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
		}
	}
	if a.shuffle {
		a.random.Shuffle(len(users), func(i, j int) { users[i], users[j] = users[j], users[i] })
	}
	if n := len(users); a.rotate && n > 0 {
		users = slices.Concat(users[a.requests%n:], users[:a.requests%n])
	}
	return users
}

// A pendingResponse is a request that the account may serve at any time until its
// response is taken.
type pendingResponse struct {
	request  Request
	isServed bool
	response response
	err      error
}

// start takes a request. The account serves outstanding requests in random order.
func (a *account) start(_ context.Context, request Request) wait {
	a.requests++
	a.pending = slices.DeleteFunc(a.pending, func(p *pendingResponse) bool { return p.isServed })
	p := &pendingResponse{request: request}
	a.pending = append(a.pending, p)
	return func() (response, error) {
		for !p.isServed {
			next := a.pending[a.random.IntN(len(a.pending))]
			if !next.isServed {
				next.response, next.err = a.respond(next.request)
				next.isServed = true
			}
		}
		return p.response, p.err
	}
}

func (a *account) read(perPage int, options Options) (rows []id, err error) {
	options.Progress = new(Progress)
	options.IgnoreTotalCount = options.IgnoreTotalCount || a.counts.ignore
	for _, perPage := range []int{perPage, 250, 50} { // as a client does
		r := reader{Options: options, perPage: perPage, start: a.start}
		if rows, err = r.readAll(context.Background()); !errors.As(err, new(*PageSizeError)) {
			break
		}
	}
	return rows, err
}

// check compares the list with the users who were there: everyone who was there all
// the time is in it.
func (a *account) check(rows []id) error {
	seen := make([]bool, a.joined)
	if err := a.checkOnce(rows, seen); err != nil {
		return err
	}
	for user, stayed := range a.stayed {
		if stayed && !seen[user] {
			return fmt.Errorf("user %d, who was there all the time, is missing from the list", user)
		}
	}
	if isUsable := !a.counts.none && !a.counts.ignore; isUsable && a.chance == 0 && len(rows) < len(a.users) {
		return fmt.Errorf("the list has %d rows, although every page stated %d", len(rows), len(a.users))
	}
	return nil
}

// checkComplete checks a list of users of whom nobody has left.
func (a *account) checkComplete(rows []id) error {
	if len(rows) != len(a.users) {
		return fmt.Errorf("the list has %d rows, although there are %d users", len(rows), len(a.users))
	}
	return a.check(rows)
}

// checkOnce checks that nobody is in the list twice, nor without having joined.
func (a *account) checkOnce(rows []id, seen []bool) error {
	for _, user := range rows {
		if user >= a.joined {
			return fmt.Errorf("user %d, who never joined, is in the list", user)
		}
		if seen[user] {
			return fmt.Errorf("user %d is in the list twice", user)
		}
		seen[user] = true
	}
	return nil
}
