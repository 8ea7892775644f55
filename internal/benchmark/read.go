package main

import (
	"context"
	"fmt"
	"time"

	sdk "github.com/cloudflare/cloudflare-go/v7"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/zero_trust"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// measureReading has the provider's client and Cloudflare's SDK read the same
// users from the same slow API. Each read has a client of its own.
func measureReading(ctx context.Context, p protocol) (d duel, err error) {
	list, err := recordPages(ctx, p.readUsers, p.readPageSize)
	if err != nil {
		return d, err
	}
	baseURL, stop, err := serve(ctx, delayed(list, p.readDelay))
	if err != nil {
		return d, err
	}
	defer stop()

	timed := func(into *series, read func(context.Context, string, int) (int, error)) func(int) error {
		return func(round int) error {
			began := time.Now()
			n, err := read(ctx, baseURL, p.readPageSize)
			if err == nil && n != p.readUsers {
				err = fmt.Errorf("read %d users of %d", n, p.readUsers)
			}
			record(into, round, secondsSince(began))
			return err
		}
	}
	err = fight(p.rounds, timed(&d.Ours, readWithClient), timed(&d.Theirs, readWithSDK))
	return d, err
}

func readWithClient(ctx context.Context, baseURL string, perPage int) (int, error) {
	client, err := cloudflare.New(cloudflare.Config{
		BaseURL:     baseURL,
		Credentials: cloudflare.Credentials{APIToken: fakeapi.Token},
	})
	if err != nil {
		return 0, err
	}
	query := cloudflare.AccessUsersQuery{AccountID: fakeapi.AccountID, PerPage: perPage}
	list, err := cloudflare.AccessUsers(ctx, client, query, func(u *cloudflare.AccessUser) cloudflare.AccessUser { return *u })
	if err != nil {
		return 0, fmt.Errorf("the provider's client: %w", err)
	}
	return len(list.Users), nil
}

func readWithSDK(ctx context.Context, baseURL string, perPage int) (int, error) {
	client := sdk.NewClient(option.WithBaseURL(baseURL), option.WithAPIToken(fakeapi.Token))
	pager := client.ZeroTrust.Access.Users.ListAutoPaging(ctx, zero_trust.AccessUserListParams{
		AccountID: sdk.F(fakeapi.AccountID),
		PerPage:   sdk.F(int64(perPage)),
	})
	var users []zero_trust.AccessUserListResponse
	for pager.Next() {
		users = append(users, pager.Current())
	}
	if err := pager.Err(); err != nil {
		return 0, fmt.Errorf("the SDK: %w", err)
	}
	return len(users), nil
}
