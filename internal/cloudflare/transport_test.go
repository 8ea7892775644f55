package cloudflare_test

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
)

// A zipped answer is compressed as it is written.
type zipped struct {
	http.ResponseWriter
	zip *gzip.Writer
}

func (z zipped) Write(p []byte) (int, error) { return z.zip.Write(p) }

func TestAccessUsersComeCompressedWhereTheServerOffersIt(t *testing.T) {
	t.Parallel()
	fake := fakeOf250()
	var answers atomic.Int32
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("the client does not take gzip")
		}
		answers.Add(1)
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		defer func() { _ = zip.Close() }()
		fake.ServeHTTP(zipped{w, zip}, r)
	})
	list, err := accessUsers(t.Context(), newTriedClient(t, api, 0, acctest.NewClock()), query())
	if err != nil || len(list.Users) != 250 || answers.Load() != 3 {
		t.Errorf("AccessUsers = %v, %v after %d answers, want 250 users after 3", list, err, answers.Load())
	}
}
