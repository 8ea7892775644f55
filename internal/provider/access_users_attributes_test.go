package provider_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// object is a row of state with these attributes, all others null.
func object(attributes map[string]knownvalue.Check) knownvalue.Check {
	all := make(map[string]knownvalue.Check)
	for name := range row(nil) {
		all[name] = knownvalue.Null()
	}
	maps.Copy(all, attributes)
	return knownvalue.ObjectExact(all)
}

// stateHas is a step that reads every user, after which users is this list.
func stateHas(users ...knownvalue.Check) resource.TestStep {
	return resource.TestStep{
		Config: everyUser + usersOutput,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("users"), knownvalue.ListExact(users)),
		},
	}
}

func TestAccUsersHaveEveryAttributeAsTheAPIGivesIt(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{
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
			"a_field_of_tomorrow":   map[string]any{"id": 1},
		},
		{
			"id":                    "f174e90a-fafe-4643-bbbc-4a0ed4fc8416",
			"email":                 "müller@exämple.example",
			"name":                  "Zoë Mu\u0308ller 山田 花子 👩‍💻", // Terraform keeps text composed
			"access_seat":           false,
			"gateway_seat":          true,
			"active_device_count":   json.RawMessage("2.0"),
			"created_at":            "0001-01-01T00:00:00Z",
			"updated_at":            "",
			"last_successful_login": nil,
		},
		{"id": "3", "email": "z@example.com", "active_device_count": json.Number("9007199254740993")}, // 2^53 + 1
	})
	terraform(t, start(t, fake), stateHas(
		object(map[string]knownvalue.Check{
			"id":                    knownvalue.StringExact("f174e90a-fafe-4643-bbbc-4a0ed4fc8415"),
			"email":                 knownvalue.StringExact("Jane.Doe+vpn@Example.com"),
			"name":                  knownvalue.StringExact("Jane \"JD\" Doe ${x} %{y} \\ <&>"),
			"uid":                   knownvalue.StringExact("0b53b5c1-30ac-4b52-8b4b-9d0f0a1b7c11"),
			"seat_uid":              knownvalue.StringExact("a3e9c64e-35f8-4b06-9b8e-0c5f0d3d2a77"),
			"access_seat":           knownvalue.Bool(true),
			"gateway_seat":          knownvalue.Bool(false),
			"active_device_count":   knownvalue.Int64Exact(2),
			"created_at":            knownvalue.StringExact("2014-01-01T05:20:00.12345Z"),
			"updated_at":            knownvalue.StringExact("2014-01-01T05:20:00.120000000Z"),
			"last_successful_login": knownvalue.StringExact("2020-07-01T05:20:00+02:00"),
		}),
		object(map[string]knownvalue.Check{
			"id":                  knownvalue.StringExact("f174e90a-fafe-4643-bbbc-4a0ed4fc8416"),
			"email":               knownvalue.StringExact("müller@exämple.example"),
			"name":                knownvalue.StringExact("Zoë Müller 山田 花子 👩‍💻"),
			"access_seat":         knownvalue.Bool(false),
			"gateway_seat":        knownvalue.Bool(true),
			"active_device_count": knownvalue.Int64Exact(2),
			"created_at":          knownvalue.StringExact("0001-01-01T00:00:00Z"),
			"updated_at":          knownvalue.StringExact(""),
		}),
		object(map[string]knownvalue.Check{
			"id":                  knownvalue.StringExact("3"),
			"email":               knownvalue.StringExact("z@example.com"),
			"active_device_count": knownvalue.Int64Exact(9007199254740993),
		}),
	))
}

func TestAccUsersWithoutValuesAreNull(t *testing.T) {
	t.Parallel()
	allNull := fakeapi.User{}
	for name := range row(nil) {
		allNull[name] = nil
	}
	allNull["id"] = "2"
	fake := fakeapi.New([]fakeapi.User{
		{"id": "3", "name": "", "active_device_count": 0, "access_seat": false},
		allNull,
		{"id": "1"},
		{"email": "no-id@example.com"},
	})
	terraform(t, start(t, fake), stateHas(
		object(map[string]knownvalue.Check{"id": knownvalue.StringExact("1")}),
		object(map[string]knownvalue.Check{"id": knownvalue.StringExact("2")}),
		object(map[string]knownvalue.Check{
			"id":                  knownvalue.StringExact("3"),
			"name":                knownvalue.StringExact(""),
			"active_device_count": knownvalue.Int64Exact(0),
			"access_seat":         knownvalue.Bool(false),
		}),
		object(map[string]knownvalue.Check{"email": knownvalue.StringExact("no-id@example.com")}),
	))
}

func TestAccUsersComeByEmailThenID(t *testing.T) {
	t.Parallel()
	user := func(email, id string) fakeapi.User { return fakeapi.User{"email": email, "id": id} }
	want := func(email, id string) knownvalue.Check {
		return object(map[string]knownvalue.Check{"email": knownvalue.StringExact(email), "id": knownvalue.StringExact(id)})
	}
	fake := fakeapi.New([]fakeapi.User{
		user("b@example.com", "1"), user("a@example.com", "9"),
		{"email": nil, "id": "8"},
		user("a@example.com", "2"), user("é@example.com", "0"), user("B@example.com", "7"),
		{"id": "6"},
	})
	terraform(t, start(t, fake), stateHas(
		object(map[string]knownvalue.Check{"id": knownvalue.StringExact("6")}),
		object(map[string]knownvalue.Check{"id": knownvalue.StringExact("8")}),
		want("B@example.com", "7"),
		want("a@example.com", "2"),
		want("a@example.com", "9"),
		want("b@example.com", "1"),
		want("é@example.com", "0"),
	))
}
