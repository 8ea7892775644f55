package fakeapi_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// Each kind is a pattern of the user's JSON, whose fields are in alphabetical order.
func TestUsers_kinds(t *testing.T) {
	t.Parallel()
	users := fakeapi.Users(200, fixedTime())
	rows := strings.Split(get(t, fakeapi.New(users), "").Body.String(), "},{")
	for kind, pattern := range map[string]string{
		"nulls":                   `"access_seat":null,"active_device_count":null,"created_at":null,"email":"[^"]+","gateway_seat":null,"id":"[^"]+","last_successful_login":null,"name":null,"seat_uid":null,"uid":null,"updated_at":null`,
		"absent fields":           `^"email":"[^"]+","id":"[^"]+"$`,
		"an empty name":           `"name":""`,
		"a Latin name":            `"name":"[^"]*[^\x00-\x7F][^"]*[a-z]`,
		"a Cyrillic name":         `"name":"\p{Cyrillic}`,
		"a CJK name":              `"name":"[\p{Han}\p{Hangul}]`,
		"an emoji name":           `"name":"[^"]*[\x{1F300}-\x{1FAFF}]`,
		"an email in mixed case":  `"email":"[A-Z].*@E`,
		"never logged in, absent": `"id":"[^"]+","name".*"seat_uid"`,
		"never logged in, null":   `"access_seat":true,.*"last_successful_login":null`,
		"never authenticated":     `"access_seat":false,"active_device_count":0,.*"gateway_seat":false,"id":"[^"]+","name":"[^"]+","uid"`,
		"removed from both seats": `"access_seat":false,.*"gateway_seat":false,.*"last_successful_login":"`,
		"WARP only":               `"access_seat":false,"active_device_count":1,.*"gateway_seat":true,.*"last_successful_login":null`,
		"an access seat alone":    `"access_seat":true,.*"gateway_seat":false`,
		"2.0 devices":             `"active_device_count":2.0,`,
		"a short fraction":        `"created_at":"[^"]*:\d\d\.5Z"`,
		"a fraction of 5 digits":  `"created_at":"[^"]*:\d\d\.12345Z"`,
		"a fraction ending in 0":  `"created_at":"[^"]*:\d\d\.120Z"`,
		"no fraction":             `"created_at":"[^"]*:\d\dZ"`,
	} {
		is := regexp.MustCompile(pattern).MatchString
		if !slices.ContainsFunc(rows[:15], is) || !slices.ContainsFunc(rows[15:], is) {
			t.Errorf("%s: no such user among the first 15, or none among the others", kind)
		}
	}

	// The contract allows each field to be absent, and none to be null.
	contract := acctest.LoadContract(t)
	for _, user := range users {
		maps.DeleteFunc(user, func(_ string, value any) bool { return value == nil })
	}
	r := newRequest(t, http.MethodGet, usersPath)
	checkContract(t, contract, r, send(fakeapi.New(users), r))
	if got, want := len(fakeapi.Newcomer(0)), len(contract.User); got != want {
		t.Errorf("a newcomer has %d fields, want the contract's %d", got, want)
	}
}

func TestUsers_properties(t *testing.T) {
	t.Parallel()
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	email := regexp.MustCompile(`(?i)^[a-z]+\.[a-z]+\.[0-9]+@example\.(com|org)$`)
	users := fakeapi.Users(5000, fixedTime())
	if diff := cmp.Diff(users[:50], fakeapi.Users(50, fixedTime())); diff != "" {
		t.Errorf("Users(5000)[:50] and Users(50) differ:\n%s", diff)
	}
	for i := range 500 {
		users = append(users, fakeapi.Newcomer(i))
	}
	seen := map[any]bool{}
	for i, user := range users {
		for field, pattern := range map[string]*regexp.Regexp{"id": uuid, "uid": uuid, "seat_uid": uuid, "email": email} {
			value, has := user[field].(string)
			if has && (seen[value] || !pattern.MatchString(value)) || !has && pattern == email {
				t.Errorf("user %d: %s %v, want one of its own that matches %s", i, field, user[field], pattern)
			}
			seen[value] = true
		}
		if name, _ := user["name"].(string); strings.ContainsFunc(name, unicode.IsMark) {
			t.Errorf("user %d: name %q, want it in NFC", i, name)
		}
		second := func(field string) string { // of a time, without its fraction
			value, _ := user[field].(string)
			return value[:min(len(value), len("2006-01-02T15:04:05"))]
		}
		created, updated, login := second("created_at"), second("updated_at"), second("last_successful_login")
		if created > updated || updated > login && login != "" || max(updated, login) > "2026-02-28T09:30:00" {
			t.Errorf("user %d: created %s, updated %s, login %s, want this order, days before now", i, created, updated, login)
		}
	}
}
