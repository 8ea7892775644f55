package cloudflare

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// attemptTimeout limits one attempt, including its body.
const attemptTimeout = time.Minute

// retry calls request until it succeeds, fails in a way that is not retryable,
// or has been called 1 + MaxRetries times. Each call counts as one request of
// the Client's limit. retry returns the last *Error with the number of attempts
// and their duration, a *WaitError if the next wait exceeds ctx's deadline, or
// ctx's error.
func (c *Client) retry(ctx context.Context, request func(ctx context.Context, attempt int) error) error {
	start := c.limit.clock.Now()
	delays := backoff.NewExponentialBackOff() // with a jitter of plus or minus half
	delays.InitialInterval, delays.MaxInterval, delays.Multiplier = 500*time.Millisecond, 30*time.Second, 2

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
		if failed.Status == http.StatusTooManyRequests {
			c.limit.pause(delay)
		}
		if !failed.retryable() || attempt > c.config.MaxRetries {
			return failed
		}
		c.config.Log(ctx, slog.LevelWarn, "retrying request", map[string]any{
			"page": failed.Page, "attempt": attempt, "status": failed.Status,
			"cause": failed.cause(), "cf_ray": failed.RayID, "delay": delay.String(),
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

// retryable reports whether another attempt can succeed.
func (e *Error) retryable() bool {
	if e.IsTLS() {
		return false
	}
	if e.Status == 0 || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests || e.Status >= 500 {
		return true
	}
	// What remains retryable are bodies that are truncated, empty, or a
	// gateway's page, and connections that broke off.
	_, invalidValue := errors.AsType[*ValueError](e.Err)
	return e.Status < 300 && !invalidValue && !isInvalidJSON(e.Err) && !e.Refused() && !errors.Is(e.Err, ErrTooLarge)
}

// parseRetryAfter returns the wait that a Retry-After header asks for: whole
// seconds or a date. It returns 0 if the header is missing or invalid.
func parseRetryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
