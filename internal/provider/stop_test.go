package provider_test

import (
	"context"
	"net/http"
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
	cancel := func(_ *endpoint, end context.CancelCauseFunc) { end(nil) }
	got := make(map[string]string)
	for name, test := range map[string]struct {
		typeName string
		config   values
		stop     func(*endpoint, context.CancelCauseFunc)
	}{
		"cancelled":           {dataSource, values{}, cancel},
		"cancelled, by email": {userDataSource, values{"email": str("nobody@example.com")}, cancel}, // reads the complete list
		"cancelled, by id":    {userDataSource, values{"id": str("1")}, cancel},
		"provider stopped": {dataSource, values{}, func(e *endpoint, _ context.CancelCauseFunc) {
			_, _ = e.server.StopProvider(e.t.Context(), &tfprotov6.StopProviderRequest{})
		}},
		// As the deadline would end it, but without waiting.
		"deadline": {dataSource, values{}, func(_ *endpoint, end context.CancelCauseFunc) { end(context.DeadlineExceeded) }},
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
			got[name] = describe(resp.Diagnostics)
			if test.typeName == dataSource && e.hasUsers(resp) {
				t.Error("read that was stopped: got users, want none")
			}
		})
	}
	checkTexts(t, got)
}
