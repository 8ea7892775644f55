// Package acctest is what tests of several packages share.
package acctest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Terraform is the Terraform or OpenTofu for tests that run one. Without
// TF_ACC, or where there is none, it skips the test.
func Terraform(t *testing.T) string {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set, so no Terraform is run")
	}
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Terraform on PATH; make test fetches one")
	return ""
}

// A Clock advances only when Sleep is called, which returns at once.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that starts at the present time.
func NewClock() *Clock { return &Clock{now: time.Now()} }

// Now returns the start time plus all sleeps so far.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep advances the clock by d.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// A Contract is the OpenAPI description of the endpoints that the provider
// reads, internal/fakeapi/testdata/access-users.openapi.yaml.
type Contract struct {
	document *openapi3.T
	router   routers.Router
}

// LoadContract loads the contract for a test of a package directly below
// internal/.
func LoadContract(tb testing.TB) *Contract {
	tb.Helper()
	document, err := openapi3.NewLoader().LoadFromFile("../fakeapi/testdata/access-users.openapi.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	if err := document.Validate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		tb.Fatal(err)
	}
	return &Contract{document, router}
}

// Fields returns the JSON type of each field of an object, such as "user".
func (c *Contract) Fields(schema string) map[string]string {
	types := make(map[string]string)
	for name, field := range c.document.Components.Schemas[schema].Value.Properties {
		types[name] = field.Value.Type.Slice()[0]
	}
	return types
}

// CheckRequest returns an error if the contract does not allow this request,
// whatever host it was sent to: an unknown path or query parameter, a parameter
// of the wrong type. It does not check credentials, which the fake API does.
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
		RequestValidationInput: input, Status: status, Header: header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
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
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	return &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route, Options: options}, nil
}
