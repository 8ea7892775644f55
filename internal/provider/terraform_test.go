package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// An environment replaces the process environment of the provider.
type environment map[string]string

func (e environment) getenv(variable string) string { return e[variable] }

// start serves the fake API and returns the environment for a read from it.
func start(t *testing.T, fake *fakeapi.Server) environment {
	t.Helper()
	return environment{
		"CLOUDFLARE_BASE_URL":   serve(t, fake),
		"CLOUDFLARE_API_TOKEN":  fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID": fakeapi.AccountID,
	}
}

// testCase has the provider under test, with getenv instead of os.Getenv.
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

// terraform runs the steps with a real Terraform. Each step applies its
// configuration; two further plans must show no change.
func terraform(t *testing.T, env environment, steps ...resource.TestStep) {
	t.Helper()
	resource.Test(t, testCase(env.getenv, steps...))
}

// failure returns what Terraform prints when the step fails.
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

// oneLine removes line breaks, which Terraform adds at the width of the screen.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
