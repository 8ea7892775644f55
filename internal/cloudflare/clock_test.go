package cloudflare_test

import (
	"context"
	"slices"
	"sync"
	"time"
)

// testClock passes time only where somebody sleeps, and then at once.
type testClock struct {
	mu     sync.Mutex
	now    time.Time
	slept  []time.Duration
	expire chan struct{} // each value times out one try that is under way
}

func newTestClock() *testClock {
	return &testClock{now: time.Now(), expire: make(chan struct{})}
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// WithTimeout gives a context that times out by expire alone.
func (c *testClock) WithTimeout(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		select {
		case <-c.expire:
			cancel(context.DeadlineExceeded)
		case <-done:
		}
	}()
	return ctx, sync.OnceFunc(func() { close(done); cancel(nil) })
}

func (c *testClock) sleeps() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.slept)
}
