package cloudflare

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"terraform-provider-cloudflare-access/internal/acctest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const success = `{"success":true,"result":[]}`

// respond returns a handler for a fixed response.
func respond(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// newTestClient returns a client of this handler, whose clock does not wait.
func newTestClient(t *testing.T, handler http.HandlerFunc, retries int) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return mustNew(t, Config{BaseURL: server.URL + "/client/v4", MaxRetries: retries, Clock: acctest.NewClock()})
}

func mustNew(t *testing.T, config Config) *Client {
	t.Helper()
	config.Credentials.APIToken = "secret-token"
	client, err := New(config)
	if err != nil {
		t.Fatalf("New: got error %v", err)
	}
	return client
}

// read requests a path that needs escaping, with an email address in the query.
func read(ctx context.Context, c *Client) error {
	path := []string{"accounts", segment("a/../é"), segment(".."), "users"}
	_, err := c.fetch(ctx, path, url.Values{"email": {"jane@example.com"}}, 0, func() resultDecoder {
		return listDecoder(func(*AccessUser) {})
	})
	return err
}

// readError returns the *Error that read fails with.
func readError(t *testing.T, c *Client) *Error {
	t.Helper()
	err := read(t.Context(), c)
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("read: got error %v, want an *Error", err)
	}
	return failed
}

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://example.com/v4":           "",
		"http://localhost:8080":            "",
		"http://127.0.0.1":                 "",
		"http://[::1]:8080/v4":             "",
		"https://private.example.com\n":    "the base URL has white space",
		"https://private.example.com/ ":    "the base URL has white space",
		"https://private.example.com:port": "the base URL is not one",
		"https:private.example.com":        "the base URL is not one",
		"private.example.com":              "the base URL is not one",
		"https://user:private@example.com": "the base URL holds a user name or password",
		"https://example.com?private":      "the base URL has a query",
		"https://example.com?":             "the base URL has a query",
		"https://example.com#private":      "the base URL has a query or a fragment",
		"http://private.example.com":       "the base URL would send credentials unencrypted",
		"http://192.0.2.1":                 "the base URL would send credentials unencrypted",
		"http://LocalHost:8080":            "the base URL would send credentials unencrypted",
		"ftp://private.example.com":        "the base URL does not start with https://",
	} {
		u, err := ParseBaseURL(base)
		if want == "" && (err != nil || u.String() != base) {
			t.Errorf("ParseBaseURL(%q): got %v, error %v, want the URL", base, u, err)
		}
		if want != "" && (err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "private")) {
			t.Errorf("ParseBaseURL(%q): got %v, error %v, want an error that starts with %q, without the URL", base, u, err, want)
		}
	}
	if client := mustNew(t, Config{}); client.baseURL.String() != DefaultBaseURL+"/" {
		t.Errorf("New without BaseURL: got %s, want %s", client.baseURL, DefaultBaseURL)
	}
	if _, err := New(Config{BaseURL: "http://example.com"}); err == nil {
		t.Error("New with http://example.com: got no error")
	}
}

func TestClient_request(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		_, _ = io.WriteString(zip, success)
		_ = zip.Close()
	}))
	defer server.Close()
	for _, test := range []struct {
		credentials Credentials
		userAgent   string
		want        []string
	}{
		{Credentials{APIToken: "t", APIKey: "k", Email: "e"}, "agent/1", []string{"Bearer t", "", "", "agent/1"}},
		{Credentials{APIKey: "k", Email: "e"}, "", []string{"", "k", "e", ""}},
	} {
		client, err := New(Config{BaseURL: server.URL + "/client/v4/", Credentials: test.credentials, UserAgent: test.userAgent})
		if err != nil {
			t.Fatalf("New: got error %v", err)
		}
		if err := read(t.Context(), client); err != nil {
			t.Fatalf("read: got error %v", err)
		}
		r := <-requests
		if got, want := r.Method+" "+r.RequestURI, "GET /client/v4/accounts/a%2F%2E%2E%2F%C3%A9/%2E%2E/users?email=jane%40example.com"; got != want {
			t.Errorf("read: got request %s, want %s", got, want)
		}
		var got []string
		for _, name := range []string{"Authorization", "X-Auth-Key", "X-Auth-Email", "User-Agent", "Accept", "Accept-Encoding"} {
			got = append(got, r.Header.Get(name))
		}
		if want := append(test.want, "application/json", "gzip"); !slices.Equal(got, want) {
			t.Errorf("read: got headers %q, want %q", got, want)
		}
	}
}

func TestClient_redirect(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"https://other.example.com/private?private": "a redirect to other.example.com, which is not followed",
		"/private":          "a redirect, which is not followed",
		"https://%/private": "a redirect, which is not followed",
	} {
		var requests atomic.Int32
		got := readError(t, newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			w.Header().Set("Location", location)
			w.Header().Set("Cf-Ray", "ray-1")
			w.Header().Set("Retry-After", "7")
			respond(http.StatusTemporaryRedirect, success)(w, r)
		}, 2))
		if redirect, ok := errors.AsType[*RedirectError](got.Err); !ok || redirect.Error() != want || requests.Load() != 1 {
			t.Errorf("read, Location %s: got %v after %d requests, want %q after 1", location, got, requests.Load(), want)
		}
		if got.RayID != "ray-1" || got.RetryAfter != 7*time.Second {
			t.Errorf("read, Location %s: got ray %s, Retry-After %s, want ray-1, 7s", location, got.RayID, got.RetryAfter)
		}
	}
}

// zeros is a body without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestClient_bodyLimit(t *testing.T) {
	t.Parallel()
	const limit, endless, unknown = 32 << 20, 1 << 40, -1
	for _, test := range []struct {
		length, declared, read int64
		want                   error
	}{
		{endless, unknown, limit + 1, ErrTooLarge},
		{endless, limit + 1, 0, ErrTooLarge},
		{limit, limit, limit, nil},
	} {
		body, got := &io.LimitedReader{R: zeros{}, N: test.length}, new(bytes.Buffer)
		err := readBody(got, &http.Response{ContentLength: test.declared, Body: io.NopCloser(body)})
		read := test.length - body.N
		if !errors.Is(err, test.want) || read != test.read || err == nil && int64(got.Len()) != test.length {
			t.Errorf("readBody of %d bytes, %d declared: got error %v after %d bytes, want %v after %d",
				test.length, test.declared, err, read, test.want, test.read)
		}
	}
}

// A pipeListener accepts connections that need no network.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	if conn, ok := <-l; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// A deadConn loses all that is written to it once it is dead.
type deadConn struct {
	net.Conn
	dead *atomic.Bool
}

func (c deadConn) Write(p []byte) (int, error) {
	if c.dead.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// TestClient_deadConnection loses an idle HTTP/2 connection without notice. The
// next request must find that out before its 60 s have passed, and the attempt
// after it must use another connection.
func TestClient_deadConnection(t *testing.T) {
	t.Parallel()
	certified := httptest.NewTLSServer(nil) // for example.com
	certified.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	synctest.Test(t, func(t *testing.T) {
		listener := make(pipeListener)
		server := &http.Server{
			Handler: respond(http.StatusOK, success), TLSConfig: &tls.Config{Certificates: certified.TLS.Certificates}, ReadHeaderTimeout: time.Hour,
		}
		go func() { _ = server.ServeTLS(listener, "", "") }()
		defer func() { _ = server.Close() }()

		var dead atomic.Bool
		dials := 0
		transport := newTransport()
		transport.Proxy, transport.TLSClientConfig.RootCAs = nil, roots
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			local, remote := net.Pipe()
			listener <- remote
			if dials++; dials > 1 {
				return local, nil
			}
			return deadConn{local, &dead}, nil
		}
		defer transport.CloseIdleConnections()
		client := mustNew(t, Config{BaseURL: "https://example.com", MaxRetries: 1})
		client.transport = transport

		if err := read(t.Context(), client); err != nil {
			t.Fatalf("read: got error %v", err)
		}
		dead.Store(true)
		start := time.Now()
		if err := read(t.Context(), client); err != nil {
			t.Fatalf("read on a dead connection: got error %v", err)
		}
		if took := time.Since(start); took < 30*time.Second || took > 31*time.Second || dials != 2 {
			t.Errorf("read on a dead connection: took %s and %d connections, want 30s and 2", took, dials)
		}
	})
}
