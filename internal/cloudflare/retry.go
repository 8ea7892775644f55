package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	firstDelay = 500 * time.Millisecond
	maxDelay   = 30 * time.Second
	// tryTimeout bounds one try, its body included.
	tryTimeout = 60 * time.Second
)

// retry calls once until it succeeds, fails for good, or has been called
// 1 + MaxRetries times. The error is the last one, with how often and how long
// it was tried, a *WaitError where the deadline cannot hold the next wait, or
// ctx's own.
func (c *Client) retry(ctx context.Context, once func(ctx context.Context, try int) error) error {
	began := c.limit.clock.Now()
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval, delays.Multiplier = firstDelay, maxDelay, 2

	for try := 1; ; try++ {
		if err := c.limit.acquire(ctx); err != nil {
			return err
		}
		err := c.tryOnce(ctx, try, once)
		c.limit.release()
		failed, ok := errors.AsType[*Error](err)
		if !ok {
			return err // none, or ctx's
		}
		failed.Tries, failed.Elapsed = try, c.limit.clock.Now().Sub(began)
		delay := max(delays.NextBackOff(), failed.RetryAfter)
		paused := failed.Status == http.StatusTooManyRequests
		if paused {
			c.limit.pause(delay, failed) // which every acquire waits for, whoever's it is
		}
		if !failed.mayPass() || try > c.maxRetries {
			return failed
		}
		c.log.WarnContext(ctx, "asking Cloudflare again", "page", failed.Page, "try", try, "status", failed.Status,
			"cause", fmt.Sprint(failed.Err), "cf_ray", failed.RayID, "delay", delay.String())
		if paused {
			continue
		}
		if err := c.limit.sleep(ctx, delay, failed); err != nil {
			return err
		}
	}
}

// tryOnce gives once a context that ends after tryTimeout.
func (c *Client) tryOnce(ctx context.Context, try int, once func(ctx context.Context, try int) error) error {
	tryCtx, cancel := c.limit.clock.WithTimeout(ctx, tryTimeout)
	defer cancel()
	err := once(tryCtx, try)
	switch failed, ok := errors.AsType[*Error](err); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case ok && tryCtx.Err() != nil:
		failed.Err = ErrTimeout
	}
	return err
}

// mayPass tells whether asking again can help.
func (e *Error) mayPass() bool {
	switch {
	case e.Status == http.StatusRequestTimeout, e.Status == http.StatusTooManyRequests, e.Status >= 500:
		return true
	case e.Status == 0:
		return !e.IsTLS()
	case e.Status >= 300:
		return false
	}
	// An answer that was cut short, broke off, or is a gateway's page.
	var value *ValueError
	return !e.Refused() && !errors.Is(e.Err, ErrTooLarge) && !errors.As(e.Err, &value)
}

// retryAfter reads a Retry-After header: whole seconds, or a date. 0 where
// there is none that makes sense.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
