package fakeapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// faulty returns a server whose every page meets this fault, and what its
// answer would be without.
func faulty(t *testing.T, do http.HandlerFunc) (s *fakeapi.Server, whole string) {
	t.Helper()
	s = fakeapi.New(fakeapi.Users(50, anchor()))
	whole = ask(t, s, "").Body.String()
	s = fakeapi.New(fakeapi.Users(50, anchor()))
	s.Faults = []fakeapi.Fault{{Tries: -1, Do: do}}
	return s, whole
}

// get asks a listening server for its first page, and returns the body with
// the length that was declared for it.
func get(ctx context.Context, t *testing.T, listening *httptest.Server) (body io.Reader, length int64, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, listening.URL+usersPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+fakeapi.Token)
	answer, err := listening.Client().Do(r)
	if err != nil {
		return nil, 0, err
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer.Body, answer.ContentLength, nil
}

func TestCutShortSendsHalfOfWhatItDeclares(t *testing.T) {
	t.Parallel()
	s, whole := faulty(t, fakeapi.CutShort())
	listening := httptest.NewServer(s)
	defer listening.Close()

	half, length, err := get(t.Context(), t, listening)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(half)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading the body: %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if length != int64(len(whole)) || string(body) != whole[:len(whole)/2] {
		t.Errorf("got %d bytes of %d, want the first half of %d", len(body), length, len(whole))
	}
}

func TestStallSendsHalfAndWaitsForTheReaderToLeave(t *testing.T) {
	t.Parallel()
	s, whole := faulty(t, fakeapi.Stall())
	listening := httptest.NewServer(s)
	defer listening.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	body, _, err := get(ctx, t, listening)
	if err != nil {
		t.Fatal(err)
	}
	half := make([]byte, len(whole)/2)
	if _, err := io.ReadFull(body, half); err != nil || string(half) != whole[:len(half)] {
		t.Errorf("first half: %v, %q, want %q", err, half, whole[:len(half)])
	}
	cancel()
	if _, err := io.ReadAll(body); !errors.Is(err, context.Canceled) {
		t.Errorf("reading on after leaving: %v, want %v", err, context.Canceled)
	}
}

func TestHangAnswersNothingUntilTheReaderLeaves(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, _ := faulty(t, fakeapi.Hang())
	s.Gate = func(int) { cancel() }
	listening := httptest.NewServer(s)
	defer listening.Close()

	_, _, err := get(ctx, t, listening)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("get = %v, want %v", err, context.Canceled)
	}
}

func TestResetBreaksTheConnectionWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(http.Handler) *httptest.Server{
		"plain": httptest.NewServer,
		"TLS":   httptest.NewTLSServer,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := faulty(t, fakeapi.Reset())
			listening := start(s)
			defer listening.Close()

			_, _, err := get(t.Context(), t, listening)
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("get = %v, want %v", err, syscall.ECONNRESET)
			}
		})
	}
}

func TestResetBreaksAStreamOfHTTP2(t *testing.T) {
	t.Parallel()
	s, _ := faulty(t, fakeapi.Reset())
	listening := httptest.NewUnstartedServer(s)
	listening.EnableHTTP2 = true
	listening.StartTLS()
	defer listening.Close()

	if _, _, err := get(t.Context(), t, listening); err == nil {
		t.Error("get found an answer, want an error")
	}
}

func TestHugeSendsAsManyBytesAsItIsTold(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	s, _ := faulty(t, fakeapi.Huge(size))
	listening := httptest.NewServer(s)
	defer listening.Close()

	endless, _, err := get(t.Context(), t, listening)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(endless)
	if err != nil || len(body) != size || !strings.HasSuffix(string(body), "aaaa") {
		t.Errorf("got %d bytes, %v, want %d", len(body), err, size)
	}
}
