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
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

const dataSource = "cloudflare_access_users"

// A readFunc reads all users of the account at the base URL with a new client,
// and returns their ids.
type readFunc func(ctx context.Context, baseURL string, perPage int) (ids []string, err error)

func readWithSDK(ctx context.Context, baseURL string, perPage int) ([]string, error) {
	client := sdk.NewClient(option.WithBaseURL(baseURL), option.WithAPIToken(fakeapi.Token))
	pager := client.ZeroTrust.Access.Users.ListAutoPaging(ctx, zero_trust.AccessUserListParams{
		AccountID: sdk.F(fakeapi.AccountID),
		PerPage:   sdk.F(int64(perPage)),
	})
	var ids []string
	for pager.Next() {
		ids = append(ids, pager.Current().ID)
	}
	return ids, pager.Err()
}

func readWithProvider(ctx context.Context, baseURL string, perPage int) ([]string, error) {
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
	if err := msgpack.Unmarshal(encoded, &state); err != nil {
		return nil, err
	}
	ids := make([]string, len(state.Users))
	for i, u := range state.Users {
		ids[i] = u.ID
	}
	return ids, nil
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
	config, err := object(schemas.Provider, map[string]any{
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
	config, err := object(s.schema, map[string]any{"per_page": perPage})
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

// object encodes a configuration that sets these attributes and no others.
func object(schema *tfprotov6.Schema, set map[string]any) (*tfprotov6.DynamicValue, error) {
	typ, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		return nil, fmt.Errorf("the schema is a %T, not an object", schema.ValueType())
	}
	values := make(map[string]tftypes.Value)
	for name, attribute := range typ.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, set[name])
	}
	encoded, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, values))
	return &encoded, err
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

// measureSpeed reads the same account with both. It delays each response.
func measureSpeed(ctx context.Context, p sizes) (s speed, err error) {
	slow := newAccount(fakeUsers(p.SpeedUsers), p.SpeedPageSize)
	slow.delay = p.SpeedDelay
	baseURL, stop := slow.serve()
	defer stop()
	timed := func(into *series, read readFunc) func(int) error {
		return func(round int) error {
			start := time.Now()
			ids, err := read(ctx, baseURL, p.SpeedPageSize)
			record(into, round, time.Since(start).Seconds())
			if lacking, twice, foreign := slow.compare(ids); err == nil && lacking+twice+foreign > 0 {
				err = fmt.Errorf("an unchanged account was not read exactly: lacking %d, twice %d, foreign %d", lacking, twice, foreign)
			}
			return err
		}
	}
	err = takeTurns(p.Rounds, timed(&s.Provider, readWithProvider), timed(&s.SDK, readWithSDK))
	return s, err
}

// A growth is the provider's time for each user of an account.
type growth struct {
	Users        int
	Microseconds series
}

// measureGrowth reads small accounts more often, because their times vary more.
func measureGrowth(ctx context.Context, users, rounds int) (g growth, err error) {
	g.Users = users
	baseURL, stop := newAccount(fakeUsers(users), maxPageSize).serve()
	defer stop()
	err = takeTurns(rounds*max(2, min(10, 40_000/users)), func(round int) error {
		s, err := newServer(ctx, baseURL) // with a full request budget
		if err != nil {
			return err
		}
		runtime.GC() // what earlier reads left
		start := time.Now()
		_, err = s.read(ctx, maxPageSize)
		record(&g.Microseconds, round, float64(time.Since(start).Microseconds())/float64(users))
		return err
	})
	return g, err
}

// A requestCount is how many requests one read of an unchanged account takes.
type requestCount struct {
	Users, PageSize, Requests int
}

// Adjacent is the number of adjacent pages up to the first that is not full.
func (c requestCount) Adjacent() int { return c.Users/c.PageSize + 1 }

// Ratio is the number of requests over that of adjacent pages.
func (c requestCount) Ratio() float64 { return float64(c.Requests) / float64(c.Adjacent()) }

// countRequests reads an account of c's size with the provider.
func countRequests(ctx context.Context, c requestCount) (int, error) {
	unchanged := newAccount(smallUsers(c.Users), c.PageSize)
	baseURL, stop := unchanged.serve()
	_, err := readWithProvider(ctx, baseURL, c.PageSize)
	stop()
	return unchanged.requests, err
}
