package examples_test

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func jane(now time.Time) fakeapi.User {
	user := fakeapi.Users(1, now)[0]
	user["id"], user["email"] = "0", "Jane@Example.com"
	user["access_seat"], user["last_successful_login"] = true, "2026-01-02T03:04:05.120Z"
	return user
}

func neverLoggedIn(users []fakeapi.User) (emails []string) {
	for _, u := range slices.SortedFunc(slices.Values(users), byEmail) {
		if u["last_successful_login"] == nil {
			emails = append(emails, text(u, "email"))
		}
	}
	return emails
}

func seatsByDomain(users []fakeapi.User) map[string]int {
	seats := map[string]int{"none": 1}
	for _, u := range users {
		_, domain, _ := strings.Cut(strings.ToLower(text(u, "email")), "@")
		seats[domain] += count([]fakeapi.User{u}, holdsSeat)
	}
	return seats
}

func holdsSeat(u fakeapi.User) bool { return u["access_seat"] == true || u["gateway_seat"] == true }

func count(users []fakeapi.User, what func(fakeapi.User) bool) (n int) {
	for _, u := range users {
		if what(u) {
			n++
		}
	}
	return n
}

func byEmail(a, b fakeapi.User) int { return strings.Compare(text(a, "email"), text(b, "email")) }

func lastLogin(u fakeapi.User) (login time.Time, ok bool) {
	login, err := time.Parse(time.RFC3339, text(u, "last_successful_login"))
	return login, err == nil
}

// text is a field of the user's, "" where it is null or absent.
func text(u fakeapi.User, field string) string {
	s, _ := u[field].(string)
	return s
}

func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // users can always be written
	}
	return string(text)
}
