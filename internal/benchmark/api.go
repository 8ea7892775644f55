package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const perPageDefault = 1000

// pages are the answers of the fake API to every page of a list, encoded
// beforehand: unlike the real API, this one shares its cores with those who
// ask, and is to take as little of them as it can.
type pages struct {
	users, perPage int
	bodies         [][]byte
}

// recordPages asks the fake for every page up to the empty one at the end.
func recordPages(ctx context.Context, users, perPage int) (*pages, error) {
	fake := fakeapi.New(fakeapi.Users(users, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)))
	p := &pages{users: users, perPage: perPage, bodies: make([][]byte, users/perPage+2)}
	for i := range p.bodies {
		url := fmt.Sprintf("%s/accounts/%s/access/users?page=%d&per_page=%d", fakeapi.BasePath, fakeapi.AccountID, i+1, perPage)
		req := httptest.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		req.Header.Set("Authorization", "Bearer "+fakeapi.Token)
		answer := httptest.NewRecorder()
		fake.ServeHTTP(answer, req)
		if answer.Code != http.StatusOK {
			return nil, fmt.Errorf("the fake API answers %d: %s", answer.Code, answer.Body)
		}
		p.bodies[i] = answer.Body.Bytes()
	}
	return p, nil
}

// ServeHTTP answers what was recorded, and refuses every other question.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	number := 1
	if asked := query.Get("page"); asked != "" {
		number, _ = strconv.Atoi(asked)
	}
	if number < 1 || number > len(p.bodies) || query.Get("per_page") != strconv.Itoa(p.perPage) {
		http.Error(w, "not recorded: "+r.URL.RawQuery, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(p.bodies[number-1]) // who asked may be gone
}

// delayed answers each request so much later.
func delayed(next http.Handler, delay time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// serve gives the API's base URL, on this machine alone.
func serve(ctx context.Context, api http.Handler) (baseURL string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: api, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // until it is closed
	}()
	return "http://" + listener.Addr().String() + fakeapi.BasePath, func() {
		_ = server.Close()
		<-done
	}, nil
}

// account is the environment in which the provider reads the fake's account.
func account(baseURL string) []string {
	return []string{
		"CLOUDFLARE_BASE_URL=" + baseURL, "CLOUDFLARE_API_TOKEN=" + fakeapi.Token, "CLOUDFLARE_ACCOUNT_ID=" + fakeapi.AccountID,
	}
}
