package main

import (
	"strings"
	"testing"
)

func TestUsersAreShownOncePerKindWithNullsAsSuch(t *testing.T) {
	t.Parallel()
	users, err := usersOf(map[string]any{"users": []any{
		map[string]any{
			"email": "a@example.com", "name": "A", "access_seat": true, "gateway_seat": true,
			"active_device_count": 2, "last_successful_login": "2025-01-02T03:04:05.120Z",
		},
		map[string]any{
			"email": "b@example.com", "name": "B", "access_seat": true, "gateway_seat": true,
			"active_device_count": 0, "last_successful_login": "2025-01-02T03:04:05Z",
		},
		map[string]any{"email": "c@example.com", "name": "", "access_seat": false, "gateway_seat": true},
		map[string]any{"email": "d@example.com", "name": nil, "access_seat": false, "gateway_seat": nil},
		map[string]any{"id": "e"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	printUsers(&out, users)
	const want = `
EMAIL           SEAT              DEVICES   LAST LOGIN                 NAME
a@example.com   access, gateway   2         2025-01-02T03:04:05.120Z   A
c@example.com   gateway           -         never                      ""
d@example.com   none              -         never                      -
-               -                 -         never                      -
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("printUsers printed\n%s\nwant\n%s", got, want)
	}
}
