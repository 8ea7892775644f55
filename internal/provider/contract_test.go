package provider_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/hashicorp/terraform-plugin-testing/config"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// contract loads Cloudflare's published contract, and skips the test where
// none is named.
func contract(t *testing.T) routers.Router {
	t.Helper()
	file := os.Getenv("CLOUDFLARE_OPENAPI")
	if file == "" {
		t.Skip("to hold the requests against Cloudflare's contract, set CLOUDFLARE_OPENAPI to its OpenAPI file")
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

func TestAccRequestsKeepTheContract(t *testing.T) {
	t.Parallel()
	router := contract(t)
	for name, credentials := range map[string]environment{
		"token": {"CLOUDFLARE_API_TOKEN": fakeapi.Token},
		"key":   {"CLOUDFLARE_API_TOKEN": "", "CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_EMAIL": fakeapi.Email},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Quirks.IgnoreFilters = true // for pages in numbers
			env := start(t, fake)
			maps.Copy(env, credentials)
			step := reads(filtered, fake, nil)
			step.ConfigVariables = config.Variables{
				"email": config.StringVariable("@"), "name": config.StringVariable("ü &+"), "search": config.StringVariable("a"),
			}
			terraform(t, env, reads(everyUser, fake, nil), step)

			for _, r := range fake.Requests() {
				if err := validate(t, router, r); err != nil {
					t.Errorf("%s %s?%s: %v", r.Method, r.Path, r.Query.Encode(), err)
				}
			}
		})
	}
}

// A validator that finds no fault with anything would pass the client too.
func TestTheContractIsHeldAgainstEveryRequest(t *testing.T) {
	t.Parallel()
	router := contract(t)
	const path = fakeapi.BasePath + "/accounts/" + fakeapi.AccountID + "/access/users"
	header := func(name, value string) http.Header { return http.Header{name: {value}} }
	for name, r := range map[string]fakeapi.Request{
		"no credentials":       {Path: path},
		"a key without email":  {Path: path, Header: header("X-Auth-Key", "k")},
		"a basic password":     {Path: path, Header: header("Authorization", "Basic x")},
		"a page of no number":  {Path: path, Header: header("Authorization", "Bearer t"), Query: map[string][]string{"page": {"x"}}},
		"an account id of 33":  {Path: fakeapi.BasePath + "/accounts/" + fakeapi.AccountID + "0/access/users", Header: header("Authorization", "Bearer t")},
		"a page size of words": {Path: path, Header: header("Authorization", "Bearer t"), Query: map[string][]string{"per_page": {"all"}}},
		"another parameter":    {Path: path, Header: header("Authorization", "Bearer t"), Query: map[string][]string{"limit": {"1"}}},
	} {
		r.Method = http.MethodGet
		if err := validate(t, router, r); err == nil {
			t.Errorf("%s keeps the contract, want an error", name)
		}
	}
}

// validate says how a request breaks the contract, whose servers are the real
// ones.
func validate(t *testing.T, router routers.Router, recorded fakeapi.Request) error {
	t.Helper()
	target := "https://api.cloudflare.com" + recorded.Path + "?" + recorded.Query.Encode()
	r, err := http.NewRequestWithContext(t.Context(), recorded.Method, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = recorded.Header
	route, parameters, err := router.FindRoute(r)
	if err != nil {
		t.Fatalf("the contract has no %s %s: %v", r.Method, r.URL, err)
	}
	for name := range recorded.Query {
		if route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("there is no parameter %q", name)
		}
	}
	return openapi3filter.ValidateRequest(t.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: authenticate},
	})
}

// authenticate looks for the header that a security scheme asks for.
func authenticate(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	header := input.RequestValidationInput.Request.Header
	scheme := input.SecurityScheme
	value := ""
	switch scheme.Type {
	case "apiKey":
		value = header.Get(scheme.Name)
	case "http":
		if word, rest, _ := strings.Cut(header.Get("Authorization"), " "); strings.EqualFold(word, scheme.Scheme) {
			value = rest
		}
	}
	if value == "" {
		return errors.New("the headers have no " + input.SecuritySchemeName)
	}
	return nil
}
