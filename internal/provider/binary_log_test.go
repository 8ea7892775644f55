//go:build unix

package provider_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestAccProvider_wait checks that a log at WARN shows a wait that Cloudflare asks
// for. The wait exceeds timeouts.read, so the plan fails at once.
func TestAccProvider_wait(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "3600")
		refusal(http.StatusTooManyRequests, 971, "Please wait.")(w, r)
	}}}
	w := newWorkspace(t, "", start(t, fake))
	w.env["TF_LOG_PROVIDER"], w.env["TF_LOG_PATH"] = "WARN", "log"
	checkFailed(t, w.run("plan", "-no-color"), "Cannot read Access users within 10m")
	line := regexp.MustCompile(`(?m)^.*\[WARN\] .*: retrying request: .*$`).FindString(w.read("log"))
	for _, field := range []string{" delay=1h0m0s", " next_attempt=", `cause="971: Please wait."`} {
		if !strings.Contains(line, field) {
			t.Errorf("log: got %q, want in it %q", line, field)
		}
	}
}

// TestAccProvider_log reads with a retry, then gets a value of the wrong type,
// with everything logged that Terraform and the provider can log.
func TestAccProvider_log(t *testing.T) {
	t.Parallel()
	fault := fakeapi.WrongType("name", map[string]any{"first": "Private"})
	for _, test := range []struct {
		block   string
		env     environment
		message string // of Cloudflare
	}{
		{tokenBlock, nil, fakeapi.Token},
		{"", environment{"CLOUDFLARE_API_KEY": fakeapi.Key, "CLOUDFLARE_EMAIL": fakeapi.Email}, fakeapi.Key + fakeapi.Email},
	} {
		fake := pagedFake(fakeapi.Fault{Page: 2, Attempts: 1, Do: fakeapi.HTML(http.StatusBadGateway)},
			fakeapi.Fault{Page: 1, Attempts: 1, Do: fakeapi.Pass()}, fakeapi.Fault{Page: 1, Attempts: -1, Do: fault})
		fake.Messages = []fakeapi.Message{{Code: 1, Text: test.message}}
		w := newWorkspace(t, test.block, start(t, fake))
		delete(w.env, "CLOUDFLARE_API_TOKEN")
		maps.Copy(w.env, test.env)
		w.env["TF_LOG"], w.env["TF_LOG_PATH"] = "TRACE", "log"
		read := w.run("plan", "-no-color")
		read.checkUsers(t, 250)
		failed := w.run("plan", "-no-color")
		checkFailed(t, failed, "name of user 1 is not a string")

		log := w.read("log")
		if got, want := strings.Count(log, "received a response"), len(fake.Requests()); got != want || want != 5 {
			t.Errorf("log: got %d responses, want %d, which is 5", got, want)
		}
		checkNothingPrivate(t, log+read.printed+failed.printed, fake)
	}
}

// TestAccProvider_logOfRegistrations reads pages by cursor, with a retry and messages
// that repeat what was sent, with everything logged.
func TestAccProvider_logOfRegistrations(t *testing.T) {
	t.Parallel()
	fake := registrationsFake()
	fake.MaxPageSize = 1
	id := text(fake.Users(fakeapi.AccountID)[1]["id"])
	fake.Faults = []fakeapi.Fault{
		{Page: 2, Attempts: 1, Do: func(w http.ResponseWriter, r *http.Request) {
			refusal(http.StatusBadGateway, 1, "unknown: "+r.URL.RawQuery)(w, r)
		}},
		{Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
			about := "about " + r.URL.RawQuery + " " + strings.ToUpper(strings.Join(r.URL.Query()["user.id"], ", "))
			fakeapi.Edit(func(envelope map[string]any) { envelope["messages"] = []fakeapi.Message{{Code: 1, Text: about}} })(w, r)
		}},
	}
	w := newWorkspace(t, "", start(t, fake))
	w.write("main.tf", strings.NewReplacer(dataSource+`" "all" {`, registrationsDataSource+`" "all" {
  status   = "all"
  search   = "LapTop"
  user_ids = ["`+id+`", "another-id"]
`, dataSource+".all.users", registrationsDataSource+".all.registrations").Replace(w.read("main.tf")))
	w.env["TF_LOG"], w.env["TF_LOG_PATH"] = "TRACE", "log"
	read := w.run("plan", "-no-color")
	log := w.read("log")
	if responses := strings.Count(log, "received a response"); read.exit != 0 || responses < 3 || !strings.Contains(log, "about ") || !strings.Contains(log, "unknown: ") {
		t.Fatalf("terraform plan: got exit code %d, a log of %d responses, want pages and Cloudflare's messages:\n%s", read.exit, responses, read.printed)
	}
	private := []string{id, "another-id", "laptop"}
	for _, r := range fake.Requests() {
		if cursor := r.Query.Get("cursor"); cursor != "" {
			private = append(private, cursor, url.QueryEscape(cursor))
		}
	}
	for _, value := range private {
		if at := strings.Index(strings.ToLower(log), strings.ToLower(value)); at >= 0 {
			t.Errorf("log: got %q in it: %q", value, log[max(0, at-200):at+len(value)])
		}
	}
}

// TestAccProvider_seatsAlone counts seats, with everything logged: state, plan, log
// and output have nothing of a user.
func TestAccProvider_seatsAlone(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(40))
	w := newWorkspace(t, "", start(t, fake))
	w.write("main.tf", strings.NewReplacer(dataSource, seatsDataSource, "length(data.cloudflare_access_users.all.users)",
		"data.cloudflare_access_seats.all.users").Replace(w.read("main.tf")))
	w.env["TF_LOG"], w.env["TF_LOG_PATH"] = "TRACE", "log"
	planned := w.run("plan", "-no-color", "-out=tfplan")
	planned.checkUsers(t, 40)
	applied, shown := w.run("apply", "-no-color", "tfplan"), w.run("show", "-json", "tfplan")
	state := w.read("terraform.tfstate")
	if !strings.Contains(state, `"users": 40`) || shown.exit != 0 || !strings.Contains(w.read("log"), "received a response") {
		t.Errorf("terraform: got the state %s, plan exit code %d, want 40 users, 0 and a log of responses", state, shown.exit)
	}
	checkNothingPrivate(t, w.read("log")+planned.printed+applied.printed+shown.printed+state, fake)
}

// checkNothingPrivate checks that a text has no credential, no stack trace and
// nothing that identifies a user.
func checkNothingPrivate(t *testing.T, text string, fake *fakeapi.Server) {
	t.Helper()
	private := []string{fakeapi.Token, fakeapi.Key, fakeapi.Email, "Private", "panic:", "goroutine "}
	for _, user := range fake.Users(fakeapi.AccountID) {
		for _, field := range []string{"id", "email", "name", "uid", "seat_uid"} {
			if value, ok := user[field].(string); ok && value != "" {
				private = append(private, value)
			}
		}
	}
	for _, value := range private {
		if at := strings.Index(text, value); at >= 0 {
			t.Errorf("log and output: got %q in it: %q", value, text[max(0, at-200):at+len(value)])
		}
	}
}
