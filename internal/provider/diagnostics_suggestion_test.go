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
	fromEnv = "(from the environment variable CLOUDFLARE_ACCOUNT_ID)"

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
	checkSettings = "Check account_id, the credentials and their permission \"Access: Audit Logs Read\" against Cloudflare's message above."
	reportValue   = "Report this to the provider's authors with the lines above, which contain no user's data. The response does not " +
		"follow Cloudflare's published contract, so it is rejected."
)

// TestSuggest checks the whole text for each kind of failed request.
func TestSuggest(t *testing.T) {
	t.Parallel()
	nowhere := values{"account_id": str("nowhere")}
	html := "\n  " + "the response is not JSON" + "\nAttempts: 3 in 1.5s"
	for name, test := range map[string]struct {
		diagnosticCase

		summary, at, response string
		suggestion            string
	}{
		"no credentials": {
			diagnosticCase{fault: refusal(400, 9106, "Authentication failed (missing token or key)")},
			"Cannot read Access users: 400 Bad Request", "", "\n  9106: Authentication failed (missing token or key)", checkToken,
		},
		"malformed token": {
			diagnosticCase{fault: refusal(400, 6003, "Invalid request headers", fakeapi.Message{Code: 6111, Text: "Invalid format"})},
			"Cannot read Access users: 400 Bad Request", "", "\n  6003: Invalid request headers (6111: Invalid format)", checkToken,
		},
		"malformed key": {
			diagnosticCase{key: true, fault: refusal(400, 1, "Invalid request headers", fakeapi.Message{Code: 6103, Text: "Invalid format"})},
			"Cannot read Access users: 400 Bad Request", "", "\n  1: Invalid request headers (6103: Invalid format)", checkKey,
		},
		"401":               {diagnosticCase{fault: refusal(401, 10000, "Authentication error")}, "Cannot read Access users: 401 Unauthorized", "", "\n  10000: Authentication error", checkToken},
		"403":               {diagnosticCase{fault: refusal(403, 10000, "Authentication error")}, "Cannot read Access users: 403 Forbidden", "", "\n  10000: Authentication error", forbiddenToken},
		"403, key":          {diagnosticCase{key: true, fault: refusal(403, 9109, "Unauthorized")}, "Cannot read Access users: 403 Forbidden", "", "\n  9109: Unauthorized", forbiddenKey},
		"not enabled, code": {diagnosticCase{fault: refusal(403, 9999, "Something")}, "Cannot read Access users: 403 Forbidden", "account_id", "\n  9999: Something", setUpZeroTrust},
		"not enabled, text": {
			diagnosticCase{fault: refusal(400, 1, "x", fakeapi.Message{Code: 2, Text: "access.api.error.not_enabled"})},
			"Cannot read Access users: 400 Bad Request", "account_id", "\n  1: x (2: access.api.error.not_enabled)", setUpZeroTrust,
		},
		"unknown account": {
			diagnosticCase{config: nowhere, fault: refusal(404, 7003, "Could not route")},
			"Cannot read Access users: 404 Not Found", "account_id", "\n  7003: Could not route",
			"Check the account id (from account_id of the data source)" + checkAccountID[len("Check the account id "+fromEnv):],
		},
		"bad account id under 400": {diagnosticCase{fault: refusal(400, 7000, "No route")}, "Cannot read Access users: 400 Bad Request", "account_id", "\n  7000: No route", checkAccountID},
		"404": {
			diagnosticCase{fault: refusal(404, 1, "Not found")},
			"Cannot read Access users: 404 Not Found", "account_id", "\n  1: Not found",
			"Check base_url (it is https://HOST/client/v4) and the account id " + fromEnv + ". There is nothing at this address.",
		},
		"another 400": {
			diagnosticCase{fault: fakeapi.Envelope(400, fakeapi.Message{
				Code: 9999, Text: "Invalid filter", DocumentationURL: "https://developers.cloudflare.com/api/", Source: &fakeapi.Source{Pointer: "/email"},
			})},
			"Cannot read Access users: 400 Bad Request", "", "\n  9999: Invalid filter [/email] <https://developers.cloudflare.com/api/>",
			"Check the arguments of the data source against Cloudflare's message above.",
		},
		"429": {
			diagnosticCase{fault: refusal(429, 10100, "Rate limited.")},
			"Cannot read Access users: 429 Too Many Requests", "",
			"\n  10100: Rate limited.\nAttempts: 3 in 1.5s", rateLimited,
		},
		"408": {diagnosticCase{fault: fakeapi.HTML(408)}, "Cannot read Access users: 408 Request Timeout", "per_page", html, smallerPages},
		"500": {diagnosticCase{fault: fakeapi.HTML(500)}, "Cannot read Access users: 500 Internal Server Error", "", html, runLater},
		"502": {diagnosticCase{page: 2, fault: fakeapi.HTML(502)}, "Cannot read Access users: 502 Bad Gateway", "per_page", html, smallerPages},
		"503": {diagnosticCase{fault: fakeapi.HTML(503)}, "Cannot read Access users: 503 Service Unavailable", "per_page", html, smallerPages},
		"504": {diagnosticCase{fault: fakeapi.HTML(504)}, "Cannot read Access users: 504 Gateway Timeout", "per_page", html, smallerPages},
		"520": {
			diagnosticCase{fault: fakeapi.Status(520, "")},
			"Cannot read Access users: 520 Web Server Returned an Unknown Error", "",
			"\n  the response is empty\nAttempts: 3 in 1.5s", runLater,
		},
		"521":                {diagnosticCase{fault: fakeapi.HTML(521)}, "Cannot read Access users: 521 Web Server Is Down", "", html, runLater},
		"522":                {diagnosticCase{fault: fakeapi.HTML(522)}, "Cannot read Access users: 522 Connection Timed Out", "per_page", html, smallerPages},
		"523":                {diagnosticCase{fault: fakeapi.HTML(523)}, "Cannot read Access users: 523 Origin Is Unreachable", "", html, runLater},
		"524, small pages":   {diagnosticCase{config: values{"per_page": num(50)}, fault: fakeapi.HTML(524)}, "Cannot read Access users: 524 A Timeout Occurred", "per_page", html, runLater + " Set a smaller per_page, such as 25, if it fails again: large pages can time out."},
		"599":                {diagnosticCase{fault: fakeapi.HTML(599)}, "Cannot read Access users: 599", "", html, runLater},
		"HTML under 200":     {diagnosticCase{fault: fakeapi.HTML(200)}, "Cannot read Access users: invalid response", "", html, otherServer},
		"cut short":          {diagnosticCase{page: 3, fault: fakeapi.CutShort()}, "Cannot read Access users: invalid response", "", "\n  " + "the response is truncated" + "\nAttempts: 3 in 1.5s", otherServer},
		"success false":      {diagnosticCase{fault: fakeapi.SuccessFalse(fakeapi.Message{Code: 1000, Text: "No."})}, "Cannot read Access users: request refused", "", "\n  1000: No.", checkSettings},
		"no reason":          {diagnosticCase{fault: fakeapi.SuccessFalse()}, "Cannot read Access users: request refused", "", "\n  success is false, and no error is stated", checkSettings},
		"value of wrong row": {diagnosticCase{page: 3, fault: fakeapi.WrongType("active_device_count", 2.5)}, "Cannot read Access users: invalid response", "", "\n  active_device_count of user 1 on page 3 is not a whole number", reportValue},
		"row is null": {
			diagnosticCase{fault: fakeapi.Edit(func(envelope map[string]any) { envelope["result"] = []any{nil} })},
			"Cannot read Access users: invalid response", "",
			"\n  user 1 on page 1 is not an object", reportValue,
		},
		"result is no list": {
			diagnosticCase{fault: fakeapi.Edit(func(envelope map[string]any) { envelope["result"] = 1 })},
			"Cannot read Access users: invalid response", "",
			"\n  result is not a list", reportValue,
		},
		"too large": {
			diagnosticCase{fault: fakeapi.Header(fakeapi.Status(http.StatusOK, ""), "Content-Length", "40000000")},
			"Cannot read Access users: invalid response", "per_page",
			"\n  " + cloudflare.ErrTooLarge.Error(),
			"Set a smaller per_page, such as 100, and check that base_url (it is https://HOST/client/v4) is Cloudflare's API.",
		},
		"redirect": {
			diagnosticCase{fault: fakeapi.Redirect("https://other.example.com/users?secret=1")},
			"Cannot read Access users: 302 Found", "",
			"\n  a redirect to other.example.com, which is not followed",
			followsNoRedirect,
		},

		// Only text that Cloudflare sent is masked.
		"message masked": {
			diagnosticCase{
				key: true, config: values{"name": str("users"), "email": str("Ann+b@example.com")},
				fault: refusal(403, 1, "No users for ANN%2Bb%40example.com of "+strings.ToUpper(fakeapi.Key)+", "+fakeapi.Email),
			},
			"Cannot read Access users: 403 Forbidden", "", "\n  1: No *** for *** of ***, ***", forbiddenKey,
		},
		"value not masked": {
			diagnosticCase{
				config: values{"name": str("user"), "search": str("page")}, quirks: fakeapi.Quirks{IgnoreFilters: true},
				fault: fakeapi.WrongType("email", 40712),
			},
			"Cannot read Access users: invalid response", "", "\n  email of user 1 on page 1 is not a string", reportValue,
		},
		"error not masked": {
			diagnosticCase{config: values{"name": str("JSON")}, fault: fakeapi.HTML(200)},
			"Cannot read Access users: invalid response", "", html, otherServer,
		},
		"host of redirect masked": {
			diagnosticCase{config: values{"name": str("redirect"), "email": str("Other.example.com")}, fault: fakeapi.Redirect("https://other.example.com")},
			"Cannot read Access users: 302 Found", "", "\n  a redirect to ***, which is not followed", followsNoRedirect,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account := fakeapi.AccountID
			if test.config["account_id"].Equal(str("nowhere")) {
				account = "nowhere"
			}
			status := strings.TrimPrefix(test.summary, "Cannot read Access users: ")
			if status == "invalid response" || status == "request refused" {
				status = "200 OK"
			}
			at := ""
			if test.at != "" {
				at = "at AttributeName(\"" + test.at + "\")\n"
			}
			test.want = fmt.Sprintf("ERROR: %s\n%sRequest: GET /client/v4/accounts/%s/access/users, page %d\n"+
				"Response: %s, CF-Ray RAY%s\n\n%s\n", test.summary, at, account, max(test.page, 1), status, test.response, test.suggestion)
			test.check(t)
		})
	}
}
