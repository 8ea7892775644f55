package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// A question is what a diagnostic needs to know of a read that failed.
type question struct {
	account    setting
	credential setting
	secrets    *strings.Replacer // what no text may repeat, though Cloudflare's does
	baseURL    string
	perPage    int
	timeout    time.Duration
	filtered   bool
}

// Attributes of the data source that a diagnostic can point at. The provider's
// are out of its reach: Terraform looks for them in the data source's block.
func accountIDPath() path.Path   { return path.Root("account_id") }
func perPagePath() path.Path     { return path.Root("per_page") }
func readTimeoutPath() path.Path { return path.Root("timeouts").AtName("read") }

func missingAccountID() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(accountIDPath(), "Missing account_id",
		"Set account_id here or in the provider block, or the environment variable CLOUDFLARE_ACCOUNT_ID, "+
			"to the id of the account whose users to read (32 hexadecimal digits in the dashboard's address).")
}

// warnings are about lists that were taken all the same.
func warnings(from []cloudflare.Warning) (diags diag.Diagnostics) {
	for _, w := range from {
		if w.Filter == "" {
			diags.AddWarning("Cloudflare's count of Access users contradicts its list", w.Text)
		} else {
			diags.AddAttributeWarning(path.Root(w.Filter), "The filter "+w.Filter+" may have been ignored", w.Text)
		}
	}
	return diags
}

// diagnose says what was asked, what came back and what to do about it.
func (q question) diagnose(err error) diag.Diagnostic {
	var (
		interrupted *cloudflare.InterruptedError
		wait        *cloudflare.WaitError
		list        *cloudflare.ListError
		filter      *cloudflare.FilterError
		failed      *cloudflare.Error
		large       *listTooLargeError
	)
	switch {
	case errors.As(err, &large):
		return q.tooLarge(large)
	case errors.As(err, &interrupted):
		return q.interrupted(interrupted)
	case errors.As(err, &wait):
		return q.wait(wait)
	case errors.As(err, &list):
		return q.list(list)
	case errors.As(err, &filter):
		return q.filter(filter)
	case errors.As(err, &failed):
		return q.failed(failed)
	default:
		return diag.NewErrorDiagnostic("Cannot read Access users", capitalise(err.Error())+".")
	}
}

func (q question) interrupted(e *cloudflare.InterruptedError) diag.Diagnostic {
	pages := fmt.Sprintf("%d pages had come", e.Pages)
	if e.Of > 0 {
		pages = fmt.Sprintf("%d of %d pages had come", e.Pages, e.Of)
	}
	if !errors.Is(e, context.DeadlineExceeded) {
		return diag.NewErrorDiagnostic("Cannot read Access users: cancelled",
			"The read was cancelled when "+pages+". Nothing was changed.")
	}
	return diag.NewAttributeErrorDiagnostic(readTimeoutPath(),
		"Cannot read Access users within "+say(q.timeout),
		fmt.Sprintf("The time of timeouts.read, %s, was over when %s.\n\n"+
			"Allow more time, as in timeouts = { read = %q }, or read fewer users with a filter. "+
			"If it stops at the same page again, try a smaller per_page (it is %d).", say(q.timeout), pages, longer(q.timeout), q.perPage))
}

func (q question) wait(e *cloudflare.WaitError) diag.Diagnostic {
	why := "This run has made 600 requests and now makes 2 a second, to keep to Cloudflare's limit of 1200 requests in 5 minutes."
	if failed, ok := errors.AsType[*cloudflare.Error](e.Err); ok {
		why = q.exchange(failed)
	}
	return diag.NewAttributeErrorDiagnostic(readTimeoutPath(),
		"Cannot read Access users within "+say(q.timeout),
		fmt.Sprintf("The next request has to wait %s, but timeouts.read leaves %s of its %s.\n\n%s\n\n"+
			"Allow more time, as in timeouts = { read = %q }, or run again later.",
			say(e.Wait), say(e.Left), say(q.timeout), why, longer(q.timeout+e.Wait)))
}

func (q question) list(e *cloudflare.ListError) diag.Diagnostic {
	const summary = "Cannot read a complete list of Access users"
	text := "Cloudflare answered every request, but in two reads in a row " + e.Reason + ".\n\n"
	switch {
	case e.Page == 0:
		text = "Cloudflare answered every request, but " + e.Reason + ".\n\nRun again when fewer users come and go. A list that may lack somebody is not taken."
	case q.filtered:
		text += "Another run will hardly help. Leave the filter out and choose in Terraform: " +
			"[for u in data.cloudflare_access_users.NAME.users : u if ...]."
	default:
		text += fmt.Sprintf("Another run will hardly help. Try another per_page (it is %d), "+
			"and report it to Cloudflare's support.", q.perPage)
	}
	return diag.NewErrorDiagnostic(summary, text)
}

func (q question) filter(e *cloudflare.FilterError) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(e.Filter), "Cannot use the answer to the filter "+e.Filter,
		fmt.Sprintf("Cloudflare answered with %d users, but the %[3]s of %[2]d of them does not contain the filter's value, "+
			"so the filter seems to have been ignored. A list that is wider than asked for is not taken: it could let somebody in.\n\n"+
			"Leave the filter out and choose in Terraform: "+
			"[for u in data.cloudflare_access_users.NAME.users : u if u.%[3]s == ...].", e.Users, e.Strays, e.Filter))
}

func (q question) tooLarge(e *listTooLargeError) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot hand over Access users: too many for Terraform",
		fmt.Sprintf("The %d users take %.1f MiB, but Terraform takes 256 MiB from a data source at most.\n\n"+
			"Read fewer with one data source: set a filter (email, name or search), and use several data sources "+
			"where all users are needed.", e.elements, float64(e.bytes)/(1<<20)))
}

func (q question) failed(e *cloudflare.Error) diag.Diagnostic {
	what := statusLine(e.Status)
	switch {
	case e.Status == 0:
		what = "no answer"
	case e.Status == http.StatusOK && e.Refused():
		what = "refused"
	case e.Status == http.StatusOK:
		what = "the answer cannot be used"
	}
	remedy := q.remedy(e)
	summary, detail := "Cannot read Access users: "+what, q.exchange(e)+"\n\n"+remedy.text
	if len(remedy.at.Steps()) == 0 {
		return diag.NewErrorDiagnostic(summary, detail)
	}
	return diag.NewAttributeErrorDiagnostic(remedy.at, summary, detail)
}

// exchange says what was asked and what came back.
func (q question) exchange(e *cloudflare.Error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Asked: %s %s, page %d", e.Method, e.Path, e.Page)
	b.WriteString("\nAnswer: ")
	if e.Status == 0 {
		b.WriteString("none")
	} else {
		b.WriteString(statusLine(e.Status))
	}
	if e.RayID != "" {
		b.WriteString(", CF-Ray " + e.RayID)
	}
	for _, m := range e.Messages {
		b.WriteString("\n  " + m.String())
	}
	if e.Err != nil {
		b.WriteString("\n  " + cause(e))
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, "\nTried: %d times in %s", e.Attempts, say(e.Elapsed))
	}
	return q.secrets.Replace(b.String())
}

// cause speaks of users, where the client knows rows alone.
func cause(e *cloudflare.Error) string {
	value, ok := errors.AsType[*cloudflare.ValueError](e.Err)
	switch {
	case !ok:
		return e.Err.Error()
	case value.Row > 0 && value.Field == "":
		return fmt.Sprintf("user %d on page %d is not %s", value.Row, e.Page, value.Want)
	case value.Row > 0:
		return fmt.Sprintf("%s of user %d on page %d is not %s", value.Field, value.Row, e.Page, value.Want)
	default:
		return value.Error()
	}
}

// statusLine names also the statuses that are Cloudflare's own.
func statusLine(code int) string {
	text := http.StatusText(code)
	if text == "" {
		text = map[int]string{
			520: "Web Server Returned an Unknown Error", 521: "Web Server Is Down", 522: "Connection Timed Out",
			523: "Origin Is Unreachable", 524: "A Timeout Occurred",
		}[code]
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, text))
}

// longer proposes a time of whole minutes, twice as long.
func longer(d time.Duration) string {
	return say(max(time.Minute, (2*d + time.Minute - 1).Truncate(time.Minute)))
}

// say rounds to what a person wants to know: 10m rather than 10m0s.
func say(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	switch d = d.Round(time.Second); {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	default:
		return d.String()
	}
}

// capitalise begins a sentence, but leaves an attribute's name as it is.
func capitalise(s string) string {
	if rest, ok := strings.CutPrefix(s, "the "); ok {
		return "The " + rest
	}
	return s
}
