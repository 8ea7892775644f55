package provider

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// A suggestion is what to do about a failed request, and the attribute of the
// data source to change, if it is one.
type suggestion struct {
	path path.Path
	text string
}

// suggest decides by the status first, and by codes where they are clearer.
// Sources of the codes: Cloudflare's reference and public reports.
func (rc readContext) suggest(e *cloudflare.Error) suggestion {
	switch {
	case e.HasCode(accountCodes()...):
		text := "Check the account id (from " + rc.account.String() + "), which Cloudflare does not accept. " +
			"It is the id of an account, not of a zone: 32 hexadecimal digits in the dashboard's address, after dash.cloudflare.com/."
		return suggestion{accountIDPath(), text + rc.checkID()}
	case e.Status == http.StatusNotFound:
		return suggestion{accountIDPath(), "Check base_url (it is " + rc.baseURL + ") and the account id (from " + rc.account.String() + "). " +
			"There is nothing at this address." + rc.checkID()}
	case e.Status == http.StatusUnauthorized, e.HasCode(6003, 6103, 6111, 9106):
		return suggestion{text: rc.rejectedCredential()}
	case isNotEnabled(e):
		return suggestion{accountIDPath(), "Set up Zero Trust for this account (from " + rc.account.String() + ") in Cloudflare's dashboard, " +
			"or set account_id to the account that has it."}
	case e.Status < 400:
		return rc.suggestForConnection(e)
	case e.Status == http.StatusForbidden:
		return suggestion{text: rc.forbidden()}
	case e.Status == http.StatusTooManyRequests:
		return suggestion{text: "Run again in 5 minutes. Cloudflare accepts 1200 requests in 5 minutes for each user or account token, " +
			"counted over everything that uses it, and refuses the rest for 5 minutes. An account token that only Terraform uses has a " +
			"limit of its own. A higher max_retries in the provider block helps with short bursts."}
	case e.Status == http.StatusRequestTimeout, e.Status >= 500:
		return rc.suggestForServer(e)
	default:
		return suggestion{text: "Check the arguments of the data source against the response above."}
	}
}

// checkID completes what is said about an address that has the id of a user in it.
func (rc readContext) checkID() string {
	if rc.argument != "id" {
		return ""
	}
	return " Check id, too: it is a part of the same address."
}

// accountCodes are the codes of an account id that Cloudflare does not accept.
func accountCodes() []int64 { return []int64{7000, 7003} }

// rejectedCredential has commands that test a token. They name the variable
// instead of the value, since the text ends up in logs.
func (rc readContext) rejectedCredential() string {
	const kinds = " A token belongs in api_token (CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL)."
	if rc.credential.attribute == "api_key" {
		return "Check that the " + rc.credential.kind() + " was copied completely and has not been changed or revoked, and that the email " +
			"address is that of the user to whom it belongs." + kinds
	}
	curl := func(path string) string {
		return "  curl -H \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" " + rc.baseURL + path + "\n"
	}
	return "Check that the " + rc.credential.kind() + " was copied completely, and that it has not expired or been revoked." + kinds +
		"\n\nTo test a user token, or an account token, in CLOUDFLARE_API_TOKEN:\n\n" + curl("/user/tokens/verify") +
		curl("/accounts/"+url.QueryEscape(rc.account.value)+"/tokens/verify")
}

// isNotEnabled tells whether Cloudflare states that the account has no Zero
// Trust, by a code that has this meaning under status 403 only, or by text.
func isNotEnabled(e *cloudflare.Error) bool {
	return e.Status == http.StatusForbidden && e.HasCode(9999) || e.HasMessage("access.api.error.not_enabled")
}

func (rc readContext) forbidden() string {
	account := "the account id (from " + rc.account.String() + ")."
	if rc.credential.attribute == "api_key" {
		return "Check that the user to whom the " + rc.credential.kind() + " belongs is a member of the account, with a role that may " +
			"read Zero Trust. Otherwise check " + account
	}
	return "Give the " + rc.credential.kind() + " the permission " + permission + " on the account. If it has this permission, try " +
		otherPermission + " as well. A new token may take about a minute until Cloudflare accepts it: wait, then run again. " +
		"Otherwise check that it has not expired or been revoked, and check " + account
}

func (rc readContext) suggestForServer(e *cloudflare.Error) suggestion {
	const later = "Run again later: the failure is in Cloudflare's network or on the way there. https://www.cloudflarestatus.com lists outages."
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 522, 524:
		if rc.perPage > 0 {
			return suggestion{perPagePath(), later + " " + rc.smallerPages() + ", if it fails again: large pages can time out."}
		}
	}
	return suggestion{text: later}
}

// suggestForConnection is for failures without a response of Cloudflare's API,
// and for responses that are not valid.
func (rc readContext) suggestForConnection(e *cloudflare.Error) suggestion {
	var (
		redirect *cloudflare.RedirectError
		value    *cloudflare.ValueError
		syntax   *cloudflare.InvalidJSONError
	)
	network := "Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is " + rc.baseURL + ")."
	switch {
	case errors.As(e.Err, &redirect):
		return suggestion{text: "Set base_url in the provider block, or CLOUDFLARE_BASE_URL, to the address of the API itself (it is " +
			rc.baseURL + "). The provider follows no redirects: it sends credentials to base_url alone."}
	case e.IsTLS():
		return suggestion{text: "If a proxy inspects connections, add its certificate authority to this machine's trust store (on Linux " +
			"also SSL_CERT_FILE). Otherwise check base_url (it is " + rc.baseURL + "). The connection was not trusted, so " +
			"no response was accepted."}
	case errors.Is(e.Err, cloudflare.ErrTimeout) && rc.perPage > 0:
		return suggestion{perPagePath(), rc.smallerPages() + ": large pages can time out. If small pages time out too, check the " +
			"network and the proxy (HTTPS_PROXY, NO_PROXY)."}
	case e.Status == 0:
		return suggestion{text: network}
	case errors.Is(e.Err, cloudflare.ErrTooLarge) && rc.perPage > 0:
		return suggestion{perPagePath(), rc.smallerPages() + ", and check that base_url (it is " + rc.baseURL + ") is Cloudflare's API."}
	case errors.As(e.Err, &value), errors.As(e.Err, &syntax):
		return suggestion{text: "Report this to the provider's authors with the lines above, which contain no user's data. The response " +
			"does not follow Cloudflare's published contract, so it is rejected."}
	case e.Refused():
		return suggestion{text: "Check account_id, the credentials and their permission " + permission + "."}
	default:
		return suggestion{text: network + " The response seems to come from another server, or was cut short. If the settings are " +
			"correct, run again later."}
	}
}

// smallerPages proposes a value of per_page.
func (rc readContext) smallerPages() string {
	return "Set a smaller per_page, such as " + strconv.Itoa(max(1, min(100, rc.perPage/2)))
}
