package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	sdk "github.com/cloudflare/cloudflare-go/v7"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/zero_trust"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

const dataSource = "cloudflare_access_users"

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
	server, err := newServer(ctx, baseURL)
	if err != nil {
		return nil, err
	}
	encoded, err := server.read(ctx, perPage)
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

// A server is the provider in this process, called as Terraform calls it.
type server struct {
	tfprotov6.ProviderServer

	schema *tfprotov6.Schema // of the data source
}

// newServer configures a provider for the account at the base URL.
func newServer(ctx context.Context, baseURL string) (*server, error) {
	s := provider.NewServer(provider.Options{Getenv: func(string) string { return "" }})
	schemas, err := s.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	config, err := encode(schemas.Provider, map[string]any{
		"base_url": baseURL, "api_token": fakeapi.Token, "account_id": fakeapi.AccountID,
	})
	if err != nil {
		return nil, err
	}
	resp, err := s.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil {
		return nil, err
	}
	return &server{s, schemas.DataSourceSchemas[dataSource]}, firstError(resp.Diagnostics)
}

// read returns the data source's state, encoded as MessagePack.
func (s *server) read(ctx context.Context, perPage int) ([]byte, error) {
	config, err := encode(s.schema, map[string]any{"per_page": perPage})
	if err != nil {
		return nil, err
	}
	resp, err := s.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: dataSource, Config: config})
	if err != nil {
		return nil, err
	}
	if err := firstError(resp.Diagnostics); err != nil {
		return nil, err
	}
	return resp.State.MsgPack, nil
}

// encode returns a configuration that sets these attributes and no others.
func encode(schema *tfprotov6.Schema, set map[string]any) (*tfprotov6.DynamicValue, error) {
	values := make(map[string]any)
	for _, attribute := range schema.Block.Attributes {
		values[attribute.Name] = set[attribute.Name]
	}
	encoded, err := msgpack.Marshal(values)
	return &tfprotov6.DynamicValue{MsgPack: encoded}, err
}

func firstError(diagnostics []*tfprotov6.Diagnostic) error {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	return nil
}

// A speed is the time that each reader takes for one account, in seconds.
type speed struct {
	Provider, SDK series
}

// measureSpeed reads the same account with both.
func (r *report) measureSpeed(ctx context.Context) error {
	unchanged := newAccount(r.SpeedUsers, r.SpeedPageSize)
	baseURL, stop := serve(recorded(unchanged, r.SpeedDelay))
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
		baseURL, stop := serve(recorded(newAccount(g.Users, maxPageSize), 0))
		err := takeTurns(r.Rounds*max(2, min(10, 40_000/g.Users)), func(round int) error {
			s, err := newServer(ctx, baseURL) // with a full request budget
			if err != nil {
				return err
			}
			runtime.GC() // what earlier reads left
			start := time.Now()
			_, err = s.read(ctx, maxPageSize)
			record(&g.Microseconds, round, float64(time.Since(start).Microseconds())/float64(g.Users))
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
