package cloudflare

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestLimit_budget makes requests one after the other, as fast as it may.
func TestLimit_budget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newWaitingClient(t, 0)
		var times []time.Time
		for range 1500 {
			if err := client.retry(t.Context(), failing(&times)); err != nil {
				t.Fatalf("retry: got error %v", err)
			}
		}
		first, burst, all := times[99].Sub(times[0]), times[599].Sub(times[0]), times[1499].Sub(times[0])
		if first != 0 || burst > 6*time.Second || all > 451*time.Second {
			t.Errorf("request 100 starts after %s, 600 after %s, 1500 after %s, want 0s, 5s and 450s", first, burst, all)
		}
		for limit, window := range map[int]time.Duration{200: time.Second, 1200: 5 * time.Minute} {
			for i := range len(times) - limit {
				if took := times[i+limit].Sub(times[i]); took < window {
					t.Fatalf("%d requests start within %s, from request %d on", limit+1, took, i+1)
				}
			}
		}
	})
}

// TestLimit_inFlight starts two reads of 15 requests each with one client.
func TestLimit_inFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newWaitingClient(t, 0)
		started, finish := make(chan int, 30), make(chan error)
		for request := range 30 {
			go func() {
				_ = client.retry(t.Context(), func(context.Context, int) error {
					started <- request
					return <-finish
				})
			}()
		}
		for done, err := range []error{nil, &Error{Status: http.StatusNotFound}, context.Canceled} {
			synctest.Wait()
			if got := len(started); got != 10+done {
				t.Errorf("%d requests have started when %d are done, want %d", got, done, 10+done)
			}
			finish <- err
		}
		close(finish)
		synctest.Wait()
		if got := len(started); got != 30 {
			t.Errorf("%d requests have started in the end, want 30", got)
		}
	})
}

func TestLimit_cancelledBefore(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 { // a select would choose at random
		if err := newWaitingClient(t, 0).limit.acquire(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("acquire = %v, want %v", err, context.Canceled)
		}
	}
}

// TestLimit_pause has five requests in flight when three of them are rate limited.
func TestLimit_pause(t *testing.T) {
	t.Parallel()
	for retries := range 2 {
		synctest.Test(t, func(t *testing.T) { testPause(t, retries) })
	}
}

func testPause(t *testing.T, retries int) {
	t.Helper()
	client := newWaitingClient(t, retries)
	started, finish := make(chan time.Time, 100), make(chan error)
	request := func(_ context.Context, attempt int) error {
		started <- time.Now()
		if attempt > 1 {
			return nil
		}
		return <-finish
	}
	start := func(n int) {
		for range n {
			go func() { _ = client.retry(t.Context(), request) }()
		}
		synctest.Wait()
	}
	start(5)
	end := time.Now().Add(30 * time.Second)
	for _, seconds := range []time.Duration{20, 30, 10} { // the longest pause counts
		finish <- &Error{Status: http.StatusTooManyRequests, RetryAfter: seconds * time.Second}
		synctest.Wait()
	}
	<-time.After(time.Second)
	start(3)
	close(finish) // of the requests in flight
	synctest.Wait()
	if got := len(started); got != 5 {
		t.Errorf("%d requests have started before the end of the pause, want the first 5", got)
	}
	<-time.After(time.Minute)
	synctest.Wait()
	close(started)
	for range 5 {
		<-started
	}
	if got, want := len(started), 3+3*retries; got != want {
		t.Errorf("%d attempts start after the pause, want %d", got, want)
	}
	for at := range started {
		if !at.Equal(end) {
			t.Errorf("an attempt starts %s after the end of the pause, want 0s", at.Sub(end))
		}
	}
}

// TestLimit_pauseHoldsNoSlot has as many requests waiting for the end of a pause
// as may be in flight. Another one still learns at once that it cannot wait.
func TestLimit_pauseHoldsNoSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newWaitingClient(t, 0)
		client.limit.pause(5 * time.Minute)
		for range maxInFlight {
			go func() { _ = client.retry(t.Context(), func(context.Context, int) error { return nil }) }()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := client.limit.acquire(ctx)
		want := WaitError{5 * time.Minute, time.Minute, ErrRateLimited}
		if got, ok := errors.AsType[*WaitError](err); !ok || *got != want || ctx.Err() != nil {
			t.Errorf("acquire: got error %v, want %v at once", err, &want)
		}
		<-time.After(5 * time.Minute)
		synctest.Wait()
	})
}

// TestLimit_checkBudget has 600 requests that need not wait, and two for each of the
// 10 seconds after them.
func TestLimit_checkBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newWaitingClient(t, 0)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for requests, want := range map[int]bool{600: false, 620: false, 621: true, 5000: true} {
			_, got := errors.AsType[*BudgetError](client.limit.checkBudget(ctx, requests))
			if got != want {
				t.Errorf("checkBudget, %d requests: got a BudgetError: %t, want %t", requests, got, want)
			}
		}
		if err := client.limit.checkBudget(t.Context(), 1e6); err != nil {
			t.Errorf("checkBudget without a deadline: got error %v", err)
		}
	})
}

func TestWaitError(t *testing.T) {
	t.Parallel()
	err := &WaitError{Wait: 12_345 * time.Millisecond, Left: 6_789 * time.Millisecond, Err: errBudget}
	if got := err.Error(); !strings.Contains(got, "wait 12.3s,") || !strings.Contains(got, "in 6.8s:") {
		t.Errorf("Error: got %q, want tenths of seconds", got)
	}
}
