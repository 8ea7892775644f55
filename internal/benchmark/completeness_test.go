package main

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// One user of seatInterval has an Access seat, the others have none.
const seatInterval = 100

// An account is served by a fake API, and knows who was in it and when.
type account struct {
	*fakeapi.Server

	moments int            // the start, and each response of a changing account
	present map[string]int // for each user, at how many moments they were in the account
}

func newAccount(users, pageSize int) *account {
	list := fakeapi.Users(users, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
	for i, user := range list {
		user["access_seat"] = i%seatInterval == 0
	}
	a := &account{Server: fakeapi.New(list), present: make(map[string]int)}
	a.MaxPageSize = pageSize
	a.observe(list)
	return a
}

func (a *account) observe(users []fakeapi.User) {
	a.moments++
	for _, user := range users {
		id, _ := user["id"].(string)
		a.present[id]++
	}
}

// compare returns what a read is: "failed", or with a list that is "lacking" a user
// who was in the account from start to end, has one "twice", has one who never was
// in the account, a "foreign" one, or else is "complete".
func (a *account) compare(ids []string, err error) (outcomes []string) {
	if err != nil {
		return []string{"failed"}
	}
	read := slices.Sorted(slices.Values(ids))
	listed := slices.Compact(slices.Clone(read))
	if len(listed) < len(read) {
		outcomes = append(outcomes, "twice")
	}
	if slices.ContainsFunc(listed, func(id string) bool { return a.present[id] == 0 }) {
		outcomes = append(outcomes, "foreign")
	}
	for id, moments := range a.present {
		if _, found := slices.BinarySearch(listed, id); !found && moments == a.moments {
			outcomes = append(outcomes, "lacking")
			break
		}
	}
	if outcomes == nil {
		outcomes = []string{"complete"}
	}
	return outcomes
}

// A kind is a way in which an account changes while it is read. Users who stay
// keep their order.
type kind struct {
	name        string
	multiple    int     // page sizes that are no multiples of it are rejected
	probability float64 // of a change before a response
	change      func(users []fakeapi.User, newcomer fakeapi.User, random *rand.Rand) []fakeapi.User
}

func kinds() []kind {
	joinFront := func(users []fakeapi.User, newcomer fakeapi.User, _ *rand.Rand) []fakeapi.User {
		return slices.Insert(users, 0, newcomer)
	}
	changes := []kind{
		{"1 in 20: one joins at the front", 1, 1. / 20, joinFront},
		{"1 in 20: one leaves", 1, 1. / 20, leave},
		{"1 in 20: one leaves and one joins at the end", 1, 1. / 20, leaveAndJoinEnd},
		{"2 in 5: one joins anywhere or leaves", 1, 2. / 5, joinOrLeave},
		{"1 in 2: one leaves and one joins at the end", 1, 1. / 2, leaveAndJoinEnd},
		{"all: one joins anywhere or leaves", 1, 1, joinOrLeave},
	}
	for _, k := range changes[3:] {
		k.name, k.multiple = k.name+", multiples of 5 only", 5
		changes = append(changes, k)
	}
	return changes
}

func leave(users []fakeapi.User, _ fakeapi.User, random *rand.Rand) []fakeapi.User {
	if len(users) == 0 {
		return users
	}
	i := random.IntN(len(users))
	return slices.Delete(users, i, i+1)
}

func leaveAndJoinEnd(users []fakeapi.User, newcomer fakeapi.User, random *rand.Rand) []fakeapi.User {
	return append(leave(users, newcomer, random), newcomer)
}

func joinOrLeave(users []fakeapi.User, newcomer fakeapi.User, random *rand.Rand) []fakeapi.User {
	if random.IntN(2) == 0 {
		return slices.Insert(users, random.IntN(len(users)+1), newcomer)
	}
	return leave(users, newcomer, random)
}

// newChangingAccount returns the same account for the same kind and seed. Only
// the order in which concurrent requests arrive is not fixed.
func newChangingAccount(k kind, seed int) *account {
	random := rand.New(rand.NewPCG(uint64(seed), 0)) //nolint:gosec // reproducible, not secret
	pageSize := []int{25, 50, 100}[random.IntN(3)]
	if k.multiple > 1 {
		pageSize = max(pageSize, 50) // multiples of 5 up to 25 cannot always overlap
	}
	a := newAccount(1+random.IntN(20*pageSize), pageSize)
	a.Quirks.RefusePageSize = func(perPage int) bool { return perPage%k.multiple > 0 }
	a.Change = func(response int, users []fakeapi.User) []fakeapi.User {
		if random.Float64() < k.probability {
			users = k.change(users, fakeapi.Newcomer(response), random)
		}
		a.observe(users)
		return users
	}
	return a
}

// BenchmarkCompleteness reads accounts of each kind with both readers. Each read
// is of another account; -benchtime=100x sets their number. A read that lacks
// somebody may also have somebody twice.
func BenchmarkCompleteness(b *testing.B) {
	for _, k := range kinds() {
		for reader, read := range readers() {
			b.Run(k.name+"/"+reader, func(b *testing.B) {
				metrics := map[string]float64{"complete": 0, "lacking": 0, "twice": 0, "foreign": 0, "failed": 0}
				for ; b.Loop(); metrics["reads"]++ {
					a := newChangingAccount(k, int(metrics["reads"]))
					serve(b, a)
					for _, outcome := range a.compare(read(b.Context(), maxPageSize)) {
						metrics[outcome]++
					}
					metrics["requests"] += float64(len(a.Requests()))
				}
				for unit, value := range metrics {
					b.ReportMetric(value, unit)
				}
			})
		}
	}
}

// BenchmarkRequests counts the requests of one read of an account that does not
// change, and those of adjacent pages up to the first that is not full.
func BenchmarkRequests(b *testing.B) {
	for _, size := range []struct{ users, page int }{{2_000, 100}, {6_000, 100}, {20_000, 100}, {100_000, maxPageSize}} {
		b.Run(strconv.Itoa(size.users), func(b *testing.B) {
			a := newAccount(size.users, size.page)
			serve(b, a)
			readAll(b, a, readWithProvider, size.page)
			b.ReportMetric(float64(size.users), "users")
			b.ReportMetric(float64(size.page), "page")
			b.ReportMetric(float64(len(a.Requests())), "requests")
			b.ReportMetric(float64(size.users/size.page+1), "adjacent")
		})
	}
}
