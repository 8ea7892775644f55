package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const address = "data.cloudflare_access_users.all"

// everyUser is the shortest configuration: the rest is in the environment.
const everyUser = `
data "cloudflare_access_users" "all" {}
`

// usersOutput makes a change of the users show in a plan, as it does only where
// something depends on them. It is a hash because Terraform takes minutes to
// show a list of thousands.
const usersOutput = `
output "users" {
  value = sha256(jsonencode(data.cloudflare_access_users.all.users))
}
`

// reads is a step after which the state has the users that the fake has by
// then and that pass the filter, where there is one.
func reads(config string, fake *fakeapi.Server, filter func(fakeapi.User) bool) resource.TestStep {
	return resource.TestStep{
		Config:            config + usersOutput,
		ConfigStateChecks: []statecheck.StateCheck{usersCheck{fake, filter}},
	}
}

// usersCheck compares the state's users with the fake's, attribute by attribute.
type usersCheck struct {
	fake   *fakeapi.Server
	filter func(fakeapi.User) bool
}

// CheckState is statecheck.StateCheck's.
func (c usersCheck) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	got, err := usersIn(req, address)
	if err != nil {
		resp.Error = err
		return
	}
	want := c.want()
	for i := range min(len(got), len(want)) {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			resp.Error = fmt.Errorf("users[%d] of the state (-want +got):\n%s", i, diff)
			return
		}
	}
	if len(got) != len(want) {
		resp.Error = fmt.Errorf("the state has %d users, want %d", len(got), len(want))
	}
}

// want gives the rows of state that the fake's users should become.
func (c usersCheck) want() []map[string]any {
	var rows []map[string]any
	for _, user := range c.fake.Users(fakeapi.AccountID) {
		if c.filter == nil || c.filter(user) {
			rows = append(rows, row(user))
		}
	}
	slices.SortFunc(rows, func(a, b map[string]any) int {
		return strings.Compare(text(a["email"])+"\x00"+text(a["id"]), text(b["email"])+"\x00"+text(b["id"]))
	})
	return rows
}

// row gives what state holds of a user: every attribute, null where it is absent.
func row(user fakeapi.User) map[string]any {
	row := make(map[string]any)
	for _, name := range []string{
		"access_seat", "active_device_count", "created_at", "email", "gateway_seat", "id",
		"last_successful_login", "name", "seat_uid", "uid", "updated_at",
	} {
		row[name] = user[name]
	}
	if n := user["active_device_count"]; n != nil {
		row["active_device_count"] = json.Number(strings.TrimSuffix(fmt.Sprint(n), ".0"))
	}
	return row
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// usersIn gives the users of one data source in the state.
func usersIn(req statecheck.CheckStateRequest, address string) ([]map[string]any, error) {
	if req.State.Values == nil {
		return nil, errors.New("the state is empty")
	}
	for _, r := range req.State.Values.RootModule.Resources {
		if r.Address != address {
			continue
		}
		list, ok := r.AttributeValues["users"].([]any)
		if !ok {
			return nil, fmt.Errorf("%s.users is %v, want a list", address, r.AttributeValues["users"])
		}
		users := make([]map[string]any, len(list))
		for i, user := range list {
			if users[i], ok = user.(map[string]any); !ok {
				return nil, fmt.Errorf("%s.users[%d] is %v, want an object", address, i, user)
			}
		}
		return users, nil
	}
	return nil, fmt.Errorf("the state has no %s", address)
}
