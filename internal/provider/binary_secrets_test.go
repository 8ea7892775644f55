package provider_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestAccTheWholeLogTellsEachRequestAndNoSecret reads with a retry, then meets
// a 403, with all that Terraform and the provider can log.
func TestAccTheWholeLogTellsEachRequestAndNoSecret(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block   string
		env     []string
		message string // which Cloudflare has for the log
	}{
		"token in the configuration": {tokenBlock, nil, fakeapi.Token},
		"token in the environment":   {"", []string{"CLOUDFLARE_API_TOKEN=" + fakeapi.Token}, fakeapi.Token},
		"key in the configuration":   {keyBlock, nil, fakeapi.Key + fakeapi.Email},
		"key in the environment":     {"", []string{"CLOUDFLARE_API_KEY=" + fakeapi.Key, "CLOUDFLARE_EMAIL=" + fakeapi.Email}, fakeapi.Key + fakeapi.Email},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Messages = []fakeapi.Message{{Code: 1, Text: test.message}}
			fake.Faults = []fakeapi.Fault{
				{Page: 2, Attempts: 1, Do: fakeapi.HTML(http.StatusBadGateway)},
				{Page: 1, Attempts: 1, Do: fakeapi.Pass()},
				{Page: 1, Attempts: -1, Do: refusal(http.StatusForbidden, 10000, "Authentication error")},
			}
			env := append(test.env, "TF_LOG=TRACE", "TF_LOG_PATH=log", "CLOUDFLARE_ACCOUNT_ID="+fakeapi.AccountID, "CLOUDFLARE_BASE_URL="+serve(t, fake))
			w := newWorkspace(t, test.block, "", env...)
			read := w.run("apply", "-auto-approve", "-no-color")
			if read.exit != 0 || !strings.Contains(read.stdout, "users = 250") {
				t.Errorf("Terraform ended with %d; it printed:\n%s%s", read.exit, read.stdout, read.stderr)
			}
			failed := w.run("apply", "-auto-approve", "-no-color")
			checkFailed(t, failed, "Cannot read Access users: 403 Forbidden")

			log := w.read("log")
			checkRequestsLogged(t, log)
			checkNothingPrivate(t, log+read.stdout+read.stderr+failed.stdout+failed.stderr, fake)
		})
	}
}

// checkRequestsLogged wants a line for each request, with all that says how it
// went.
func checkRequestsLogged(t *testing.T, log string) {
	t.Helper()
	var got []string
	for line := range strings.Lines(log) {
		if !strings.Contains(line, "request completed") {
			continue
		}
		fields := make(map[string]any)
		for _, field := range regexp.MustCompile(`(\w+)=(\S+)`).FindAllStringSubmatch(line, -1) {
			fields[field[1]] = field[2]
		}
		got = append(got, logged(fields))
	}
	want := []string{
		"page 1 attempt 1 status 200 rows 100",
		"page 1 attempt 1 status 403 rows 0",
		"page 2 attempt 1 status 502 rows 0",
		"page 2 attempt 2 status 200 rows 100",
		"page 3 attempt 1 status 200 rows 50",
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the log has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// checkNothingPrivate wants no credential in a text, and nothing of a user that
// says who it is.
func checkNothingPrivate(t *testing.T, text string, fake *fakeapi.Server) {
	t.Helper()
	private := []string{fakeapi.Token, fakeapi.Key, fakeapi.Email}
	for _, user := range fake.Users(fakeapi.AccountID) {
		for _, field := range []string{"id", "email", "name", "uid", "seat_uid"} {
			if value, ok := user[field].(string); ok && value != "" {
				private = append(private, value)
			}
		}
	}
	for _, value := range private {
		if at := strings.Index(text, value); at >= 0 {
			t.Errorf("%q is in the log or on the screen: %q", value, text[max(0, at-200):at+len(value)])
		}
	}
}
