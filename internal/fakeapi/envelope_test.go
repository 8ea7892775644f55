package fakeapi_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestEnvelope(t *testing.T) {
	t.Parallel()
	s := fakeapi.New([]fakeapi.User{{"id": "a", "name": nil}, {"id": "b"}, {"id": "c"}})
	s.Messages = []fakeapi.Message{{Code: 1001, Text: "deprecated", Source: &fakeapi.Source{Pointer: "/page"}}}
	w := get(t, s, "per_page=2")
	want := `{"result":[{"id":"a","name":null},{"id":"b"}],"success":true,"errors":[],` +
		`"messages":[{"code":1001,"message":"deprecated","source":{"pointer":"/page"}}],` +
		`"result_info":{"page":1,"per_page":2,"count":2,"total_count":3,"total_pages":2}}`
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Errorf("GET ?per_page=2: body (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{"Content-Type": "application/json", "CF-Ray": "0000000000000001-FKE"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("GET ?per_page=2: %s %q, want %q", name, got, want)
		}
	}
}

func TestEnvelope_emptyAccount(t *testing.T) {
	t.Parallel()
	want := `{"result":[],"success":true,"errors":[],"messages":[],` +
		`"result_info":{"page":1,"per_page":1000,"count":0,"total_count":0,"total_pages":0}}`
	if got := get(t, fakeapi.New(nil), "").Body.String(); got != want {
		t.Errorf("GET = %s, want %s", got, want)
	}
}

// withoutNulls removes what the contract does not describe: it allows each
// field to be absent, and none to be null.
func withoutNulls(users []fakeapi.User) []fakeapi.User {
	for _, user := range users {
		maps.DeleteFunc(user, func(_ string, value any) bool { return value == nil })
	}
	return users
}

func TestEnvelope_contract(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	withMessages := func(s *fakeapi.Server) {
		s.Messages = []fakeapi.Message{{Code: 1001, Text: "deprecated", DocumentationURL: "https://example.com/", Source: &fakeapi.Source{Pointer: "/page"}}}
	}
	limited := func(s *fakeapi.Server) {
		s.Now, s.MaxPerSecond = fixedTime, 1
		get(t, s, "")
	}
	users := withoutNulls(fakeapi.Users(1234, fixedTime()))
	for name, test := range map[string]struct {
		target string
		header http.Header // instead of a valid token
		setUp  func(*fakeapi.Server)
		status int
	}{
		"a page":                 {target: usersPath, status: 200},
		"a page of a size":       {target: usersPath + "?page=3&per_page=100", status: 200},
		"a page past the end":    {target: usersPath + "?page=9", status: 200},
		"filters":                {target: usersPath + "?email=example.org&name=a&search=berg", status: 200},
		"no match":               {target: usersPath + "?search=nobody", status: 200},
		"messages":               {target: usersPath, setUp: withMessages, status: 200},
		"a user":                 {target: usersPath + "/" + idsOf(users)[0], setUp: withMessages, status: 200},
		"an unknown user":        {target: usersPath + "/nobody", status: 404},
		"an unknown account":     {target: "/client/v4/accounts/00000000000000000000000000000000/access/users", status: 404},
		"a page below the first": {target: usersPath + "?page=0", status: 400},
		"no credentials":         {target: usersPath, header: http.Header{}, status: 400},
		"a malformed token":      {target: usersPath, header: http.Header{"Authorization": {"Basic x"}}, status: 400},
		"a wrong token":          {target: usersPath, header: http.Header{"Authorization": {"Bearer x"}}, status: 401},
		"a wrong key":            {target: usersPath, header: http.Header{"X-Auth-Key": {"x"}, "X-Auth-Email": {"x"}}, status: 403},
		"too many requests":      {target: usersPath, setUp: limited, status: 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fakeapi.New(users)
			if test.setUp != nil {
				test.setUp(s)
			}
			r := newRequest(t, http.MethodGet, test.target)
			if test.header != nil {
				r.Header = test.header
			}
			w := send(s, r)
			if w.Code != test.status {
				t.Errorf("GET %s: status %d, want %d", test.target, w.Code, test.status)
			}
			if err := contract.CheckResponse(r, w.Code, w.Header(), w.Body.Bytes()); err != nil {
				t.Errorf("GET %s: %v", test.target, err)
			}
		})
	}
}

// What the contract does not describe would pass it: each user has its fields
// and no others.
func TestUsers_contract(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	for field := range fakeapi.Newcomer(0) {
		if contract.User[field] == "" {
			t.Errorf("the contract has no field %s", field)
		}
	}
	if got, want := len(fakeapi.Newcomer(0)), len(contract.User); got != want {
		t.Errorf("a user has %d fields, want %d", got, want)
	}
}
