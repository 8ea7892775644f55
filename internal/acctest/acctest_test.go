package acctest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
)

// What the contract rejects in responses is tested with the fake API's faults.
func TestCheckRequest(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	for target, want := range map[string]string{ // in the error; "": there is none
		"?page=2&per_page=992&email=a&name=b&search=c": "",
		"/1":                          "",
		"?page=x":                     `"page"`,
		"?limit=1":                    `"limit"`,
		"/" + strings.Repeat("x", 37): "user_id",
		"/1/sessions":                 "no matching operation",
	} {
		list := "/client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users"
		err := contract.CheckRequest(httptest.NewRequestWithContext(t.Context(), http.MethodGet, list+target, http.NoBody))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", target, err, want)
		}
	}
}
