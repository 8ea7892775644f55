package cloudflare

import (
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
		t.Fatalf("New: %v", err)
	}
	return client
}

// read requests a path that needs escaping, with an email address in the query.
func read(ctx context.Context, c *Client) error {
	path := []string{"accounts", segment("a/../é"), segment(".."), "users"}
	_, err := c.fetch(ctx, path, url.Values{"email": {"jane@example.com"}}, 0, func() result {
		return userList(func(*AccessUser) {})
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

func TestNew_baseURL(t *testing.T) {
	t.Parallel()
	if client := mustNew(t, Config{}); client.baseURL.String() != DefaultBaseURL+"/" {
		t.Errorf("New without BaseURL uses %s, want %s", client.baseURL, DefaultBaseURL)
	}
	if _, err := New(Config{BaseURL: "http://example.com"}); err == nil {
		t.Error("New accepts http://example.com, want an error")
	}
}

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://example.com/v4":           "",
		"http://LocalHost:8080":            "",
		"http://127.0.0.1":                 "",
		"http://[::1]:8080/v4":             "",
		"https://private.example.com\n":    "has white space",
		"https://private.example.com/ ":    "has white space",
		"https://private.example.com:port": "is not a URL",
		"https:private.example.com":        "is not a URL",
		"private.example.com":              "is not a URL",
		"https://user:private@example.com": "holds a user name or password",
		"https://example.com?private":      "has a query",
		"https://example.com?":             "has a query",
		"https://example.com#private":      "has a query or a fragment",
		"http://private.example.com":       "would send credentials unencrypted",
		"http://192.0.2.1":                 "would send credentials unencrypted",
		"ftp://private.example.com":        "must start with https://",
	} {
		u, err := ParseBaseURL(base)
		switch {
		case want == "" && (err != nil || u.String() != base):
			t.Errorf("ParseBaseURL(%q) = %v, %v, want the URL", base, u, err)
		case want != "" && (err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "private")):
			t.Errorf("ParseBaseURL(%q) = %v, %v, want an error that starts with %q, without the URL", base, u, err, want)
		}
	}
}

func TestClient_request(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config Config
		want   map[string]string // headers
	}{
		"token": {
			Config{Credentials: Credentials{APIToken: "t", APIKey: "k", Email: "e"}, UserAgent: "agent/1"},
			map[string]string{"Authorization": "Bearer t", "X-Auth-Key": "", "X-Auth-Email": "", "User-Agent": "agent/1"},
		},
		"key": {
			Config{Credentials: Credentials{APIKey: "k", Email: "e"}},
			map[string]string{"Authorization": "", "X-Auth-Key": "k", "X-Auth-Email": "e", "User-Agent": "Go-http-client/1.1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
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
			test.config.BaseURL = server.URL + "/client/v4/"
			client, err := New(test.config)
			if err != nil {
				t.Fatalf("New: %v", err)
			}
			if err := read(t.Context(), client); err != nil {
				t.Fatalf("read: %v", err)
			}
			r := <-requests
			if got, want := r.Method+" "+r.RequestURI, "GET /client/v4/accounts/a%2F%2E%2E%2F%C3%A9/%2E%2E/users?email=jane%40example.com"; got != want {
				t.Errorf("read requests %s, want %s", got, want)
			}
			test.want["Accept"], test.want["Accept-Encoding"] = "application/json", "gzip"
			for header, want := range test.want {
				if got := r.Header.Get(header); got != want {
					t.Errorf("read sends %s: %q, want %q", header, got, want)
				}
			}
		})
	}
}

func TestClient_errorFields(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cf-Ray", "ray-1")
		w.Header().Set("Retry-After", "7")
		respond(http.StatusForbidden, `{"success":false,"errors":[{"code":10000,"message":"No."}]}`)(w, r)
	}, 0)
	got := readError(t, client)
	want := "GET /client/v4/accounts/a%2F%2E%2E%2F%C3%A9/%2E%2E/users: 403 Forbidden: 10000: No."
	if got.Error() != want || got.RayID != "ray-1" || got.RetryAfter != 7*time.Second || got.Err != nil {
		t.Errorf("read = %v, ray %s, Retry-After %s, cause %v; want %s, ray-1, 7s, no cause", got, got.RayID, got.RetryAfter, got.Err, want)
	}
}

func TestClient_noResponse(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	got := readError(t, mustNew(t, Config{BaseURL: server.URL, MaxRetries: 2, Clock: acctest.NewClock()}))
	if got.Status != 0 || got.Attempts != 3 || !strings.Contains(got.Error(), "connection refused") || strings.Contains(got.Error(), "example.com") {
		t.Errorf("read = %v, status %d; want connection refused after 3 attempts, without the query", got, got.Status)
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
			respond(http.StatusTemporaryRedirect, success)(w, r)
		}, 2))
		if redirect, ok := errors.AsType[*RedirectError](got.Err); !ok || redirect.Error() != want || requests.Load() != 1 {
			t.Errorf("Location: %s: read = %v after %d requests, want %q after 1", location, got, requests.Load(), want)
		}
	}
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A countedBody has length bytes of any value and counts those that are read.
type countedBody struct{ length, read int }

func (b *countedBody) Read(p []byte) (int, error) {
	n := min(len(p), b.length-b.read)
	b.read += n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestClient_bodyLimit(t *testing.T) {
	t.Parallel()
	const limit, endless, unknown = 32 << 20, 1 << 40, -1
	for name, test := range map[string]struct {
		length, declared, read int
		want                   error
	}{
		"endless":           {endless, unknown, limit + 1, ErrTooLarge},
		"declared length":   {endless, limit + 1, 0, ErrTooLarge},
		"exactly the limit": {limit, limit, limit, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, body, decoded := mustNew(t, Config{}), &countedBody{length: test.length}, 0
			client.transport = roundTripFunc(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusOK, ContentLength: int64(test.declared), Body: io.NopCloser(body)}, nil
			})
			err := client.get(t.Context(), nil, nil, func(body []byte) ([]Message, error) {
				decoded = len(body)
				return nil, nil
			})
			if !errors.Is(err, test.want) || body.read != test.read || err == nil && decoded != test.length {
				t.Errorf("get = %v after %d bytes, want %v after %d", err, body.read, test.want, test.read)
			}
		})
	}
}

// testCertificate returns a certificate for example.com and the authority that
// it is signed by.
func testCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.TLS.Certificates[0], roots
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
	certificate, roots := testCertificate(t)
	synctest.Test(t, func(t *testing.T) {
		listener := make(pipeListener)
		server := &http.Server{Handler: respond(http.StatusOK, success), TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}}} //nolint:gosec // no timeout is needed
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
			t.Fatalf("read: %v", err)
		}
		dead.Store(true)
		start := time.Now()
		if err := read(t.Context(), client); err != nil {
			t.Fatalf("read on a dead connection: %v", err)
		}
		if took := time.Since(start); took < 30*time.Second || took > 31*time.Second || dials != 2 {
			t.Errorf("read on a dead connection takes %s and %d connections, want 30s and 2", took, dials)
		}
	})
}
