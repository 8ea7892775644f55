package fakeapi_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// contract loads the published contract, and skips the test where none is
// named. Its routes are below https://api.cloudflare.com/client/v4.
func contract(t *testing.T) routers.Router {
	t.Helper()
	file := os.Getenv("CLOUDFLARE_OPENAPI")
	if file == "" {
		t.Skip("CLOUDFLARE_OPENAPI names no OpenAPI file of Cloudflare's, so nothing to hold the fake against")
	}
	document, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// validate says how the answer w to r breaks the contract.
func validate(t *testing.T, router routers.Router, r *http.Request, w *httptest.ResponseRecorder) error {
	t.Helper()
	route, parameters, err := router.FindRoute(r)
	if err != nil {
		t.Fatalf("the contract has no %s: %v", r.URL, err)
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route},
		Status:                 w.Code,
		Header:                 w.Header(),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	}
	answer.SetBodyBytes(w.Body.Bytes())
	return openapi3filter.ValidateResponse(t.Context(), answer)
}

// withoutNulls drops what the contract does not know of: it lets each field be
// absent, and says of none that it may be null.
func withoutNulls(users []fakeapi.User) []fakeapi.User {
	for _, user := range users {
		maps.DeleteFunc(user, func(_ string, value any) bool { return value == nil })
	}
	return users
}

func TestAnswersKeepTheContract(t *testing.T) {
	t.Parallel()
	router := contract(t)
	const nobody = "/client/v4/accounts/00000000000000000000000000000000/access/users"
	for name, test := range map[string]struct {
		target string
		header http.Header // in place of a good token
		spoil  func(*fakeapi.Server)
		status int
	}{
		"a page":                 {target: usersPath, status: 200},
		"a page of a size":       {target: usersPath + "?page=3&per_page=100", status: 200},
		"a page past the end":    {target: usersPath + "?page=9", status: 200},
		"filters":                {target: usersPath + "?email=example.org&name=a&search=berg", status: 200},
		"no match":               {target: usersPath + "?search=nobody", status: 200},
		"messages":               {target: usersPath, spoil: withMessages, status: 200},
		"an unknown account":     {target: nobody, status: 404},
		"a page below the first": {target: usersPath + "?page=0", status: 400},
		"no credentials":         {target: usersPath, header: http.Header{}, status: 400},
		"a malformed token":      {target: usersPath, header: http.Header{"Authorization": {"Basic x"}}, status: 400},
		"a wrong token":          {target: usersPath, header: http.Header{"Authorization": {"Bearer x"}}, status: 401},
		"a wrong key":            {target: usersPath, header: http.Header{"X-Auth-Key": {"x"}, "X-Auth-Email": {"x"}}, status: 403},
		"too many requests":      {target: usersPath, spoil: exhausted, status: 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fakeapi.New(withoutNulls(fakeapi.Users(1234, anchor())))
			if test.spoil != nil {
				test.spoil(s)
			}
			r := newRequest(t, http.MethodGet, "https://api.cloudflare.com"+test.target)
			if test.header != nil {
				r.Header = test.header
			}
			w := send(s, r)
			if w.Code != test.status {
				t.Errorf("status %d, want %d", w.Code, test.status)
			}
			if err := validate(t, router, r, w); err != nil {
				t.Errorf("GET %s: %v", test.target, err)
			}
		})
	}
}

func withMessages(s *fakeapi.Server) {
	s.Messages = []fakeapi.Message{{Code: 1001, Text: "deprecated", DocumentationURL: "https://example.com/", Source: &fakeapi.Source{Pointer: "/page"}}}
}

func exhausted(s *fakeapi.Server) {
	s.Faults = []fakeapi.Fault{{Tries: -1, Do: fakeapi.Envelope(http.StatusTooManyRequests, fakeapi.Message{Code: 10100, Text: "slow down"})}}
}

// A validator that finds no fault with anything would pass the fake too.
func TestTheContractIsHeldAgainstEveryUser(t *testing.T) {
	t.Parallel()
	router := contract(t)
	for field, value := range map[string]any{
		"email": 1, "access_seat": "true", "active_device_count": "2", "created_at": "yesterday", "id": strings.Repeat("x", 37),
	} {
		users := withoutNulls(fakeapi.Users(20, anchor()))
		users[19][field] = value
		r := newRequest(t, http.MethodGet, "https://api.cloudflare.com"+usersPath)
		if err := validate(t, router, r, send(fakeapi.New(users), r)); err == nil {
			t.Errorf("%s %v keeps the contract, want an error", field, value)
		}
	}
}
