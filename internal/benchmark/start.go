package main

import (
	"context"
	"errors"
	"time"
)

// measureStarts gives milliseconds from before the process starts until it has
// answered with its schema. The caller's part is in them: the key that
// Terraform, too, makes for each connection.
func measureStarts(ctx context.Context, binary string, times int) (milliseconds series, err error) {
	for round := range times + 1 {
		began := time.Now()
		p, err := startPlugin(ctx, binary, nil)
		if err != nil {
			return nil, err
		}
		schema, err := p.call(ctx, "GetProviderSchema", nil)
		record(&milliseconds, round, secondsSince(began)*1e3)
		p.stop()
		if err == nil && len(schema) == 0 {
			err = errors.New("the provider has no schema")
		}
		if err != nil {
			return nil, err
		}
	}
	return milliseconds, nil
}
