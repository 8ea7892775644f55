package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
	"golang.org/x/text/unicode/norm"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

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

// plain returns what Terraform prints, without frames and line breaks.
func plain(printed string) string {
	printed = regexp.MustCompile(`[│╷╵]`).ReplaceAllString(printed, " ")
	return strings.Join(strings.Fields(printed), " ")
}

const usersAddress = "data.cloudflare_access_users.all"

// allUsers is the shortest configuration: the rest is in the environment.
const allUsers = `
data "cloudflare_access_users" "all" {}
`

// usersOutput makes a change of the users show in a plan, which it does only if
// something depends on them. It is a hash because Terraform takes minutes to
// show a list of thousands.
const usersOutput = `
output "users" {
  value = sha256(jsonencode(data.cloudflare_access_users.all.users))
}
`

// reads is a step after which the state has the users that the fake has then.
func reads(config string, fake *fakeapi.Server) resource.TestStep {
	return resource.TestStep{
		Config:            config + usersOutput,
		ConfigStateChecks: []statecheck.StateCheck{hasAttributes(usersAddress, map[string]any{"users": wantUsers(fake)})},
	}
}

// hasAttributes checks these attributes of a data source in the state.
func hasAttributes(address string, want map[string]any) statecheck.StateCheck {
	return stateCheck(func(req statecheck.CheckStateRequest) error {
		got := make(map[string]any)
		for _, r := range req.State.Values.RootModule.Resources {
			for name := range want {
				if r.Address == address {
					got[name] = r.AttributeValues[name]
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("attributes of %s in the state (-want +got):\n%s", address, diff)
		}
		return nil
	})
}

// A stateCheck is a function as a statecheck.StateCheck.
type stateCheck func(statecheck.CheckStateRequest) error

func (check stateCheck) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = check(req)
}

// wantUsers returns what the fake's users become in state, in its order.
func wantUsers(fake *fakeapi.Server) (users []any) {
	all := fake.Users(fakeapi.AccountID)
	slices.SortFunc(all, compareUsers)
	for _, user := range all {
		users = append(users, wantUser(user))
	}
	return users
}

// compareUsers orders users as in state: by email, then id.
func compareUsers(a, b fakeapi.User) int {
	return slices.Compare([]string{text(a["email"]), text(a["id"])}, []string{text(b["email"]), text(b["id"])})
}

// wantUser returns what state has of a user: every attribute, null if the API
// omits it, text in the form that Terraform stores.
func wantUser(user fakeapi.User) map[string]any {
	want := make(map[string]any)
	for name := range fakeapi.Newcomer(0) { // every field
		want[name] = user[name]
		if s, ok := user[name].(string); ok {
			want[name] = norm.NFC.String(s)
		}
	}
	if n := user["active_device_count"]; n != nil {
		want["active_device_count"] = json.Number(strings.TrimSuffix(fmt.Sprint(n), ".0"))
	}
	return want
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
