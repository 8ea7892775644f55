package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"go.uber.org/goleak"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// A sleeplessClock sleeps until the context ends, however long that takes.
type sleeplessClock struct {
	*acctest.Clock
	asleep func()
}

func (c sleeplessClock) Sleep(ctx context.Context, _ time.Duration) error {
	c.asleep()
	<-ctx.Done()
	return ctx.Err()
}

//nolint:paralleltest // goroutines of other tests would count
func TestRead_stopped(t *testing.T) {
	const cancelled = `ERROR: Cannot read Access users: cancelled
Received 1 of 3 pages before the read was cancelled. Run again to read all of them.
`
	stops := map[string]struct {
		stop func(*endpoint, context.CancelCauseFunc)
		want string
	}{
		"cancelled": {func(_ *endpoint, end context.CancelCauseFunc) { end(nil) }, cancelled},
		"provider stopped": {func(e *endpoint, _ context.CancelCauseFunc) {
			_, _ = e.server.StopProvider(e.t.Context(), &tfprotov6.StopProviderRequest{})
		}, cancelled},
		// As the deadline would end it, but without waiting.
		"deadline": {func(_ *endpoint, end context.CancelCauseFunc) { end(context.DeadlineExceeded) }, `ERROR: Cannot read Access users within 3s
at AttributeName("timeouts").AttributeName("read")
Received 1 of 3 pages before timeouts.read (3s) expired.

Allow more time, such as timeouts = { read = "1m" }. If the read stops at the same page again, set a smaller per_page (it is 1000).
`},
	}
	for where, wait := range map[string]struct {
		fault http.HandlerFunc // of pages 2 and 3
		hangs bool             // in the fault rather than by the clock
	}{
		"no response":     {fakeapi.Hang(), true},
		"half a response": {fakeapi.Stall(), true},
		"before a retry":  {fakeapi.HTML(http.StatusServiceUnavailable), false},
		"after a 429":     {fakeapi.Envelope(http.StatusTooManyRequests), false},
	} {
		for how, test := range stops {
			t.Run(where+", "+how, func(t *testing.T) {
				others := goleak.IgnoreCurrent()
				t.Cleanup(func() { goleak.VerifyNone(t, others) }) // once the API is closed
				if got := stopRead(t, wait.fault, wait.hangs, test.stop); got != test.want {
					t.Errorf("read: got\n%s\nwant\n%s", got, test.want)
				}
			})
		}
	}
}

// stopRead returns the diagnostics of a read that is stopped where it waits.
func stopRead(t *testing.T, fault http.HandlerFunc, hangs bool, stop func(*endpoint, context.CancelCauseFunc)) string {
	t.Helper()
	waits := make(chan struct{})
	waiting := sync.OnceFunc(func() { close(waits) })
	fake := fakeapi.New(fixedUsers(2))
	fake.MaxPageSize = 1
	fake.Faults = []fakeapi.Fault{{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, {Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
		if hangs {
			waiting()
		}
		fault(w, r)
	}}}
	e := newEndpointWith(t, nil, provider.Options{Getenv: start(t, fake).getenv, Clock: sleeplessClock{acctest.NewClock(), waiting}})
	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	go func() {
		<-waits
		stop(e, end)
	}()
	resp := e.read(ctx, values{"timeouts": readTimeout("3s")})
	if e.hasUsers(resp) {
		t.Error("read that was stopped: got users, want none")
	}
	return describe(resp.Diagnostics, "")
}

// TestRead_deadline lets timeouts.read pass while nothing is received.
func TestRead_deadline(t *testing.T) {
	t.Parallel()
	const want = `ERROR: Cannot read %s within 100ms
at AttributeName("timeouts").AttributeName("read")
Received 0 pages before timeouts.read (100ms) expired.

Allow more time, such as timeouts = { read = "1m" }.`
	for name, test := range map[string]struct {
		typeName, noun string
		config         values
	}{
		"list":  {dataSource, "Access users", values{}},
		"id":    {userDataSource, "the Access user", values{"id": str("1")}},
		"email": {userDataSource, "the Access user", values{"email": str("ann@example.com")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Hang()}}
			test.config["timeouts"] = readTimeout("100ms")
			e := newEndpoint(t, nil, start(t, fake), nil)
			got := describe(e.readType(t.Context(), test.typeName, test.config).Diagnostics, "")
			if want := fmt.Sprintf(want, test.noun); !strings.HasPrefix(got, want) {
				t.Errorf("read: got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestRead_accessUserStopped cancels a lookup by email while it reads page 2 of
// the complete list.
func TestRead_accessUserStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize = 100
	fake.Faults = []fakeapi.Fault{{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, {Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
		cancel()
		fakeapi.Hang()(w, r)
	}}}
	e := newEndpoint(t, nil, start(t, fake), nil)
	got := describe(e.readType(ctx, userDataSource, values{"email": str("nobody@example.com")}).Diagnostics, "")
	const want = "ERROR: Cannot read the Access user: cancelled\nReceived 1 of 3 pages before the read was cancelled."
	if !strings.HasPrefix(got, want) {
		t.Errorf("read: got\n%s\nwant\n%s", got, want)
	}
}

// TestRead_sharedStopped cancels a read that waits for one of the same list: it
// ends while the other one goes on.
//
//nolint:paralleltest // goroutines of other tests would count
func TestRead_sharedStopped(t *testing.T) {
	others := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, others) }) // once the API is closed
	fake := fakeapi.New(fixedUsers(3))
	reading, goOn := make(chan struct{}), make(chan struct{})
	fake.Gate = func(int) {
		close(reading)
		<-goOn
	}
	e := newEndpoint(t, nil, start(t, fake), nil)
	first := make(chan *tfprotov6.ReadDataSourceResponse)
	go func() { first <- e.read(t.Context(), values{"emails": emailSet("ann@example.com")}) }()
	<-reading

	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	second := e.read(ctx, values{"emails": emailSet("bob@example.com")})
	if got := describe(second.Diagnostics, ""); !strings.HasPrefix(got, "ERROR: Cannot read Access users: cancelled\n") {
		t.Errorf("read that was cancelled: got %s", got)
	}
	close(goOn)
	if resp := <-first; len(resp.Diagnostics) > 0 || !e.hasUsers(resp) || len(fake.Requests()) != 1 {
		t.Errorf("read: got %d requests and %s, want 1 and users", len(fake.Requests()), describe(resp.Diagnostics, ""))
	}
}
