package pagination

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// To run one simulated read alone, or many:
//
//	go test ./internal/pagination -run TestReadAll_simulations/KIND -seed N
//	go test ./internal/pagination -run TestReadAll_simulations -reads 1000
//
//nolint:gochecknoglobals // flags
var (
	seedFlag  = flag.Int("seed", -1, "run the simulated read with this seed alone")
	readsFlag = flag.Int("reads", 80, "simulated reads of each kind of account")
)

// An account is a list of users, numbered in the order in which they joined,
// that changes before each response.
type account struct {
	kind

	random   *rand.Rand
	users    []int
	joined   int // so far
	maxSize  int // of a page
	always   map[int]bool
	requests int
	batches  int
	first    int // size of page 1
	edit     func(*account, Request, *response)
}

// A kind is how an account changes and how its server responds. Chances are
// for each response.
type kind struct {
	name    string
	changes float64 // chance of a change
	actions string  // to choose from: join, leave, move, pair (leaves and joins at once)
	where   where   // joining and moving users go
	bulk    int     // users who leave and join at once, if not 1

	noInfo    bool    // no result_info
	fixed     int     // page size, whatever is requested
	refuse    bool    // page sizes other than the first one's
	clamp     int     // page size, although another one is stated
	multiple  int     // page sizes are rounded down to a multiple of it, although others are stated
	empty     float64 // chance of an empty page
	countMore int     // what total_count adds
	ignore    bool    // with Options.IgnoreTotalCount
	shuffle   bool    // the order, for each response
	rotate    bool    // the list by one user, for each response

	maxLost, maxFailed float64 // share of reads, at most
}

type where int

const (
	back where = iota
	front
	anywhere
)

func newAccount(k kind, random *rand.Rand, users, maxSize int) *account {
	a := &account{kind: k, random: random, users: numbers(0, users), joined: users, maxSize: maxSize, always: map[int]bool{}}
	for _, user := range a.users {
		a.always[user] = true
	}
	return a
}

func randomAccount(k kind, random *rand.Rand) *account {
	maxSize := []int{25, 50, 100}[random.IntN(3)]
	return newAccount(k, random, random.IntN(12*maxSize), maxSize)
}

func (a *account) change() {
	if a.random.Float64() >= a.changes {
		return
	}
	action := a.actions[a.random.IntN(len(a.actions))]
	if action == 'l' || action == 'p' {
		for range min(max(a.bulk, 1), len(a.users)) {
			delete(a.always, a.remove())
		}
	}
	if action == 'j' || action == 'p' {
		for range max(a.bulk, 1) {
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

func (a *account) insert(user int) {
	at := map[where]int{back: len(a.users), front: 0, anywhere: a.random.IntN(len(a.users) + 1)}[a.where]
	a.users = slices.Insert(a.users, at, user)
}

func (a *account) remove() int {
	at := a.random.IntN(len(a.users))
	user := a.users[at]
	a.users = slices.Delete(a.users, at, at+1)
	return user
}

var errRefused = errors.New("400 Bad Request")

// respond serves one request.
func (a *account) respond(request Request) (response, error) {
	a.requests++
	a.change()
	if request.Page == 1 {
		a.first = min(request.PerPage, a.maxSize)
	}
	if a.refuse && request.PerPage < a.first {
		return response{}, errRefused
	}
	size := min(request.PerPage, a.maxSize)
	if a.fixed > 0 {
		size = a.fixed
	}
	stated := size
	if a.multiple > 0 {
		size = max(size/a.multiple, 1) * a.multiple
	}
	if a.clamp > 0 {
		size = min(size, a.clamp)
	}
	users := slices.Clone(a.users)
	if a.shuffle {
		a.random.Shuffle(len(users), func(i, j int) { users[i], users[j] = users[j], users[i] })
	}
	if n := len(users); a.rotate && n > 0 {
		users = slices.Concat(users[a.requests%n:], users[:a.requests%n])
	}
	first := min((request.Page-1)*size, len(users))
	resp := response{rows: users[first:min(first+size, len(users))], page: request.Page, perPage: stated, total: max(0, len(users)+a.countMore)}
	if a.random.Float64() < a.empty {
		resp.rows = nil
	}
	if a.noInfo {
		resp = response{rows: resp.rows, total: NotStated}
	}
	if a.edit != nil {
		a.edit(a, request, &resp)
	}
	return resp, nil
}

// fetch serves the requests in random order.
func (a *account) fetch(_ context.Context, requests []Request) ([]response, error) {
	a.batches++
	responses := make([]response, len(requests))
	var refused error
	for _, i := range a.random.Perm(len(requests)) {
		var err error
		if responses[i], err = a.respond(requests[i]); err != nil {
			refused = err
		}
	}
	return responses, refused
}

// check compares the list with the users who were there.
func (a *account) check(rows []int) error {
	seen := make(map[int]bool, len(rows))
	for _, user := range rows {
		if user >= a.joined {
			return fmt.Errorf("user %d, who never joined, is in the list", user)
		}
		if seen[user] {
			return fmt.Errorf("user %d is in the list twice", user)
		}
		seen[user] = true
	}
	for user := range a.always {
		if !seen[user] {
			return fmt.Errorf("user %d, who was there all the time, is missing from the list", user)
		}
	}
	return nil
}

func (a *account) read(options Options) ([]int, error) {
	options.RefusesPageSize = func(err error) bool { return errors.Is(err, errRefused) }
	options.OnPass, options.Progress = func(Pass) {}, new(Progress)
	r := reader{Options: options, fetch: a.fetch}
	return r.readAll(context.Background())
}

// kinds are accounts whose users keep their order, unless the name says that
// they move.
func kinds() []kind {
	return []kind{
		{name: "unchanged"},
		{name: "joins-front", changes: .05, actions: "j", where: front},
		{name: "joins-back", changes: .05, actions: "j"},
		{name: "joins-anywhere", changes: .05, actions: "j", where: anywhere},
		{name: "leaves", changes: .05, actions: "l"},
		{name: "mixed-anywhere", changes: .4, actions: "jl", where: anywhere, maxFailed: .01},
		{name: "mixed-newest-first", changes: .4, actions: "jl", where: front, maxFailed: .01},
		{name: "mixed-newest-last", changes: .4, actions: "jl", maxFailed: .01},
		{name: "mixed-always", changes: 1, actions: "jl", where: anywhere, maxFailed: .01},
		{name: "pairs", changes: .05, actions: "p", where: anywhere},
		{name: "pairs-front", changes: .05, actions: "p", where: front},
		{name: "pairs-back", changes: .05, actions: "p"},
		{name: "pairs-often", changes: .5, actions: "p", where: anywhere, maxFailed: .01},
		{name: "pairs-always", changes: 1, actions: "p", maxFailed: .01},
		{name: "leaves-always", changes: 1, actions: "l", maxFailed: .05},
		{name: "joins-front-always", changes: 1, actions: "j", where: front, maxFailed: .01},
		{name: "thirty-at-once", changes: .03, actions: "p", bulk: 30, maxFailed: .05},
		{name: "moves", changes: .1, actions: "m", where: anywhere, maxLost: .01, maxFailed: .02},
		{name: "moves-to-the-front", changes: .2, actions: "m", where: front, maxLost: .01, maxFailed: .02},
		{name: "moves-and-mixed", changes: .1, actions: "jlm", where: anywhere, maxLost: .01, maxFailed: .02},
		{name: "moves-and-mixed-often", changes: .4, actions: "jlm", where: anywhere, maxLost: .02, maxFailed: .02},
		{name: "moves-to-the-front-and-mixed", changes: .2, actions: "jlm", where: front, maxLost: .01, maxFailed: .02},
		{name: "empty-pages", empty: .05, maxFailed: .02},
		{name: "no-counts", noInfo: true},
		{name: "no-counts-mixed", noInfo: true, changes: .4, actions: "jl", where: anywhere, maxFailed: .01},
		{name: "no-counts-moves-and-mixed", noInfo: true, changes: .05, actions: "jlm", where: anywhere, maxLost: .01, maxFailed: .02},
		{name: "no-counts-empty-pages", noInfo: true, empty: .05, maxLost: .02, maxFailed: .1},
		{name: "fixed-size", fixed: 20},
		{name: "fixed-size-pairs", fixed: 20, changes: .05, actions: "p", maxLost: .01, maxFailed: .7},
		{name: "fixed-size-mixed", fixed: 20, changes: .05, actions: "jl", where: anywhere, maxLost: .01, maxFailed: .75},
		{name: "refused-sizes", refuse: true},
		{name: "refused-sizes-pairs", refuse: true, changes: .05, actions: "p", where: anywhere, maxLost: .01, maxFailed: .45},
		{name: "clamped", clamp: 20},
		{name: "rounded-sizes", multiple: 10, noInfo: true},
		{name: "rounded-sizes-pairs", multiple: 10, noInfo: true, changes: .05, actions: "p", where: anywhere, maxFailed: .35},
		{name: "rounded-sizes-mixed", multiple: 10, noInfo: true, changes: .05, actions: "jl", where: anywhere, maxFailed: .4},
		{name: "rounded-sizes-counted", multiple: 10, maxFailed: .95},
		{name: "rounded-sizes-ignored", multiple: 10, ignore: true},
		{name: "rounded-sizes-ignored-pairs", multiple: 10, ignore: true, changes: .05, actions: "p", where: anywhere, maxFailed: .6},
		{name: "count-too-small", countMore: -30},
		{name: "shuffled", shuffle: true, maxFailed: .75},
		{name: "rotated", rotate: true, maxFailed: .02},
		{name: "shuffled-pairs", shuffle: true, changes: .05, actions: "p", maxLost: .02, maxFailed: .9},
	}
}

func simulate(k kind, seed int) (*account, []int, error) {
	a := randomAccount(k, rand.New(rand.NewPCG(uint64(seed), 1))) //nolint:gosec // seeds are not negative
	rows, err := a.read(Options{PerPage: []int{1000, 50, 25}[a.random.IntN(3)], IgnoreTotalCount: k.ignore})
	return a, rows, err
}

// TestReadAll_simulations checks the guarantee: everyone who was there all the
// time is in the list, nobody twice, and nobody who was never there.
func TestReadAll_simulations(t *testing.T) {
	t.Parallel()
	first, reads := 0, *readsFlag
	if *seedFlag >= 0 {
		first, reads = *seedFlag, 1
	}
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			lost, failed := k.maxLost*float64(reads), k.maxFailed*float64(reads) // that are left
			for seed := first; seed < first+reads; seed++ {
				a, rows, err := simulate(k, seed)
				if err != nil {
					failed--
				} else if err = a.check(rows); err != nil {
					lost--
				}
				if err != nil && min(lost, failed) < 0 {
					t.Errorf("readAll, %s, seed %d: got %v", k.name, seed, err)
				}
			}
		})
	}
}

// bytesSource is a random source that begins with the fuzzer's bytes.
type bytesSource struct {
	bytes []byte
	rest  rand.Source
}

func (s *bytesSource) Uint64() uint64 {
	if len(s.bytes) == 0 {
		return s.rest.Uint64()
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return uint64(b) * 0x0101010101010101
}

// FuzzReadAll lets the fuzzer choose the changes: users keep their order, and
// before each response one joins, one leaves, or both.
func FuzzReadAll(f *testing.F) {
	f.Add([]byte("\x80\x40\x00\xff"), byte(0), false)
	f.Add([]byte("a list that never stands still"), byte(1), true)
	f.Fuzz(func(t *testing.T, changes []byte, w byte, noInfo bool) {
		k := kind{changes: 1, actions: "jlp", where: where(w % 3), noInfo: noInfo}
		a := randomAccount(k, rand.New(&bytesSource{changes, rand.NewPCG(1, uint64(w))}))
		if rows, err := a.read(Options{PerPage: 1000}); err == nil {
			if err := a.check(rows); err != nil {
				t.Errorf("readAll: got %v", err)
			}
		}
	})
}
