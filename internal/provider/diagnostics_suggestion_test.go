package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// problem sends an RFC 9457 document with this status and these members.
func problem(status int, members string) http.HandlerFunc {
	body := fmt.Sprintf(`{"type":"https://example.com/errors/","title":"Error: %s","status":%d,%s}`, http.StatusText(status), status, members)
	return fakeapi.Header(fakeapi.Status(status, body), "Content-Type", "application/problem+json")
}

// TestSuggest has each kind of failed request. Only text that Cloudflare sent is
// masked.
func TestSuggest(t *testing.T) {
	t.Parallel()
	result := func(value any) http.HandlerFunc {
		return fakeapi.Edit(func(envelope map[string]any) { envelope["result"] = value })
	}
	// chained is an error 400 whose cause has another code.
	chained := func(code, cause int, text string) http.HandlerFunc {
		return refusal(400, code, "x", fakeapi.Message{Code: cause, Text: text})
	}
	documented := fakeapi.Message{
		Code: 9999, Text: "Invalid filter", DocumentationURL: "https://developers.cloudflare.com/api/", Source: &fakeapi.Source{Pointer: "/email"},
	}
	private := refusal(403, 1, "No users for ANN%2Bb%40example.com of "+strings.ToUpper(fakeapi.Key)+", "+fakeapi.Email)

	cases := map[string]diagnosticCase{
		"no credentials":    {fault: refusal(400, 9106, "Authentication failed")},
		"malformed token":   {fault: chained(6003, 6111, "Invalid format")},
		"malformed key":     {fault: chained(1, 6103, "Invalid format"), key: true},
		"bad header":        {fault: refusal(400, 6111, "Invalid format")},
		"401":               {fault: refusal(401, 10000, "Authentication error")},
		"403":               {fault: refusal(403, 10000, "Authentication error")},
		"403, key":          {fault: refusal(403, 9109, "Unauthorized"), key: true},
		"not enabled, code": {fault: refusal(403, 9999, "Something")},
		"not enabled, text": {fault: chained(1, 2, "access.api.error.not_enabled")},
		"no route, 404":     {fault: refusal(404, 7003, "No route")},
		"no route, 400":     {fault: refusal(400, 7000, "No route")},
		"no route, account of the data source": {
			fault: refusal(404, 7003, "No route"), config: values{"account_id": str(fakeapi.AccountID)},
		},
		"404":                     {fault: refusal(404, 1, "Not found")},
		"problem document, 403":   {fault: problem(403, `"detail":"Blocked by the site owner.","error_code":1020,"retryable":false`)},
		"problem document, 429":   {fault: problem(429, `"retryable":false,"retry_after":30`)},
		"null":                    {fault: fakeapi.Status(200, `{"success":true,"result":null}`)},
		"an error, not in a list": {fault: fakeapi.Status(400, `{"success":false,"errors":{"code":7003,"message":"No route"}}`)},
		"page 2, 400":             {page: 2, fault: refusal(400, 12130, "page * per_page must not exceed 100")},
		"page 2, 404":             {page: 2, fault: refusal(404, 12131, "page out of range")},
		"page 2, no route":        {page: 2, fault: refusal(404, 7003, "No route")},
		"page 2, HTML, 404":       {page: 2, fault: fakeapi.HTML(404)},
		"page 2, 403":             {page: 2, fault: refusal(403, 10000, "Authentication error")},
		"page 2, cut short":       {page: 2, fault: fakeapi.CutShort()},
		"page 2, 500":             {page: 2, fault: refusal(500, 1, "No.")},
		"another 400":             {fault: fakeapi.Envelope(400, documented)},
		"429, no retries":         {fault: refusal(429, 10100, "Rate limited."), block: values{"max_retries": num(0)}},
		"520":                     {fault: fakeapi.Status(520, "")},
		"524, small pages":        {fault: fakeapi.HTML(524), config: values{"per_page": num(50)}},
		"cut short":               {fault: fakeapi.CutShort()},
		"success false":           {fault: refusal(200, 1000, "No.")},
		"no reason":               {fault: fakeapi.Envelope(200)},
		"wrong type":              {fault: fakeapi.WrongType("active_device_count", 2.5)},
		"row is null":             {fault: result([]any{nil})},
		"result is no list":       {fault: result(1)},
		"too large":               {fault: fakeapi.Header(fakeapi.Status(200, ""), "Content-Length", "40000000")},
		"redirect":                {fault: fakeapi.Redirect("https://other.example.com/users?secret=1")},
		"redirect, host masked":   {fault: fakeapi.Redirect("https://other.example.com"), config: values{"name": str("redirect"), "email": str("Other.example.com")}},
		"message masked":          {fault: private, key: true, config: values{"name": str("users"), "email": str("Ann+b@example.com")}},
		"field's name not masked": {fault: fakeapi.WrongType("email", 40712), quirks: fakeapi.Quirks{IgnoreFilters: true}, config: values{"name": str("user"), "search": str("page")}},
		"own text not masked":     {fault: fakeapi.HTML(200), config: values{"name": str("JSON")}},
	}
	for _, status := range []int{200, 400, 401, 403, 404, 407, 408, 500, 502, 503, 504, 521, 522, 523, 524, 599} {
		cases[fmt.Sprint("HTML, ", status)] = diagnosticCase{fault: fakeapi.HTML(status)}
	}
	got := make(map[string]string)
	for name, test := range cases {
		got[name] = test.diagnose(t, name)
	}
	checkTexts(t, got)
}
