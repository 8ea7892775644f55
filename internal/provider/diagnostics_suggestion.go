package provider

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// A suggestion is what to do about a failure, and the attribute of the data
// source to change, if it is one. Its text consists of whole sentences.
type suggestion struct {
	path path.Path
	text string
}

// and adds a sentence, which may be empty.
func (s suggestion) and(sentence string) suggestion {
	s.text = strings.TrimSpace(s.text + " " + sentence)
	return s
}

// alternatives is what texts say of one data source, and what it can suggest besides
// another run. Each suggestion may be empty, if it has nothing to suggest.
type alternatives struct {
	noun        string // what it reads, such as "Access users"
	row         string // one of them; "" is a user
	permission  string // that reading takes; "" is that for users
	ifPermitted string // what else there is to know about the permission, "" if it is that for users
	fewerRows   string // for a list that is too large

	smallerPages suggestion // for pages that time out, or are too large
	otherPages   suggestion // for a list whose pages are refused
	otherList    suggestion // for pages that do not fit together
	wrongCount   suggestion // for a total_count that is wrong
	alsoCheck    string     // what else is a part of the URL
}

// rows returns the plural of what is read.
func (a alternatives) rows() string { return cmp.Or(a.row, "user") + "s" }

// suggest returns what to do about a request that failed.
func (rc readContext) suggest(e *cloudflare.Error) suggestion {
	if s := rc.suggestForLaterPage(e); e.Rows > 0 && s.text != "" {
		return s
	}
	return rc.suggestions()[e.Kind()]
}

// suggestions has one for each kind of failed request.
func (rc readContext) suggestions() map[cloudflare.Kind]suggestion {
	nothingThere := suggestion{path.Root("account_id"), fmt.Sprintf("Check base_url (it is %s) and the account id (from %s). There is nothing at this address.", rc.baseURL, rc.account)}.and(rc.alsoCheck)
	badArguments := suggestion{text: "Check the arguments of the data source against the response above."}
	return map[cloudflare.Kind]suggestion{
		cloudflare.NotAuthenticated: {text: rc.notAuthenticated()},
		cloudflare.NotPermitted:     {text: rc.notPermitted()},
		cloudflare.NotEnabled:       {path.Root("account_id"), fmt.Sprintf("Set up Zero Trust for this account (from %s) in Cloudflare's dashboard, or set account_id to the account that has it.", rc.account)},
		cloudflare.UnknownAccount: suggestion{path.Root("account_id"), fmt.Sprintf("Check the account id (from %s), which Cloudflare does not accept.", rc.account)}.
			and("It is the id of an account, not of a zone: 32 hexadecimal digits in the dashboard's address, after dash.cloudflare.com/.").and(rc.alsoCheck),
		cloudflare.Refused:      {text: fmt.Sprintf("Check account_id, the credentials and their permission %s.", cmp.Or(rc.permission, permission))},
		cloudflare.NotFound:     nothingThere,
		cloudflare.WrongAddress: nothingThere,
		cloudflare.BadPage:      badArguments.and(rc.otherPages.text),
		cloudflare.BadRequest:   badArguments,
		cloudflare.RateLimited:  suggestion{text: "Run again in 5 minutes. If max_retries is above 0, the provider waits until timeouts.read expires, unless a response forbids further attempts."}.and(rateLimit),
		cloudflare.Unavailable:  suggestion{text: "Run again later: the failure is in Cloudflare's network or on the way there. https://www.cloudflarestatus.com lists outages."}.and(rc.smallerPages.text),
		cloudflare.TimedOut:     suggestion{rc.smallerPages.path, "Run again later, and check the network and the proxy (HTTPS_PROXY, NO_PROXY). https://www.cloudflarestatus.com lists outages."}.and(rc.smallerPages.text),
		cloudflare.TooLarge:     suggestion{rc.smallerPages.path, fmt.Sprintf("Check that base_url (it is %s) is Cloudflare's API.", rc.baseURL)}.and(rc.smallerPages.text),
		cloudflare.NoList:       {text: fmt.Sprintf("Run again later, and report it to Cloudflare's support if it stays. Without a list or a count, the response does not show that the account has no %s.", rc.rows())},
		cloudflare.BadValue:     {text: "Report this to the provider's authors with the lines above, which contain no user's data. The response does not follow Cloudflare's published contract, so it is rejected."},
		cloudflare.Edge: suggestion{text: fmt.Sprintf("Find out what refuses requests from this machine: a firewall, a proxy (HTTPS_PROXY, NO_PROXY), or the edge of Cloudflare's network. The response is not one of Cloudflare's API at base_url (it is %s).", rc.baseURL)}.
			and("If the response has a CF-Ray, Cloudflare's support can tell which rule blocked the request."),
		cloudflare.ProxyNotAuthenticated: {text: "Set the proxy's user name and password in HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT): the proxy does not accept them, or asks for them. The provider can use proxies with Basic authentication only."},
		cloudflare.ProxyRefused:          {text: fmt.Sprintf("Let the proxy (HTTPS_PROXY) connect to the host of base_url (it is %s), or name the host in NO_PROXY. The request did not reach Cloudflare.", rc.baseURL)},
		cloudflare.Redirected:            {text: fmt.Sprintf("Check that base_url (it is %s) is the address of the API itself. If it is, a proxy (HTTPS_PROXY, NO_PROXY) or the login page of a network responded instead of the API. The provider follows no redirects: it sends credentials to base_url alone.", rc.baseURL)},
		cloudflare.CertificateExpired:    {text: "Check the clock and the date of this machine: at this time, the server's certificate is not valid yet or has expired. If they are right, the server, or a proxy that inspects connections, needs another certificate."},
		cloudflare.NotTrusted:            {text: fmt.Sprintf("If a proxy inspects connections, add its certificate authority to this machine's trust store (on Linux also SSL_CERT_FILE). Otherwise check base_url (it is %s): the server there may not use TLS, or have another name.", rc.baseURL)},
		cloudflare.Unreachable:           {text: fmt.Sprintf("Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is %s).", rc.baseURL)},
		cloudflare.NotJSON:               {text: fmt.Sprintf("Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and base_url (it is %s). The response seems to come from another server, or was cut short. If the settings are correct, run again later.", rc.baseURL)},
	}
}

// suggestForLaterPage is for a list of which earlier pages came: the account and
// base_url are right then. It has no text for kinds that do not depend on that.
func (rc readContext) suggestForLaterPage(e *cloudflare.Error) suggestion {
	switch e.Kind() {
	case cloudflare.BadPage, cloudflare.BadRequest, cloudflare.NotFound, cloudflare.WrongAddress, cloudflare.UnknownAccount:
		return rc.otherPages.and(fmt.Sprintf("%d %s had come before page %d was refused, so the account and the credentials are right.", e.Rows, rc.rows(), e.Page)).
			and(fmt.Sprintf("Cloudflare may limit how far a list can be read, or may refuse the page behind the last one. A list that may lack %s is rejected.", rc.rows()))
	case cloudflare.NotAuthenticated, cloudflare.NotPermitted, cloudflare.NotEnabled, cloudflare.Refused, cloudflare.Edge:
		return suggestion{text: fmt.Sprintf("Run again. %d %s had come with the same credentials before page %d was refused.", e.Rows, rc.rows(), e.Page)}
	case cloudflare.Unavailable:
		return suggestion{text: fmt.Sprintf("Run again later, and report it to Cloudflare's support if page %[1]d fails again. %[2]d %[3]s had come before page %[1]d failed. https://www.cloudflarestatus.com lists outages.", e.Page, e.Rows, rc.rows())}.and(rc.smallerPages.text)
	case cloudflare.Unreachable, cloudflare.NotJSON:
		return suggestion{text: fmt.Sprintf("Run again, and check the network and the proxy (HTTPS_PROXY, NO_PROXY). %d %s had come before the request for page %d failed.", e.Rows, rc.rows(), e.Page)}
	default:
		return suggestion{}
	}
}

// Sentences of several diagnostics.
const (
	kindsOfCredentials = "A token belongs in api_token (CLOUDFLARE_API_TOKEN), a key in api_key with email (CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL)."
	clientAddresses    = "If the token is limited to client addresses, this machine's has to be one of them."
	ownLimit           = "The provider sends 600 requests and then 2 a second, to stay within Cloudflare's limit of 1200 requests in 5 minutes."
	rateLimit          = "Cloudflare accepts 1200 requests in 5 minutes for each user, over the dashboard, API keys and user tokens together, and for each account token. An account token that only Terraform uses has a limit of its own."
)

// notAuthenticated has commands that test a token. They name the variable instead
// of the value, since the text ends up in logs.
func (rc readContext) notAuthenticated() string {
	if rc.credential.attribute == "api_key" {
		return fmt.Sprintf("Check that the %s was copied completely and has not been changed or revoked, and that the email address is that of the user to whom it belongs. %s", rc.credential.kind(), kindsOfCredentials)
	}
	const curl = "\n  curl -H \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" "
	return fmt.Sprintf("Check that the %s was copied completely, and that it has not expired or been revoked. %s %s\n\n", rc.credential.kind(), clientAddresses, kindsOfCredentials) +
		"To test a user token, or an account token, in CLOUDFLARE_API_TOKEN:\n" +
		curl + rc.baseURL + "/user/tokens/verify" +
		curl + rc.baseURL + "/accounts/" + url.QueryEscape(rc.account.value) + "/tokens/verify\n"
}

func (rc readContext) notPermitted() string {
	if rc.credential.attribute == "api_key" {
		return fmt.Sprintf("Check that the user to whom the %s belongs is a member of the account (its id is from %s), with a role that may read Zero Trust.", rc.credential.kind(), rc.account)
	}
	ifPermitted := cmp.Or(rc.ifPermitted, fmt.Sprintf("If both are right, try %s as well.", otherPermission))
	return fmt.Sprintf("Give the %s the permission %s. Then check that the permission is for this account (its id is from %s). %s", rc.credential.kind(), cmp.Or(rc.permission, permission), rc.account, ifPermitted) +
		" A new token may take about a minute until Cloudflare accepts it. " + clientAddresses
}

// smallerPages suggests smaller pages than these.
func smallerPages(perPage int) suggestion {
	smaller := max(minPerPage, min(100, perPage/2/minPerPage*minPerPage))
	return suggestion{path.Root("per_page"), fmt.Sprintf("If pages time out or are too large, set a smaller per_page, such as %d (it is %d).", smaller, perPage)}
}
