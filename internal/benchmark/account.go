package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// One user of seatInterval has an Access seat, the others have none.
const seatInterval = 100

// An account serves its users as Cloudflare's API does. Every user is encoded
// once, because this server shares the processor with what is measured.
type account struct {
	pageSize int           // the largest that it serves
	delay    time.Duration // before each response
	change   func()        // unless nil, is called before each response, one at a time

	mu       sync.Mutex
	users    []user
	members  map[string]bool // everyone who was in the account; true for those who were from start to end
	requests int
}

type user struct {
	id      string
	encoded []byte
}

func newAccount(users []user, pageSize int) *account {
	a := &account{pageSize: pageSize, users: users, members: make(map[string]bool)}
	for _, u := range users {
		a.members[u.id] = true
	}
	return a
}

// fakeUsers are users of the fake API, with values in every attribute.
func fakeUsers(n int) []user {
	users := make([]user, n)
	for i, u := range fakeapi.Users(n, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)) {
		u["access_seat"] = i%seatInterval == 0
		encoded, _ := json.Marshal(u) // strings, numbers, and booleans
		users[i] = user{fmt.Sprint(u["id"]), encoded}
	}
	return users
}

// smallUsers have an id and an address alone.
func smallUsers(n int) []user {
	users := make([]user, n)
	for i := range users {
		users[i] = smallUser(i)
	}
	return users
}

func smallUser(number int) user {
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", number)
	return user{id, fmt.Appendf(nil, `{"id":%q,"email":"user%d@example.com"}`, id, number)}
}

// join adds a user at an index of the list.
func (a *account) join(index int) {
	u := smallUser(len(a.members))
	a.members[u.id] = false
	a.users = slices.Insert(a.users, index, u)
}

// leave removes the user at an index of the list.
func (a *account) leave(index int) {
	a.members[a.users[index].id] = false
	a.users = slices.Delete(a.users, index, index+1)
}

// compare counts what is wrong with a list that was read: users missing who were
// in the account from start to end, repeated users, and users who never were in
// the account.
func (a *account) compare(ids []string) (lacking, twice, foreign int) {
	listed := make(map[string]bool)
	for _, id := range ids {
		if listed[id] {
			twice++
		}
		listed[id] = true
		if _, ok := a.members[id]; !ok {
			foreign++
		}
	}
	for id, always := range a.members {
		if always && !listed[id] {
			lacking++
		}
	}
	return lacking, twice, foreign
}

// ServeHTTP serves one page of the list.
func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	<-time.After(a.delay)
	query := r.URL.Query()
	page, size := number(query, "page", 1), min(number(query, "per_page", a.pageSize), a.pageSize)
	rows, total := a.page(page, size)
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"success":true,"errors":[],"messages":[],`+
		`"result_info":{"page":%d,"per_page":%d,"count":%d,"total_count":%d},"result":[%s]}`,
		page, size, len(rows), total, bytes.Join(rows, []byte(",")))
}

func (a *account) page(page, size int) (rows [][]byte, total int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests++
	if a.change != nil {
		a.change()
	}
	start := min((page-1)*size, len(a.users))
	for _, u := range a.users[start:min(start+size, len(a.users))] {
		rows = append(rows, u.encoded)
	}
	return rows, len(a.users)
}

// number is a query parameter, or the default if it is absent or not positive.
func number(query url.Values, name string, byDefault int) int {
	n, _ := strconv.Atoi(query.Get(name))
	return cmp.Or(max(n, 0), byDefault)
}

// serve starts a server for the account and returns the API's base URL.
func (a *account) serve() (baseURL string, stop func()) {
	server := httptest.NewServer(a)
	return server.URL + fakeapi.BasePath, server.Close
}
