package cloudflare

import (
	"context"
	"errors"
	"sync"
	"time"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// An accessUserList is a complete list. It is shared: nobody may change it.
type accessUserList struct {
	rows     []*AccessUserRow // of those whom a call selected
	seats    AccessSeatCount  // of all
	warnings []Warning
}

func newAccessUserList(users []listedUser) (*accessUserList, error) {
	warnings, err := checkFilters(users)
	if err != nil {
		return nil, err
	}
	return &accessUserList{rows: selectedRows(users), seats: countSeats(users), warnings: warnings}, nil
}

// sharedLists lets calls that wait for the same list at the same time share one
// read. While a read runs, further calls queue, and the next read serves all of
// them: nobody gets a list whose read started before the call.
type sharedLists struct {
	readList func(context.Context, AccessUsersQuery, converter, *pagination.Progress) (*accessUserList, error)

	mu    sync.Mutex // guards lists, each sharedList, and what a sharedRead has before done
	lists map[AccessUsersQuery]*sharedList
}

// A sharedList is one list: the read that runs, and the one that calls queue for.
type sharedList struct {
	running, next *sharedRead
}

// A sharedRead is one read and the calls that it serves.
type sharedRead struct {
	waiting int                // calls that wait for the read
	cancel  context.CancelFunc // set when the read starts

	// These do not change once the read has started.
	converters []converter
	ctx        context.Context //nolint:containedctx // never cancelled: the first call's values, for the log
	deadline   time.Time       // the latest of all calls', zero if one of them has none

	progress pagination.Progress // safe for concurrent use

	done chan struct{} // closed when list and err are set
	list *accessUserList
	err  error
}

// read returns a list whose read starts after the call, or an *InterruptedError
// as soon as ctx ends.
func (s *sharedLists) read(ctx context.Context, q AccessUsersQuery, convert converter) (*accessUserList, error) {
	r := s.join(ctx, q, convert)
	select {
	case <-r.done:
		return r.list, r.errFor(ctx)
	case <-ctx.Done():
		s.leave(q, r)
		return nil, r.interruptedBy(context.Cause(ctx))
	}
}

func (r *sharedRead) interruptedBy(cause error) *InterruptedError {
	received, expected := r.progress.Pages()
	return &InterruptedError{Pages: received, Of: expected, Err: cause}
}

// errFor returns the error of the read. A *WaitError states the time that a call
// has left itself, if that is less than what the read had.
func (r *sharedRead) errFor(ctx context.Context) error {
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
func (s *sharedLists) join(ctx context.Context, q AccessUsersQuery, convert converter) *sharedRead {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lists[q]
	if l == nil {
		l = &sharedList{}
		s.lists[q] = l
	}
	if l.next == nil {
		l.next = &sharedRead{ctx: context.WithoutCancel(ctx), done: make(chan struct{})}
	}
	r := l.next
	deadline, _ := ctx.Deadline()
	if r.waiting == 0 || deadline.IsZero() || !r.deadline.IsZero() && deadline.After(r.deadline) {
		r.deadline = deadline
	}
	r.waiting++
	r.converters = append(r.converters, convert)
	if l.running == nil {
		s.start(q, l) //nolint:contextcheck // the read outlives the call that starts it
	}
	return r
}

// leave takes a call from a read, and ends the read if it was the last one.
func (s *sharedLists) leave(q AccessUsersQuery, r *sharedRead) {
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
func (s *sharedLists) start(q AccessUsersQuery, l *sharedList) {
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
		r.list, r.err = s.readList(ctx, q, r.convert, &r.progress)
		if cause := context.Cause(ctx); r.err != nil && cause != nil {
			r.err = r.interruptedBy(cause)
		}
		s.end(q, l) //nolint:contextcheck // the next read has a context of its own
		close(r.done)
	}()
}

// end starts the read that calls have queued for, if there are any.
func (s *sharedLists) end(q AccessUsersQuery, l *sharedList) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.next != nil {
		s.start(q, l)
	} else {
		delete(s.lists, q)
	}
}

// convert puts into a row what each of the calls needs.
func (r *sharedRead) convert(row *AccessUserRow, u *AccessUser) {
	for _, convert := range r.converters {
		convert(row, u)
	}
}
