package cloudflare_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newTriedClient gives a client of the fake that tries a page 1 + retries
// times by this clock.
func newTriedClient(t *testing.T, fake http.Handler, retries int, clock cloudflare.Clock) *cloudflare.Client {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	client, err := cloudflare.New(cloudflare.Config{
		BaseURL:     server.URL + fakeapi.BasePath,
		Credentials: cloudflare.Credentials{APIToken: fakeapi.Token},
		MaxRetries:  retries,
		Clock:       clock,
	})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return client
}

func fakeOf250(faults ...fakeapi.Fault) *fakeapi.Server {
	fake := fakeapi.New(fakeUsers(250))
	fake.MaxPageSize = 100
	fake.Faults = faults
	return fake
}

// passing are faults that asking again gets over, each as one try meets it.
func passing() map[string]http.HandlerFunc {
	faults := map[string]http.HandlerFunc{
		"a connection reset":            fakeapi.Reset(),
		"a body cut short":              fakeapi.CutShort(),
		"HTML under 200":                fakeapi.HTML(http.StatusOK),
		"HTML under 502":                fakeapi.HTML(http.StatusBadGateway),
		"no JSON":                       fakeapi.NotJSON(),
		"more than JSON":                fakeapi.Trailing("x"),
		"an empty 503":                  fakeapi.Status(http.StatusServiceUnavailable, ""),
		"a 429 in an envelope":          fakeapi.Envelope(http.StatusTooManyRequests, fakeapi.Message{Code: 10100, Text: "Rate limited."}),
		"a 429 with Retry-After":        fakeapi.Header(fakeapi.Envelope(http.StatusTooManyRequests), "Retry-After", "7"),
		"a 429 with a date":             fakeapi.Header(fakeapi.Envelope(http.StatusTooManyRequests), "Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)),
		"a 503 with Retry-After":        fakeapi.Header(fakeapi.HTML(http.StatusServiceUnavailable), "Retry-After", "7"),
		"a 500 that claims its success": fakeapi.Status(http.StatusInternalServerError, envelope("")),
	}
	for _, code := range []int{408, 500, 504, 520, 521, 522, 523, 524} {
		faults[http.StatusText(code)+" "+time.Duration(code).String()] = fakeapi.Envelope(code)
	}
	return faults
}

func TestAccessUsersComeWholeAfterFaultsThatPass(t *testing.T) {
	t.Parallel()
	for name, fault := range passing() {
		for page := range 3 {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				fake := fakeOf250(fakeapi.Fault{Page: page + 1, Attempts: 2, Do: fault})
				list, err := accessUsers(t.Context(), newTriedClient(t, fake, 2, acctest.NewClock()), query())
				if err != nil {
					t.Fatalf("AccessUsers: %v", err)
				}
				if got, want := ids(list.Users), wantIDs(fake, query()); !slices.Equal(got, want) {
					t.Errorf("AccessUsers gave %d users, want %d", len(got), len(want))
				}
				if len(list.Warnings) > 0 {
					t.Errorf("AccessUsers warned %v", list.Warnings)
				}
			})
		}
	}
}

func TestAccessUsersGiveUpAfterMaxRetries(t *testing.T) {
	t.Parallel()
	for name, fault := range passing() {
		if name == "a connection reset" {
			continue // http.Transport repeats some of these by itself
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeOf250(fakeapi.Fault{Page: 2, Attempts: -1, Do: fault})
			clock := acctest.NewClock()
			list, err := accessUsers(t.Context(), newTriedClient(t, fake, 3, clock), query())
			var got *cloudflare.Error
			if !errors.As(err, &got) {
				t.Fatalf("AccessUsers = %v, %v, want an *Error", list, err)
			}
			var slept time.Duration
			for _, d := range clock.Slept() {
				slept += d
			}
			if got.Page != 2 || got.Tries != 4 || got.Elapsed <= 0 || got.Elapsed > slept {
				t.Errorf("AccessUsers: page %d tried %d times in %s, want page 2, 4 times, within %s", got.Page, got.Tries, got.Elapsed, slept)
			}
		})
	}
}

func TestAccessUsersDoNotAskAgainInVain(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{
		"400":           fakeapi.Envelope(http.StatusBadRequest),
		"401":           fakeapi.Envelope(http.StatusUnauthorized),
		"403":           fakeapi.Envelope(http.StatusForbidden),
		"403 in HTML":   fakeapi.HTML(http.StatusForbidden),
		"404":           fakeapi.Envelope(http.StatusNotFound),
		"success false": fakeapi.SuccessFalse(fakeapi.Message{Code: 1000, Text: "No."}),
		"wrong type":    fakeapi.WrongType("email", 1),
		"redirect":      fakeapi.Redirect("/elsewhere"),
		"too large":     fakeapi.Huge(33<<20, nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeOf250(fakeapi.Fault{Page: 1, Attempts: -1, Do: fault})
			list, err := accessUsers(t.Context(), newTriedClient(t, fake, 5, acctest.NewClock()), query())
			var got *cloudflare.Error
			if !errors.As(err, &got) || got.Tries != 1 {
				t.Fatalf("AccessUsers = %v, %v, want an *Error after one try", list, err)
			}
			if got := len(fake.Requests()); got != 1 {
				t.Errorf("AccessUsers took %d requests, want 1", got)
			}
		})
	}
}

func TestDelaysDoubleWithJitter(t *testing.T) {
	t.Parallel()
	fake := fakeOf250(fakeapi.Fault{Attempts: -1, Do: fakeapi.HTML(http.StatusBadGateway)})
	clock := acctest.NewClock()
	if _, err := accessUsers(t.Context(), newTriedClient(t, fake, 10, clock), query()); err == nil {
		t.Fatal("AccessUsers succeeded")
	}
	sleeps := clock.Slept()
	if len(sleeps) != 10 {
		t.Fatalf("slept %d times, want 10", len(sleeps))
	}
	middle := 500 * time.Millisecond
	for i, d := range sleeps {
		if d < middle/2 || d > middle*3/2 {
			t.Errorf("delay %d is %s, want %s, give or take half", i+1, d, middle)
		}
		middle = min(2*middle, 30*time.Second)
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	clock := acctest.NewClock()
	for value, want := range map[string][2]time.Duration{
		"7": {7 * time.Second, 7 * time.Second},
		clock.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat): {10 * time.Second, 20 * time.Second},
		// What makes no sense leaves the delay as it would be.
		"-3":                            {250 * time.Millisecond, 750 * time.Millisecond},
		"soon":                          {250 * time.Millisecond, 750 * time.Millisecond},
		"Wed, 01 Jan 2020 00:00:00 GMT": {250 * time.Millisecond, 750 * time.Millisecond},
	} {
		for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			clock := acctest.NewClock()
			fake := fakeOf250(fakeapi.Fault{Page: 1, Attempts: 1, Do: fakeapi.Header(fakeapi.Envelope(status), "Retry-After", value)})
			if _, err := accessUsers(t.Context(), newTriedClient(t, fake, 1, clock), query()); err != nil {
				t.Errorf("Retry-After: %s: %v", value, err)
			}
			if got := clock.Slept(); len(got) != 1 || got[0] < want[0] || got[0] > want[1] {
				t.Errorf("Retry-After: %s under %d: slept %v, want %v", value, status, got, want)
			}
		}
	}
}

func TestATryThatHangsIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]http.HandlerFunc{"no answer": fakeapi.Hang(), "half a page": fakeapi.Stall()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := acctest.NewClock()
			fake := fakeOf250(fakeapi.Fault{Page: 1, Attempts: 1, Do: func(w http.ResponseWriter, r *http.Request) {
				clock.Expire <- struct{}{}
				hang(w, r)
			}})
			list, err := accessUsers(t.Context(), newTriedClient(t, fake, 1, clock), query())
			if err != nil || len(list.Users) != 250 {
				t.Errorf("AccessUsers = %v, %v, want 250 users", list, err)
			}
		})
	}
}

func TestAPageThatHangsEndsWithTheContext(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]http.HandlerFunc{"no answer": fakeapi.Hang(), "half a page": fakeapi.Stall()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			fake := fakeOf250(fakeapi.Fault{Page: 3, Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
				cancel()
				hang(w, r)
			}})
			_, err := accessUsers(ctx, newTriedClient(t, fake, 5, acctest.NewClock()), query())
			var got *cloudflare.InterruptedError
			if !errors.As(err, &got) || !errors.Is(err, context.Canceled) {
				t.Fatalf("AccessUsers: %v, want an *InterruptedError", err)
			}
			if got.Of != 3 || got.Pages < 1 || got.Pages > 2 {
				t.Errorf("AccessUsers: %v, want 1 or 2 of 3 pages", got)
			}
		})
	}
}
