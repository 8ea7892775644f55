package cloudflare

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"testing"
)

// TestError_kind has a case for each row of the table, and for rows that
// contradict each other.
func TestError_kind(t *testing.T) {
	t.Parallel()
	const page1 = 1
	broken := func(err error) error { return &TransportError{err} }
	alert := func(op, text string) error { return broken(&net.OpError{Op: op, Err: errors.New(text)}) }
	api := func(code int64) []Message { return []Message{{Code: 1, ErrorChain: []Message{{Code: code}}}} }
	value := &ValueError{Field: "email", Want: "a string"}
	tested := make(map[Kind]bool)
	for name, test := range map[string]struct {
		err  Error
		want Kind
	}{
		"407":                        {Error{Status: 407, Page: page1, Err: errNotJSON}, ProxyNotAuthenticated},
		"CONNECT, 407":               {Error{Err: &proxyError{407}}, ProxyNotAuthenticated},
		"CONNECT, 403":               {Error{Err: &proxyError{403}}, ProxyRefused},
		"CONNECT, 502":               {Error{Err: &proxyError{502}}, Unreachable},
		"certificate expired":        {Error{Err: broken(&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}})}, CertificateExpired},
		"certificate not authorised": {Error{Err: broken(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign})}, NotTrusted},
		"no TLS":                     {Error{Err: broken(tls.RecordHeaderError{Msg: "no TLS", Conn: &net.TCPConn{}})}, NotTrusted},
		"late refusal":               {Error{Err: alert("remote error", "tls: certificate required")}, NotTrusted},
		"bad_record_mac, local":      {Error{Err: alert("local error", "tls: bad record MAC")}, Unreachable},
		"bad_record_mac, remote":     {Error{Err: alert("remote error", "tls: bad record MAC")}, Unreachable},
		"record_overflow":            {Error{Err: alert("remote error", "tls: record overflow")}, Unreachable},
		"bad header":                 {Error{Err: broken(tls.RecordHeaderError{Msg: "oversized record received with length 65535"})}, Unreachable},
		"broken record in the body":  {Error{Status: 200, Err: alert("local error", "tls: bad record MAC")}, Unreachable},
		"attempt timed out":          {Error{Err: ErrTimeout}, TimedOut},
		"body timed out":             {Error{Status: 200, Err: ErrTimeout}, TimedOut},
		"connection refused":         {Error{Err: broken(errors.New("dial tcp: connection refused"))}, Unreachable},

		"not enabled, text":         {Error{Status: 400, Messages: []Message{{Message: "access.api.error.NOT_enabled: see below"}}}, NotEnabled},
		"not enabled, code":         {Error{Status: 403, Messages: api(9999)}, NotEnabled},
		"9999 of another status":    {Error{Status: 400, Page: page1, Messages: api(9999)}, BadPage},
		"7000":                      {Error{Status: 400, Page: page1, Messages: api(7000)}, UnknownAccount},
		"7003":                      {Error{Status: 404, Messages: api(7003)}, UnknownAccount},
		"6003":                      {Error{Status: 400, Page: page1, Messages: api(6003)}, NotAuthenticated},
		"6103":                      {Error{Status: 400, Messages: api(6103)}, NotAuthenticated},
		"6111":                      {Error{Status: 400, Messages: api(6111)}, NotAuthenticated},
		"9106":                      {Error{Status: 400, Messages: api(9106)}, NotAuthenticated},
		"401":                       {Error{Status: 401, Messages: api(10000)}, NotAuthenticated},
		"401, HTML":                 {Error{Status: 401, Err: errNotJSON}, Edge},
		"403":                       {Error{Status: 403, Messages: api(10000)}, NotPermitted},
		"403, no message":           {Error{Status: 403, Err: errRefused}, NotPermitted},
		"403, HTML":                 {Error{Status: 403, Err: errNotJSON}, Edge},
		"403, another JSON":         {Error{Status: 403, Err: value}, Edge},
		"403, problem document":     {Error{Status: 403, Messages: api(1020), problem: new(problem)}, Edge},
		"404":                       {Error{Status: 404, Page: page1, Messages: api(1)}, NotFound},
		"404, HTML":                 {Error{Status: 404, Page: page1, Err: errNotJSON}, WrongAddress},
		"408":                       {Error{Status: 408, Page: page1}, TimedOut},
		"504":                       {Error{Status: 504}, TimedOut},
		"524":                       {Error{Status: 524}, TimedOut},
		"429":                       {Error{Status: 429, Page: page1}, RateLimited},
		"429, problem document":     {Error{Status: 429, problem: new(problem)}, RateLimited},
		"400":                       {Error{Status: 400, Page: page1, Messages: api(6008)}, BadPage},
		"499":                       {Error{Status: 499, Page: page1, Err: errNotJSON}, BadPage},
		"400, not of a page":        {Error{Status: 400, Messages: api(6008)}, BadRequest},
		"500":                       {Error{Status: 500, Messages: api(1)}, Unavailable},
		"599":                       {Error{Status: 599, Err: errEmpty}, Unavailable},
		"302":                       {Error{Status: 302, Err: &RedirectError{}}, Redirected},
		"success false":             {Error{Status: 200, Messages: api(1)}, Refused},
		"success false, no message": {Error{Status: 200, Err: errRefused}, Refused},
		"too large":                 {Error{Status: 200, Err: ErrTooLarge}, TooLarge},
		"null":                      {Error{Status: 200, Err: errNoList}, NoList},
		"wrong type":                {Error{Status: 200, Err: value}, BadValue},
		"invalid JSON":              {Error{Status: 200, Err: errors.New("JSON syntax error at byte 1")}, BadValue},
		"HTML":                      {Error{Status: 200, Err: errNotJSON}, NotJSON},
		"truncated":                 {Error{Status: 200, Err: errTruncated}, NotJSON},
		"204":                       {Error{Status: 204, Err: errEmpty}, NotJSON},
		"201":                       {Error{Status: 201}, BadValue},
	} {
		tested[test.want] = true
		if got := test.err.Kind(); got != test.want {
			t.Errorf("Kind, %s: got %d, want %d", name, got, test.want)
		}
	}
	for _, rule := range kindRules() {
		if !tested[rule.kind] {
			t.Errorf("no case has kind %d, which kindRules has", rule.kind)
		}
	}
}

func TestError_outcome(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*Error{
		"no response":               {},
		"404 Not Found":             {Status: 404, Messages: []Message{{Code: 1}}},
		"523 Origin Is Unreachable": {Status: 523},
		"599":                       {Status: 599},
		"request refused":           {Status: 200, Messages: []Message{{Code: 1}}},
		"invalid response":          {Status: 200, Err: errEmpty},
	} {
		if got := err.Outcome(); got != want {
			t.Errorf("Outcome of %v: got %s, want %s", err, got, want)
		}
	}
}

// TestError_retries has what the kind alone does not decide.
func TestError_retries(t *testing.T) {
	t.Parallel()
	stated := func(retryable string) *problem { return &problem{Retryable: []byte(retryable)} }
	for name, test := range map[string]struct {
		err   Error
		want5 int // where 5 are allowed
	}{
		"503":                          {Error{Status: 503}, 5},
		"400":                          {Error{Status: 400}, 0},
		"403":                          {Error{Status: 403}, 0},
		"403, admitted":                {Error{Status: 403, admitted: true}, 2},
		"401, admitted":                {Error{Status: 401, admitted: true}, 2},
		"404, admitted":                {Error{Status: 404, admitted: true}, 0},
		"403, admitted, not retryable": {Error{Status: 403, admitted: true, problem: stated("false")}, 0},
		"503, not retryable":           {Error{Status: 503, problem: stated("false")}, 0},
		"403, retryable":               {Error{Status: 403, problem: stated("true")}, 5},
		"503, not stated":              {Error{Status: 503, problem: stated("1")}, 5},
		"no list":                      {Error{Status: 200, Err: errNoList}, 1},
	} {
		for allowed, want := range map[int]int{0: 0, 1: min(test.want5, 1), 5: test.want5} {
			if got := test.err.retries(allowed); got != want {
				t.Errorf("retries(%d), %s: got %d, want %d", allowed, name, got, want)
			}
		}
	}
	for allowed, want := range map[int]bool{0: false, 1: true} {
		if got := (&Error{Status: 429}).retries(allowed); (got > 1000) != want {
			t.Errorf("retries(%d), 429: got %d, want no limit: %t", allowed, got, want)
		}
	}
}
