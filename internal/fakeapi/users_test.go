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
		"an email in lower case":  `"email":"[^"A-Z]+"`,
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
	if got, want := len(fakeapi.Newcomer(0)), len(contract.Fields("user")); got != want {
		t.Errorf("a newcomer has %d fields, want the contract's %d", got, want)
	}
}

func TestUsers_properties(t *testing.T) {
	t.Parallel()
	users := fakeapi.Users(5000, fixedTime())
	if diff := cmp.Diff(users[:50], fakeapi.Users(50, fixedTime())); diff != "" {
		t.Errorf("Users(5000)[:50] and Users(50) differ:\n%s", diff)
	}
	for i := range 500 {
		users = append(users, fakeapi.Newcomer(i))
	}
	seen := map[any]bool{"": true}
	for i, user := range users {
		text := func(field string) string {
			value, _ := user[field].(string)
			return value
		}
		id, email, name := text("id"), strings.ToLower(text("email")), text("name")
		if seen[id] || seen[email] {
			t.Errorf("user %d: got id %q and email %q, want unique ones", i, id, email)
		}
		seen[id], seen[email] = true, true
		if strings.ContainsFunc(name, unicode.IsMark) {
			t.Errorf("user %d: got name %q, want it in NFC", i, name)
		}
		created, updated, login := text("created_at"), text("updated_at"), text("last_successful_login")
		if created > updated || updated > login && login != "" || max(updated, login) > "2026-03" {
			t.Errorf("user %d: got created %s, updated %s, login %s, want this order, days before now", i, created, updated, login)
		}
	}
}
