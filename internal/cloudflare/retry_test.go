package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetry_responses(t *testing.T) {
	t.Parallel()
	const retried, final = 3, 1 // attempts
	drop := func(sent string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, sent)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	html := "<!DOCTYPE html><html><body>Error</body></html>"
	refusal := `{"success":false,"errors":[{"code":971,"message":"No."}]}`
	for name, test := range map[string]struct {
		handler  http.HandlerFunc
		attempts int
		want     string
	}{
		"connection closed":     {hangUp, retried, "users: EOF"},
		"body cut off":          {drop(`{"success":`), retried, "200 OK: the response is truncated"},
		"JSON cut off":          {respond(200, `{"success":tr`), retried, "the response is truncated"},
		"HTML":                  {respond(200, "\n "+html), retried, "the response is not JSON"},
		"HTML, 502":             {respond(502, html), retried, "502 Bad Gateway: the response is not JSON"},
		"success, 500":          {respond(500, success), retried, "500 Internal Server Error"},
		"408":                   {respond(408, refusal), retried, "408 Request Timeout"},
		"520":                   {respond(520, ""), retried, "520 Web Server Returned an Unknown Error: the response is empty"},
		"526":                   {respond(526, ""), retried, "526 Invalid SSL Certificate"},
		"400":                   {respond(400, refusal), final, "GET /client/v4/accounts/a%2F%2E%2E%2F%C3%A9/%2E%2E/users: 400 Bad Request: 971: No."},
		"400, code as text":     {respond(400, `{"success":false,"errors":[{"code":"971","message":"No.","error_chain":[{"code":7,"message":"Why."}]}]}`), final, "400 Bad Request: 971: No. (7: Why.)"},
		"403, HTML":             {respond(403, html), final, "403 Forbidden: the response is not JSON"},
		"404, success":          {respond(404, success), final, "404 Not Found"},
		"redirect":              {respond(300, success), final, "a redirect, which is not followed"},
		"success false":         {respond(200, `{"success":false}`), final, "success is false, and no error is stated"},
		"errors beside success": {respond(200, `{"success":true,"errors":[{"code":1,"message":"No."}],"result":[]}`), final, "200 OK: 1: No."},
		"wrong type":            {respond(200, `{"success":1}`), final, "success is not true or false"},
		"no object":             {respond(200, `[]`), final, "the value is not an object"},
		"syntax error":          {respond(200, " "+success+"x"), final, "JSON syntax error at byte 29"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readError(t, newTestClient(t, test.handler, retried-1))
			if got.Attempts != test.attempts || !strings.Contains(got.Error(), test.want) || strings.Contains(got.Error(), "example.com") {
				t.Errorf("read: got %v after %d attempts, want %q after %d, without the query", got, got.Attempts, test.want, test.attempts)
			}
		})
	}
}

// newWaitingClient returns a client for a synctest bubble, whose clock is the
// bubble's. At the end of the test no request may be counted as in flight.
func newWaitingClient(t *testing.T, retries int) *Client {
	t.Helper()
	client := mustNew(t, Config{MaxRetries: retries})
	t.Cleanup(func() {
		if n := len(client.limit.slots); n > 0 {
			t.Errorf("%d requests still count as in flight, want none", n)
		}
	})
	return client
}

// failing returns a request that fails with these errors, then with none.
func failing(times *[]time.Time, errs ...*Error) func(context.Context, int) error {
	return func(_ context.Context, attempt int) error {
		*times = append(*times, time.Now())
		if attempt > len(errs) {
			return nil
		}
		return errs[attempt-1]
	}
}

func TestRetry_delays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newWaitingClient(t, 10)
		var logged, want []string
		client.config.Log = func(_ context.Context, level slog.Level, text string, fields map[string]any) {
			logged = append(logged, fmt.Sprint(level, " ", text, " ", fields["page"], " ", fields["attempt"], " ", fields["cause"], ", next ", fields["next_attempt"]))
		}
		var times []time.Time
		errs := make([]*Error, 11)
		for i := range errs {
			errs[i] = &Error{Page: 2, Status: 503, RayID: "ray", Messages: []Message{{Code: 9, Message: "No."}}, Err: errEmpty}
		}
		err := client.retry(t.Context(), failing(&times, errs...))
		failed, ok := errors.AsType[*Error](err)
		if !ok || len(times) != 11 || failed.Attempts != 11 || failed.Elapsed != time.Since(times[0]) {
			t.Fatalf("retry: got error %v after %d attempts, want 11 attempts in %s", err, len(times), time.Since(times[0]))
		}
		middle, exact := 500*time.Millisecond, 0
		for i := range 10 {
			got := times[i+1].Sub(times[i])
			if got < middle/2 || got > middle*3/2 {
				t.Errorf("retry: got delay %d of %s, want %s, plus or minus half", i+1, got, middle)
			}
			if got == middle {
				exact++
			}
			middle = min(2*middle, 30*time.Second)
			want = append(want, fmt.Sprint("WARN retrying request 2 ", i+1, " 9: No.: the response is empty, next ", times[i+1].Format(time.RFC3339)))
		}
		if exact == 10 {
			t.Error("retry: got delays without jitter")
		}
		if !slices.Equal(logged, want) {
			t.Errorf("retry: logged %q, want %q", logged, want)
		}
	})
}

func TestRetry_retryAfter(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		synctest.Test(t, func(t *testing.T) {
			var times []time.Time
			request := failing(&times, &Error{Status: status, RetryAfter: 7 * time.Second}, &Error{Status: status, RetryAfter: time.Millisecond})
			if err := newWaitingClient(t, 2).retry(t.Context(), request); err != nil || len(times) != 3 {
				t.Fatalf("retry: got error %v after %d attempts, want success after 3", err, len(times))
			}
			if first, second := times[1].Sub(times[0]), times[2].Sub(times[1]); first != 7*time.Second || second < 500*time.Millisecond {
				t.Errorf("retry, status %d: got waits of %s, %s, want 7s and at least 500ms", status, first, second)
			}
		})
	}
}

// TestRetry_rateLimited is refused for three minutes, in which another failure
// counts as the only retry.
func TestRetry_rateLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, unavailable := time.Now(), 0
		request := func(_ context.Context, attempt int) error {
			switch {
			case time.Since(start) > 3*time.Minute:
				return nil
			case attempt == 4:
				unavailable++
				return &Error{Status: http.StatusServiceUnavailable}
			default:
				return &Error{Status: http.StatusTooManyRequests}
			}
		}
		if err := newWaitingClient(t, 1).retry(t.Context(), request); err != nil || unavailable != 1 {
			t.Errorf("retry: got error %v after %s, want success after 3 minutes", err, time.Since(start))
		}
		start = time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := newWaitingClient(t, 1).retry(ctx, request)
		if wait, ok := errors.AsType[*WaitError](err); !ok || wait.Wait <= wait.Left || ctx.Err() != nil {
			t.Errorf("retry with a deadline: got error %v, want a *WaitError before it", err)
		}
	})
}

// TestRetry_refused refuses requests of a client that was let in before, in turn
// with 403 and 401, and of one that was not.
func TestRetry_refused(t *testing.T) {
	t.Parallel()
	for refusals, want := range map[int]string{2: "", 3: "403 Forbidden"} {
		requests := 0
		client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests == 1 || requests > 1+refusals {
				respond(http.StatusOK, success)(w, r)
				return
			}
			respond([]int{http.StatusForbidden, http.StatusUnauthorized}[requests%2], `{"success":false,"errors":[{"code":10000,"message":"No."}]}`)(w, r)
		}, 5)
		if err := read(t.Context(), client); err != nil {
			t.Fatalf("first read: got error %v", err)
		}
		err := read(t.Context(), client)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) || requests != min(2+refusals, 4) {
			t.Errorf("second read, refused %d times: got error %v after %d requests, want %q", refusals, err, requests, want)
		}
	}
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/client/v4/other" {
			w.WriteHeader(http.StatusForbidden)
		}
		respond(http.StatusOK, success)(w, r)
	}, 5)
	if _, err := client.fetch(t.Context(), []string{"other"}, nil, 1, func() resultDecoder { return listDecoder(func(*AccessUser) {}) }); err != nil {
		t.Fatalf("read of another path: got error %v", err)
	}
	if first := readError(t, client); first.Attempts != 1 {
		t.Errorf("first read of a path, refused: got %d attempts, want 1", first.Attempts)
	}
}

// TestRetry_severalKinds fails in two ways, each as often as retries are allowed.
func TestRetry_severalKinds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		request := failing(&times, &Error{Status: http.StatusServiceUnavailable}, &Error{Status: http.StatusOK, Err: errEmpty})
		if err := newWaitingClient(t, 1).retry(t.Context(), request); err == nil || len(times) != 2 {
			t.Errorf("retry: got error %v after %d attempts, want one after 2", err, len(times))
		}
	})
}

func TestRetry_otherError(t *testing.T) {
	t.Parallel()
	err := newWaitingClient(t, 5).retry(t.Context(), func(context.Context, int) error { return io.ErrNoProgress })
	if err != io.ErrNoProgress { //nolint:errorlint // it must come unchanged
		t.Errorf("retry: got error %v, want the error of the request", err)
	}
}

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"7":                             7 * time.Second,
		"Sun, 01 Nov 2026 12:00:20 GMT": 20 * time.Second,
		"Sun, 01 Nov 2026 11:00:00 GMT": 0,
		"":                              0,
		"-3":                            0,
		"soon":                          0,
		"3.5":                           4 * time.Second,
		"99999999999":                   1<<31*time.Second - time.Second,
		"Inf":                           1<<31*time.Second - time.Second,
		"NaN":                           0,
		"Sun, 01 Nov 2926 12:00:00 GMT": 1<<31*time.Second - time.Second,
	} {
		if got := parseRetryAfter(value, now); got != want {
			t.Errorf("parseRetryAfter(%q): got %s, want %s", value, got, want)
		}
	}
}

// hang is a request that gets no response.
func hang(ctx context.Context, _ int) error {
	<-ctx.Done()
	return &Error{Err: ctx.Err()}
}

func TestRetry_attemptTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		err := newWaitingClient(t, 0).retry(t.Context(), hang)
		if failed, ok := errors.AsType[*Error](err); !ok || failed.Err != ErrTimeout || failed.Elapsed != time.Minute { //nolint:errorlint // not wrapped
			t.Errorf("retry: got error %v after %s, want %v after 1m0s", err, time.Since(start), ErrTimeout)
		}
		start = time.Now()
		err = newWaitingClient(t, 1).retry(t.Context(), func(ctx context.Context, attempt int) error {
			if attempt > 1 {
				return nil
			}
			return hang(ctx, attempt)
		})
		if took := time.Since(start); err != nil || took < 60250*time.Millisecond || took > 60750*time.Millisecond {
			t.Errorf("retry: got error %v after %s, want success after 60 s and a delay", err, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if err := newWaitingClient(t, 1).retry(ctx, hang); err != context.DeadlineExceeded { //nolint:errorlint // ctx's own error
			t.Errorf("retry with a deadline of 30 s: got error %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

// TestRetry_wait ends each kind of wait: by cancelling the context and, where
// the length of the wait is known, by a deadline that comes first.
func TestRetry_wait(t *testing.T) {
	t.Parallel()
	const wait = 5 * time.Minute
	unavailable := &Error{Status: http.StatusServiceUnavailable, RetryAfter: wait}
	rateLimited := &Error{Status: http.StatusTooManyRequests, RetryAfter: wait}
	fail := func(err error) func(context.Context, int) error {
		return func(context.Context, int) error { return err }
	}
	halfToken := func(l *limit) {
		l.budget.AllowN(time.Now(), requestBurst)
		<-time.After(250 * time.Millisecond)
	}
	for name, test := range map[string]struct {
		prepare func(*limit)
		request func(context.Context, int) error
		want    WaitError // Left is the deadline; 0 if there is none to exceed
	}{
		"response":           {request: hang},
		"requests in flight": {prepare: func(l *limit) { l.slots = make(chan struct{}) }, request: fail(nil)},
		"delay":              {request: fail(unavailable), want: WaitError{wait, 2 * time.Minute, unavailable}},
		"pause":              {request: fail(rateLimited), want: WaitError{wait, 2 * time.Minute, rateLimited}},
		"equal deadline":     {request: fail(rateLimited), want: WaitError{wait, wait, rateLimited}},
		"pause of another":   {func(l *limit) { l.pause(wait) }, fail(nil), WaitError{wait, time.Minute, ErrRateLimited}},
		"budget":             {halfToken, fail(nil), WaitError{251 * time.Millisecond, 200 * time.Millisecond, errBudget}},
	} {
		synctest.Test(t, func(t *testing.T) {
			prepared := func() (*Client, time.Time) {
				client := newWaitingClient(t, 5)
				if test.prepare != nil {
					test.prepare(client.limit)
				}
				return client, time.Now()
			}
			client, start := prepared()
			ctx, cancel := context.WithCancel(t.Context())
			result := make(chan error, 1)
			go func() { result <- client.retry(ctx, test.request) }()
			synctest.Wait()
			if len(result) > 0 {
				t.Fatalf("retry, %s: got error %v, want it to wait", name, <-result)
			}
			cancel()
			if err := <-result; err != context.Canceled || time.Since(start) > 0 { //nolint:errorlint // ctx's own error
				t.Errorf("retry, %s: got error %v after %s, want %v at once", name, err, time.Since(start), context.Canceled)
			}
			if test.want.Left == 0 {
				return
			}
			client, start = prepared()
			ctx, cancel = context.WithTimeout(t.Context(), test.want.Left)
			defer cancel()
			err := client.retry(ctx, test.request)
			if got, ok := errors.AsType[*WaitError](err); !ok || *got != test.want || time.Since(start) > 0 {
				t.Errorf("retry, %s: got error %v after %s, want %v at once", name, err, time.Since(start), &test.want)
			}
		})
	}
}
