package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
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

// compare returns what is wrong with a list that was read, each 1 or 0: it lacks
// a user who was in the account from start to end, it has a user twice, or it has
// one who never was in the account.
func (a *account) compare(ids []string) (lacking, twice, foreign int) {
	listed := make(map[string]bool)
	for _, id := range ids {
		if listed[id] {
			twice = 1
		}
		if a.present[id] == 0 {
			foreign = 1
		}
		listed[id] = true
	}
	for id, moments := range a.present {
		if moments == a.moments && !listed[id] {
			lacking = 1
		}
	}
	return lacking, twice, foreign
}

// serve starts a server for an API and returns the API's base URL.
func serve(api http.Handler) (baseURL string, stop func()) {
	server := httptest.NewServer(api)
	return server.URL + fakeapi.BasePath, server.Close
}

// A kind is a way in which an account changes while it is read. Users who stay
// keep their order.
type kind struct {
	name        string
	probability float64 // of a change before a response
	change      func(users []fakeapi.User, newcomer fakeapi.User, random *rand.Rand) []fakeapi.User
}

func kinds() []kind {
	return []kind{
		{"1 in 20: one joins at the front", 1. / 20, joinFront},
		{"1 in 20: one leaves", 1. / 20, leave},
		{"1 in 20: one leaves and one joins at the end", 1. / 20, leaveAndJoinEnd},
		{"2 in 5: one joins anywhere or leaves", 2. / 5, joinOrLeave},
		{"1 in 2: one leaves and one joins at the end", 1. / 2, leaveAndJoinEnd},
		{"all: one joins anywhere or leaves", 1, joinOrLeave},
	}
}

func joinFront(users []fakeapi.User, newcomer fakeapi.User, _ *rand.Rand) []fakeapi.User {
	return slices.Insert(users, 0, newcomer)
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
	a := newAccount(1+random.IntN(20*pageSize), pageSize)
	a.Change = func(response int, users []fakeapi.User) []fakeapi.User {
		if random.Float64() < k.probability {
			users = k.change(users, fakeapi.Newcomer(response), random)
		}
		a.observe(users)
		return users
	}
	return a
}

// An outcome counts reads by their result. A read that lacks somebody may also
// have somebody twice.
type outcome struct {
	Reads, Complete, Lacking, Twice, Foreign, Failed, Requests int
}

// A completeness has the results of both readers, for one kind or all.
type completeness struct {
	Name          string
	Provider, SDK outcome
}

// measureCompleteness reads accounts of each kind with both readers.
func (r *report) measureCompleteness(ctx context.Context) error {
	for _, k := range kinds() {
		c := completeness{Name: k.name}
		for seed := range r.AccountsOfKind {
			readChanging(ctx, newChangingAccount(k, seed), readWithProvider, &c.Provider, &r.Completeness.Provider)
			readChanging(ctx, newChangingAccount(k, seed), readWithSDK, &c.SDK, &r.Completeness.SDK)
		}
		r.ByKind = append(r.ByKind, c)
	}
	return ctx.Err() // counts as failed reads
}

func readChanging(ctx context.Context, a *account, read readFunc, outcomes ...*outcome) {
	baseURL, stop := serve(a)
	ids, err := read(ctx, baseURL, maxPageSize)
	stop()
	lacking, twice, foreign := a.compare(ids)
	for _, o := range outcomes {
		o.Reads++
		o.Requests += len(a.Requests())
		if err != nil {
			o.Failed++
			continue
		}
		o.Lacking += lacking
		o.Twice += twice
		o.Foreign += foreign
		if lacking+twice+foreign == 0 {
			o.Complete++
		}
	}
}
