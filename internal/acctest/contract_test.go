package acctest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
)

const list = "/client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users"

// A validator that accepts everything would accept the provider and the fake.
func TestCheckRequest(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	header := func(name, value string) http.Header { return http.Header{name: {value}} }
	token := header("Authorization", "Bearer t")
	for name, test := range map[string]struct {
		target string
		header http.Header
		want   string // in the error; "" for none
	}{
		"a page":                   {target: list + "?page=2&per_page=992&email=a&name=b&search=c", header: token},
		"a user":                   {target: list + "/1", header: token},
		"a key and an email":       {target: list, header: http.Header{"X-Auth-Key": {"k"}, "X-Auth-Email": {"e"}}},
		"no credentials":           {target: list, want: "no token"},
		"a key without email":      {target: list, header: header("X-Auth-Key", "k"), want: "no email"},
		"a basic password":         {target: list, header: header("Authorization", "Basic x"), want: "no token"},
		"a page of no number":      {target: list + "?page=x", header: token, want: `"page"`},
		"a page size of no number": {target: list + "?per_page=all", header: token, want: `"per_page"`},
		"another parameter":        {target: list + "?limit=1", header: token, want: `"limit"`},
		"an account id of 33":      {target: strings.Replace(list, "/access", "0/access", 1), header: token, want: "account_id"},
		"a user id of 37":          {target: list + "/" + strings.Repeat("x", 37), header: token, want: "user_id"},
		"another path":             {target: list + "/1/sessions", header: token, want: "no matching operation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, test.target, http.NoBody)
			r.Header = test.header
			check(t, contract.CheckRequest(r), test.want)
		})
	}
}

func TestCheckResponse(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	page := func(user string) string {
		return `{"success":true,"errors":[],"messages":[],"result":[{},` + user + `],"result_info":{"page":1}}`
	}
	const failure = `{"success":false,"errors":[{"code":1000,"message":""}],"messages":[],"result":null}`
	for name, test := range map[string]struct {
		target string
		status int
		body   string
		want   string // in the error; "" for none
	}{
		"a page":                      {body: page(`{"id":"1","active_device_count":2.0}`)},
		"a user":                      {target: "/1", body: `{"success":true,"errors":[],"messages":[],"result":{"id":"1"}}`},
		"a failure":                   {status: 403, body: failure},
		"a page for a user":           {target: "/1", body: page("{}"), want: "/result"},
		"a failure under 200":         {body: failure, want: "/success"},
		"no errors":                   {body: `{"success":true,"messages":[],"result":[]}`, want: "errors"},
		"a code below 1000":           {status: 403, body: strings.Replace(failure, "1000", "999", 1), want: "/code"},
		"an email of no string":       {body: page(`{"email":1}`), want: "/email"},
		"a seat of no boolean":        {body: page(`{"access_seat":"true"}`), want: "/access_seat"},
		"a device count of no number": {body: page(`{"active_device_count":"2"}`), want: "/active_device_count"},
		"a time that is none":         {body: page(`{"created_at":"yesterday"}`), want: "/created_at"},
		"an id that is too long":      {body: page(`{"id":"` + strings.Repeat("x", 37) + `"}`), want: "/id"},
		"a status of no response":     {status: 502, body: failure, want: "status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.status == 0 {
				test.status = http.StatusOK
			}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, list+test.target, http.NoBody)
			check(t, contract.CheckResponse(r, test.status, http.Header{"Content-Type": {"application/json"}}, []byte(test.body)), test.want)
		})
	}
}

func check(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("got %v, want no error", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("got %v, want an error with %s", err, want)
	}
}
