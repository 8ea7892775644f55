package cloudflare

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
)

// DefaultBaseURL is where Cloudflare's reference puts the API.
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

// ParseBaseURL reads an API's base URL: https, or http on a loopback host
// alone, since credentials go with every request. Its errors complete the
// sentence "base_url …" and never repeat the URL, which may hold a password.
func ParseBaseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return nil, errors.New("has white space or a line break in it: set it to the URL alone")
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
