package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"go.uber.org/goleak"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestRead_stopped stops a read while pages 2 and 3 are in flight. Stops during
// other waits are tested in package cloudflare.
//
//nolint:paralleltest // goroutines of other tests would count
func TestRead_stopped(t *testing.T) {
	const (
		cancelled = "ERROR: Cannot read %s: cancelled\nReceived %s before the read was cancelled. Run again.\n"
		expired   = "ERROR: Cannot read %s within 3s\nat AttributeName(\"timeouts\").AttributeName(\"read\")\n" +
			"Received 1 of 3 pages before timeouts.read (3s) expired.\n\nAllow more time, such as timeouts = { read = \"1m\" }."
	)
	cancel := func(_ *endpoint, end context.CancelCauseFunc) { end(nil) }
	byEmail := values{"email": str("nobody@example.com")} // reads the complete list
	for name, test := range map[string]struct {
		typeName string
		config   values
		stop     func(*endpoint, context.CancelCauseFunc)
		want     string
	}{
		"cancelled":           {dataSource, values{}, cancel, fmt.Sprintf(cancelled, "Access users", "1 of 3 pages")},
		"cancelled, by email": {userDataSource, byEmail, cancel, fmt.Sprintf(cancelled, "the Access user", "1 of 3 pages")},
		"cancelled, by id":    {userDataSource, values{"id": str("1")}, cancel, fmt.Sprintf(cancelled, "the Access user", "no response")},
		"provider stopped": {dataSource, values{}, func(e *endpoint, _ context.CancelCauseFunc) {
			_, _ = e.server.StopProvider(e.t.Context(), &tfprotov6.StopProviderRequest{})
		}, fmt.Sprintf(cancelled, "Access users", "1 of 3 pages")},
		// As the deadline would end it, but without waiting.
		"deadline": {
			dataSource,
			values{},
			func(_ *endpoint, end context.CancelCauseFunc) { end(context.DeadlineExceeded) },
			fmt.Sprintf(expired, "Access users") + " If the read stops at the same page again, set a smaller per_page (it is 1000).\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			others := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, others) }) // once the API is closed
			var e *endpoint
			ctx, end := context.WithCancelCause(t.Context())
			defer end(nil)
			stop := sync.OnceFunc(func() { test.stop(e, end) })
			fake := pagedFake(fakeapi.Fault{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, fakeapi.Fault{Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
				go stop()
				fakeapi.Hang()(w, r)
			}})
			e = newEndpoint(t, nil, start(t, fake), nil)
			test.config["timeouts"] = readTimeout("3s")
			resp := e.read(ctx, test.typeName, test.config)
			if got := describe(resp.Diagnostics); got != test.want {
				t.Errorf("read: got\n%s\nwant\n%s", got, test.want)
			}
			if test.typeName == dataSource && e.hasUsers(resp) {
				t.Error("read that was stopped: got users, want none")
			}
		})
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
	go func() { first <- e.read(t.Context(), dataSource, values{"emails": emailSet("ann@example.com")}) }()
	<-reading

	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	second := e.read(ctx, dataSource, values{"emails": emailSet("bob@example.com")})
	if got := describe(second.Diagnostics); !strings.HasPrefix(got, "ERROR: Cannot read Access users: cancelled\n") {
		t.Errorf("read that was cancelled: got %s", got)
	}
	close(goOn)
	if resp := <-first; len(resp.Diagnostics) > 0 || !e.hasUsers(resp) || len(fake.Requests()) != 1 {
		t.Errorf("read: got %d requests and %s, want 1 and users", len(fake.Requests()), describe(resp.Diagnostics))
	}
}
