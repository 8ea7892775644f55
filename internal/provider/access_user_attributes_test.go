package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// variedUsers have every kind of value that an attribute can have. They are not
// in the order of state.
func variedUsers() []fakeapi.User {
	null := fakeapi.User{}
	for name := range wantUser(nil) {
		null[name] = nil
	}
	null["id"] = "null"
	return append([]fakeapi.User{
		{
			"id":                    "f174e90a-fafe-4643-bbbc-4a0ed4fc8415",
			"email":                 "Jane.Doe+vpn@Example.com",
			"name":                  "Jane \"JD\" Doe ${x} %{y} \\ <&>",
			"uid":                   "0b53b5c1-30ac-4b52-8b4b-9d0f0a1b7c11",
			"seat_uid":              "a3e9c64e-35f8-4b06-9b8e-0c5f0d3d2a77",
			"access_seat":           true,
			"gateway_seat":          false,
			"active_device_count":   2,
			"created_at":            "2014-01-01T05:20:00.12345Z",
			"updated_at":            "2014-01-01T05:20:00.120000000Z",
			"last_successful_login": "2020-07-01T05:20:00+02:00",
			"unknown":               map[string]any{"id": 1},
		},
		{
			"id":                  "not-ascii",
			"email":               "müller@exämple.example",
			"name":                "Zoë Mu\u0308ller 山田 花子 👩‍💻", // u and a combining diaeresis
			"access_seat":         false,
			"gateway_seat":        true,
			"active_device_count": json.Number("2.0"),
			"created_at":          "0001-01-01T00:00:00Z",
			"updated_at":          "",
		},
		{"id": "large", "email": "z@example.com", "active_device_count": json.Number("9007199254740993")}, // 2^53 + 1
		{"id": "empty", "name": "", "email": "", "active_device_count": 0, "access_seat": false},
		{"id": "9", "email": "same@example.com"},
		{"id": "10", "email": "same@example.com"},
		{"id": "absent"},
		null,
	}, fixedUsers(15)...) // with users who never authenticated or lost their seats
}

func TestAccAccessUsersDataSource_attributes(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(append(variedUsers(), fakeapi.User{"email": "no-id@example.com"}))
	terraform(t, start(t, fake), reads(allUsers, fake, nil))
}

// TestAccAccessUserDataSource_byID reads each user by id, in one for_each.
func TestAccAccessUserDataSource_byID(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(variedUsers())
	var ids []string
	var checks []statecheck.StateCheck
	for _, user := range fake.Users(fakeapi.AccountID) {
		ids = append(ids, fmt.Sprintf("%q", user["id"]))
		checks = append(checks, hasUser(fmt.Sprintf("data.cloudflare_access_user.one[%q]", user["id"]), user, nil))
	}
	terraform(t, start(t, fake), resource.TestStep{
		Config: `
data "cloudflare_access_user" "one" {
  for_each = toset([` + strings.Join(ids, ", ") + `])
  id       = each.key
}
`,
		ConfigStateChecks: checks,
	}, withoutForEach())
}

// hasUser checks that a data source has exactly the user's attributes, the
// account's id and these timeouts.
func hasUser(address string, user fakeapi.User, timeouts any) statecheck.StateCheck {
	want := wantUser(user)
	want["account_id"], want["timeouts"] = fakeapi.AccountID, timeouts
	return stateCheck(func(req statecheck.CheckStateRequest) error {
		got, err := attributesIn(req, address)
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			err = fmt.Errorf("%s (-want +got):\n%s", address, diff)
		}
		return err
	})
}

func TestRead_noDeviceCount(t *testing.T) {
	t.Parallel()
	users := fixedUsers(5)
	fake := fakeapi.New(fixedUsers(5))
	fake.Quirks.NoDeviceCount = true
	for _, user := range users {
		delete(user, "active_device_count")
	}
	e := newEndpoint(t, nil, start(t, fake), nil)
	got := e.read(t.Context(), nil).State.MsgPack
	want := e.value(e.schemas.DataSourceSchemas[dataSource], values{
		"account_id": str(fakeapi.AccountID), "users": typedUsers(t, users), "emails_not_found": noStrings(),
	}).MsgPack
	if !bytes.Equal(want, got) {
		t.Errorf("state (-want +got):\n%s", cmp.Diff(decode(t, want), decode(t, got)))
	}
}
