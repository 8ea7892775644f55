package provider

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// A remedy is what the reader can do, and the attribute to do it to, if it is
// one of the data source's.
type remedy struct {
	at   path.Path
	text string
}

// remedy decides by the status first and by codes where they say more.
// Sources of the codes: Cloudflare's reference and public reports.
func (q question) remedy(e *cloudflare.Error) remedy {
	switch {
	case e.Status == http.StatusNotFound && !e.HasCode(7000, 7003):
		return remedy{accountIDPath(), "There is nothing at this address. Check base_url (it is " + q.baseURL + ") and the account's id " +
			"(from " + q.account.String() + ")."}
	case e.HasCode(7000, 7003):
		return remedy{accountIDPath(), "Cloudflare knows no account by this id (from " + q.account.String() + "). " +
			"Set it to the account's id, not a zone's: 32 hexadecimal digits in the dashboard's address after dash.cloudflare.com/."}
	case e.Status == http.StatusUnauthorized, e.HasCode(6003, 6103, 6111, 9106):
		return remedy{text: "Cloudflare does not accept the " + q.credential.kind() + ". Check that it is complete, that it has " +
			"neither expired nor been revoked, and that it is of the right kind: a token belongs in api_token " +
			"(CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL)."}
	case e.Status < 400:
		return q.connectionRemedy(e)
	case e.Status == http.StatusForbidden:
		return q.forbiddenRemedy(e)
	case e.Status == http.StatusTooManyRequests:
		return remedy{text: "Cloudflare allows 1200 requests in 5 minutes for each user or account token, counted over all that " +
			"use it, and refuses the rest for 5 minutes. Run again after that. An account token of Terraform's own has a budget of " +
			"its own, and a higher max_retries in the provider block bridges short bursts."}
	case e.Status == http.StatusRequestTimeout, e.Status >= 500:
		return q.serverRemedy(e)
	default:
		return remedy{text: "Cloudflare refuses the request as it stands. Check account_id, the filters and per_page " +
			"against what it says above."}
	}
}

func (q question) forbiddenRemedy(e *cloudflare.Error) remedy {
	if e.HasCode(9999) {
		return remedy{accountIDPath(), "Zero Trust seems not to be set up on this account (from " + q.account.String() + "). " +
			"Set it up in Cloudflare's dashboard (Zero Trust), or name the account that has it."}
	}
	return remedy{text: "The " + q.credential.kind() + " may not read this. Give it the permission " + permission +
		" on the account, and check that it has neither expired nor been revoked. If it has the permission, check the account's id " +
		"(from " + q.account.String() + "), and that Zero Trust is set up on that account."}
}

func (q question) serverRemedy(e *cloudflare.Error) remedy {
	const later = "The failure is on Cloudflare's side or on the way there. Run again later; https://www.cloudflarestatus.com tells of outages."
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 522, 524:
		return remedy{perPagePath(), later + " Large pages can time out: a smaller per_page, such as " + q.smallerPage() + ", may do."}
	default:
		return remedy{text: later}
	}
}

// connectionRemedy is for what is no answer of Cloudflare's API.
func (q question) connectionRemedy(e *cloudflare.Error) remedy {
	var (
		redirect *cloudflare.RedirectError
		value    *cloudflare.ValueError
	)
	switch {
	case errors.As(e.Err, &redirect):
		return remedy{text: "Redirects are not followed, since credentials go to base_url alone. Set base_url in the provider block, " +
			"or CLOUDFLARE_BASE_URL, to where the API itself is (it is " + q.baseURL + ")."}
	case e.IsTLS():
		return remedy{text: "There is no TLS connection that can be trusted, so no credential was sent. If a proxy inspects connections here, " +
			"add its certificate authority to this machine's trust store (on Linux also SSL_CERT_FILE). Otherwise check base_url " +
			"(it is " + q.baseURL + ")."}
	case errors.Is(e.Err, cloudflare.ErrTimeout):
		return remedy{perPagePath(), "Large pages can time out: set a smaller per_page, such as " + q.smallerPage() + ". If small ones do too, check the network " +
			"and the proxy (HTTPS_PROXY, NO_PROXY)."}
	case e.Status == 0:
		return remedy{text: "Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is " + q.baseURL + ")."}
	case errors.Is(e.Err, cloudflare.ErrTooLarge):
		return remedy{perPagePath(), "No page of users is that large. Set a smaller per_page, and check that base_url " +
			"(it is " + q.baseURL + ") is Cloudflare's API."}
	case errors.As(e.Err, &value):
		return remedy{text: "Cloudflare's answer is not as its published contract has it, so the list is not taken. " +
			"Please report this to the provider's authors with the lines above; they hold no user's data."}
	case e.Refused():
		return remedy{text: "Cloudflare refuses the request as it stands. Check account_id, the credentials and their permission " +
			permission + " against what it says above."}
	default:
		return remedy{text: "Something other than Cloudflare's API may have answered, or the answer was cut short: check the proxy " +
			"(HTTPS_PROXY, NO_PROXY) and base_url (it is " + q.baseURL + "). If both are right, run again later."}
	}
}

// smallerPage is a per_page that is worth a try.
func (q question) smallerPage() string { return strconv.Itoa(max(1, min(100, q.perPage/2))) }
