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

// failure returns what Terraform prints when the step fails, in one line:
// Terraform adds line breaks at the width of the screen.
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
		t.Fatalf("terraform: got no error, want one, with\n%s", step.Config)
	}
	return plain(failed.Error())
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

// withoutForEach is the last step of a test with for_each, which the testing
// library cannot destroy.
func withoutForEach() resource.TestStep { return resource.TestStep{Config: allUsers} }

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
		Config: config + usersOutput,
		ConfigStateChecks: []statecheck.StateCheck{stateCheck(func(req statecheck.CheckStateRequest) error {
			got, err := usersIn(req, usersAddress)
			if diff := cmp.Diff(wantUsers(fake), got); err == nil && diff != "" {
				err = fmt.Errorf("users of the state (-want +got):\n%s", diff)
			}
			return err
		})},
	}
}

// A stateCheck is a function as a statecheck.StateCheck.
type stateCheck func(statecheck.CheckStateRequest) error

func (check stateCheck) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = check(req)
}

// wantUsers returns what the fake's users become in state, in its order.
func wantUsers(fake *fakeapi.Server) (users []map[string]any) {
	for _, user := range fake.Users(fakeapi.AccountID) {
		users = append(users, wantUser(user))
	}
	slices.SortFunc(users, func(a, b map[string]any) int {
		return strings.Compare(text(a["email"])+"\x00"+text(a["id"]), text(b["email"])+"\x00"+text(b["id"]))
	})
	return users
}

// wantUser returns what state has of a user: every attribute, null if the API
// omits it, text in the form that Terraform stores.
func wantUser(user fakeapi.User) map[string]any {
	want := make(map[string]any)
	for name := range userType().AttributeTypes {
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

// attributesIn returns the attributes of a data source in the state.
func attributesIn(req statecheck.CheckStateRequest, address string) (map[string]any, error) {
	if req.State.Values != nil {
		for _, r := range req.State.Values.RootModule.Resources {
			if r.Address == address {
				return r.AttributeValues, nil
			}
		}
	}
	return nil, fmt.Errorf("the state has no %s", address)
}

// usersIn returns the users of a data source in the state.
func usersIn(req statecheck.CheckStateRequest, address string) ([]map[string]any, error) {
	attributes, err := attributesIn(req, address)
	if err != nil {
		return nil, err
	}
	list, ok := attributes["users"].([]any)
	users := make([]map[string]any, len(list))
	for i := 0; i < len(list) && ok; i++ {
		users[i], ok = list[i].(map[string]any)
	}
	if !ok {
		return nil, fmt.Errorf("%s.users is %v, want a list of objects", address, attributes["users"])
	}
	return users, nil
}
