package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPrintUsers(t *testing.T) {
	t.Parallel()
	var users []user
	if err := json.Unmarshal([]byte(`[
		{"email": "a@example.com", "name": "A", "access_seat": true, "gateway_seat": true,
			"active_device_count": 2, "last_successful_login": "2025-01-02T03:04:05.120Z"},
		{"email": "like-a@example.com", "name": "B", "access_seat": true, "gateway_seat": true,
			"active_device_count": 0, "last_successful_login": "2025-01-02T03:04:05Z"},
		{"email": "c@example.com", "name": "", "access_seat": false, "gateway_seat": true},
		{"email": "d@example.com", "access_seat": false, "gateway_seat": null},
		{"email": "e@example.com", "access_seat": true},
		{}]`), &users); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	printUsers(&out, users)
	const want = `
EMAIL           SEATS             DEVICES   LAST LOGIN                 NAME
a@example.com   access, gateway   2         2025-01-02T03:04:05.120Z   A
c@example.com   gateway           null      null                       ""
d@example.com   none              null      null                       null
e@example.com   access            null      null                       null
null            null              null      null                       null
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("printUsers printed\n%s\nwant\n%s", got, want)
	}
}
