package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// stateVariable tells the floor where its answer is.
const stateVariable = "FLOOR_STATE"

// A planning is what `terraform plan` took for so many users, with the provider
// and with the floor.
type planning struct {
	Users   int
	StateMB float64 // of the answer that Terraform gets
	Seconds duel    // of the whole command
	Peak    duel    // MB that the provider's process had resident at most
}

func measurePlans(ctx context.Context, errOut io.Writer, tf *terraform, p protocol) ([]planning, error) {
	all := make([]planning, len(p.planUsers))
	for i, users := range p.planUsers {
		say(errOut, "plan, %d users\n", users)
		list, err := recordPages(ctx, users, perPageDefault)
		if err != nil {
			return nil, err
		}
		if err := all[i].measure(ctx, tf, list, p.rounds); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (pl *planning) measure(ctx context.Context, tf *terraform, list *pages, rounds int) error {
	pl.Users = list.users
	baseURL, stop, err := serve(ctx, list)
	if err != nil {
		return err
	}
	defer stop()
	state, err := pl.recordState(ctx, tf, baseURL)
	if err != nil {
		return err
	}
	timed := func(binary string, env []string, seconds, peak *series) func(int) error {
		return func(round int) error {
			memory := watchPeak(binary)
			began := time.Now()
			out, err := tf.run(ctx, binary, env, "plan", "-no-color", "-input=false")
			record(seconds, round, secondsSince(began))
			record(peak, round, memory()/1e6)
			if want := fmt.Sprintf("+ users = %d", list.users); err == nil && !bytes.Contains(out, []byte(want)) {
				return fmt.Errorf("the plan lacks %q:\n%s", want, out)
			}
			return err
		}
	}
	return fight(rounds,
		timed(tf.provider, account(baseURL), &pl.Seconds.Ours, &pl.Peak.Ours),
		timed(tf.floor, []string{stateVariable + "=" + state}, &pl.Seconds.Theirs, &pl.Peak.Theirs))
}

// recordState keeps the provider's answer in a file for the floor, so that
// Terraform gets the same bytes from both.
func (pl *planning) recordState(ctx context.Context, tf *terraform, baseURL string) (file string, err error) {
	file = filepath.Join(filepath.Dir(tf.floor), "state")
	return file, withPlugin(ctx, tf.provider, account(baseURL), func(p *plugin) error {
		if err := p.configure(ctx); err != nil {
			return err
		}
		state, err := p.read(ctx)
		if err != nil {
			return err
		}
		pl.StateMB = float64(len(state)) / 1e6
		return os.WriteFile(file, state, 0o600)
	})
}
