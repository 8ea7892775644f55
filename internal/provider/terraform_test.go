package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// An environment is all that the provider sees of its surroundings.
type environment map[string]string

func (e environment) getenv(variable string) string { return e[variable] }

// start serves the fake, and gives the environment that a read from it needs.
func start(t *testing.T, fake *fakeapi.Server) environment {
	t.Helper()
	return environment{
		"CLOUDFLARE_BASE_URL":   serve(t, fake),
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}
}

// testCase has the provider under test, with this in the place of os.Getenv.
func testCase(getenv func(string) string, steps ...resource.TestStep) resource.TestCase {
	return resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{
			tfversion.SkipBelow(tfversion.Version1_4_0), // terraform_data
		},
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"cloudflare": func() (tfprotov6.ProviderServer, error) {
				return provider.NewServer(provider.Options{Version: "test", Getenv: getenv}), nil
			},
		},
		Steps: steps,
	}
}

// terraform takes a real Terraform through the steps. Each applies its
// configuration; two further plans must then show no change.
func terraform(t *testing.T, env environment, steps ...resource.TestStep) {
	t.Helper()
	resource.Test(t, testCase(env.getenv, steps...))
}

// A planError is an error as Terraform shows it at plan, without its line breaks.
type planError struct {
	summary string
	at      string // the line of the configuration that it points at
	detail  string
}

// refused gives the one error with which Terraform refuses the step.
func refused(t *testing.T, env environment, step resource.TestStep) planError {
	t.Helper()
	output := failure(t, env, step)
	parts := regexp.MustCompile(`(?s)^Error running pre-apply plan: exit status 1\n\nError: (.+?)\n\n` +
		`  with [^\n]+,\n  on \S+ line \d+, in [^\n]+:\n +\d+: ([^\n]*)\n\n(.*)$`).FindStringSubmatch(output)
	if parts == nil {
		t.Fatalf("terraform plan: got this, want an error that points at a line:\n%s", output)
	}
	return planError{summary: oneLine(parts[1]), at: oneLine(parts[2]), detail: oneLine(parts[3])}
}

// failure gives all that Terraform says when the step fails.
func failure(t *testing.T, env environment, step resource.TestStep) string {
	t.Helper()
	var failed error
	c := testCase(env.getenv, step)
	c.ErrorCheck = func(err error) error {
		failed = err
		return nil
	}
	resource.Test(t, c)
	if failed == nil {
		t.Fatalf("terraform plan: got no error, want one, with\n%s", step.Config)
	}
	return failed.Error()
}

// oneLine undoes Terraform's line breaks, which fall wherever a line is full.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
