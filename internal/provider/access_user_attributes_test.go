package provider_test

import (
	"encoding/json"
	"testing"

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
	terraform(t, start(t, fake), reads(allUsers, fake))
}
