package cloudflare

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/go-json-experiment/json/jsontext"
)

// attemptTimeout limits one attempt, including its body.
const attemptTimeout = time.Minute

// maxRefusals is how often a request is repeated that is refused with 401 or 403,
// after another one for the same path was successful.
const maxRefusals = 2

// retry calls request until it succeeds, or fails more often than Error.retries
// allows for its kind, or more than MaxRetries times in all, not counting
// refusals by the rate limit. Each call counts as one request of the Client's
// limit. retry returns the last *Error with the number of attempts and their
// duration, a *WaitError if the next wait exceeds ctx's deadline, or ctx's error.
func (c *Client) retry(ctx context.Context, request func(ctx context.Context, attempt int) error) error {
	start := c.limit.clock.Now()
	delays := backoff.NewExponentialBackOff() // with a jitter of plus or minus half
	delays.InitialInterval, delays.MaxInterval, delays.Multiplier = 500*time.Millisecond, 30*time.Second, 2

	limit, isLimited := ctx.Value(retriesKey{}).(int)
	failures := make(map[Kind]int)
	for attempt := 1; ; attempt++ {
		if err := c.limit.acquire(ctx); err != nil {
			return err
		}
		err := c.attempt(ctx, attempt, request)
		c.limit.release()
		failed, ok := errors.AsType[*Error](err)
		if !ok {
			return err // nil or ctx's error
		}
		failed.Attempts, failed.Elapsed = attempt, c.limit.clock.Now().Sub(start)
		delay := max(delays.NextBackOff(), failed.RetryAfter)
		kind := failed.Kind()
		if kind == RateLimited {
			c.limit.pause(delay)
		}
		if failed.refusedLater() {
			kind = NotPermitted // 401 and 403 count together
		}
		failures[kind]++
		if failures[kind] > failed.retries(c.config.MaxRetries) || attempt-failures[RateLimited] > c.config.MaxRetries || isLimited && failed.isTooMuch() && failures[kind] > limit {
			return failed
		}
		c.config.Log(ctx, slog.LevelWarn, "retrying request", map[string]any{
			"page": failed.Page, "attempt": attempt, "status": failed.Status,
			"cause": failed.cause(), "cf_ray": failed.RayID, "delay": delay.String(),
			"next_attempt": c.limit.clock.Now().Add(delay).Format(time.RFC3339),
		})
		if err := c.limit.sleep(ctx, delay, failed); err != nil {
			return err
		}
	}
}

// attempt calls request with a context that ends after attemptTimeout.
func (c *Client) attempt(ctx context.Context, number int, request func(ctx context.Context, attempt int) error) error {
	attemptCtx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	err := request(attemptCtx, number)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if failed, ok := errors.AsType[*Error](err); ok && attemptCtx.Err() != nil {
		failed.Err = ErrTimeout
	}
	return err
}

// retries returns how often to repeat a request that fails like this.
func (e *Error) retries(maxRetries int) int {
	retryable, _ := e.isRetryable()
	switch kind := e.Kind(); {
	case e.refusedLater():
		return min(maxRefusals, maxRetries) // good tokens are reported to be refused once in a while
	case maxRetries == 0 || !retryable:
		return 0
	case kind == RateLimited:
		return math.MaxInt // until the deadline
	case kind == NoList, kind == TimedOut && e.PerPage > minShrunk: // a smaller page is the better attempt
		return 1
	default:
		return maxRetries
	}
}

// refusedLater reports whether a request is refused although an earlier one for the
// same path was not.
func (e *Error) refusedLater() bool {
	_, isStated := e.isRetryable()
	return e.admitted && !isStated && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// isRetryable reports whether another attempt can succeed: as a problem document
// states, which isStated reports, otherwise by the kind.
func (e *Error) isRetryable() (retryable, isStated bool) {
	if e.problem != nil {
		if stated := e.problem.Retryable.Kind(); stated == jsontext.KindTrue || stated == jsontext.KindFalse {
			return stated == jsontext.KindTrue, true
		}
	}
	return slices.Contains([]Kind{RateLimited, Unavailable, TimedOut, Unreachable, NotJSON, NoList}, e.Kind()), false
}

// parseRetryAfter returns the wait that a Retry-After header asks for: seconds,
// rounded up, or a date. It returns 0 if the header is missing or invalid, and at
// most 68 years.
func parseRetryAfter(value string, now time.Time) time.Duration {
	seconds, err := strconv.ParseFloat(value, 64)
	if date, dateErr := http.ParseTime(value); dateErr == nil {
		seconds, err = date.Sub(now).Seconds(), nil
	}
	if err == nil && seconds > 0 {
		return time.Duration(min(math.Ceil(seconds), math.MaxInt32)) * time.Second
	}
	return 0
}
