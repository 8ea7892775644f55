package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestAccAFaultThatStaysEndsTerraformWithoutAState meets the fault on the last
// page, when all other users are there already.
func TestAccAFaultThatStaysEndsTerraformWithoutAState(t *testing.T) {
	t.Parallel()
	forbidden := refusal(http.StatusForbidden, 10000, "Authentication error")
	for name, test := range map[string]struct {
		fault http.HandlerFunc
		env   []string
		want  string
	}{
		"403":           {forbidden, nil, "Cannot read Access users: 403 Forbidden"},
		"403, logged":   {forbidden, []string{"TF_LOG=TRACE", "TF_LOG_PATH=log"}, "Cannot read Access users: 403 Forbidden"},
		"a wrong type":  {fakeapi.WrongType("name", 7), nil, "name of user 1 on page 3 is not a string"},
		"success false": {fakeapi.SuccessFalse(fakeapi.Message{Code: 1000, Text: "No."}), nil, "Cannot read Access users: request refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(250))
			fake.MaxPageSize = 100
			fake.Faults = []fakeapi.Fault{{Page: 3, Attempts: -1, Do: test.fault}}
			w := newWorkspace(t, "", "", append(test.env, accountEnv(serve(t, fake))...)...)
			checkFailed(t, w.run("apply", "-auto-approve", "-no-color"), test.want)
			if state := w.read("terraform.tfstate"); state != "" {
				t.Errorf("there is a state of %d bytes", len(state))
			}
			if log := w.read("log"); strings.Contains(log, "panic") || strings.Contains(log, "goroutine ") {
				t.Errorf("there is a stack trace in the log:\n%s", log)
			}
		})
	}
}

func TestAccAFaultThatStaysLeavesTheStateAsItWas(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize = 100
	fake.Faults = []fakeapi.Fault{
		{Page: 3, Attempts: 1, Do: fakeapi.Pass()},
		{Page: 3, Attempts: -1, Do: refusal(http.StatusForbidden, 10000, "Authentication error")},
	}
	w := newWorkspace(t, "", "", accountEnv(serve(t, fake))...)
	if got := w.run("apply", "-auto-approve", "-no-color"); got.exit != 0 || !strings.Contains(got.stdout, "users = 250") {
		t.Fatalf("Terraform ended with %d; it printed:\n%s%s", got.exit, got.stdout, got.stderr)
	}
	before := w.read("terraform.tfstate")

	fake.SetUsers(fakeapi.AccountID, fixedUsers(240))
	checkFailed(t, w.run("apply", "-auto-approve", "-no-color"), "Cannot read Access users: 403 Forbidden")
	if after := w.read("terraform.tfstate"); after != before || before == "" {
		t.Errorf("the state of %d bytes has become one of %d", len(before), len(after))
	}
}
