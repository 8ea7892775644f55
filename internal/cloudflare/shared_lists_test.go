package cloudflare

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-cloudflare-access/internal/pagination"
)

// A listServer stands for the API: it lets a test end the reads of a list.
type listServer struct {
	lists   *sharedLists[AccessUsersQuery, converter, *accessUserList]
	reads   int
	ended   int             // by their context
	finish  chan error      // ends a read: with a list if nil
	ctx     context.Context //nolint:containedctx // of the last read
	encoded []string        // number of the read and email
}

func newListServer() *listServer {
	s := &listServer{finish: make(chan error)}
	s.lists = newSharedLists(s.read)
	return s
}

func (s *listServer) read(ctx context.Context, q AccessUsersQuery, converters []converter, _ *pagination.Progress) (*accessUserList, error) {
	s.reads++
	s.ctx = ctx
	number := strconv.Itoa(s.reads)
	for _, email := range []string{"a", "b", "c", "d"} {
		row := &AccessUserRow{Email: email}
		for _, convert := range converters {
			convert(row, &AccessUser{})
		}
		if row.Encoded != nil {
			s.encoded = append(s.encoded, number+email)
		}
	}
	select {
	case err := <-s.finish:
		return &accessUserList{rows: []*AccessUserRow{{Email: q.AccountID + number}}, seats: AccessSeatCount{Users: 1}}, err
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

func (s *listServer) call(ctx context.Context, account, email string) *call {
	c := new(call)
	go func() {
		c.list, c.err = s.lists.read(ctx, AccessUsersQuery{AccountID: account}, func(row *AccessUserRow, _ *AccessUser) {
			if row.Email == email {
				row.Encoded = []byte(email)
			}
		})
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
		t.Errorf("read: got done %t, list %v, error %v, want the list of read %s", c.done, c.list, c.err, read)
	}
}

// TestSharedLists_queue makes calls while a read runs: the next read, which
// starts after them, serves all of them. Another list is read at the same time.
func TestSharedLists_queue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		first := s.call(t.Context(), "x", "a")
		second, third := s.call(t.Context(), "x", "b"), s.call(t.Context(), "x", "c")
		if s.reads != 1 || second.done || third.done {
			t.Fatalf("read: got %d reads, queued calls done: %t, %t, want 1 read and none done", s.reads, second.done, third.done)
		}
		s.end(nil)
		first.check(t, "x1")
		if s.reads != 2 || second.done {
			t.Errorf("read: got %d reads after the first one ended, want 2", s.reads)
		}
		failed := errors.New("failed")
		s.end(failed)
		if !errors.Is(second.err, failed) || !errors.Is(third.err, failed) {
			t.Errorf("read: got errors %v and %v, want %v for both", second.err, third.err, failed)
		}
		fourth := s.call(t.Context(), "x", "d")
		s.call(t.Context(), "y", "a")
		if s.reads != 4 {
			t.Errorf("read of another list: got %d reads, want 4", s.reads)
		}
		s.end(nil)
		s.end(nil)
		fourth.check(t, "x3")
		if want := []string{"1a", "2b", "2c", "3d", "4a"}; !slices.Equal(s.encoded, want) || len(s.lists.running) != 0 {
			t.Errorf("read: encoded %v, still has %d lists, want %v, 0", s.encoded, len(s.lists.running), want)
		}
	})
}

// TestSharedLists_leave cancels calls one after the other: the read goes on
// until nobody waits.
func TestSharedLists_leave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		cancellable := func() (*call, context.CancelFunc) {
			ctx, cancel := context.WithCancel(t.Context())
			return s.call(ctx, "x", "a"), func() { cancel(); synctest.Wait() }
		}
		s.call(t.Context(), "x", "a")
		first, cancelFirst := cancellable()
		second, cancelSecond := cancellable()
		s.end(nil)
		third, cancelThird := cancellable()

		cancelFirst()
		if interrupted, ok := errors.AsType[*InterruptedError](first.err); !ok || !errors.Is(interrupted, context.Canceled) || s.ended != 0 {
			t.Errorf("read, cancelled: got error %v, %d reads ended, want an InterruptedError and none", first.err, s.ended)
		}
		cancelThird() // the queue is empty again
		if !third.done || second.done {
			t.Errorf("read: got cancelled call done %t, other call done %t, want true, false", third.done, second.done)
		}
		cancelSecond()
		if !second.done || s.ended != 1 || s.reads != 2 {
			t.Errorf("read, all cancelled: got done %t, %d reads, %d ended, want true, 2, 1", second.done, s.reads, s.ended)
		}
		last := s.call(t.Context(), "x", "a")
		s.end(nil)
		last.check(t, "x3")
	})
}

// TestSharedLists_deadline gives a read the latest deadline of its calls.
func TestSharedLists_deadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		start := time.Now()
		timeout := func(minutes time.Duration) context.Context {
			ctx, cancel := context.WithTimeout(t.Context(), minutes*time.Minute)
			t.Cleanup(cancel)
			return ctx
		}
		within := func(minutes time.Duration) *call { return s.call(timeout(minutes), "x", "a") }
		checkDeadline := func(want time.Time) {
			t.Helper()
			if got, _ := s.ctx.Deadline(); !got.Equal(want) {
				t.Errorf("read: got deadline %s, want %s", got, want)
			}
		}
		abandoned := newListServer().lists.join(timeout(1), AccessUsersQuery{}, func(*AccessUserRow, *AccessUser) {})
		first := within(1)
		checkDeadline(start.Add(time.Minute))
		early, late, middle := within(3), within(5), within(4)
		<-time.After(time.Minute + time.Second) // in the bubble's time
		synctest.Wait()
		if _, ok := errors.AsType[*InterruptedError](first.err); !ok || !errors.Is(first.err, context.DeadlineExceeded) {
			t.Errorf("read over its deadline: got error %v, want an InterruptedError", first.err)
		}
		if _, ok := errors.AsType[*InterruptedError](abandoned.err); !ok {
			t.Errorf("shared read over its deadline: got error %v, want an InterruptedError", abandoned.err)
		}
		checkDeadline(start.Add(5 * time.Minute))
		<-time.After(2 * time.Minute)
		synctest.Wait()
		if !early.done || late.done || middle.done {
			t.Errorf("read: got done %t, %t, %t, want the early one alone", early.done, late.done, middle.done)
		}
		unlimited, limited := s.call(t.Context(), "x", "a"), within(1)
		s.end(nil)
		late.check(t, "x2")
		middle.check(t, "x2")
		checkDeadline(time.Time{})
		s.end(nil)
		unlimited.check(t, "x3")
		limited.check(t, "x3")
	})
}

// TestSharedLists_waitError has two calls with other deadlines than the read.
func TestSharedLists_waitError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		s.call(t.Context(), "1", "a")
		within := func(d time.Duration) *call {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			t.Cleanup(cancel)
			return s.call(ctx, "1", "a")
		}
		short, long := within(time.Minute), within(10*time.Minute)
		s.end(nil)
		s.end(&WaitError{Wait: 15 * time.Minute, Left: 10 * time.Minute})
		for want, c := range map[time.Duration]*call{time.Minute: short, 10 * time.Minute: long} {
			if got, ok := errors.AsType[*WaitError](c.err); !ok || got.Left != want {
				t.Errorf("read: got error %v, want %s left", c.err, want)
			}
		}
	})
}

// TestClient_accessSeatsShared counts seats while another call reads all users of
// the account: the next read serves both, and converts no user for the count.
func TestClient_accessSeatsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		client := &Client{lists: s.lists, config: Config{EncodeAccessUser: func(*AccessUser) []byte { return []byte{} }}}
		var ended atomic.Int32
		count := func() {
			n, err := client.AccessSeats(t.Context(), "x", true)
			if want := (AccessSeatCount{Users: 1}); n != want || err != nil {
				t.Errorf("AccessSeats: got %+v, error %v, want %+v", n, err, want)
			}
			ended.Add(1)
		}
		users := func() {
			q := AccessUsersQuery{AccountID: "x", PerPage: DefaultPerPage, IgnoreTotalCount: true}
			_, _, err := client.AccessUsers(t.Context(), q, func(row *AccessUserRow) bool { return row.Email == "b" })
			if err != nil {
				t.Errorf("AccessUsers: got error %v", err)
			}
			ended.Add(1)
		}
		go count()
		synctest.Wait()
		go count()
		go users()
		synctest.Wait()
		s.end(nil)
		s.end(nil)
		if ended.Load() != 3 || s.reads != 2 || len(s.encoded) != 1 {
			t.Errorf("got %d calls, %d reads and the users %q, want 3, 2 and 2b", ended.Load(), s.reads, s.encoded)
		}
	})
}

// TestUsersWithKey has rows that other calls selected by the same read.
func TestUsersWithKey(t *testing.T) {
	t.Parallel()
	user, other := new(AccessUser), new(AccessUser)
	got := usersWithKey([]*AccessUserRow{
		{Email: "ann@example.com", key: "1"},
		{Email: "bob@example.com", key: "2", user: other},
		{Email: "Ann@example.com", key: "3", user: user},
		{Email: "Ann@example.com", key: "3", user: user},
	}, AddressKey("ann@example.com"))
	if len(got) != 1 || got[0] != user {
		t.Errorf("usersWithKey: got %d users, want the one of row 3", len(got))
	}
}
