package fakeapi_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestMoreThanTheLimitInASecondIsRefused(t *testing.T) {
	t.Parallel()
	now := anchor()
	s := fakeapi.New(nil)
	s.MaxPerSecond = 2
	s.Now = func() time.Time { return now }
	for i, step := range []struct {
		wait   time.Duration
		status int
	}{
		{0, 200},
		{600 * time.Millisecond, 200},
		{0, 429},
		{399 * time.Millisecond, 429},
		{time.Millisecond, 200}, // the first one is a second old
		{0, 429},
		{time.Second, 200},
	} {
		now = now.Add(step.wait)
		w := ask(t, s, "")
		if w.Code != step.status {
			t.Errorf("request %d: status %d, want %d", i+1, w.Code, step.status)
		}
		if w.Code == http.StatusTooManyRequests && (w.Header().Get("Retry-After") != "1" || !slices.Equal(decode(t, w).codes(), []int{10100})) {
			t.Errorf("request %d: %v %s, want Retry-After: 1 and code 10100", i+1, w.Header(), w.Body)
		}
	}
	if got := len(s.Requests()); got != 7 {
		t.Errorf("len(Requests()) = %d, want 7: those refused are recorded too", got)
	}
}
