package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// A listServer stands for the API: it lets a test end the reads of a list.
type listServer struct {
	lists  *sharedLists
	reads  int
	ended  int                 // by their context
	finish chan error          // ends a read: with a list if nil
	query  AccessUsersQuery    // of the last read
	ctx    context.Context     //nolint:containedctx // of the last read
	rows   []AccessUserRow     // that the reads convert
	picked map[string][]string // emails that the reads encoded, by read
}

func newListServer() *listServer {
	s := &listServer{finish: make(chan error), picked: map[string][]string{}}
	s.lists = &sharedLists{lists: make(map[AccessUsersQuery]*sharedList), readList: s.read}
	return s
}

func (s *listServer) read(ctx context.Context, q AccessUsersQuery, selected func(*AccessUserRow) bool, _ *pagination.Progress) (*accessUserList, error) {
	s.reads++
	number := strconv.Itoa(s.reads)
	s.query, s.ctx = q, ctx
	for _, row := range s.rows {
		if selected(&row) {
			s.picked[number] = append(s.picked[number], row.Email)
		}
	}
	select {
	case err := <-s.finish:
		return &accessUserList{rows: []*AccessUserRow{{Email: number}}}, err
	case <-ctx.Done():
		s.ended++
		return nil, ctx.Err()
	}
}

// A call is one call of read, in a goroutine of its own.
type call struct {
	done bool
	list *accessUserList
	err  error
}

func (s *listServer) call(ctx context.Context, q AccessUsersQuery, email string) *call {
	c := new(call)
	go func() {
		c.list, c.err = s.lists.read(ctx, q, func(row *AccessUserRow) bool { return row.Email == email })
		c.done = true
	}()
	synctest.Wait()
	return c
}

// end ends the read that runs, or one of them.
func (s *listServer) end(err error) {
	s.finish <- err
	synctest.Wait()
}

func (c *call) check(t *testing.T, read string) {
	t.Helper()
	if !c.done || c.err != nil || c.list.rows[0].Email != read {
		t.Errorf("read: done %t, list %v, error %v, want the list of read %s", c.done, c.list, c.err, read)
	}
}

// TestSharedLists_queue makes calls while a read runs: the next read, which
// starts after them, serves all of them.
func TestSharedLists_queue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		s.rows = []AccessUserRow{{Email: "a"}, {Email: "b"}, {Email: "c"}, {Email: "d"}}
		q := AccessUsersQuery{AccountID: "1"}
		first := s.call(t.Context(), q, "a")
		second, third := s.call(t.Context(), q, "b"), s.call(t.Context(), q, "c")
		if s.reads != 1 || second.done || third.done {
			t.Fatalf("read: %d reads, queued calls done: %t, %t, want 1 read and none done", s.reads, second.done, third.done)
		}
		s.end(nil)
		first.check(t, "1")
		if s.reads != 2 || second.done {
			t.Errorf("read: %d reads after the first one ended, want 2", s.reads)
		}
		s.end(nil)
		second.check(t, "2")
		third.check(t, "2")
		if got, want := fmt.Sprint(s.picked), "map[1:[a] 2:[b c]]"; got != want {
			t.Errorf("read: encoded %s, want %s", got, want)
		}
		fourth := s.call(t.Context(), q, "d")
		s.end(nil)
		fourth.check(t, "3")
		if len(s.lists.lists) != 0 {
			t.Errorf("read: %d lists are kept after the last call", len(s.lists.lists))
		}
	})
}

func TestSharedLists_otherQuery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		s.call(t.Context(), AccessUsersQuery{AccountID: "1", PerPage: 100}, "a")
		s.call(t.Context(), AccessUsersQuery{AccountID: "1", PerPage: 200}, "a")
		if s.reads != 2 || s.query.PerPage != 200 {
			t.Errorf("read: %d reads, the last one of %+v, want one for each query", s.reads, s.query)
		}
		s.end(nil)
		s.end(nil)
	})
}

func TestSharedLists_error(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		s.call(t.Context(), AccessUsersQuery{}, "a")
		second, third := s.call(t.Context(), AccessUsersQuery{}, "b"), s.call(t.Context(), AccessUsersQuery{}, "c")
		failed := errors.New("failed")
		s.end(nil)
		s.end(failed)
		if !errors.Is(second.err, failed) || !errors.Is(third.err, failed) {
			t.Errorf("read: got errors %v and %v, want %v for both", second.err, third.err, failed)
		}
	})
}

// TestSharedLists_leave cancels calls one after the other: the read goes on
// until nobody waits.
func TestSharedLists_leave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		zero := s.call(t.Context(), AccessUsersQuery{}, "a")
		ctx1, cancel1 := context.WithCancel(t.Context())
		ctx2, cancel2 := context.WithCancel(t.Context())
		ctx3, cancel3 := context.WithCancel(t.Context())
		first, second := s.call(ctx1, AccessUsersQuery{}, "a"), s.call(ctx2, AccessUsersQuery{}, "a")
		s.end(nil)
		zero.check(t, "1")
		third := s.call(ctx3, AccessUsersQuery{}, "a")

		cancel1()
		synctest.Wait()
		if interrupted, ok := errors.AsType[*InterruptedError](first.err); !ok || !errors.Is(interrupted, context.Canceled) || s.ended != 0 {
			t.Errorf("read, cancelled: got error %v, %d reads ended, want an InterruptedError and none", first.err, s.ended)
		}
		cancel3() // the queue is empty again
		synctest.Wait()
		if !third.done || second.done {
			t.Errorf("read: cancelled call done %t, other call done %t", third.done, second.done)
		}
		cancel2()
		synctest.Wait()
		if !second.done || s.ended != 1 || s.reads != 2 {
			t.Errorf("read, all cancelled: done %t, %d reads, %d ended, want 2 and 1", second.done, s.reads, s.ended)
		}
		last := s.call(t.Context(), AccessUsersQuery{}, "a")
		s.end(nil)
		last.check(t, "3")
	})
}

// TestSharedLists_deadline gives a read the latest deadline of its calls.
func TestSharedLists_deadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		within := func(d time.Duration) *call {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			t.Cleanup(cancel)
			return s.call(ctx, AccessUsersQuery{}, "a")
		}
		start := time.Now()
		first := within(time.Minute)
		if got, ok := s.ctx.Deadline(); !ok || !got.Equal(start.Add(time.Minute)) {
			t.Errorf("read: the deadline is after %s, want 1m", got.Sub(start))
		}
		early, late, middle := within(3*time.Minute), within(5*time.Minute), within(4*time.Minute)
		<-time.After(time.Minute + time.Second) // in the bubble's time
		synctest.Wait()
		if _, ok := errors.AsType[*InterruptedError](first.err); !ok || !errors.Is(first.err, context.DeadlineExceeded) {
			t.Errorf("read over its deadline: got error %v", first.err)
		}
		if got, ok := s.ctx.Deadline(); !ok || !got.Equal(start.Add(5*time.Minute)) {
			t.Errorf("read: the deadline is after %s, want 5m", got.Sub(start))
		}
		<-time.After(2 * time.Minute)
		synctest.Wait()
		if !early.done || late.done || middle.done {
			t.Errorf("read: done %t, %t, %t, want the early one alone", early.done, late.done, middle.done)
		}
		unlimited := s.call(t.Context(), AccessUsersQuery{}, "a")
		alsoLimited := within(time.Minute)
		s.end(nil)
		late.check(t, "2")
		middle.check(t, "2")
		if _, ok := s.ctx.Deadline(); ok {
			t.Error("read for a call without a deadline has one")
		}
		s.end(nil)
		unlimited.check(t, "3")
		alsoLimited.check(t, "3")
	})
}
