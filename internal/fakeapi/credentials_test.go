package fakeapi_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestCredentialsAreAcceptedOrRefusedByKind(t *testing.T) {
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
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(t, http.MethodGet, usersPath)
			r.Header = test.header
			w := send(fakeapi.New(nil), r)
			if w.Code != test.status {
				t.Errorf("status %d, want %d", w.Code, test.status)
			}
			if diff := cmp.Diff(test.codes, decode(t, w).codes()); diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAServerTakesOtherCredentials(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	s.Token = "mine"
	if got := ask(t, s, "").Code; got != http.StatusUnauthorized {
		t.Errorf("with the usual token: status %d, want 401", got)
	}
	r := newRequest(t, http.MethodGet, usersPath)
	r.Header.Set("Authorization", "Bearer mine")
	if got := send(s, r).Code; got != http.StatusOK {
		t.Errorf("with the changed token: status %d, want 200", got)
	}
}

func TestTheMadeUpCredentialsLookReal(t *testing.T) {
	t.Parallel()
	if got := len(fakeapi.Token); got != 40 {
		t.Errorf("len(Token) = %d, want 40", got)
	}
	if got := len(fakeapi.Key); got != 37 {
		t.Errorf("len(Key) = %d, want 37", got)
	}
}
