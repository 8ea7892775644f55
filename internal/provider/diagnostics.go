package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

// A readContext is what a diagnostic needs to know of a read that failed. It can
// point at attributes of the data source alone: Terraform looks for those of the
// provider block in the data source, too.
type readContext struct {
	account    setting
	credential setting
	masker     *masker // for text that Cloudflare sent
	baseURL    string
	timeout    time.Duration
	alternatives
}

// nameMismatch warns of a list that is accepted nevertheless.
func nameMismatch(e *cloudflare.FilterError) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(e.Filter), "The filter name may have been ignored",
		fmt.Sprintf("Cloudflare returned %d users, but the name of %d of them does not contain the filter's value. The filter may match more than the name, or may have been ignored.\n\n"+
			"If the list contains too many users, remove name and select users in Terraform, ignoring case:\n\n%s", e.Rows, e.Mismatches, selectBy(e.Filter)))
}

// selectBy returns an expression that replaces a filter. The attribute of a
// user may be null, which lower rejects.
func selectBy(filter string) string {
	return fmt.Sprintf(`  [for u in data.cloudflare_access_users.NAME.users : u if try(lower(u.%s), "") == lower("VALUE")]`, filter)
}

// diagnose returns a diagnostic that states what was requested, what came back
// and what to do next.
func (rc readContext) diagnose(err error) diag.Diagnostic {
	known := cmp.Or(as(err, rc.tooLarge), as(err, rc.interrupted), as(err, rc.wait), as(err, rc.budget), as(err, rc.incomplete), as(err, rc.filter), as(err, rc.failed))
	switch {
	case known != nil:
		return known
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded): // of a single request
		return rc.interrupted(&cloudflare.InterruptedError{Err: err})
	default:
		return diag.NewErrorDiagnostic("Cannot read "+rc.noun, rc.masker.mask(err.Error())+".")
	}
}

// as returns a diagnostic if err, or an error that it wraps, is an E, otherwise nil.
func as[E error](err error, diagnose func(E) diag.Diagnostic) diag.Diagnostic {
	if e, ok := errors.AsType[E](err); ok {
		return diagnose(e)
	}
	return nil
}

func (rc readContext) interrupted(e *cloudflare.InterruptedError) diag.Diagnostic {
	received := fmt.Sprintf("Received responses: %d.", e.Pages)
	if e.Of > 0 && e.Of >= e.Pages { // more than were planned may be necessary
		received = fmt.Sprintf("Received responses: %d of %d.", e.Pages, e.Of)
	}
	if !errors.Is(e, context.DeadlineExceeded) {
		return diag.NewErrorDiagnostic(fmt.Sprintf("Cannot read %s: cancelled", rc.noun), fmt.Sprintf("The read was cancelled before it was complete. %s\n\nRun again.", received))
	}
	s := suggestion{text: fmt.Sprintf("Allow more time, such as timeouts = { read = %q }.", longerTimeout(rc.timeout))}.and(rc.smallerPages.text)
	return rc.timedOut(fmt.Sprintf("timeouts.read (%s) expired before the read was complete. %s\n\n%s", formatDuration(rc.timeout), received, s.text))
}

func (rc readContext) wait(e *cloudflare.WaitError) diag.Diagnostic {
	reason := ownLimit
	if errors.Is(e.Err, cloudflare.ErrRateLimited) {
		reason = "Cloudflare refused another request with 429 Too Many Requests, so that all requests of this provider wait. " + rateLimit
	}
	if failed, ok := errors.AsType[*cloudflare.Error](e.Err); ok {
		reason = rc.exchange(failed)
		if failed.Kind() == cloudflare.RateLimited {
			reason += "\n\n" + rateLimit
		}
	}
	what := "Run again later."
	if e.Wait < 24*time.Hour {
		what = fmt.Sprintf("Run again later, or allow more time, such as timeouts = { read = %q }.", longerTimeout(rc.timeout-e.Left+e.Wait))
	}
	return rc.timedOut(fmt.Sprintf("The next request has to wait %s, but timeouts.read (%s) expires in %s.\n\n%s\n\n%s",
		formatDuration(e.Wait), formatDuration(rc.timeout), formatDuration(e.Left), reason, what))
}

// budget is known after the first page, so that nobody waits for it.
func (rc readContext) budget(e *cloudflare.BudgetError) diag.Diagnostic {
	return rc.timedOut(fmt.Sprintf("By Cloudflare's count, the list takes %d requests, the last of which can be sent in %s, but timeouts.read (%s) expires in %s. %s\n\n"+
		"Allow more time, such as timeouts = { read = %q }, or set a larger per_page.",
		e.Requests, formatDuration(e.Takes), formatDuration(rc.timeout), formatDuration(e.Left), ownLimit, longerTimeout(rc.timeout-e.Left+e.Takes)))
}

func (rc readContext) timedOut(detail string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("timeouts").AtName("read"),
		fmt.Sprintf("Cannot read %s within %s", rc.noun, formatDuration(rc.timeout)), detail)
}

// newErrorAt returns an error that points at the attribute, if it is one.
func newErrorAt(attribute path.Path, summary, detail string) diag.Diagnostic {
	if len(attribute.Steps()) == 0 {
		return diag.NewErrorDiagnostic(summary, detail)
	}
	return diag.NewAttributeErrorDiagnostic(attribute, summary, detail)
}

func (rc readContext) filter(e *cloudflare.FilterError) diag.Diagnostic {
	if e.Filter == "user_ids" {
		return diag.NewAttributeErrorDiagnostic(path.Root(e.Filter), "Cannot use the response to the filter user.id",
			fmt.Sprintf("Cloudflare returned %d registrations for the filter user.id, but %d of them are of other users, or of none. Cloudflare seems to have ignored the filter.\n\n"+
				"Remove user_ids and select registrations in Terraform.", e.Rows, e.Mismatches))
	}
	return diag.NewAttributeErrorDiagnostic(path.Root(e.Filter), "Cannot use the response to the filter "+e.Filter,
		fmt.Sprintf("Cloudflare returned %[2]d users for the filter %[1]s, but the %[1]s of %[3]d of them does not contain the filter's value. "+
			"Cloudflare seems to have ignored the filter, and a list with other users is rejected: it could give them access.\n\n"+
			"Remove %[1]s and select users in Terraform, ignoring case:\n\n%[4]s", e.Filter, e.Rows, e.Mismatches, selectBy(e.Filter)))
}

func (rc readContext) tooLarge(e *rawstate.TooLargeError) diag.Diagnostic {
	return diag.NewErrorDiagnostic(fmt.Sprintf("Cannot return %s: the list is too large", rc.noun),
		fmt.Sprintf("The %d %s take %.1f MiB, but a provider can send at most %d MiB in one response (a limit of terraform-plugin-go, the library that serves it).\n\n"+
			"%s If you need all of them, use several data sources.", e.Elements, rc.rows(), float64(e.Bytes)/(1<<20), rawstate.MaxResponseMiB, rc.fewerRows))
}

func (rc readContext) failed(e *cloudflare.Error) diag.Diagnostic {
	s := rc.suggest(e)
	return newErrorAt(s.path, fmt.Sprintf("Cannot read %s: %s", rc.noun, e.Outcome()), rc.exchange(e)+"\n\n"+s.text)
}

// exchange states the request and the response, without secrets.
func (rc readContext) exchange(e *cloudflare.Error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Request: %s %s", e.Method, e.Path)
	if e.Page > 0 {
		fmt.Fprintf(&b, ", page %d", e.Page)
	}
	b.WriteString("\nResponse: " + cmp.Or(e.StatusLine(), "none"))
	if e.RayID != "" {
		b.WriteString(", CF-Ray " + rc.masker.mask(e.RayID))
	}
	for _, m := range e.Messages {
		b.WriteString("\n  " + rc.masker.mask(m.String()))
	}
	if e.Err != nil {
		b.WriteString("\n  " + rc.cause(e))
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, "\nAttempts: %d in %s", e.Attempts, formatDuration(e.Elapsed))
	}
	if len(e.Tried) > 1 {
		fmt.Fprintf(&b, "\nAlso tried: per_page %s", strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Tried[1:]), " ", ", "), "[]"))
	}
	return b.String()
}

// cause masks errors of the connection, which may repeat what a server sent, and
// the host of a redirect. The client's other errors do not repeat anything. It
// speaks of users, where the client only knows rows.
func (rc readContext) cause(e *cloudflare.Error) string {
	if transport, ok := errors.AsType[*cloudflare.TransportError](e.Err); ok {
		return rc.masker.mask(transport.Error())
	}
	if redirect, ok := errors.AsType[*cloudflare.RedirectError](e.Err); ok {
		return (&cloudflare.RedirectError{Host: rc.masker.mask(redirect.Host)}).Error()
	}
	if value, ok := errors.AsType[*cloudflare.ValueError](e.Err); ok {
		return value.Describe(cmp.Or(rc.row, "user"))
	}
	return e.Err.Error()
}

// longerTimeout returns twice the duration, in whole minutes.
func longerTimeout(d time.Duration) string {
	return formatDuration(max(time.Minute, (2*d + time.Minute - 1).Truncate(time.Minute)))
}

// formatDuration rounds, and returns 10m rather than 10m0s.
func formatDuration(d time.Duration) string {
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
