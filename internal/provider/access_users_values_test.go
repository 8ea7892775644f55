package provider_test

import (
	"encoding/json"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// An error about a value says where it stands and not what it is: it may be a
// person's.
func TestAccAValueOfTheWrongTypeIsAnErrorThatNamesItsPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		row   int
		field string
		value any
		want  string
		lacks string
	}{
		"half a device":       {1, "active_device_count", 2.5, "active_device_count of user 1 on page 1 is not a whole number", "2.5"},
		"a string for count":  {3, "active_device_count", "secret", "active_device_count of user 3 on page 1 is not a whole number", "secret"},
		"a count too large":   {2, "active_device_count", json.Number("1e300"), "active_device_count of user 2 on page 1 is not a whole number", "1e300"},
		"a number for email":  {2, "email", 31337, "email of user 2 on page 1 is not a string", "31337"},
		"an object for name":  {2, "name", map[string]any{"first": "Secret"}, "name of user 2 on page 1 is not a string", "Secret"},
		"a number for a time": {1, "created_at", 1388553600, "created_at of user 1 on page 1 is not a string", "1388553600"},
		"a string for a flag": {3, "access_seat", "secret", "access_seat of user 3 on page 1 is not true or false", "secret"},
		"a list for an id":    {1, "id", []string{"secret"}, "id of user 1 on page 1 is not a string", "secret"},
		"a null row":          {2, "", nil, "user 2 on page 1 is not an object", "null"},
		"a string for a row":  {3, "", "secret", "user 3 on page 1 is not an object", "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(3))
			fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Edit(func(envelope map[string]any) {
				rows, _ := envelope["result"].([]any)
				if test.field == "" {
					rows[test.row-1] = test.value
					return
				}
				row, _ := rows[test.row-1].(map[string]any)
				row[test.field] = test.value
			})}}
			got := failure(t, start(t, fake), reads(everyUser, fake, nil))
			if !strings.Contains(oneLine(got), test.want) {
				t.Errorf("terraform plan: got %s\nwant %q in it", got, test.want)
			}
			if strings.Contains(got, test.lacks) {
				t.Errorf("terraform plan: got %s\nwant %q not in it", got, test.lacks)
			}
		})
	}
}
