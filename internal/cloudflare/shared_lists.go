package cloudflare

import (
	"context"
	"errors"
	"sync"
	"time"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// sharedLists lets calls that wait for the same list L at the same time share one
// read. While a read runs, further calls queue, and the next read serves all of
// them: nobody gets a list whose read started before the call. Q is the query of a
// list, C is what a call needs of its rows. A list is shared: nobody may change it.
type sharedLists[Q comparable, C, L any] struct {
	readList func(ctx context.Context, q Q, needs []C, progress *pagination.Progress) (L, error)

	mu      sync.Mutex // guards the maps, and what a sharedRead has before done
	running map[Q]bool // the lists that are read at present
	next    map[Q]*sharedRead[C, L]
}

func newSharedLists[Q comparable, C, L any](readList func(context.Context, Q, []C, *pagination.Progress) (L, error)) *sharedLists[Q, C, L] {
	return &sharedLists[Q, C, L]{readList: readList, running: make(map[Q]bool), next: make(map[Q]*sharedRead[C, L])}
}

// A sharedRead is one read and the calls that it serves.
type sharedRead[C, L any] struct {
	waiting int                // calls that wait for the read
	cancel  context.CancelFunc // set when the read starts

	// These do not change once the read has started.
	needs    []C
	ctx      context.Context //nolint:containedctx // with the first call's values, for the log
	deadline time.Time       // the latest of all calls', zero if one of them has none

	progress pagination.Progress // safe for concurrent use

	done chan struct{} // closed when list and err are set
	list L
	err  error
}

// read returns a list whose read starts after the call, or an *InterruptedError
// as soon as ctx ends.
func (s *sharedLists[Q, C, L]) read(ctx context.Context, q Q, need C) (list L, err error) {
	r := s.join(ctx, q, need)
	select {
	case <-r.done:
		return r.list, r.errFor(ctx)
	case <-ctx.Done():
		s.leave(q, r)
		return list, r.interruptedBy(context.Cause(ctx))
	}
}

func (r *sharedRead[C, L]) interruptedBy(cause error) *InterruptedError {
	return &InterruptedError{Pages: int(r.progress.Received.Load()), Of: int(r.progress.Expected.Load()), Err: cause}
}

// errFor returns the error of the read. A *WaitError states the time that a call
// has left itself, if that is less than what the read had.
func (r *sharedRead[C, L]) errFor(ctx context.Context) error {
	wait, ok := errors.AsType[*WaitError](r.err)
	deadline, _ := ctx.Deadline()
	if !ok || !deadline.Before(r.deadline) { // without a deadline, the read has none either
		return r.err
	}
	own := *wait
	own.Left -= r.deadline.Sub(deadline)
	return &own
}

// join adds a call to the next read of the list, and has it started if none runs.
func (s *sharedLists[Q, C, L]) join(ctx context.Context, q Q, need C) *sharedRead[C, L] {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.next[q]
	if r == nil {
		r = &sharedRead[C, L]{ctx: context.WithoutCancel(ctx), done: make(chan struct{})}
		s.next[q] = r
	}
	deadline, _ := ctx.Deadline()
	if r.waiting == 0 || deadline.IsZero() || !r.deadline.IsZero() && deadline.After(r.deadline) {
		r.deadline = deadline
	}
	r.waiting++
	r.needs = append(r.needs, need)
	if !s.running[q] {
		s.running[q] = true
		go s.run(q)
	}
	return r
}

// leave takes a call from a read, and ends the read if it was the last one.
func (s *sharedLists[Q, C, L]) leave(q Q, r *sharedRead[C, L]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.waiting--
	switch {
	case r.waiting > 0:
	case s.next[q] == r: // not started yet
		delete(s.next, q)
	default:
		r.cancel()
	}
}

// run makes one read of the list after the other, as long as calls wait for one.
func (s *sharedLists[Q, C, L]) run(q Q) {
	for r := s.start(q); r != nil; r = s.start(q) {
		r.list, r.err = s.readList(r.ctx, q, r.needs, &r.progress)
		if cause := context.Cause(r.ctx); r.err != nil && cause != nil {
			r.err = r.interruptedBy(cause)
		}
		r.cancel()
		close(r.done)
	}
}

// start returns the read that calls have queued for, or nil if there is none.
func (s *sharedLists[Q, C, L]) start(q Q) *sharedRead[C, L] {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.next[q]
	if r == nil {
		delete(s.running, q)
		return nil
	}
	delete(s.next, q)
	if r.deadline.IsZero() {
		r.ctx, r.cancel = context.WithCancel(r.ctx) //nolint:gosec // run cancels it
	} else {
		r.ctx, r.cancel = context.WithDeadline(r.ctx, r.deadline) //nolint:gosec // run cancels it
	}
	return r
}
