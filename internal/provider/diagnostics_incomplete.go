package provider

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// incomplete states what each read of the list returned, and why it is rejected. The
// reader's passes and rows are reads and users, or registrations, here.
func (rc readContext) incomplete(e *cloudflare.IncompleteError) diag.Diagnostic {
	var b strings.Builder
	fmt.Fprintf(&b, "%s A list that may lack %s is rejected.\n", rc.whyIncomplete(e), rc.rows())
	for i, pass := range e.Passes {
		fmt.Fprintf(&b, "\nRead %d: %s: %d, requests: %d, total_count: %s, linked: %t", i+1, rc.rows(), pass.Rows, pass.Requests, totalCounts(pass), pass.Linked)
		if pass.Page > 0 {
			fmt.Fprintf(&b, ", ended at page: %d", pass.Page)
		}
	}
	if len(e.Passes) > 0 {
		b.WriteString("\n")
	}
	at := suggestion{}
	switch {
	case e.Reason == cloudflare.CountTooLarge:
		fmt.Fprintf(&b, "\nCompare the list with Cloudflare's dashboard. If the count is right, the list lacks %d of the users: run again later, and report it to Cloudflare's support if it stays. %s", e.Missing, rc.wrongCount.text)
		at = rc.wrongCount
	case e.Page > 0:
		fmt.Fprintf(&b, "\n%s Another run is unlikely to help.", rc.otherList.text)
	default:
		b.WriteString("\nRun again when fewer users join and leave.")
	}
	summary := "Cannot read a complete list of Access users"
	if rc.row != "" {
		summary = "Cannot read a complete list of " + rc.noun
	}
	return newErrorAt(at.path, summary, b.String())
}

func (rc readContext) whyIncomplete(e *cloudflare.IncompleteError) string {
	switch e.Reason {
	case cloudflare.CountTooLarge:
		return fmt.Sprintf("Cloudflare responded to every request, but the last two reads returned %d different users while every page stated a total_count of %d or more.", e.Rows, e.Rows+e.Missing)
	case cloudflare.OtherPage:
		return fmt.Sprintf("Cloudflare responded to every request, but in two reads the response to page %d states that it is page %d.", e.Page, e.Stated)
	case cloudflare.PageIgnored:
		return fmt.Sprintf("Cloudflare responded to every request, but in two reads page %d and the page before it contained the users of page 1.", e.Page)
	case cloudflare.NoEnd:
		return fmt.Sprintf("Cloudflare responded to every request, but there was no end of the list at page %d.", e.Page)
	case cloudflare.SameCursor:
		return fmt.Sprintf("Cloudflare responded to every request, but the response to page %d has a cursor that came before.", e.Page)
	case cloudflare.NoNewRows:
		return fmt.Sprintf("Cloudflare responded to every request, but page %d is the second one that has a cursor, but no new %s.", e.Page, rc.rows())
	default:
		return fmt.Sprintf("Cloudflare responded to every request, but the list seems to have changed during all %d reads.", len(e.Passes))
	}
}

// totalCounts returns the least and the largest total_count that a pass stated.
func totalCounts(p cloudflare.Pass) string {
	switch p.MinCount {
	case cloudflare.NotStated:
		return "not stated"
	case p.MaxCount:
		return strconv.Itoa(p.MinCount)
	default:
		return fmt.Sprintf("%d to %d", p.MinCount, p.MaxCount)
	}
}
