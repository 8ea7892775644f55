package pagination

import (
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// To run one simulated read alone, or many:
//
//	go test ./internal/pagination -run TestReadAll_simulations/KIND -seed N
//	go test ./internal/pagination -run TestReadAll_simulations -reads 1000 -v
//
//nolint:gochecknoglobals // flags
var (
	seedFlag  = flag.Int("seed", -1, "run the simulated read with this seed alone")
	readsFlag = flag.Int("reads", 15, "simulated reads of each kind of account")
)

func simulate(k kind, seed int) (*account, []id, error) {
	a := randomAccount(k, rand.New(rand.NewPCG(uint64(seed), 1))) //nolint:gosec // seeds are not negative
	perPage := []int{1000, 50, 25}[a.random.IntN(3)]
	if k.sizes != nil || k.only > 0 {
		perPage = 1000
	}
	rows, err := a.read(perPage, Options{})
	return a, rows, err
}

// TestReadAll_simulations checks the guarantee: everyone who was there all the
// time is in the list, nobody twice, and nobody who was never there.
func TestReadAll_simulations(t *testing.T) {
	t.Parallel()
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			simulateMany(t, k)
		})
	}
}

func simulateMany(t *testing.T, k kind) {
	t.Helper()
	first, reads := 0, *readsFlag
	if *seedFlag >= 0 {
		first, reads = *seedFlag, 1
	}
	lost, failed, requests := 0, 0, 0
	for seed := first; seed < first+reads; seed++ {
		a, rows, err := simulate(k, seed)
		requests += a.requests
		if err == nil {
			if err = a.check(rows); err != nil {
				if lost++; lost > atMost(k.lost, reads) {
					t.Errorf("readAll, seed %d: got %v", seed, err)
				}
			}
			continue
		}
		if failed++; failed > atMost(k.failed, reads) {
			t.Errorf("readAll, seed %d: got %v", seed, err)
		}
		reasons := k.reasons
		if reasons == nil {
			reasons = changing
		}
		if e, ok := errors.AsType[*IncompleteError](err); !ok || !slices.Contains(reasons, e.Reason) {
			t.Errorf("readAll, seed %d: got %v, want one of the reasons %v", seed, err, reasons)
		}
	}
	n := float64(reads)
	t.Logf("lost %.2f%% failed %.2f%% requests %.1f", 100*float64(lost)/n, 100*float64(failed)/n, float64(requests)/n)
}

// atMost returns how many reads that share is, with an allowance for few reads.
func atMost(share float64, reads int) int {
	most := share * float64(reads)
	if reads < 1000 {
		most += 3 * math.Sqrt(most)
	}
	return int(math.Ceil(most))
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

// linkedServers let pages overlap, and show the users in one order: nobody is lost,
// whatever changes.
func linkedServers() []kind {
	return []kind{
		{},
		{server: server{grid: 5}, sizes: []int{50, 100}},
		{server: server{grid: 50}, sizes: []int{1000}},
		{server: server{grid: 100}, sizes: []int{1000}},
		{server: server{limit: 100}, sizes: []int{100}},
		{server: server{slow: 250}, sizes: []int{500}},
		{server: server{lag: 10}},
	}
}

// otherServers lose users in rare cases. Even then, nobody is in a list twice.
func otherServers() []kind {
	return []kind{
		{server: server{fixed: 20}},
		{server: server{only: 1000, fixed: 25}},
		{server: server{refuse: true}},
		{server: server{clamp: 20}},
		{server: server{multiple: 10}},
		{server: server{hidden: everyNth(20)}},
		{server: server{hidden: block(90)}},
		{server: server{ties: 10}},
		{server: server{ties: 200}},
		{server: server{ignoresPage: true}},
		{server: server{empty: .1}},
		{server: server{shuffle: true}},
		{server: server{rotate: true}},
	}
}

// FuzzReadAll lets the fuzzer choose the server and the changes: before each
// response users join, leave, or both, one or many at once. They keep their order.
func FuzzReadAll(f *testing.F) {
	linked := linkedServers()
	servers := slices.Concat(linked, otherServers())
	for i := range servers {
		f.Add([]byte("\x80\x40\x00\xff"), byte(i), byte(i), byte(i))
		f.Add([]byte("a list that never stands still"), byte(i), byte(i+1), byte(i+2))
	}
	f.Fuzz(func(t *testing.T, changes []byte, number, w, counts byte) {
		n := int(number) % len(servers)
		k := servers[n]
		k.change = change{1, "jlp", where(w % 3), []int{1, 1, 30, 120}[w/3%4], 40}
		k.counts = []countsKind{{}, {none: true}, {ignore: true}}[counts%3]
		a := randomAccount(k, rand.New(&bytesSource{changes, rand.NewPCG(1, uint64(w))}))
		rows, err := a.read(1000, Options{})
		if err != nil {
			return
		}
		err = a.checkOnce(rows, make([]bool, a.joined))
		if n < len(linked) {
			err = a.check(rows)
		}
		if err != nil {
			t.Errorf("readAll, %+v: got %v", k, err)
		}
	})
}
