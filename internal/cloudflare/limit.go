package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxInFlight is how many requests of one Client are in flight at once.
	maxInFlight = 10

	// Cloudflare allows each user or account token 1200 requests in five minutes
	// and refuses all of them for the next five minutes after that. A bucket that
	// holds 600 and gains 2 a second admits at most 600 + 300 s × 2/s = 1200 in
	// any five minutes. Reading 100,000 users in pages of 1000 takes about 105.
	//
	// Source: https://developers.cloudflare.com/fundamentals/api/reference/limits/
	requestBurst      = 600
	requestsPerSecond = 2

	// It also allows each IP address 200 requests a second. A bucket that holds 100
	// and gains 100 a second admits at most 200 in any second.
	maxRate = 100
)

// Reasons for a WaitError.
var (
	// ErrRateLimited means that another request, whose response may be about
	// another list, was refused with 429.
	ErrRateLimited = errors.New("another request was refused with 429 Too Many Requests")

	errBudget = errors.New("the provider's own limit of requests")
)

// A Clock tells the time and waits. Tests use clocks that do not wait.
type Clock interface {
	Now() time.Time
	// Sleep returns after d, or with ctx's error as soon as ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A WaitError reports that a request would have to wait beyond the deadline.
type WaitError struct {
	Wait time.Duration // from now
	Left time.Duration // until the deadline
	Err  error         // the reason: this request's *Error, ErrRateLimited, or the provider's own limit
}

func (e *WaitError) Error() string {
	return fmt.Sprintf("the next request has to wait %s, but the deadline is in %s: %v", e.Wait.Round(100*time.Millisecond), e.Left.Round(100*time.Millisecond), e.Err)
}

func (e *WaitError) Unwrap() error { return e.Err }

// A BudgetError reports that a list takes more requests than the provider's own
// limit admits before the deadline. It comes after the first page.
type BudgetError struct {
	Requests int           // that the list takes
	Takes    time.Duration // until the last of them may start, from now
	Left     time.Duration // until the deadline
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("the list takes %d requests, the last of which may start in %s, but the deadline is in %s", e.Requests, e.Takes.Round(time.Second), e.Left.Round(time.Second))
}

// A limit admits the requests of one Client: it bounds their number in a second, in
// five minutes and in flight, and it pauses all of them after a 429.
type limit struct {
	clock  Clock
	budget *rate.Limiter // requests in five minutes
	rate   *rate.Limiter // requests in a second
	slots  chan struct{} // one for each request in flight

	mu     sync.Mutex // guards resume
	resume time.Time  // no request starts earlier
}

func newLimit(clock Clock) *limit {
	return &limit{
		clock:  clock,
		budget: rate.NewLimiter(requestsPerSecond, requestBurst),
		rate:   rate.NewLimiter(maxRate, maxRate),
		slots:  make(chan struct{}, maxInFlight),
	}
}

// pause delays all requests that have not started until d has passed.
func (l *limit) pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if resume := l.clock.Now().Add(d); resume.After(l.resume) {
		l.resume = resume
	}
}

// paused returns how long the pause still lasts; 0 or less if there is none.
func (l *limit) paused() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.resume.Sub(l.clock.Now())
}

// acquire returns nil when a request may start; the caller must then call
// release. Its errors are a *WaitError or ctx's.
func (l *limit) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for {
		wait, reason := l.paused(), ErrRateLimited
		if wait <= 0 { // a request that waits for the end of a pause holds no slot
			select {
			case l.slots <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			if wait, reason = l.admit(); reason == nil {
				return nil
			}
			l.release()
		}
		if err := l.sleep(ctx, wait, reason); err != nil {
			return err
		}
	}
}

// admit takes a request from the budget, or returns how long the request has to
// wait, and why. It takes nothing from it before the request can start: tokens held
// during a pause would add to those that are saved up by its end.
func (l *limit) admit() (time.Duration, error) {
	if left := l.paused(); left > 0 {
		return left, ErrRateLimited
	}
	now := l.clock.Now()
	for _, bucket := range []*rate.Limiter{l.rate, l.budget} {
		if !bucket.AllowN(now, 1) {
			missing := max(0, 1-bucket.TokensAt(now))
			// The millisecond makes up for rounding.
			return time.Duration(missing/float64(bucket.Limit())*float64(time.Second)) + time.Millisecond, errBudget
		}
	}
	return 0, nil // admitted
}

// checkBudget returns a *BudgetError if the last of so many requests, the first of
// which has been made, cannot start before ctx's deadline.
func (l *limit) checkBudget(ctx context.Context, requests int) error {
	now := l.clock.Now()
	missing := float64(requests-1) - l.budget.TokensAt(now)
	takes := time.Duration(missing / requestsPerSecond * float64(time.Second))
	deadline, ok := ctx.Deadline()
	if left := deadline.Sub(now); ok && takes >= left {
		return &BudgetError{Requests: requests, Takes: takes, Left: left}
	}
	return nil
}

func (l *limit) release() { <-l.slots }

// sleep waits for d. If ctx's deadline comes first, it returns a *WaitError at
// once instead.
func (l *limit) sleep(ctx context.Context, d time.Duration, reason error) error {
	deadline, ok := ctx.Deadline()
	if left := deadline.Sub(l.clock.Now()); ok && d >= left {
		return &WaitError{Wait: d, Left: max(left, 0), Err: reason}
	}
	return l.clock.Sleep(ctx, d)
}
