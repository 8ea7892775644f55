package provider_test

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestAccAccessSeatsDataSource has users with each combination of seats.
func TestAccAccessSeatsDataSource(t *testing.T) {
	t.Parallel()
	users := []fakeapi.User{{}, {"access_seat": nil, "gateway_seat": true}}
	for access, n := range map[bool]int{false: 3, true: 5} {
		for range n {
			users = append(users, fakeapi.User{"access_seat": access, "gateway_seat": false}, fakeapi.User{"access_seat": access, "gateway_seat": true})
		}
	}
	for i, user := range users {
		user["id"] = string(rune('a' + i))
	}
	terraform(t, start(t, fakeapi.New(users)), resource.TestStep{
		Config: "data \"cloudflare_access_seats\" \"count\" {\n  timeouts = { read = \"5m\" }\n}\n",
		ConfigStateChecks: []statecheck.StateCheck{hasAttributes("data.cloudflare_access_seats.count", map[string]any{
			"account_id": fakeapi.AccountID, "ignore_total_count": nil, "timeouts": map[string]any{"read": "5m"},
			"users": json.Number("18"), "seats": json.Number("14"),
			"access_seats": json.Number("10"), "gateway_seats": json.Number("9"), "both_seats": json.Number("5"),
		})},
	})
}

// TestRead_accessSeatsErrors reads lists that cannot be shown to be complete. With
// ignore_total_count, the shorter one is counted.
func TestRead_accessSeatsErrors(t *testing.T) {
	t.Parallel()
	counted := fakeapi.Quirks{TotalCount: func(int) int { return 257 }}
	got := make(map[string]string)
	for name, test := range map[string]diagnosticCase{
		"forbidden":             {fault: refusal(403, 10000, "No")},
		"always page 1":         {quirks: fakeapi.Quirks{FirstPageOnly: true}},
		"total_count too large": {quirks: counted},
		"total_count ignored":   {quirks: counted, config: values{"ignore_total_count": tftypes.NewValue(tftypes.Bool, true)}},
	} {
		fake := pagedFake()
		fake.Quirks = test.quirks
		if test.fault != nil {
			fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: test.fault}}
		}
		got[name] = newEndpoint(t, nil, start(t, fake), nil).diagnose(seatsDataSource, test.config)
	}
	checkTexts(t, got)
}
