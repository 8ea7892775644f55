package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// Suggestions, as they are shown.
const (
	attempts = "\nAttempts: 3 in 1.5s"
	fromEnv  = "(from the environment variable CLOUDFLARE_ACCOUNT_ID)"

	checkAccountID = "Check the account id " + fromEnv + ", which Cloudflare does not accept. It is the id of an account, not of a " +
		"zone: 32 hexadecimal digits in the dashboard's address, after dash.cloudflare.com/."
	checkToken = `Check that the API token (from the environment variable CLOUDFLARE_API_TOKEN) was copied completely, and that it has not expired or been revoked. A token belongs in api_token (CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL).

To test a user token, or an account token, in CLOUDFLARE_API_TOKEN:

  curl -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" https://HOST/client/v4/user/tokens/verify
  curl -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" https://HOST/client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/tokens/verify
`
	checkKey = "Check that the API key (from api_key in the provider block) was copied completely and has not been changed or " +
		"revoked, and that the email address is that of the user to whom it belongs. A token belongs in api_token " +
		"(CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL)."
	forbiddenToken = "Give the API token (from the environment variable CLOUDFLARE_API_TOKEN) the permission \"Access: Audit Logs Read\" " +
		"on the account. If it has this permission, try \"Access: Users Read\" as well. A new token may take about a minute until " +
		"Cloudflare accepts it: wait, then run again. Otherwise check that it has not expired or been revoked, and check the " +
		"account id " + fromEnv + "."
	forbiddenKey = "Check that the user to whom the API key (from api_key in the provider block) belongs is a member of the account, " +
		"with a role that may read Zero Trust. Otherwise check the account id " + fromEnv + "."
	setUpZeroTrust = "Set up Zero Trust for this account " + fromEnv + " in Cloudflare's dashboard, or set account_id to the account that has it."
	rateLimited    = "Run again in 5 minutes. Cloudflare accepts 1200 requests in 5 minutes for each user or account token, counted over " +
		"everything that uses it, and refuses the rest for 5 minutes. An account token that only Terraform uses has a limit of its " +
		"own. A higher max_retries in the provider block helps with short bursts."
	runLater          = "Run again later: the failure is in Cloudflare's network or on the way there. https://www.cloudflarestatus.com lists outages."
	smallerPages      = runLater + " Set a smaller per_page, such as 100, if it fails again: large pages can time out."
	checkNetwork      = "Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is https://HOST/client/v4)."
	otherServer       = checkNetwork + " The response seems to come from another server, or was cut short. If the settings are correct, run again later."
	followsNoRedirect = "Set base_url in the provider block, or CLOUDFLARE_BASE_URL, to the address of the API itself (it is " +
		"https://HOST/client/v4). The provider follows no redirects: it sends credentials to base_url alone."
	nothingHere   = "Check base_url (it is https://HOST/client/v4) and the account id " + fromEnv + ". There is nothing at this address."
	checkSettings = "Check account_id, the credentials and their permission \"Access: Audit Logs Read\" against Cloudflare's message above."
	reportValue   = "Report this to the provider's authors with the lines above, which contain no user's data. The response does not " +
		"follow Cloudflare's published contract, so it is rejected."
)

// TestSuggest checks the whole text for each kind of failed request.
func TestSuggest(t *testing.T) {
	t.Parallel()
	html := "the response is not JSON" + attempts
	result := func(value any) http.HandlerFunc {
		return fakeapi.Edit(func(envelope map[string]any) { envelope["result"] = value })
	}
	for name, test := range map[string]struct {
		fault                             http.HandlerFunc
		problem, at, response, suggestion string
	}{
		"no credentials":    {refusal(400, 9106, "Authentication failed"), "400 Bad Request", "", "9106: Authentication failed", checkToken},
		"malformed token":   {chained(6003, 6111, "Invalid format"), "400 Bad Request", "", "6003: x (6111: Invalid format)", checkToken},
		"bad header":        {refusal(400, 6111, "Invalid format"), "400 Bad Request", "", "6111: Invalid format", checkToken},
		"401":               {refusal(401, 10000, "Authentication error"), "401 Unauthorized", "", "10000: Authentication error", checkToken},
		"403":               {refusal(403, 10000, "Authentication error"), "403 Forbidden", "", "10000: Authentication error", forbiddenToken},
		"not enabled, code": {refusal(403, 9999, "Something"), "403 Forbidden", "account_id", "9999: Something", setUpZeroTrust},
		"not enabled, text": {chained(1, 2, "access.api.error.not_enabled"), "400 Bad Request", "account_id", "1: x (2: access.api.error.not_enabled)", setUpZeroTrust},
		"no route, 404":     {refusal(404, 7003, "No route"), "404 Not Found", "account_id", "7003: No route", checkAccountID},
		"no route, 400":     {refusal(400, 7000, "No route"), "400 Bad Request", "account_id", "7000: No route", checkAccountID},
		"404":               {refusal(404, 1, "Not found"), "404 Not Found", "account_id", "1: Not found", nothingHere},
		"another 400": {
			fakeapi.Envelope(400, fakeapi.Message{
				Code: 9999, Text: "Invalid filter", DocumentationURL: "https://developers.cloudflare.com/api/", Source: &fakeapi.Source{Pointer: "/email"},
			}),
			"400 Bad Request", "", "9999: Invalid filter [/email] <https://developers.cloudflare.com/api/>",
			"Check the arguments of the data source against Cloudflare's message above.",
		},
		"429":               {refusal(429, 10100, "Rate limited."), "429 Too Many Requests", "", "10100: Rate limited." + attempts, rateLimited},
		"408":               {fakeapi.HTML(408), "408 Request Timeout", "per_page", html, smallerPages},
		"500":               {fakeapi.HTML(500), "500 Internal Server Error", "", html, runLater},
		"502":               {fakeapi.HTML(502), "502 Bad Gateway", "per_page", html, smallerPages},
		"503":               {fakeapi.HTML(503), "503 Service Unavailable", "per_page", html, smallerPages},
		"504":               {fakeapi.HTML(504), "504 Gateway Timeout", "per_page", html, smallerPages},
		"520":               {fakeapi.Status(520, ""), "520 Web Server Returned an Unknown Error", "", "the response is empty" + attempts, runLater},
		"521":               {fakeapi.HTML(521), "521 Web Server Is Down", "", html, runLater},
		"522":               {fakeapi.HTML(522), "522 Connection Timed Out", "per_page", html, smallerPages},
		"523":               {fakeapi.HTML(523), "523 Origin Is Unreachable", "", html, runLater},
		"524":               {fakeapi.HTML(524), "524 A Timeout Occurred", "per_page", html, smallerPages},
		"599":               {fakeapi.HTML(599), "599", "", html, runLater},
		"HTML under 200":    {fakeapi.HTML(200), "invalid response", "", html, otherServer},
		"cut short":         {fakeapi.CutShort(), "invalid response", "", "the response is truncated" + attempts, otherServer},
		"success false":     {fakeapi.SuccessFalse(fakeapi.Message{Code: 1000, Text: "No."}), "request refused", "", "1000: No.", checkSettings},
		"no reason":         {fakeapi.SuccessFalse(), "request refused", "", "success is false, and no error is stated", checkSettings},
		"wrong type":        {fakeapi.WrongType("active_device_count", 2.5), "invalid response", "", "active_device_count of user 1 on page 1 is not a whole number", reportValue},
		"row is null":       {result([]any{nil}), "invalid response", "", "user 1 on page 1 is not an object", reportValue},
		"result is no list": {result(1), "invalid response", "", "result is not a list", reportValue},
		"too large": {
			fakeapi.Header(fakeapi.Status(200, ""), "Content-Length", "40000000"), "invalid response", "per_page", cloudflare.ErrTooLarge.Error(),
			"Set a smaller per_page, such as 100, and check that base_url (it is https://HOST/client/v4) is Cloudflare's API.",
		},
		"redirect": {
			fakeapi.Redirect("https://other.example.com/users?secret=1"), "302 Found", "",
			"a redirect to other.example.com, which is not followed", followsNoRedirect,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diagnosticCase{fault: test.fault, want: requestFailure{test.problem, test.at, test.response, test.suggestion}.text()}.check(t)
		})
	}
}

// TestSuggest_arguments depends on arguments of the provider and the data source.
// Only text that Cloudflare sent is masked.
func TestSuggest_arguments(t *testing.T) {
	t.Parallel()
	masked := refusal(403, 1, "No users for ANN%2Bb%40example.com of "+strings.ToUpper(fakeapi.Key)+", "+fakeapi.Email)
	for name, test := range map[string]struct {
		diagnosticCase
		want requestFailure
	}{
		"account of the data source": {
			diagnosticCase{config: values{"account_id": str(fakeapi.AccountID)}, fault: refusal(404, 7003, "No route")},
			requestFailure{"404 Not Found", "account_id", "7003: No route", strings.Replace(checkAccountID, fromEnv, "(from account_id of the data source)", 1)},
		},
		"malformed key": {
			diagnosticCase{key: true, fault: chained(1, 6103, "Invalid format")},
			requestFailure{"400 Bad Request", "", "1: x (6103: Invalid format)", checkKey},
		},
		"403, key": {
			diagnosticCase{key: true, fault: refusal(403, 9109, "Unauthorized")},
			requestFailure{"403 Forbidden", "", "9109: Unauthorized", forbiddenKey},
		},
		"small pages": {
			diagnosticCase{config: values{"per_page": num(50)}, fault: fakeapi.HTML(524)},
			requestFailure{
				"524 A Timeout Occurred", "per_page", "the response is not JSON" + attempts,
				runLater + " Set a smaller per_page, such as 25, if it fails again: large pages can time out.",
			},
		},
		"message masked": {
			diagnosticCase{key: true, config: values{"name": str("users"), "email": str("Ann+b@example.com")}, fault: masked},
			requestFailure{"403 Forbidden", "", "1: No *** for *** of ***, ***", forbiddenKey},
		},
		"value not masked": {
			diagnosticCase{config: values{"name": str("user"), "search": str("page")}, quirks: fakeapi.Quirks{IgnoreFilters: true}, fault: fakeapi.WrongType("email", 40712)},
			requestFailure{"invalid response", "", "email of user 1 on page 1 is not a string", reportValue},
		},
		"error not masked": {
			diagnosticCase{config: values{"name": str("JSON")}, fault: fakeapi.HTML(200)},
			requestFailure{"invalid response", "", "the response is not JSON" + attempts, otherServer},
		},
		"host of redirect masked": {
			diagnosticCase{config: values{"name": str("redirect"), "email": str("Other.example.com")}, fault: fakeapi.Redirect("https://other.example.com")},
			requestFailure{"302 Found", "", "a redirect to ***, which is not followed", followsNoRedirect},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.diagnosticCase.want = test.want.text()
			test.check(t)
		})
	}
}

// chained is an error 400 whose cause has another code.
func chained(code, cause int, text string) http.HandlerFunc {
	return refusal(400, code, "x", fakeapi.Message{Code: cause, Text: text})
}

// A requestFailure is what differs between diagnostics of failed requests.
type requestFailure struct {
	problem, at, response, suggestion string
}

// text is the whole diagnostic.
func (f requestFailure) text() string {
	status, at := f.problem, ""
	if status == "invalid response" || status == "request refused" {
		status = "200 OK"
	}
	if f.at != "" {
		at = "at AttributeName(\"" + f.at + "\")\n"
	}
	return fmt.Sprintf("ERROR: Cannot read Access users: %s\n%sRequest: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1\n"+
		"Response: %s, CF-Ray RAY\n  %s\n\n%s\n", f.problem, at, status, f.response, f.suggestion)
}
