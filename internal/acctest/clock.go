package acctest

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A Clock passes time only where somebody sleeps, and then at once.
type Clock struct {
	// Expire times out one try that is under way for each value it gets.
	Expire chan struct{}

	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

// NewClock gives a clock that shows the present time.
func NewClock() *Clock { return &Clock{now: time.Now(), Expire: make(chan struct{})} }

// Now is when the clock was made, and all that was slept since.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the clock.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.Advance(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// Advance moves the clock although nobody sleeps.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Slept is each sleep so far.
func (c *Clock) Slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.slept)
}

// WithTimeout gives a context that times out by Expire alone.
func (c *Clock) WithTimeout(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		select {
		case <-c.Expire:
			cancel(context.DeadlineExceeded)
		case <-done:
		}
	}()
	return ctx, sync.OnceFunc(func() { close(done); cancel(nil) })
}
