package provider_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestDiagnosticsByTheirText holds what a reader meets while users are read:
// each time one diagnostic, the whole text of it, and no secret.
func TestDiagnosticsByTheirText(t *testing.T) {
	t.Parallel()
	all := refusals()
	maps.Copy(all, failures())
	maps.Copy(all, oddLists())
	for name, test := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Quirks, fake.Change = test.quirks, test.change
			if test.fault != nil {
				fake.Faults = []fakeapi.Fault{{Page: max(test.page, 1), Attempts: -1, Do: test.fault}}
			}
			baseURL := serve(t, fake)
			block := values{"base_url": str(baseURL), "max_retries": num(2)}
			env := map[string]string{"CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID}
			if test.key {
				block["api_key"], block["email"] = str(fakeapi.Key), str(fakeapi.Email)
			}
			e := newEndpoint(t, block, env, acctest.NewClock())
			resp := e.read(t.Context(), test.config)

			got := describe(resp.Diagnostics, baseURL)
			if want := strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("the reader gets\n%s\nwant\n%s", got, want)
			}
			if len(resp.Diagnostics) != 1 {
				t.Errorf("%d diagnostics, want 1", len(resp.Diagnostics))
			}
			if failed := resp.Diagnostics[0].Severity == tfprotov6.DiagnosticSeverityError; failed && e.hasUsers(resp) {
				t.Error("a read that failed gave users")
			}
		})
	}
}

// describe writes diagnostics as a reader meets them, less what differs from
// run to run.
func describe(diagnostics []*tfprotov6.Diagnostic, baseURL string) string {
	var b strings.Builder
	for _, d := range diagnostics {
		b.WriteString(d.Severity.String() + ": " + d.Summary + "\n")
		if d.Attribute != nil {
			b.WriteString("at " + d.Attribute.String() + "\n")
		}
		b.WriteString(d.Detail + "\n")
	}
	text := b.String()
	if baseURL != "" {
		text = strings.ReplaceAll(text, baseURL, "https://HOST/client/v4")
	}
	for pattern, word := range map[string]string{
		`127\.0\.0\.1:\d+`:      "HOST",
		`CF-Ray [0-9a-f]+`:      "CF-Ray 0123456789abcdef",
		`times in [0-9.]+m?s\b`: "times in 1.5s",
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, word)
	}
	return text
}
