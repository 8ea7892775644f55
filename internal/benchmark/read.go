package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"time"

	sdk "github.com/cloudflare/cloudflare-go/v7"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/zero_trust"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// A readFunc reads all users of the account at the base URL with a new client,
// and returns their ids.
type readFunc func(ctx context.Context, baseURL string, perPage int) (ids []string, err error)

func readWithSDK(ctx context.Context, baseURL string, perPage int) (ids []string, err error) {
	client := sdk.NewClient(option.WithBaseURL(baseURL), option.WithAPIToken(fakeapi.Token))
	pager := client.ZeroTrust.Access.Users.ListAutoPaging(ctx, zero_trust.AccessUserListParams{
		AccountID: sdk.F(fakeapi.AccountID),
		PerPage:   sdk.F(int64(perPage)),
	})
	for pager.Next() {
		ids = append(ids, pager.Current().ID)
	}
	return ids, pager.Err()
}

func readWithProvider(ctx context.Context, baseURL string, perPage int) (ids []string, err error) {
	encoded, _, err := readState(ctx, baseURL, perPage)
	if err != nil {
		return nil, err
	}
	var state struct {
		Users []struct {
			ID string `msgpack:"id"`
		} `msgpack:"users"`
	}
	err = msgpack.Unmarshal(encoded, &state)
	for _, user := range state.Users {
		ids = append(ids, user.ID)
	}
	return ids, err
}

// readState reads the data source with a new provider in this process, which has
// its whole request budget. It returns the state, encoded as MessagePack, and how
// long ReadDataSource took.
func readState(ctx context.Context, baseURL string, perPage int) (state []byte, took time.Duration, err error) {
	env := environment(baseURL)
	server := provider.NewServer(provider.Options{Getenv: func(name string) string { return env[name] }})
	config := &tfprotov6.DynamicValue{JSON: []byte("{}")}
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil {
		return nil, 0, err
	}
	config = &tfprotov6.DynamicValue{JSON: fmt.Appendf(nil, `{"per_page": %d}`, perPage)}
	start := time.Now()
	resp, err := server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "cloudflare_access_users", Config: config})
	took = time.Since(start)
	if err != nil {
		return nil, 0, err
	}
	for _, d := range slices.Concat(configured.Diagnostics, resp.Diagnostics) {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return nil, 0, fmt.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	return resp.State.MsgPack, took, nil
}

// environment has the provider's settings for the account at the base URL.
func environment(baseURL string) map[string]string {
	return map[string]string{
		"CLOUDFLARE_BASE_URL":   baseURL,
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}
}

// measureSpeed reads the same account with both readers.
func (r *report) measureSpeed(ctx context.Context) error {
	unchanged := newAccount(r.SpeedUsers, r.SpeedPageSize)
	api := fakeapi.Recorded(unchanged)
	baseURL, stop := serve(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		<-time.After(r.SpeedDelay)
		api.ServeHTTP(w, req)
	}))
	defer stop()
	timed := func(into *series, read readFunc) func(int) error {
		return func(round int) error {
			start := time.Now()
			ids, err := read(ctx, baseURL, r.SpeedPageSize)
			record(into, round, time.Since(start).Seconds())
			if lacking, twice, foreign := unchanged.compare(ids); err == nil && lacking+twice+foreign > 0 {
				err = fmt.Errorf("an unchanged account was not read exactly: lacking %d, twice %d, foreign %d", lacking, twice, foreign)
			}
			return err
		}
	}
	return takeTurns(r.Rounds, timed(&r.Speed.Provider, readWithProvider), timed(&r.Speed.SDK, readWithSDK))
}

// A growth is the provider's time for each user of an account.
type growth struct {
	Users        int
	Microseconds series
}

// measureGrowth reads small accounts more often, because their times vary more.
func (r *report) measureGrowth(ctx context.Context) error {
	for i := range r.Growth {
		g := &r.Growth[i]
		baseURL, stop := serve(fakeapi.Recorded(newAccount(g.Users, maxPageSize)))
		err := takeTurns(r.Rounds*max(2, min(10, 40_000/g.Users)), func(round int) error {
			runtime.GC() // what earlier reads left
			_, took, err := readState(ctx, baseURL, maxPageSize)
			record(&g.Microseconds, round, float64(took.Microseconds())/float64(g.Users))
			return err
		})
		stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// A requestCount is how many requests one read of an unchanged account takes.
type requestCount struct {
	Users, PageSize int
	Bound           float64 // of the ratio
	Requests        int
}

// Adjacent is the number of adjacent pages up to the first that is not full.
func (c requestCount) Adjacent() int { return c.Users/c.PageSize + 1 }

func (r *report) countRequests(ctx context.Context) error {
	for i := range r.RequestCounts {
		c := &r.RequestCounts[i]
		unchanged := newAccount(c.Users, c.PageSize)
		baseURL, stop := serve(unchanged)
		_, err := readWithProvider(ctx, baseURL, c.PageSize)
		stop()
		if err != nil {
			return err
		}
		c.Requests = len(unchanged.Requests())
	}
	return nil
}
