package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
)

func TestDemoShowsEveryUserWhateverTheEnvironment(t *testing.T) {
	t.Parallel()
	temp := tempDir(t)
	printed, err := command(t, temp, acctest.Terraform(t),
		"TF_CLI_ARGS=-bogus",
		"TF_CLI_ARGS_apply=-bogus",
		"TF_CLI_CONFIG_FILE=/nonexistent/terraformrc",
		"TF_DATA_DIR=/nonexistent",
		"TF_LOG=TRACE",
		"TF_PLUGIN_CACHE_DIR=/nonexistent",
		"TF_REATTACH_PROVIDERS=bogus",
		"TF_WORKSPACE=bogus",
		"CLOUDFLARE_ACCOUNT_ID=bogus",
		"CLOUDFLARE_API_KEY=bogus",
		"CLOUDFLARE_API_TOKEN=bogus",
		"CLOUDFLARE_BASE_URL=https://cloudflare.invalid",
		"CLOUDFLARE_EMAIL=bogus@example.com",
		"HTTP_PROXY=http://127.0.0.1:1",
		"HTTPS_PROXY=http://127.0.0.1:1",
		"ALL_PROXY=http://127.0.0.1:1",
	).CombinedOutput()
	if err != nil {
		t.Errorf("the demo ended with %v, want success; it printed:\n%s", err, printed)
	}
	checkNothingLeft(t, temp)
	for _, want := range []string{
		`(?m)^250 users in 3 requests of up to 100 users\.$`,
		`Apply complete! Resources: [1-9][0-9]* added, 0 changed, 0 destroyed\.`,
		`(?m)^users += 250$`,
		`CLOUDFLARE_API_TOKEN=.*"Access: Audit Logs Read"`,
	} {
		if !regexp.MustCompile(want).Match(printed) {
			t.Errorf("the demo printed nothing like %s, but:\n%s", want, printed)
		}
	}
	for _, unwanted := range []string{"TRACE", "bogus"} {
		if strings.Contains(string(printed), unwanted) {
			t.Errorf("the demo printed %q:\n%s", unwanted, printed)
		}
	}
}

func TestDemoSaysWhatToDoWithoutTerraform(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		terraform   string
		environment []string
		want        []string
	}{
		"a name that is not on PATH": {
			terraform: "no-such-terraform",
			want:      []string{`cannot run "no-such-terraform"`, "not found", "make demo TERRAFORM="},
		},
		"a path that is not there": {
			terraform: "./no/such/terraform",
			want:      []string{`cannot run "./no/such/terraform"`, "no such file", "make demo TERRAFORM="},
		},
		"another program": {
			terraform: "go",
			want:      []string{"does not work as Terraform or OpenTofu", "make demo TERRAFORM="},
		},
		"nothing on PATH, and no internet": {
			environment: onlyGoOnPath(t, "http://127.0.0.1:1"),
			want:        []string{"Fetching Terraform", "cannot fetch", "Install Terraform or OpenTofu", "make demo TERRAFORM="},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temp := tempDir(t)
			printed, err := command(t, temp, test.terraform, test.environment...).CombinedOutput()
			checkFailure(t, err, printed, temp)
			for _, want := range test.want {
				if !strings.Contains(string(printed), want) {
					t.Errorf("the demo did not print %q, but:\n%s", want, printed)
				}
			}
		})
	}
}

func TestExampleIsFormatted(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), acctest.Terraform(t), "fmt", "-check", "-diff", "../../examples/demo") //nolint:gosec // the Terraform of the tests
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("terraform fmt -check: %v\n%s", err, out)
	}
}
