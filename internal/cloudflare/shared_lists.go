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

	mu    sync.Mutex // guards lists, each sharedList, and what a sharedRead has before done
	lists map[Q]*sharedList[C, L]
}

func newSharedLists[Q comparable, C, L any](readList func(context.Context, Q, []C, *pagination.Progress) (L, error)) *sharedLists[Q, C, L] {
	return &sharedLists[Q, C, L]{readList: readList, lists: make(map[Q]*sharedList[C, L])}
}

// A sharedList is one list: the read that runs, and the one that calls queue for.
type sharedList[C, L any] struct {
	running, next *sharedRead[C, L]
}

// A sharedRead is one read and the calls that it serves.
type sharedRead[C, L any] struct {
	waiting int                // calls that wait for the read
	cancel  context.CancelFunc // set when the read starts

	// These do not change once the read has started.
	needs    []C
	ctx      context.Context //nolint:containedctx // never cancelled: the first call's values, for the log
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

// join adds a call to the next read of the list, which it starts if none runs.
func (s *sharedLists[Q, C, L]) join(ctx context.Context, q Q, need C) *sharedRead[C, L] {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lists[q]
	if l == nil {
		l = &sharedList[C, L]{}
		s.lists[q] = l
	}
	if l.next == nil {
		l.next = &sharedRead[C, L]{ctx: context.WithoutCancel(ctx), done: make(chan struct{})}
	}
	r := l.next
	deadline, _ := ctx.Deadline()
	if r.waiting == 0 || deadline.IsZero() || !r.deadline.IsZero() && deadline.After(r.deadline) {
		r.deadline = deadline
	}
	r.waiting++
	r.needs = append(r.needs, need)
	if l.running == nil {
		s.start(q, l) //nolint:contextcheck // the read outlives the call that starts it
	}
	return r
}

// leave takes a call from a read, and ends the read if it was the last one.
func (s *sharedLists[Q, C, L]) leave(q Q, r *sharedRead[C, L]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.waiting--
	if r.waiting > 0 {
		return
	}
	if l := s.lists[q]; l != nil && l.next == r { // not started yet
		l.next = nil
		return
	}
	r.cancel()
}

// start starts the next read. The caller must hold s.mu.
func (s *sharedLists[Q, C, L]) start(q Q, l *sharedList[C, L]) {
	r := l.next
	l.running, l.next = r, nil
	ctx := r.ctx
	if r.deadline.IsZero() {
		ctx, r.cancel = context.WithCancel(ctx)
	} else {
		ctx, r.cancel = context.WithDeadline(ctx, r.deadline)
	}
	go func() {
		defer r.cancel()
		r.list, r.err = s.readList(ctx, q, r.needs, &r.progress)
		if cause := context.Cause(ctx); r.err != nil && cause != nil {
			r.err = r.interruptedBy(cause)
		}
		s.end(q, l) //nolint:contextcheck // the next read has a context of its own
		close(r.done)
	}()
}

// end starts the read that calls have queued for, if there are any.
func (s *sharedLists[Q, C, L]) end(q Q, l *sharedList[C, L]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.next != nil {
		s.start(q, l)
	} else {
		delete(s.lists, q)
	}
}
