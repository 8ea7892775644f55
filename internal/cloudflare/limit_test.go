package cloudflare_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestNeverMoreThan1200RequestsInFiveMinutes reads a list page after page, one
// user each, twice over since nothing counts them: 2 × 702 requests.
func TestNeverMoreThan1200RequestsInFiveMinutes(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fakeUsers(700))
	fake.MaxPageSize = 1
	fake.Quirks.NoResultInfo = true
	clock := acctest.NewClock()
	var times []time.Time
	fake.Gate = func(int) { times = append(times, clock.Now()) }
	if _, err := accessUsers(t.Context(), newTriedClient(t, fake, 0, clock), query()); err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	if len(times) != 1404 || !times[599].Equal(times[0]) || times[600].Equal(times[0]) {
		t.Fatalf("%d requests came, the 600th after %s, the 601st after %s; want 1404, at once, later",
			len(times), times[599].Sub(times[0]), times[600].Sub(times[0]))
	}
	for i := range len(times) - 1200 {
		if took := times[i+1200].Sub(times[i]); took < 5*time.Minute {
			t.Fatalf("1201 requests came within %s, from request %d on", took, i+1)
		}
	}
}

func TestA429PausesEveryRequestOfTheClient(t *testing.T) {
	t.Parallel()
	refuse := fakeapi.Header(fakeapi.Envelope(http.StatusTooManyRequests), "Retry-After", "30")
	fake := fakeOf250(fakeapi.Fault{Page: 1, Attempts: 1, Do: refuse})
	clock := acctest.NewClock()
	client := newTriedClient(t, fake, 1, clock)
	began := clock.Now()
	var mu sync.Mutex
	var early int
	first := true
	fake.Gate = func(int) {
		mu.Lock()
		defer mu.Unlock()
		if !first && clock.Now().Sub(began) < 30*time.Second {
			early++
		}
		first = false
	}
	if _, err := accessUsers(t.Context(), client, query()); err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	if _, err := accessUsers(t.Context(), client, query()); err != nil {
		t.Fatalf("AccessUsers again: %v", err)
	}
	if early > 0 {
		t.Errorf("%d requests came before the pause was over", early)
	}
}

func TestA429PausesOtherReadsThoughItsOwnHasNoTriesLeft(t *testing.T) {
	t.Parallel()
	refuse := fakeapi.Header(fakeapi.Envelope(http.StatusTooManyRequests), "Retry-After", "30")
	clock := acctest.NewClock()
	client := newTriedClient(t, fakeOf250(fakeapi.Fault{Page: 1, Attempts: 1, Do: refuse}), 0, clock)
	if _, err := accessUsers(t.Context(), client, query()); err == nil {
		t.Fatal("AccessUsers got over a 429 without a further try")
	}
	if _, err := accessUsers(t.Context(), client, query()); err != nil {
		t.Fatalf("AccessUsers again: %v", err)
	}
	if got := clock.Slept(); !slices.Equal(got, []time.Duration{30 * time.Second}) {
		t.Errorf("slept %v before the second read, want 30s", got)
	}
}

func TestAWaitBeyondTheDeadlineEndsAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault http.HandlerFunc
		cause int
	}{
		"429": {fakeapi.Header(fakeapi.Envelope(http.StatusTooManyRequests), "Retry-After", "300"), http.StatusTooManyRequests},
		"503": {fakeapi.Header(fakeapi.HTML(http.StatusServiceUnavailable), "Retry-After", "300"), http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := acctest.NewClock()
			ctx, cancel := context.WithDeadline(t.Context(), clock.Now().Add(2*time.Minute))
			defer cancel()
			fake := fakeOf250(fakeapi.Fault{Page: 2, Attempts: -1, Do: test.fault})
			_, err := accessUsers(ctx, newTriedClient(t, fake, 5, clock), query())
			var wait *cloudflare.WaitError
			var cause *cloudflare.Error
			if !errors.As(err, &wait) || !errors.As(err, &cause) || cause.Status != test.cause {
				t.Fatalf("AccessUsers: %v, want a *WaitError because of a %d", err, test.cause)
			}
			if wait.Wait != 5*time.Minute || wait.Left != 2*time.Minute || len(clock.Slept()) > 0 {
				t.Errorf("AccessUsers: %v after sleeping %v, want 5m0s, 2m0s and no sleep", err, clock.Slept())
			}
		})
	}
}

func TestABudgetBeyondTheDeadlineEndsAtOnce(t *testing.T) {
	t.Parallel()
	// An hour ahead, the clock keeps the deadline from ending the context itself.
	clock := acctest.NewClock()
	clock.Advance(time.Hour)
	ctx, cancel := context.WithDeadline(t.Context(), clock.Now().Add(200*time.Millisecond))
	defer cancel()
	fake := fakeapi.New(fakeUsers(700))
	fake.MaxPageSize = 1
	_, err := accessUsers(ctx, newTriedClient(t, fake, 5, clock), query())
	var wait *cloudflare.WaitError
	if !errors.As(err, &wait) || wait.Left != 200*time.Millisecond || wait.Wait <= wait.Left {
		t.Errorf("AccessUsers: %v, want a *WaitError", err)
	}
	if got := len(fake.Requests()); got > 600 {
		t.Errorf("AccessUsers took %d requests, want at most 600", got)
	}
}

// TestAServerThatRefusesMoreThanTwelveASecondIsReadWhole lets the seconds of
// the server pass with the client's own sleeps alone.
func TestAServerThatRefusesMoreThanTwelveASecondIsReadWhole(t *testing.T) {
	t.Parallel()
	clock := acctest.NewClock()
	fake := fakeapi.New(fakeUsers(2950))
	fake.MaxPageSize = 100
	fake.MaxPerSecond = 12
	fake.Now = clock.Now
	list, err := accessUsers(t.Context(), newTriedClient(t, fake, 5, clock), query())
	if err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	if got, want := ids(list.Users), wantIDs(fake, query()); !slices.Equal(got, want) {
		t.Errorf("AccessUsers gave %d users, want %d", len(got), len(want))
	}
	if len(clock.Slept()) == 0 {
		t.Error("AccessUsers never waited")
	}
}
