// Package cloudflare reads lists from Cloudflare's API, completely or with an
// error. It does not depend on Terraform.
package cloudflare

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"
)

// DefaultBaseURL is the API's base URL in Cloudflare's reference.
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

// maxBodyBytes limits how much of one response is read. A page of 1000 users
// takes about half a megabyte.
const maxBodyBytes = 32 << 20

// Credentials are either an API token, or an API key with the email address
// of the user it belongs to.
type Credentials struct {
	APIToken string
	APIKey   string
	Email    string
}

// Config configures a Client.
type Config struct {
	BaseURL     string // "" means DefaultBaseURL
	Credentials Credentials
	UserAgent   string
	MaxRetries  int   // further attempts after a retryable failure
	Log         Log   // nil disables logging
	Clock       Clock // nil means the system's clock

	// These encode rows, from several goroutines, and must not keep them.
	EncodeAccessUser         func(*AccessUser) []byte
	EncodeDeviceRegistration func(*DeviceRegistration) []byte
}

// A Log writes a line to a log. Its fields, which it may change, contain neither
// credentials nor data of users, unless Cloudflare repeats them in the texts of
// "message", "cause" and "cf_ray".
type Log func(ctx context.Context, level slog.Level, text string, fields map[string]any)

// A Client sends requests to Cloudflare's API. Its configuration does not
// change, and it is safe for concurrent use. All its requests share one rate
// limit.
type Client struct {
	config    Config // as given to New, but Log is never nil
	baseURL   *url.URL
	limit     *limit
	lists     *sharedLists[AccessUsersQuery, converter, *accessUserList]
	devices   *sharedLists[registrationsList, struct{}, []DeviceRegistrationRow]
	transport http.RoundTripper // not an http.Client, which would follow redirects or repeat what they say
	bodies    sync.Pool         // of *bytes.Buffer: most responses do not declare their length
	admitted  sync.Map          // the paths of successful requests
}

// New returns a Client. Its errors are those of ParseBaseURL.
func New(config Config) (*Client, error) {
	baseURL, err := ParseBaseURL(cmp.Or(config.BaseURL, DefaultBaseURL))
	if err != nil {
		return nil, err
	}
	if config.Log == nil {
		config.Log = func(context.Context, slog.Level, string, map[string]any) {}
	}
	c := &Client{
		config:    config,
		baseURL:   baseURL.JoinPath("/"), // so that every path below it starts with a slash
		limit:     newLimit(cmp.Or[Clock](config.Clock, systemClock{})),
		transport: newTransport(),
		bodies:    sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	c.lists = newSharedLists(c.readAccessUsers)
	c.devices = newSharedLists(c.readDeviceRegistrations)
	return c, nil
}

func newTransport() *http.Transport {
	return &http.Transport{
		// Ping an HTTP/2 connection that is silent for 15 s, and close it if there
		// is no reply within another 15 s, the default. Otherwise every further
		// attempt would use the same dead connection.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second},
		Proxy: http.ProxyFromEnvironment,
		// Without it, only the name of the status would remain of a refusal.
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
			if res.StatusCode != http.StatusOK {
				return &proxyError{res.StatusCode}
			}
			return nil
		},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: maxInFlight,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

// ParseBaseURL parses the API's base URL. The scheme must be https, or http
// for a loopback host, because credentials are sent with every request. Its
// errors never contain the URL, which may hold a password.
func ParseBaseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	problem := ""
	switch {
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		problem = "the base URL has white space or a line break in it"
	case err != nil || u.Host == "":
		problem = "the base URL is not one such as " + DefaultBaseURL
	case u.User != nil:
		problem = "the base URL holds a user name or password, for which there are other attributes"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		problem = "the base URL has a query or a fragment, but has to end with the path, as in " + DefaultBaseURL
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		problem = "the base URL would send credentials unencrypted: use https, since http is for loopback addresses alone"
	case u.Scheme != "http" && u.Scheme != "https":
		problem = "the base URL does not start with https://"
	default:
		return u, nil
	}
	return nil, errors.New(problem)
}

// isLoopback accepts the hosts for which net/http uses no proxy. It would send a
// request to LOCALHOST, and the credentials in it, to HTTP_PROXY.
func isLoopback(host string) bool {
	addr, _ := netip.ParseAddr(host) // not a loopback address if it is none at all
	return host == "localhost" || addr.IsLoopback()
}

// segment escapes s for use as one segment of a path. Dots are escaped too, so
// that ".." cannot lead to another path.
func segment(s string) string {
	return strings.ReplaceAll(url.PathEscape(s), ".", "%2E")
}

// get makes one attempt at a GET request for a path, whose elements are already
// escaped, and decodes the body. Its error is always an *Error.
func (c *Client) get(ctx context.Context, path []string, query url.Values, env *envelope) error {
	u := c.baseURL.JoinPath(path...)
	u.RawQuery = query.Encode()
	failed := &Error{Method: http.MethodGet, Path: u.EscapedPath()}
	_, failed.admitted = c.admitted.Load(failed.Path)

	req := &http.Request{Method: failed.Method, URL: u, Header: c.header()}
	res, err := c.transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		failed.Err = &TransportError{err}
		if proxy, ok := errors.AsType[*proxyError](err); ok {
			failed.Err = proxy
		}
		return failed
	}
	defer func() { _ = res.Body.Close() }()

	failed.Status, failed.RayID = res.StatusCode, res.Header.Get("Cf-Ray")
	failed.RetryAfter = parseRetryAfter(res.Header.Get("Retry-After"), c.limit.clock.Now())
	body, _ := c.bodies.Get().(*bytes.Buffer)
	defer c.bodies.Put(body)
	if failed.Err = readBody(body, res); failed.Err == nil {
		failed.Err = env.decode(body.Bytes())
		failed.Messages = env.Errors
	}
	if causedBy[*ValueError](failed) && env.Problem.isIn(env, res.Header.Get("Content-Type")) {
		env.Problem.addTo(failed, c.limit.clock.Now())
	}
	if res.StatusCode/100 == 3 {
		location, _ := url.Parse(res.Header.Get("Location")) // nil if it is no URL
		failed.Err = &RedirectError{cmp.Or(location, new(url.URL)).Host}
	}
	if failed.Err == nil && len(failed.Messages) == 0 && res.StatusCode == http.StatusOK {
		c.admitted.Store(failed.Path, nil)
		return nil
	}
	return failed
}

func (c *Client) header() http.Header {
	h := http.Header{"Accept": {"application/json"}, "User-Agent": {c.config.UserAgent}}
	if token := c.config.Credentials.APIToken; token != "" {
		h.Set("Authorization", "Bearer "+token)
	} else {
		h.Set("X-Auth-Email", c.config.Credentials.Email)
		h.Set("X-Auth-Key", c.config.Credentials.APIKey)
	}
	return h
}

// readBody reads the response's body, at most maxBodyBytes of it, into body.
func readBody(body *bytes.Buffer, res *http.Response) error {
	body.Reset()
	if res.ContentLength > maxBodyBytes {
		return ErrTooLarge
	}
	n, err := body.ReadFrom(io.LimitReader(res.Body, maxBodyBytes+1))
	if n > maxBodyBytes {
		return ErrTooLarge
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errTruncated
	}
	if err != nil {
		return &TransportError{err}
	}
	return nil
}
