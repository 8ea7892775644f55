package acctest

import (
	"context"
	"sync"
	"time"
)

// A Clock advances only when Sleep is called, which returns at once.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that starts at the present time.
func NewClock() *Clock { return &Clock{now: time.Now()} }

// Now returns the start time plus all sleeps so far.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep advances the clock by d.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// WithTimeout returns a context that never times out by itself.
func (c *Clock) WithTimeout(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}
