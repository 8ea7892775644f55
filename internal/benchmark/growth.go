package main

import (
	"context"
	"io"
	"time"
)

// A growth is what one user takes in a list of so many.
type growth struct {
	Users        int
	Microseconds series // for each user
}

// measureGrowth times the provider's ReadDataSource, from request to answer
// over the plugin protocol. Small lists are read more often: they take
// milliseconds, which vary more.
func measureGrowth(ctx context.Context, errOut io.Writer, binary string, p protocol) ([]growth, error) {
	all := make([]growth, len(p.growthUsers))
	for i, users := range p.growthUsers {
		rounds := p.rounds * max(2, min(10, 40_000/users))
		say(errOut, "growth, %d users, %d rounds\n", users, rounds)
		list, err := recordPages(ctx, users, perPageDefault)
		if err != nil {
			return nil, err
		}
		all[i].Users = users
		if all[i].Microseconds, err = timeReads(ctx, binary, list, rounds); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func timeReads(ctx context.Context, binary string, list *pages, rounds int) (perUser series, err error) {
	baseURL, stop, err := serve(ctx, list)
	if err != nil {
		return nil, err
	}
	defer stop()
	err = withPlugin(ctx, binary, account(baseURL), func(p *plugin) error {
		for round := range rounds + 1 {
			if err := p.configure(ctx); err != nil {
				return err
			}
			began := time.Now()
			if _, err := p.read(ctx); err != nil {
				return err
			}
			record(&perUser, round, secondsSince(began)*1e6/float64(list.users))
		}
		return nil
	})
	return perUser, err
}
