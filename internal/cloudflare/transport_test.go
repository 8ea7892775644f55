package cloudflare

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/acctest"
)

// TestTransport_proxy sends requests through proxies that refuse them: a tunnel
// for https, plain requests for http.
func TestTransport_proxy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base     string
		status   int
		kind     Kind
		attempts int
		want     string
	}{
		"tunnel, 407": {"https://example.com", 407, ProxyNotAuthenticated, 1, ": the proxy responded with 407 Proxy Authentication Required"},
		"tunnel, 403": {"https://example.com", 403, ProxyRefused, 1, ": the proxy responded with 403 Forbidden"},
		"tunnel, 503": {"https://example.com", 503, Unreachable, 3, ": the proxy responded with 503 Service Unavailable"},
		"plain, 407":  {"http://localhost", 407, ProxyNotAuthenticated, 1, ": 407 Proxy Authentication Required"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				checkProxied(t, r)
				http.Error(w, "private page of the proxy", test.status)
			}))
			defer proxy.Close()
			address, err := url.Parse(strings.Replace(proxy.URL, "http://", "http://user:private@", 1))
			if err != nil {
				t.Fatal(err)
			}
			client := mustNew(t, Config{BaseURL: test.base, MaxRetries: 2, Clock: acctest.NewClock()})
			if transport, ok := client.transport.(*http.Transport); ok {
				transport.Proxy = http.ProxyURL(address)
				defer transport.CloseIdleConnections()
			}
			got := readError(t, client)
			if got.Kind() != test.kind || !strings.Contains(got.Error(), test.want) || got.Attempts != test.attempts || int(requests.Load()) != test.attempts {
				t.Errorf("read: got kind %d, %v, after %d attempts, want kind %d, %q, after %d", got.Kind(), got, got.Attempts, test.kind, test.want, test.attempts)
			}
			if _, ok := errors.AsType[*TransportError](got.Err); ok {
				t.Errorf("read: got a *TransportError, whose text is masked, although %v is the client's own", got)
			}
			if !strings.HasSuffix(test.want, ": "+got.Outcome()) {
				t.Errorf("read: got outcome %q, want that of %q", got.Outcome(), test.want)
			}
			if strings.Contains(got.Error(), "private") {
				t.Errorf("read: got %v, want no secret and no text of the proxy", got)
			}
		})
	}
}

// checkProxied checks that a proxy gets its own credentials, and not the API's if
// the request is to be encrypted.
func checkProxied(t *testing.T, r *http.Request) {
	t.Helper()
	scheme, _, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
	if scheme != "Basic" || r.Header.Get("Authorization") != "" && r.Method == http.MethodConnect {
		t.Errorf("the proxy got %s with %q", r.Method, r.Header)
	}
}

// A noisyConn changes a byte of what is read next, once it is armed.
type noisyConn struct {
	net.Conn
	armed  *atomic.Bool
	change func([]byte)
}

func (c noisyConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && c.armed.CompareAndSwap(true, false) {
		c.change(p[:n])
	}
	return n, err
}

// TestTransport_brokenRecord breaks a TLS record of the first response.
func TestTransport_brokenRecord(t *testing.T) {
	t.Parallel()
	changes := map[string]func([]byte){
		"payload": func(p []byte) { p[len(p)-1] ^= 1 },
		"length":  func(p []byte) { p[3] = 0xff },
	}
	for name, change := range changes {
		for _, http2 := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var armed atomic.Bool
				requests := 0
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					requests++
					armed.Store(requests == 1)
					respond(http.StatusOK, success)(w, r)
				}))
				server.EnableHTTP2 = http2
				server.StartTLS()
				defer server.Close()
				client := mustNew(t, Config{BaseURL: server.URL, MaxRetries: 1, Clock: acctest.NewClock()})
				if transport, ok := client.transport.(*http.Transport); ok {
					transport.TLSClientConfig.RootCAs = x509.NewCertPool()
					transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
					transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
						conn, err := new(net.Dialer).DialContext(ctx, network, address)
						return noisyConn{conn, &armed, change}, err
					}
					defer transport.CloseIdleConnections()
				}
				if err := read(t.Context(), client); err != nil || requests != 2 {
					t.Errorf("read over HTTP/2: %t: got error %v after %d requests, want success after 2", http2, err, requests)
				}
			})
		}
	}
}

// TestTransport_tls counts connections, of which every attempt needs one.
func TestTransport_tls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server    *tls.Config // nil: the server does not use TLS
		untrusted bool
		time      func() time.Time // of the client; nil is the present
		kind      Kind
		want      string
	}{
		"expired certificate":         {server: &tls.Config{}, time: func() time.Time { return time.Now().AddDate(200, 0, 0) }, kind: CertificateExpired, want: "x509: certificate has expired or is not yet valid"},
		"certificate not yet":         {server: &tls.Config{}, time: func() time.Time { return time.Unix(-1e9, 0) }, kind: CertificateExpired, want: "x509: certificate has expired or is not yet valid"},
		"untrusted certificate":       {server: &tls.Config{}, untrusted: true, want: "x509: certificate signed by unknown authority"},
		"client certificate":          {server: &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, want: "remote error: tls: "},                     //nolint:gosec // so that the client waits for the alert
		"client certificate, TLS 1.3": {server: &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}, want: "remote error: tls: certificate required"}, // after the handshake
		"only TLS 1.1":                {server: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, want: "tls: protocol version not supported"},             //nolint:gosec // an old server
		"HTTP instead of TLS":         {want: "first record does not look like a TLS handshake"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var connections atomic.Int32
			server := httptest.NewUnstartedServer(respond(http.StatusBadRequest, ""))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					connections.Add(1)
				}
			}
			roots := x509.NewCertPool()
			if server.TLS = test.server; test.server == nil {
				server.Start()
			} else {
				server.StartTLS()
				roots.AddCert(server.Certificate())
			}
			defer server.Close()
			client := mustNew(t, Config{BaseURL: "https://" + server.Listener.Addr().String(), MaxRetries: 3, Clock: acctest.NewClock()})
			if transport, ok := client.transport.(*http.Transport); ok && !test.untrusted {
				transport.TLSClientConfig.RootCAs, transport.TLSClientConfig.Time = roots, test.time
			}
			got := readError(t, client)
			if got.Kind() != cmp.Or(test.kind, NotTrusted) || !strings.Contains(got.Error(), test.want) || got.Attempts != 1 || connections.Load() != 1 {
				t.Errorf("read: got %v, kind %d, after %d attempts on %d connections, want %q, kind %d, after 1",
					got, got.Kind(), got.Attempts, connections.Load(), test.want, cmp.Or(test.kind, NotTrusted))
			}
		})
	}
}
