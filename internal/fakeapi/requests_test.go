package fakeapi_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(fakeapi.Users(3, fixedTime()))
	s.Faults = []fakeapi.Fault{{Page: 2, Attempts: -1, Do: fakeapi.HTML(502)}}

	get(t, s, "email=a%26b")
	get(t, s, "page=2&per_page=7")
	get(t, s, "page=nonsense")
	send(s, newRequest(t, http.MethodGet, usersPath+"/a%20b?page=2"))
	send(s, newRequest(t, http.MethodPost, usersPath))
	send(s, newRequest(t, http.MethodGet, "/client/v4/user"))

	header := http.Header{"Authorization": {"Bearer " + fakeapi.Token}}
	want := []fakeapi.Request{
		{Method: "GET", Path: usersPath, Query: url.Values{"email": {"a&b"}}, Header: header, Page: 1},
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"2"}, "per_page": {"7"}}, Header: header, Page: 2},
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"nonsense"}}, Header: header},
		{Method: "GET", Path: usersPath + "/a b", Query: url.Values{"page": {"2"}}, Header: header},
		{Method: "POST", Path: usersPath, Query: url.Values{}, Header: header},
		{Method: "GET", Path: "/client/v4/user", Query: url.Values{}, Header: header},
	}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("Requests() (-want +got):\n%s", diff)
	}
	s.Requests()[0].Method = "changed"
	if got := s.Requests()[0].Method; got != "GET" {
		t.Errorf("Requests()[0].Method = %q after its copy was changed, want GET", got)
	}
}

func TestServer_maxPerSecond(t *testing.T) {
	t.Parallel()
	now := fixedTime()
	s := fakeapi.New(nil)
	s.MaxPerSecond = 2
	s.Now = func() time.Time { return now }
	for i, step := range []struct {
		wait   time.Duration
		status int
	}{
		{0, 200},
		{600 * time.Millisecond, 200},
		{0, 429},
		{399 * time.Millisecond, 429},
		{time.Millisecond, 200}, // the first one is a second old
		{0, 429},
		{time.Second, 200},
	} {
		now = now.Add(step.wait)
		w := get(t, s, "")
		if w.Code != step.status {
			t.Errorf("request %d: status %d, want %d", i+1, w.Code, step.status)
		}
		if w.Code == http.StatusTooManyRequests && (w.Header().Get("Retry-After") != "1" || !slices.Equal(decode(t, w).codes(), []int{10100})) {
			t.Errorf("request %d: %v %s, want Retry-After: 1 and code 10100", i+1, w.Header(), w.Body)
		}
	}
	if got := len(s.Requests()); got != 7 {
		t.Errorf("len(Requests()) = %d, want 7 with the rejected ones", got)
	}
}

func TestServer_credentials(t *testing.T) {
	t.Parallel()
	const bearer = "Bearer " + fakeapi.Token
	for name, test := range map[string]struct {
		header http.Header
		status int
		codes  []int
	}{
		"a token":                   {http.Header{"Authorization": {bearer}}, 200, nil},
		"a key and an email":        {http.Header{"X-Auth-Key": {fakeapi.Key}, "X-Auth-Email": {fakeapi.Email}}, 200, nil},
		"nothing":                   {http.Header{}, 400, []int{9106}},
		"another token":             {http.Header{"Authorization": {"Bearer other"}}, 401, []int{10000}},
		"another key":               {http.Header{"X-Auth-Key": {"other"}, "X-Auth-Email": {fakeapi.Email}}, 403, []int{9103}},
		"another email":             {http.Header{"X-Auth-Key": {fakeapi.Key}, "X-Auth-Email": {"other@example.com"}}, 403, []int{9103}},
		"no scheme":                 {http.Header{"Authorization": {fakeapi.Token}}, 400, []int{6003, 6111}},
		"another scheme":            {http.Header{"Authorization": {"Basic " + fakeapi.Token}}, 400, []int{6003, 6111}},
		"an empty header":           {http.Header{"Authorization": {""}}, 400, []int{6003, 6111}},
		"an empty token":            {http.Header{"Authorization": {"Bearer "}}, 400, []int{6003, 6111}},
		"a token of two words":      {http.Header{"Authorization": {bearer + " x"}}, 400, []int{6003, 6111}},
		"two tokens":                {http.Header{"Authorization": {bearer, bearer}}, 400, []int{6003, 6111}},
		"a key alone":               {http.Header{"X-Auth-Key": {fakeapi.Key}}, 400, []int{6003, 6103}},
		"an email alone":            {http.Header{"X-Auth-Email": {fakeapi.Email}}, 400, []int{6003, 6103}},
		"a token and a key":         {http.Header{"Authorization": {bearer}, "X-Auth-Key": {fakeapi.Key}, "X-Auth-Email": {fakeapi.Email}}, 400, []int{6003, 6111, 6103}},
		"a token and a lone email":  {http.Header{"Authorization": {bearer}, "X-Auth-Email": {fakeapi.Email}}, 400, []int{6003, 6111, 6103}},
		"no token and a good key":   {http.Header{"Authorization": {""}, "X-Auth-Key": {fakeapi.Key}, "X-Auth-Email": {fakeapi.Email}}, 400, []int{6003, 6111, 6103}},
		"a scheme in lower case":    {http.Header{"Authorization": {"bearer " + fakeapi.Token}}, 400, []int{6003, 6111}},
		"a token with white space":  {http.Header{"Authorization": {bearer + " "}}, 400, []int{6003, 6111}},
		"a key that is the token's": {http.Header{"X-Auth-Key": {fakeapi.Token}, "X-Auth-Email": {fakeapi.Email}}, 403, []int{9103}},
	} {
		r := newRequest(t, http.MethodGet, usersPath)
		r.Header = test.header
		w := send(fakeapi.New(nil), r)
		if codes := decode(t, w).codes(); w.Code != test.status || !slices.Equal(codes, test.codes) {
			t.Errorf("%s: status %d and codes %d, want %d and %d", name, w.Code, codes, test.status, test.codes)
		}
	}
}

func TestServer_otherCredentials(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	s.Token = "mine"
	if got := get(t, s, "").Code; got != http.StatusUnauthorized {
		t.Errorf("with the usual token: status %d, want 401", got)
	}
	r := newRequest(t, http.MethodGet, usersPath)
	r.Header.Set("Authorization", "Bearer mine")
	if got := send(s, r).Code; got != http.StatusOK {
		t.Errorf("with the changed token: status %d, want 200", got)
	}
}
