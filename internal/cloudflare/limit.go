package cloudflare

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Cloudflare allows each user or account token 1200 requests in five minutes
// and refuses all of them for the next five minutes after that. A bucket that
// holds 600 and gains 2 a second lets at most 600 + 300 s × 2/s = 1200 pass in
// any five minutes. A read of 100,000 users in pages of 1000 takes 101.
//
// Source: https://developers.cloudflare.com/fundamentals/api/reference/limits/
const (
	requestsAtOnce    = 600
	requestsPerSecond = 2
)

// errBudget is why a request waits that Cloudflare has not refused.
var errBudget = errors.New("the provider's own budget of requests")

// A WaitError says that a request would have to wait beyond the deadline.
type WaitError struct {
	Wait time.Duration // from now
	Left time.Duration // until the deadline
	Err  error         // why to wait: the *Error that asks for it, or the request budget
}

func (e *WaitError) Error() string {
	return "the next request has to wait " + round(e.Wait) + ", but " + round(e.Left) + " are left: " + e.Err.Error()
}

// Unwrap gives why to wait.
func (e *WaitError) Unwrap() error { return e.Err }

// A limit is what all requests of a Client share: the budget, the pause after
// a 429, and the number in flight.
type limit struct {
	clock  Clock
	budget *rate.Limiter
	slots  chan struct{}

	mu     sync.Mutex
	resume time.Time // no request before
	cause  *Error    // the 429 that asked for the pause
}

func newLimit(clock Clock) *limit {
	return &limit{
		clock:  clock,
		budget: rate.NewLimiter(requestsPerSecond, requestsAtOnce),
		slots:  make(chan struct{}, maxInFlight),
	}
}

// pause lets no request through before d has passed.
func (l *limit) pause(d time.Duration, cause *Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if resume := l.clock.Now().Add(d); resume.After(l.resume) {
		l.resume, l.cause = resume, cause
	}
}

func (l *limit) paused() (time.Duration, *Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.resume.Sub(l.clock.Now()), l.cause
}

// acquire returns when a request may start; release must follow. Its errors
// are a *WaitError or ctx's.
func (l *limit) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		var err error
		// Of the budget nothing is taken before the request really starts: what
		// is held through a pause would come on top of what is saved up in it.
		switch left, cause := l.paused(); {
		case left > 0:
			err = l.sleep(ctx, left, cause)
		case l.budget.AllowN(l.clock.Now(), 1):
			return nil
		default:
			err = l.sleep(ctx, l.nextToken(), errBudget)
		}
		if err != nil {
			l.release()
			return err
		}
	}
}

// nextToken is the time until the budget allows another request.
func (l *limit) nextToken() time.Duration {
	missing := max(0, 1-l.budget.TokensAt(l.clock.Now()))
	return time.Duration(missing/requestsPerSecond*float64(time.Second)) + time.Millisecond
}

func (l *limit) release() { <-l.slots }

// sleep waits, or says at once that the deadline comes first.
func (l *limit) sleep(ctx context.Context, d time.Duration, why error) error {
	if deadline, ok := ctx.Deadline(); ok {
		if left := deadline.Sub(l.clock.Now()); d >= left {
			return &WaitError{Wait: d, Left: max(left, 0), Err: why}
		}
	}
	return l.clock.Sleep(ctx, d)
}

// round is a duration as a person would say it.
func round(d time.Duration) string {
	if d > 10*time.Second {
		return d.Round(time.Second).String()
	}
	return d.Round(100 * time.Millisecond).String()
}
