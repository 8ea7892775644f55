package cloudflare

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
)

// A Kind says what is wrong with a request that failed, as far as it decides
// what to do next. Each has a row of kindRules, or several, and advice for users
// in provider/diagnostics_suggestion.go.
type Kind int

// The kinds. There is no kind 0.
const (
	_ Kind = iota

	NotAuthenticated // the API does not accept the credentials
	NotPermitted     // the API does not let the credentials read this
	NotEnabled       // the account has no Zero Trust
	UnknownAccount   // the API does not accept the account id
	NotFound         // the API has nothing under this URL
	BadPage          // the API refuses a page, perhaps because of its number or size
	BadRequest       // the API refuses another request
	Refused          // success is false, without a status that says more
	RateLimited      // too many requests

	Unavailable // a failure of the server
	TimedOut    // no complete response in time
	Unreachable // no connection, or one that broke
	NotJSON     // the body is not JSON, or not complete
	TooLarge    // the body is too large
	BadValue    // the body is JSON, but not as the API's contract has it
	NoList      // neither a list nor a count, see errNoList

	Edge                  // a firewall, a proxy or Cloudflare's edge refuses the request
	ProxyNotAuthenticated // the proxy asks for credentials
	ProxyRefused          // the proxy refuses to connect to the API
	WrongAddress          // 404, but not of the API
	Redirected            // to another address
	NotTrusted            // TLS failed: the certificate, or the handshake
	CertificateExpired    // by this machine's clock, the certificate is not valid yet or any more
)

// A kindRule is a row of the table of kinds.
type kindRule struct {
	kind     Kind
	statuses statuses
	codes    []int64           // of the API's errors; nil: the rule does not depend on them
	when     func(*Error) bool // nil: always
}

// statuses are HTTP statuses; nil: the rule does not depend on the status.
type statuses []int

// Classes of statuses, such as all from 400 to 499.
const (
	status3xx = 3
	status4xx = 4
	status5xx = 5
)

func (s statuses) contain(status int) bool {
	return s == nil || slices.Contains(s, status) || slices.Contains(s, status/100)
}

// kindRules is what is known of Cloudflare's errors. The first rule that applies
// decides. Sources: Cloudflare's reference, and public reports of its users.
func kindRules() []kindRule {
	noResponse := statuses{0}
	noEnvelope := func(e *Error) bool { return !e.hasEnvelope() }
	isNotEnabled := func(m *Message) bool {
		return strings.Contains(strings.ToLower(m.Message), "access.api.error.not_enabled")
	}
	return []kindRule{
		{ProxyNotAuthenticated, statuses{407}, nil, nil},
		{ProxyNotAuthenticated, nil, nil, proxyStatus(407)},
		{ProxyRefused, nil, nil, proxyStatus(status4xx)},
		{CertificateExpired, nil, nil, hasExpiredCertificate},
		{NotTrusted, nil, nil, (*Error).isNotTrusted},
		{TimedOut, nil, nil, is(ErrTimeout)},
		{Unreachable, noResponse, nil, nil},

		{NotEnabled, nil, nil, func(e *Error) bool { return hasMessage(e.Messages, isNotEnabled) }},
		{NotEnabled, statuses{403}, []int64{9999}, nil},
		{UnknownAccount, nil, []int64{7000, 7003}, nil},
		{NotAuthenticated, nil, []int64{6003, 6103, 6111, 9106}, nil},
		{Edge, statuses{401, 403}, nil, noEnvelope},
		{NotAuthenticated, statuses{401}, nil, nil},
		{NotPermitted, statuses{403}, nil, nil},
		{WrongAddress, statuses{404}, nil, noEnvelope},
		{NotFound, statuses{404}, nil, nil},
		{TimedOut, statuses{408, 504, 524}, nil, nil},
		{RateLimited, statuses{429}, nil, nil},
		{BadPage, statuses{status4xx}, nil, func(e *Error) bool { return e.Page > 0 }},
		{BadRequest, statuses{status4xx}, nil, nil},
		{Unavailable, statuses{status5xx}, nil, nil},
		{Redirected, statuses{status3xx}, nil, nil},
		{Unreachable, nil, nil, causedBy[*TransportError]},

		{Refused, nil, nil, (*Error).refused},
		{TooLarge, nil, nil, is(ErrTooLarge)},
		{NoList, nil, nil, is(errNoList)},
		{NotJSON, nil, nil, is(errEmpty, errNotJSON, errTruncated)},
		{BadValue, nil, nil, nil},
	}
}

// Kind returns what is wrong.
func (e *Error) Kind() Kind {
	rules := kindRules()
	applies := func(r kindRule) bool {
		hasCode := func(m *Message) bool { return slices.Contains(r.codes, m.Code) }
		return r.statuses.contain(e.Status) && (r.codes == nil || hasMessage(e.Messages, hasCode)) && (r.when == nil || r.when(e))
	}
	return rules[slices.IndexFunc(rules, applies)].kind // the last one always applies
}

func is(causes ...error) func(*Error) bool {
	return func(e *Error) bool {
		return slices.ContainsFunc(causes, func(cause error) bool { return errors.Is(e.Err, cause) })
	}
}

// proxyStatus is for proxies that refuse to connect to the API.
func proxyStatus(status int) func(*Error) bool {
	return func(e *Error) bool {
		proxy, ok := errors.AsType[*proxyError](e.Err)
		return ok && statuses{status}.contain(proxy.status)
	}
}

// hasExpiredCertificate reports whether a certificate is not valid at this machine's time.
func hasExpiredCertificate(e *Error) bool {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](e.Err)
	return ok && invalid.Reason == x509.Expired
}

// isNotTrusted reports whether TLS failed: by an untrusted certificate, an alert, or
// a server that does not use TLS, which the first record shows (it has its Conn). A
// record that was changed on the way does not count. crypto/tls has no type for most
// of its errors, but they all start with its name.
func (e *Error) isNotTrusted() bool {
	if header, ok := errors.AsType[tls.RecordHeaderError](e.Err); ok && header.Conn == nil {
		return false
	}
	for err := e.Err; err != nil; err = errors.Unwrap(err) {
		if text := err.Error(); strings.HasPrefix(text, "tls: ") || strings.HasPrefix(text, "x509: ") {
			return text != "tls: bad record MAC" && text != "tls: record overflow"
		}
	}
	return false
}
