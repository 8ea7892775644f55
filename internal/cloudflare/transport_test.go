package cloudflare

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

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
				if user, _, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " "); user != "Basic" || r.Header.Get("Authorization") != "" && r.Method == http.MethodConnect {
					t.Errorf("the proxy got %s with %q", r.Method, r.Header)
				}
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
			if strings.Contains(got.Error(), "private") {
				t.Errorf("read: got %v, want no secret and no text of the proxy", got)
			}
		})
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
