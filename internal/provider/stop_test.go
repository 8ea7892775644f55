package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
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

// A standstill is a place where a read can wait for ever.
type standstill struct {
	users int              // one on each page
	fault http.HandlerFunc // of every page but the first; nil for none
	hangs bool             // in the fault rather than by the clock
	come  string           // how many pages had come, as a regular expression
}

func standstills() map[string]standstill {
	return map[string]standstill{
		"no answer":              {users: 2, fault: fakeapi.Hang(), hangs: true, come: "1 of 3"},
		"half a page":            {users: 2, fault: fakeapi.Stall(), hangs: true, come: "1 of 3"},
		"before another try":     {users: 2, fault: fakeapi.HTML(http.StatusServiceUnavailable), come: "1 of 3"},
		"the pause after a 429":  {users: 2, fault: fakeapi.Envelope(http.StatusTooManyRequests), come: "1 of 3"},
		"the budget of requests": {users: 700, come: `\d+ of 700`},
	}
}

// A stop is a way to end a read, and what its reader then sees.
type stop struct {
	do   func(e *endpoint, end context.CancelCauseFunc)
	want string
}

func stops() map[string]stop {
	const cancelled = `^ERROR: Cannot read Access users: cancelled
Received %s pages before the read was cancelled\. Run again to read all of them\.
$`
	return map[string]stop{
		"the call is cancelled": {func(_ *endpoint, end context.CancelCauseFunc) { end(nil) }, cancelled},
		"the provider is stopped": {func(e *endpoint, _ context.CancelCauseFunc) {
			_, _ = e.server.StopProvider(e.t.Context(), &tfprotov6.StopProviderRequest{})
		}, cancelled},
		// As the deadline itself would end it, only sooner.
		"the deadline passes": {func(_ *endpoint, end context.CancelCauseFunc) { end(context.DeadlineExceeded) }, `^ERROR: Cannot read Access users within 3s
at AttributeName\("timeouts"\)\.AttributeName\("read"\)
Received %s pages before timeouts\.read \(3s\) expired\.

Allow more time, such as timeouts = { read = "1m" }\. If the read stops at the same page again, set a smaller per_page \(it is 1000\)\.
$`},
	}
}

//nolint:paralleltest // goroutines of other tests would count
func TestAReadThatIsStoppedEndsWithNothingLeftRunning(t *testing.T) {
	for place, standstill := range standstills() {
		for means, stop := range stops() {
			t.Run(place+", "+means, func(t *testing.T) {
				others := goleak.IgnoreCurrent()
				t.Cleanup(func() { goleak.VerifyNone(t, others) }) // once the API is closed

				got := standstill.readAndStop(t, stop)
				if want := fmt.Sprintf(stop.want, standstill.come); !regexp.MustCompile(want).MatchString(got) {
					t.Errorf("the reader gets\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

// readAndStop gives the diagnostics of a read that is stopped where it waits.
func (s standstill) readAndStop(t *testing.T, stop stop) string {
	t.Helper()
	waits := make(chan struct{})
	waiting := sync.OnceFunc(func() { close(waits) })

	fake := fakeapi.New(fixedUsers(s.users))
	fake.MaxPageSize = 1
	if s.fault != nil {
		fake.Faults = []fakeapi.Fault{{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, {Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
			if s.hangs {
				waiting()
			}
			s.fault(w, r)
		}}}
	}
	block := values{"base_url": str(serve(t, fake)), "api_token": str(fakeapi.Token), "account_id": str(fakeapi.AccountID)}
	e := newEndpointWith(t, block, provider.Options{
		Version: "test",
		Getenv:  func(string) string { return "" },
		Clock:   sleeplessClock{acctest.NewClock(), waiting},
	})
	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	go func() {
		<-waits
		stop.do(e, end)
	}()
	resp := e.read(ctx, values{"timeouts": readTimeout("3s")})
	if e.hasUsers(resp) {
		t.Error("a read that was stopped gave users")
	}
	return describe(resp.Diagnostics, "https://HOST/client/v4")
}
