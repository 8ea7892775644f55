// Package cloudflare reads lists from Cloudflare's API: whole, or with an
// error. It knows no Terraform.
package cloudflare

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// DefaultBaseURL is where Cloudflare's reference puts the API.
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

// maxPageBytes bounds what is read of one answer. A page of 1000 users takes
// about half a megabyte.
const maxPageBytes = 32 << 20

// Credentials are either an API token, or an API key with the email address
// of the user it belongs to.
type Credentials struct {
	APIToken string
	APIKey   string
	Email    string
}

// A Clock is what the Client knows of time.
type Clock interface {
	Now() time.Time
	// Sleep returns after d, or earlier with ctx's cause.
	Sleep(ctx context.Context, d time.Duration) error
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
	log         *slog.Logger
	http        *http.Client
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
	return &Client{
		baseURL:     baseURL,
		credentials: config.Credentials,
		userAgent:   config.UserAgent,
		log:         logger,
		http: &http.Client{
			Transport: newTransport(),
			// Go would carry X-Auth-Key along to whatever host a redirect names.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: maxInFlight,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

// ParseBaseURL reads an API's base URL: https, or http on a loopback host
// alone, since credentials go with every request. Its errors complete the
// sentence "base_url …" and never repeat the URL, which may hold a password.
func ParseBaseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("is not a URL such as " + DefaultBaseURL)
	case u.User != nil:
		return nil, errors.New("holds a user name or password; credentials have attributes of their own")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("has a query or a fragment; it ends with the path, as in " + DefaultBaseURL)
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return u, nil
	case u.Scheme == "http":
		return nil, errors.New("would send credentials unencrypted; use https (http is for loopback addresses alone)")
	default:
		return nil, errors.New("must start with https://")
	}
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// segment makes s one segment of a path, whatever it holds: also "..".
func segment(s string) string {
	return strings.ReplaceAll(url.PathEscape(s), ".", "%2E")
}

// get asks once for path below the base URL and hands the answer's body to
// decode, which gives the errors that Cloudflare states, or why the body
// cannot be read. Every error is an *Error, or ctx's own.
func (c *Client) get(ctx context.Context, path []string, query url.Values, decode func(io.Reader) ([]Message, error)) error {
	u := c.baseURL.JoinPath(path...)
	u.RawQuery = query.Encode()
	fail := &Error{Method: http.MethodGet, Path: u.EscapedPath()}

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return fail.because(ctx, err)
	}
	c.setHeaders(req.Header)
	res, err := c.http.Do(req)
	if err != nil {
		return fail.because(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()

	fail.Status, fail.RayID = res.StatusCode, res.Header.Get("Cf-Ray")
	body := &boundedReader{r: res.Body, left: maxPageBytes}
	fail.Messages, err = decode(body)
	if body.err != nil {
		// What the connection said comes before what the decoder made of it.
		err = body.err
	}
	if err == nil && len(fail.Messages) == 0 && res.StatusCode == http.StatusOK {
		return nil
	}
	return fail.because(ctx, err)
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

// boundedReader fails with ErrTooLarge past its bound and keeps the first
// error that reading met.
type boundedReader struct {
	r    io.Reader
	left int64
	err  error
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	// One byte over the bound tells "just full" from "too large".
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), ErrTooLarge
	}
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}
