package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// One user of seatInterval has an Access seat, the others have none.
const seatInterval = 100

// An account is served by a fake API, and knows who was in it and when.
type account struct {
	*fakeapi.Server

	delay time.Duration // before each response of an unchanging account
	pages sync.Map      // from query to response

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

// serve starts a server for the account and returns the API's base URL.
func (a *account) serve() (baseURL string, stop func()) {
	server := httptest.NewServer(a)
	return server.URL + fakeapi.BasePath, server.Close
}

// ServeHTTP encodes each page of an unchanging account once, because this server
// shares the processor with what is measured.
func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.Change != nil {
		a.Server.ServeHTTP(w, r)
		return
	}
	<-time.After(a.delay)
	response, ok := a.pages.Load(r.URL.RawQuery)
	if !ok {
		recorder := httptest.NewRecorder()
		a.Server.ServeHTTP(recorder, r)
		response, _ = a.pages.LoadOrStore(r.URL.RawQuery, recorder.Body.Bytes())
	}
	body, _ := response.([]byte)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) //nolint:gosec // JSON
}

// compare counts what is wrong with a list that was read: users missing who were
// in the account from start to end, repeated users, and users who never were in
// the account.
func (a *account) compare(ids []string) (lacking, twice, foreign int) {
	listed := make(map[string]int)
	for _, id := range ids {
		listed[id]++
	}
	for id, times := range listed {
		if times > 1 {
			twice++
		}
		if a.present[id] == 0 {
			foreign++
		}
	}
	for id, moments := range a.present {
		if moments == a.moments && listed[id] == 0 {
			lacking++
		}
	}
	return lacking, twice, foreign
}

// A list is an account's list before a response.
type list struct {
	users    []fakeapi.User
	newcomer fakeapi.User // who may join
	random   *rand.Rand
}

func (l *list) join(index int) { l.users = slices.Insert(l.users, index, l.newcomer) }

func (l *list) leave() {
	if len(l.users) > 0 {
		i := l.random.IntN(len(l.users))
		l.users = slices.Delete(l.users, i, i+1)
	}
}

// A kind is a way in which an account changes while it is read.
type kind struct {
	name        string
	probability float64 // of a change before a response
	change      func(*list)
}

// kinds never change the order of users who stay.
func kinds() []kind {
	joinFront := func(l *list) { l.join(0) }
	joinAnywhere := func(l *list) { l.join(l.random.IntN(len(l.users) + 1)) }
	both := func(l *list) {
		l.leave()
		l.join(len(l.users))
	}
	either := func(l *list) {
		[]func(*list){joinAnywhere, (*list).leave}[l.random.IntN(2)](l)
	}
	return []kind{
		{"1 in 20: one joins at the front", 1. / 20, joinFront},
		{"1 in 20: one leaves", 1. / 20, (*list).leave},
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
	a := newAccount(1+random.IntN(20*pageSize), pageSize)
	a.Change = func(response int, users []fakeapi.User) []fakeapi.User {
		l := &list{users, fakeapi.Newcomer(response), random}
		if random.Float64() < k.probability {
			k.change(l)
		}
		a.observe(l.users)
		return l.users
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
	baseURL, stop := a.serve()
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
		o.Lacking += min(lacking, 1)
		o.Twice += min(twice, 1)
		o.Foreign += min(foreign, 1)
		if lacking+twice+foreign == 0 {
			o.Complete++
		}
	}
}
