package main

import (
	"context"
	"math/rand/v2"
)

// A kind is a way in which an account changes while it is read.
type kind struct {
	name        string
	probability float64 // of a change before a request
	change      func(a *account, random *rand.Rand)
}

// kinds never change the order of users who stay.
func kinds() []kind {
	joinFront := func(a *account, _ *rand.Rand) { a.join(0) }
	joinEnd := func(a *account, _ *rand.Rand) { a.join(len(a.users)) }
	joinAnywhere := func(a *account, random *rand.Rand) { a.join(random.IntN(len(a.users) + 1)) }
	leave := func(a *account, random *rand.Rand) {
		if len(a.users) > 0 {
			a.leave(random.IntN(len(a.users)))
		}
	}
	both := func(a *account, random *rand.Rand) {
		leave(a, random)
		joinEnd(a, random)
	}
	either := func(a *account, random *rand.Rand) {
		[]func(*account, *rand.Rand){joinAnywhere, leave}[random.IntN(2)](a, random)
	}
	return []kind{
		{"1 in 20: one joins at the front", 1. / 20, joinFront},
		{"1 in 20: one leaves", 1. / 20, leave},
		{"1 in 20: one leaves and one joins at the end", 1. / 20, both},
		{"2 in 5: one joins anywhere or leaves", 2. / 5, either},
		{"1 in 2: one leaves and one joins at the end", 1. / 2, both},
		{"all: one joins anywhere or leaves", 1, either},
	}
}

// newChangingAccount returns the same account for the same kind and seed. Only
// the order in which concurrent requests arrive is not fixed.
func newChangingAccount(k kind, seed int) *account {
	random := rand.New(rand.NewPCG(uint64(seed), 0)) //nolint:gosec // reproducible, not secret
	pageSize := []int{25, 50, 100}[random.IntN(3)]
	a := newAccount(smallUsers(1+random.IntN(20*pageSize)), pageSize)
	a.change = func() {
		if random.Float64() < k.probability {
			k.change(a, random)
		}
	}
	return a
}

// An outcome counts reads by their result. A read that lacks somebody may also
// have somebody twice.
type outcome struct {
	Reads, Complete, Lacking, Twice, Foreign, Failed, Requests int
}

// RequestsPerRead is a mean.
func (o *outcome) RequestsPerRead() float64 { return float64(o.Requests) / float64(o.Reads) }

func (o *outcome) add(a *account, ids []string, err error) {
	o.Reads++
	o.Requests += a.requests
	if err != nil {
		o.Failed++
		return
	}
	lacking, twice, foreign := a.compare(ids)
	o.Lacking += min(lacking, 1)
	o.Twice += min(twice, 1)
	o.Foreign += min(foreign, 1)
	if lacking+twice+foreign == 0 {
		o.Complete++
	}
}

// A completeness has the results of both readers, for one kind or all.
type completeness struct {
	Name          string
	Provider, SDK outcome
}

// measureCompleteness reads a number of accounts of each kind with both readers.
func measureCompleteness(ctx context.Context, accounts int) (all completeness, byKind []completeness, err error) {
	for _, k := range kinds() {
		c := completeness{Name: k.name}
		for seed := range accounts {
			if err := ctx.Err(); err != nil {
				return all, nil, err
			}
			readChanging(ctx, newChangingAccount(k, seed), readWithProvider, &c.Provider, &all.Provider)
			readChanging(ctx, newChangingAccount(k, seed), readWithSDK, &c.SDK, &all.SDK)
		}
		byKind = append(byKind, c)
	}
	return all, byKind, nil
}

func readChanging(ctx context.Context, a *account, read readFunc, outcomes ...*outcome) {
	baseURL, stop := a.serve()
	ids, err := read(ctx, baseURL, maxPageSize)
	stop()
	for _, o := range outcomes {
		o.add(a, ids, err)
	}
}
