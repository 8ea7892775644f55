package acctest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// A Contract is the OpenAPI description of the endpoints that the provider
// reads, internal/fakeapi/testdata/access-users.openapi.yaml.
type Contract struct {
	router routers.Router
	// User has the JSON type of each field of a user.
	User map[string]string
}

// LoadContract loads the contract for a test of a package directly below
// internal/.
func LoadContract(t *testing.T) *Contract {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile(filepath.FromSlash("../fakeapi/testdata/access-users.openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	user := make(map[string]string)
	for name, field := range document.Components.Schemas["user"].Value.Properties {
		user[name] = field.Value.Type.Slice()[0]
	}
	return &Contract{router, user}
}

// CheckRequest returns an error if the contract does not allow this request,
// whatever host it was sent to: an unknown path or query parameter, a parameter
// of the wrong type, missing credentials.
func (c *Contract) CheckRequest(r *http.Request) error {
	input, err := c.find(r)
	if err != nil {
		return err
	}
	for name := range r.URL.Query() {
		if input.Route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("there is no query parameter %q", name)
		}
	}
	return openapi3filter.ValidateRequest(r.Context(), input)
}

// CheckResponse returns an error if the contract does not allow this response
// to r, whose header must state the type of the body.
func (c *Contract) CheckResponse(r *http.Request, status int, header http.Header, body []byte) error {
	input, err := c.find(r)
	if err != nil {
		return err
	}
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 status,
		Header:                 header,
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	}
	response.SetBodyBytes(body)
	return openapi3filter.ValidateResponse(r.Context(), response)
}

// find returns what the validators need about r, as if it was sent to Cloudflare.
func (c *Contract) find(r *http.Request) (*openapi3filter.RequestValidationInput, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = "https", "api.cloudflare.com", "api.cloudflare.com"
	route, parameters, err := c.router.FindRoute(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL, err)
	}
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: authenticate},
	}, nil
}

// authenticate looks for the header that a security scheme needs.
func authenticate(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	header := input.RequestValidationInput.Request.Header
	scheme := input.SecurityScheme
	value := header.Get(scheme.Name)
	if scheme.Type == "http" {
		value = ""
		if word, rest, _ := strings.Cut(header.Get("Authorization"), " "); strings.EqualFold(word, scheme.Scheme) {
			value = rest
		}
	}
	if value == "" {
		return errors.New("the headers have no " + input.SecuritySchemeName)
	}
	return nil
}
