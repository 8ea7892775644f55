package provider_test

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// Go asks no proxy for addresses of this machine, so the API has a name here
// that only the proxy knows. It is one that httptest's certificate is for.
const (
	proxiedHost     = "api.example.com"
	proxiedAPI      = "https://" + proxiedHost + fakeapi.BasePath
	proxyPassphrase = "open-sesame"
)

// A proxy leads everybody who asks for a tunnel to the same server.
type proxy struct {
	*httptest.Server
	target string

	mu    sync.Mutex
	asked []*http.Request
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	p := &proxy{target: target}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// address is the proxy's URL with a user and a passphrase.
func (p *proxy) address() string {
	return strings.Replace(p.URL, "://", "://somebody:"+proxyPassphrase+"@", 1)
}

// ServeHTTP answers CONNECT.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r)
	p.mu.Unlock()
	server, err := new(net.Dialer).DialContext(r.Context(), "tcp", p.target)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer server.Close() //nolint:errcheck // nothing depends on it
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close() //nolint:errcheck // nothing depends on it
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(server, buffered)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
}

// check wants that the proxy was asked for tunnels to the API, and was shown
// its own passphrase and nothing else that is secret.
func (p *proxy) check(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asked) == 0 {
		t.Error("nobody asked the proxy")
	}
	for _, r := range p.asked {
		if r.Method != http.MethodConnect || r.Host != proxiedHost+":443" || r.Header.Get("Proxy-Authorization") == "" {
			t.Errorf("the proxy was asked %s %s with the headers %v", r.Method, r.Host, r.Header)
		}
		if r.Header.Get("Authorization")+r.Header.Get("X-Auth-Key") != "" {
			t.Errorf("the proxy was shown a credential: %v", r.Header)
		}
	}
}

func TestAccAProxyFromTheEnvironmentIsUsed(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize = 100
	api := httptest.NewUnstartedServer(fake)
	api.EnableHTTP2 = true // as Cloudflare has it
	api.Config.ErrorLog = log.New(io.Discard, "", 0)
	api.StartTLS()
	t.Cleanup(api.Close)
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}))
	p := newProxy(t, api.Listener.Addr().String())
	w := newWorkspace(t, "", "", append(accountEnv(proxiedAPI), "HTTPS_PROXY="+p.address(), "TF_LOG=TRACE", "TF_LOG_PATH=log")...)

	t.Run("but not without trust in the API's certificate", func(t *testing.T) { //nolint:paralleltest // in order
		checkFailed(t, w.run("plan", "-no-color"), "Cannot read Access users: no response", "failed to verify certificate",
			"so no response was accepted.", "base_url (it is "+proxiedAPI+")")
		if got := len(fake.Requests()); got > 0 {
			t.Errorf("the API got %d requests", got)
		}
	})
	t.Run("with trust from SSL_CERT_FILE", func(t *testing.T) { //nolint:paralleltest // in order
		if runtime.GOOS != "linux" {
			t.Skip("Go reads SSL_CERT_FILE on Linux")
		}
		w.write("ca.pem", certificate)
		w.env = append(w.env, "SSL_CERT_FILE="+filepath.Join(w.dir, "ca.pem"))
		if got := w.run("plan", "-no-color"); got.exit != 0 || !strings.Contains(got.stdout, "users = 250") {
			t.Errorf("Terraform ended with %d; it printed:\n%s%s", got.exit, got.stdout, got.stderr)
		}
	})
	p.check(t)
	if log := w.read("log"); log == "" || strings.Contains(log, proxyPassphrase) {
		t.Error("the proxy's passphrase is in the log, or nothing is")
	}
}

func TestAccNoConnectionIsAnErrorThatSaysWhereTo(t *testing.T) {
	t.Parallel()
	nobody := httptest.NewServer(nil)
	nobody.Close()
	for name, test := range map[string]struct {
		baseURL, proxy string
		want           string
	}{
		"to the API":   {nobody.URL, "", "base_url (it is " + nobody.URL + ")"},
		"to the proxy": {proxiedAPI, strings.Replace(nobody.URL, "://", "://somebody:"+proxyPassphrase+"@", 1), "proxyconnect tcp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, "max_retries = 0", "", append(accountEnv(test.baseURL), "HTTPS_PROXY="+test.proxy)...)
			got := w.run("plan", "-no-color")
			checkFailed(t, got, "Cannot read Access users: no response", "connection refused",
				"Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and base_url", test.want)
			if strings.Contains(got.stdout+got.stderr, proxyPassphrase) {
				t.Errorf("Terraform printed the proxy's passphrase:\n%s", got.stderr)
			}
		})
	}
}
