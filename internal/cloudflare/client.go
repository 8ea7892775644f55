// Package cloudflare reads lists from Cloudflare's API: whole, or with an
// error. It knows no Terraform.
package cloudflare

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// maxBodyBytes bounds what is read of one answer. A page of 1000 users takes
// about half a megabyte.
const maxBodyBytes = 32 << 20

// ErrTooLarge is the cause of an Error whose answer is over maxBodyBytes.
var ErrTooLarge = errors.New("the answer is over 32 MiB")

// Credentials are either an API token, or an API key with the email address
// of the user it belongs to.
type Credentials struct {
	APIToken string
	APIKey   string
	Email    string
}

// Config is what New makes a Client of.
type Config struct {
	BaseURL     string // "" is DefaultBaseURL
	Credentials Credentials
	UserAgent   string
	MaxRetries  int          // further tries of a page after a failure that may pass
	Logger      *slog.Logger // nil logs nothing
	Clock       Clock        // nil is the real one
}

// A Client asks Cloudflare's API. It is immutable and safe for concurrent use.
type Client struct {
	baseURL     *url.URL
	credentials Credentials
	userAgent   string
	maxRetries  int
	log         *slog.Logger
	limit       *limit
	http        *http.Client
	bodies      *sync.Pool // of *bytes.Buffer, since Cloudflare seldom says how long an answer is
}

// New makes a Client. Its errors are those of ParseBaseURL.
func New(config Config) (*Client, error) {
	base := config.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	baseURL, err := ParseBaseURL(base)
	if err != nil {
		return nil, err
	}
	logger := config.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	clock := config.Clock
	if clock == nil {
		clock = realClock{}
	}
	return &Client{
		baseURL:     baseURL,
		credentials: config.Credentials,
		userAgent:   config.UserAgent,
		maxRetries:  config.MaxRetries,
		log:         logger,
		limit:       newLimit(clock),
		bodies:      &sync.Pool{New: func() any { return new(bytes.Buffer) }},
		http: &http.Client{
			Transport: newTransport(),
			// Go would carry X-Auth-Key along to whatever host a redirect names.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// pingTimeout bounds how long a silent HTTP/2 connection is asked, and then
// waited for, before it is given up. Without it every further try would go down
// the same dead connection.
const pingTimeout = 15 * time.Second

func newTransport() *http.Transport {
	return &http.Transport{
		HTTP2:               &http.HTTP2Config{SendPingTimeout: pingTimeout, PingTimeout: pingTimeout},
		Proxy:               proxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: maxInFlight,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

// proxyFromEnvironment is http.ProxyFromEnvironment with an error that does
// not repeat the proxy's URL, which may hold a password.
func proxyFromEnvironment(req *http.Request) (*url.URL, error) {
	proxy, err := http.ProxyFromEnvironment(req)
	if err != nil {
		return nil, errors.New("the proxy in HTTPS_PROXY or HTTP_PROXY is not a URL")
	}
	return proxy, nil
}

// segment makes s one segment of a path, whatever it holds: also "..".
func segment(s string) string {
	return strings.ReplaceAll(url.PathEscape(s), ".", "%2E")
}

// get asks once for path below the base URL and hands the answer's body to
// decode, which gives the errors that Cloudflare states, or why the body
// cannot be read, and does not hold on to the body. Its error is an *Error.
func (c *Client) get(ctx context.Context, path []string, query url.Values, decode func(body []byte) ([]Message, error)) error {
	u := c.baseURL.JoinPath(path...)
	u.RawQuery = query.Encode()
	fail := &Error{Method: http.MethodGet, Path: u.EscapedPath()}

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		fail.Err = err
		return fail
	}
	c.setHeaders(req.Header)
	res, err := c.http.Do(req)
	if err != nil {
		fail.Err = withoutURL(err)
		return fail
	}
	defer func() { _ = res.Body.Close() }()

	fail.Status, fail.RayID = res.StatusCode, res.Header.Get("Cf-Ray")
	fail.RetryAfter = retryAfter(res.Header, c.limit.clock.Now())
	body, _ := c.bodies.Get().(*bytes.Buffer)
	defer c.bodies.Put(body)
	if err = readBody(body, res); err == nil {
		fail.Messages, err = decode(body.Bytes())
	}
	if res.StatusCode/100 == 3 {
		err = errRedirect(res.Header.Get("Location"))
	}
	if err == nil && len(fail.Messages) == 0 && res.StatusCode == http.StatusOK {
		return nil
	}
	fail.Err = err
	return fail
}

// readBody reads at most maxBodyBytes.
func readBody(body *bytes.Buffer, res *http.Response) error {
	body.Reset()
	if res.ContentLength > maxBodyBytes {
		return ErrTooLarge
	}
	n, err := body.ReadFrom(io.LimitReader(res.Body, maxBodyBytes+1))
	switch {
	case n > maxBodyBytes:
		return ErrTooLarge
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ErrCutShort
	}
	return err
}

// withoutURL takes the URL, whose query may hold a person's data, from the
// error of an http.Client.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

func (c *Client) setHeaders(h http.Header) {
	h.Set("Accept", "application/json")
	if c.userAgent != "" {
		h.Set("User-Agent", c.userAgent)
	}
	if c.credentials.APIToken != "" {
		h.Set("Authorization", "Bearer "+c.credentials.APIToken)
		return
	}
	h.Set("X-Auth-Email", c.credentials.Email)
	h.Set("X-Auth-Key", c.credentials.APIKey)
}
