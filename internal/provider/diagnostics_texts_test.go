package provider_test

import (
	"net/http"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// diagnosticCase is something that goes wrong, and all that its reader sees.
type diagnosticCase struct {
	fault  http.HandlerFunc
	page   int // that the fault is on; 1 where not set
	quirks fakeapi.Quirks
	change func(int, []fakeapi.User) []fakeapi.User
	key    bool // an API key instead of a token
	config values
	want   string
}

// refusal is an envelope of Cloudflare's as seen in the wild.
func refusal(status, code int, text string, chain ...fakeapi.Message) http.HandlerFunc {
	return fakeapi.Envelope(status, fakeapi.Message{Code: code, Text: text, Chain: chain})
}

// refusals are Cloudflare's own.
func refusals() map[string]diagnosticCase {
	return map[string]diagnosticCase{
		"no credentials seen": {
			fault: refusal(400, 9106, "Authentication failed (missing token or key)"),
			want: `
ERROR: Cannot read Access users: 400 Bad Request
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 400 Bad Request, CF-Ray 0123456789abcdef-FKE
  9106: Authentication failed (missing token or key)

Cloudflare does not accept the API token (from the environment variable CLOUDFLARE_API_TOKEN). Check that it is complete, that it has neither expired nor been revoked, and that it is of the right kind: a token belongs in api_token (CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL).
`,
		},
		"malformed token": {
			fault: refusal(400, 6003, "Invalid request headers", fakeapi.Message{Code: 6111, Text: "Invalid format for Authorization header"}),
			want: `
ERROR: Cannot read Access users: 400 Bad Request
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 400 Bad Request, CF-Ray 0123456789abcdef-FKE
  6003: Invalid request headers (6111: Invalid format for Authorization header)

Cloudflare does not accept the API token (from the environment variable CLOUDFLARE_API_TOKEN). Check that it is complete, that it has neither expired nor been revoked, and that it is of the right kind: a token belongs in api_token (CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL).
`,
		},
		"malformed key": {
			key: true, fault: refusal(400, 6003, "Invalid request headers", fakeapi.Message{Code: 6103, Text: "Invalid format for X-Auth-Key header"}),
			want: `
ERROR: Cannot read Access users: 400 Bad Request
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 400 Bad Request, CF-Ray 0123456789abcdef-FKE
  6003: Invalid request headers (6103: Invalid format for X-Auth-Key header)

Cloudflare does not accept the API key with its email (from api_key in the provider block). Check that it is complete, that it has neither expired nor been revoked, and that it is of the right kind: a token belongs in api_token (CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL).
`,
		},
		"invalid token": {
			fault: refusal(401, 10000, "Authentication error"),
			want: `
ERROR: Cannot read Access users: 401 Unauthorized
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 401 Unauthorized, CF-Ray 0123456789abcdef-FKE
  10000: Authentication error

Cloudflare does not accept the API token (from the environment variable CLOUDFLARE_API_TOKEN). Check that it is complete, that it has neither expired nor been revoked, and that it is of the right kind: a token belongs in api_token (CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL).
`,
		},
		"a credential repeated": {
			key: true, fault: refusal(403, 10000, "bad key "+fakeapi.Key+" of "+fakeapi.Email),
			want: `
ERROR: Cannot read Access users: 403 Forbidden
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 403 Forbidden, CF-Ray 0123456789abcdef-FKE
  10000: bad key *** of ***

The API key with its email (from api_key in the provider block) may not read this. Give it the permission "Access: Audit Logs Read" on the account, and check that it has neither expired nor been revoked. If it has the permission, check the account's id (from the environment variable CLOUDFLARE_ACCOUNT_ID), and that Zero Trust is set up on that account.
`,
		},
		"permission missing": {
			fault: refusal(403, 10000, "Authentication error"),
			want: `
ERROR: Cannot read Access users: 403 Forbidden
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 403 Forbidden, CF-Ray 0123456789abcdef-FKE
  10000: Authentication error

The API token (from the environment variable CLOUDFLARE_API_TOKEN) may not read this. Give it the permission "Access: Audit Logs Read" on the account, and check that it has neither expired nor been revoked. If it has the permission, check the account's id (from the environment variable CLOUDFLARE_ACCOUNT_ID), and that Zero Trust is set up on that account.
`,
		},
		"Zero Trust not set up": {
			fault: refusal(403, 9999, "access.api.error.not_enabled"),
			want: `
ERROR: Cannot read Access users: 403 Forbidden
at AttributeName("account_id")
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 403 Forbidden, CF-Ray 0123456789abcdef-FKE
  9999: access.api.error.not_enabled

Zero Trust seems not to be set up on this account (from the environment variable CLOUDFLARE_ACCOUNT_ID). Set it up in Cloudflare's dashboard (Zero Trust), or name the account that has it.
`,
		},
		"unknown account": {
			config: values{"account_id": str("nowhere")},
			want: `
ERROR: Cannot read Access users: 404 Not Found
at AttributeName("account_id")
Asked: GET /client/v4/accounts/nowhere/access/users, page 1
Answer: 404 Not Found, CF-Ray 0123456789abcdef-FKE
  7003: Could not route to /accounts/nowhere/access/users, perhaps your object identifier is invalid?

Cloudflare knows no account by this id (from account_id of the data source). Set it to the account's id, not a zone's: 32 hexadecimal digits in the dashboard's address after dash.cloudflare.com/.
`,
		},
		"bad account id under 400": {
			fault: refusal(400, 7003, "Could not route to /accounts/x, perhaps your object identifier is invalid?"),
			want: `
ERROR: Cannot read Access users: 400 Bad Request
at AttributeName("account_id")
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 400 Bad Request, CF-Ray 0123456789abcdef-FKE
  7003: Could not route to /accounts/x, perhaps your object identifier is invalid?

Cloudflare knows no account by this id (from the environment variable CLOUDFLARE_ACCOUNT_ID). Set it to the account's id, not a zone's: 32 hexadecimal digits in the dashboard's address after dash.cloudflare.com/.
`,
		},
		"another 400": {
			fault: fakeapi.Envelope(400, fakeapi.Message{Code: 1001, Text: "Invalid filter", DocumentationURL: "https://developers.cloudflare.com/api/", Source: &fakeapi.Source{Pointer: "/email"}}),
			want: `
ERROR: Cannot read Access users: 400 Bad Request
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 400 Bad Request, CF-Ray 0123456789abcdef-FKE
  1001: Invalid filter [/email] <https://developers.cloudflare.com/api/>

Cloudflare refuses the request as it stands. Check account_id, the filters and per_page against what it says above.
`,
		},
		"rate limited": {
			fault: refusal(429, 10100, "Rate limited. Please wait and consider throttling your request speed"),
			want: `
ERROR: Cannot read Access users: 429 Too Many Requests
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 429 Too Many Requests, CF-Ray 0123456789abcdef-FKE
  10100: Rate limited. Please wait and consider throttling your request speed
Tried: 3 times in 1.5s

Cloudflare allows 1200 requests in 5 minutes for each user or account token, counted over all that use it, and refuses the rest for 5 minutes. Run again after that. An account token of Terraform's own has a budget of its own, and a higher max_retries in the provider block bridges short bursts.
`,
		},
	}
}

// failures are what is no answer, or none that can be used.
func failures() map[string]diagnosticCase {
	return map[string]diagnosticCase{
		"a pause beyond the deadline": {
			fault: fakeapi.Header(refusal(429, 971, "Please wait"), "Retry-After", "900"),
			want: `
ERROR: Cannot read Access users within 10m
at AttributeName("timeouts").AttributeName("read")
The next request has to wait 15m, but timeouts.read leaves 10m of its 10m.

Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 429 Too Many Requests, CF-Ray 0123456789abcdef-FKE
  971: Please wait

Allow more time, as in timeouts = { read = "50m" }, or run again later.
`,
		},
		"gateway": {
			page: 2, fault: fakeapi.HTML(http.StatusBadGateway),
			want: `
ERROR: Cannot read Access users: 502 Bad Gateway
at AttributeName("per_page")
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 2
Answer: 502 Bad Gateway, CF-Ray 0123456789abcdef-FKE
  the response is not JSON
Tried: 3 times in 1.5s

The failure is on Cloudflare's side or on the way there. Run again later; https://www.cloudflarestatus.com tells of outages. Large pages can time out: a smaller per_page, such as 100, may do.
`,
		},
		"a status of Cloudflare's own": {
			fault: fakeapi.Status(520, ""),
			want: `
ERROR: Cannot read Access users: 520 Web Server Returned an Unknown Error
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 520 Web Server Returned an Unknown Error, CF-Ray 0123456789abcdef-FKE
  the response is empty
Tried: 3 times in 1.5s

The failure is on Cloudflare's side or on the way there. Run again later; https://www.cloudflarestatus.com tells of outages.
`,
		},
		"timeout on the way": {
			page: 2, fault: fakeapi.HTML(524),
			want: `
ERROR: Cannot read Access users: 524 A Timeout Occurred
at AttributeName("per_page")
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 2
Answer: 524 A Timeout Occurred, CF-Ray 0123456789abcdef-FKE
  the response is not JSON
Tried: 3 times in 1.5s

The failure is on Cloudflare's side or on the way there. Run again later; https://www.cloudflarestatus.com tells of outages. Large pages can time out: a smaller per_page, such as 100, may do.
`,
		},
		"HTML under 200": {
			fault: fakeapi.HTML(http.StatusOK),
			want: `
ERROR: Cannot read Access users: the answer cannot be used
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 200 OK, CF-Ray 0123456789abcdef-FKE
  the response is not JSON
Tried: 3 times in 1.5s

Something other than Cloudflare's API may have answered, or the answer was cut short: check the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is https://HOST/client/v4). If both are right, run again later.
`,
		},
		"cut short": {
			page: 3, fault: fakeapi.CutShort(),
			want: `
ERROR: Cannot read Access users: the answer cannot be used
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 3
Answer: 200 OK, CF-Ray 0123456789abcdef-FKE
  the response is truncated
Tried: 3 times in 1.5s

Something other than Cloudflare's API may have answered, or the answer was cut short: check the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is https://HOST/client/v4). If both are right, run again later.
`,
		},
		"success false": {
			fault: fakeapi.SuccessFalse(fakeapi.Message{Code: 1000, Text: "Something is wrong"}),
			want: `
ERROR: Cannot read Access users: refused
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 200 OK, CF-Ray 0123456789abcdef-FKE
  1000: Something is wrong

Cloudflare refuses the request as it stands. Check account_id, the credentials and their permission "Access: Audit Logs Read" against what it says above.
`,
		},
		"success false without a reason": {
			fault: fakeapi.SuccessFalse(),
			want: `
ERROR: Cannot read Access users: refused
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 200 OK, CF-Ray 0123456789abcdef-FKE
  success is false, and no error is stated

Cloudflare refuses the request as it stands. Check account_id, the credentials and their permission "Access: Audit Logs Read" against what it says above.
`,
		},
		"a value of the wrong type": {
			page: 3, fault: fakeapi.WrongType("active_device_count", 2.5),
			want: `
ERROR: Cannot read Access users: the answer cannot be used
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 3
Answer: 200 OK, CF-Ray 0123456789abcdef-FKE
  active_device_count of user 1 on page 3 is not a whole number

Cloudflare's answer is not as its published contract has it, so the list is not taken. Please report this to the provider's authors with the lines above; they hold no user's data.
`,
		},
		"too large": {
			fault: fakeapi.Header(fakeapi.Status(http.StatusOK, ""), "Content-Length", "40000000"),
			want: `
ERROR: Cannot read Access users: the answer cannot be used
at AttributeName("per_page")
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 200 OK, CF-Ray 0123456789abcdef-FKE
  the response is over 32 MiB

No page of users is that large. Set a smaller per_page, and check that base_url (it is https://HOST/client/v4) is Cloudflare's API.
`,
		},
		"redirect": {
			fault: fakeapi.Redirect("https://other.example.com/users?secret=1"),
			want: `
ERROR: Cannot read Access users: 302 Found
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: 302 Found, CF-Ray 0123456789abcdef-FKE
  a redirect to other.example.com, which is not followed

Redirects are not followed, since credentials go to base_url alone. Set base_url in the provider block, or CLOUDFLARE_BASE_URL, to where the API itself is (it is https://HOST/client/v4).
`,
		},
		"connection reset": {
			fault: fakeapi.Reset(),
			want: `
ERROR: Cannot read Access users: no answer
Asked: GET /client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/access/users, page 1
Answer: none
  read tcp HOST->HOST: read: connection reset by peer
Tried: 3 times in 1.5s

Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is https://HOST/client/v4).
`,
		},
	}
}

// oddLists are about lists whose every page was answered.
func oddLists() map[string]diagnosticCase {
	return map[string]diagnosticCase{
		"every page the first one": {
			quirks: fakeapi.Quirks{FirstPageOnly: true},
			want: `
ERROR: Cannot read a complete list of Access users
Cloudflare answered every request, but in two reads in a row the answer to page 2 says it is page 1.

Another run will hardly help. Try another per_page (it is 1000), and report it to Cloudflare's support.
`,
		},
		"every filtered page the first one": {
			config: values{"search": str("example")}, quirks: fakeapi.Quirks{FirstPageOnly: true},
			want: `
ERROR: Cannot read a complete list of Access users
Cloudflare answered every request, but in two reads in a row the answer to page 2 says it is page 1.

Another run will hardly help. Leave the filter out and choose in Terraform: [for u in data.cloudflare_access_users.NAME.users : u if ...].
`,
		},
		"always changing": {
			change: churn(100, 0, 1),
			want: `
ERROR: Cannot read a complete list of Access users
Cloudflare answered every request, but the list kept changing while it was read (the reads brought 250, 251, 252, 253 entries; in the last one page 2 stated another total_count than page 1).

Run again when fewer users come and go. A list that may lack somebody is not taken.
`,
		},
		"email filter ignored": {
			config: values{"email": str("ann@")}, quirks: fakeapi.Quirks{IgnoreFilters: true},
			want: `
ERROR: Cannot use the answer to the filter email
at AttributeName("email")
Cloudflare answered with 250 users, but the email of 250 of them does not contain the filter's value, so the filter seems to have been ignored. A list that is wider than asked for is not taken: it could let somebody in.

Leave the filter out and choose in Terraform: [for u in data.cloudflare_access_users.NAME.users : u if u.email == ...].
`,
		},
		"name filter ignored": {
			config: values{"name": str("Zoë Nobody")}, quirks: fakeapi.Quirks{IgnoreFilters: true},
			want: `
WARNING: The filter name may have been ignored
at AttributeName("name")
Cloudflare answered with 250 users, but the name of 250 of them does not contain the filter's value. It may match more than the name, or may have ignored the filter.
`,
		},
		"count wrong": {
			quirks: fakeapi.Quirks{TotalCount: func(int) int { return 7 }},
			want: `
WARNING: Cloudflare's count of Access users contradicts its list
Two complete reads in a row brought the same 250 entries, and 250 entries came where total_count is 7. The entries are taken, the count is not.
`,
		},
	}
}
