package fakeapi_test

import (
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// The contract allows each field to be absent, and none to be null.
func TestUsers_contract(t *testing.T) {
	t.Parallel()
	contract, users := acctest.LoadContract(t), fakeapi.Users(200, fixedTime())
	for _, user := range users {
		maps.DeleteFunc(user, func(_ string, value any) bool { return value == nil })
	}
	r := newRequest(t, http.MethodGet, usersPath)
	checkContract(t, contract, r, send(fakeapi.New(users), r))
	if got, want := len(fakeapi.Newcomer(0)), len(contract.User); got != want {
		t.Errorf("Newcomer: got %d fields, want the contract's %d", got, want)
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
