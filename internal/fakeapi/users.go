package fakeapi

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// User is one user as the JSON object that is sent: a key that is missing is
// absent there, nil is null.
type User map[string]any

// Users returns n users, the same ones for the same n and now: Users(n, now)[:k]
// equals Users(k, now). Their times are days before now. Each has an id and an
// email of its own.
//
// The first fifteen show what a real list may contain: nulls, absent fields,
// empty names, names beyond ASCII (in NFC, as Terraform stores text), users who
// never logged in, who were created but never authenticated, who lost their
// seats, and who only use the WARP client, an active_device_count of 2.0, an
// email in mixed case, times with and without fractions. All of it recurs
// among later users.
func Users(n int, now time.Time) []User {
	users, special := make([]User, n), specials()
	for i := range users {
		users[i] = newUser(i, now)
		if kind := i % 40; kind < len(special) {
			makeSpecial(users[i], special[kind])
		}
	}
	return users
}

// Newcomer returns a user, with all fields set, that no result of [Users]
// contains. It is another one for each i.
func Newcomer(i int) User {
	const far = 1 << 30 // beyond every index of Users
	return newUser(far+i, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
}

// newUser returns the user with this index, an ordinary one. Common names are
// combined at random: no real person is meant.
func newUser(i int, now time.Time) User {
	sum := sha512.Sum512(strconv.AppendInt([]byte("user "), int64(i), 10))
	random := sum[48:]
	number := func(at, limit int) int { return (int(random[at])<<8 | int(random[at+1])) % limit }
	first := pick(int(random[0]), "Alva", "Bruno", "Carla", "Dario", "Edith", "Femi", "Greta", "Hana", "Ivo", "Jonas")
	last := pick(int(random[1]), "Abbott", "Berg", "Costa", "Dahl", "Engel", "Fuchs", "Grant", "Holm", "Ito", "Jansen")
	domain := pick(int(random[8]), "example.com", "example.com", "example.org")
	login := now.UTC().AddDate(0, 0, -1-number(2, 400))
	updated := login.AddDate(0, 0, -number(4, 100))
	created := updated.AddDate(0, 0, -number(6, 1000))
	return User{
		"id":                    uuid(sum[0:16]),
		"uid":                   uuid(sum[16:32]),
		"seat_uid":              uuid(sum[32:48]),
		"email":                 strings.ToLower(first+"."+last) + "." + strconv.Itoa(i) + "@" + domain,
		"name":                  first + " " + last,
		"access_seat":           random[9]%4 > 0,
		"gateway_seat":          random[10]%3 > 0,
		"active_device_count":   pick(i, 1, 2, 0, 1, 1, 3, 0, 1, 2, 7),
		"created_at":            timestamp(created, i),
		"updated_at":            timestamp(updated, i+1),
		"last_successful_login": timestamp(login, i+2),
	}
}

// absent stands for a field that a user does not have.
type absent struct{}

// specials are what some of every 40 users have instead of newUser's values,
// starting with the first.
func specials() []User {
	optional := func(value any) User { // all that may be null or absent
		user := newUser(0, time.Time{})
		for field := range user {
			user[field] = value
		}
		delete(user, "id")
		delete(user, "email")
		return user
	}
	mixedCase := func(email string) string {
		return strings.ToUpper(email[:1]) + strings.Replace(email[1:], "@e", "@E", 1)
	}
	return []User{
		{},
		{"name": "Zoë Müller"},
		{"last_successful_login": absent{}}, // never logged in
		optional(nil),
		{"name": ""},
		{"name": "Андрей Зайцев"},
		{"active_device_count": json.Number("2.0")},
		optional(absent{}),
		{"name": "山田 花子"},
		{"last_successful_login": nil}, // never logged in
		{"name": "Kit 👩‍💻 Lane"},
		{"email": mixedCase}, // most compare emails case-insensitively, but not all
		{ // created, never authenticated
			"access_seat": false, "gateway_seat": false, "active_device_count": 0, "seat_uid": absent{}, "last_successful_login": absent{},
		},
		{"access_seat": false, "gateway_seat": false}, // removed from both seats
		{ // uses the WARP client only
			"access_seat": false, "gateway_seat": true, "active_device_count": 1, "last_successful_login": nil,
		},
	}
}

func makeSpecial(user, special User) {
	for field, value := range special {
		switch v := value.(type) {
		case absent:
			delete(user, field)
		case func(string) string:
			text, _ := user[field].(string)
			user[field] = v(text)
		default:
			user[field] = v
		}
	}
}

// uuid makes a version 4 UUID of 16 bytes.
func uuid(b []byte) string {
	x := hex.EncodeToString(b)
	return x[:8] + "-" + x[8:12] + "-4" + x[13:16] + "-a" + x[17:20] + "-" + x[20:]
}

// timestamp formats t to the second, with a fraction that i chooses. RFC 3339
// allows trailing zeros, which a client must keep.
func timestamp(t time.Time, i int) string {
	return t.Format("2006-01-02T15:04:05") + pick(i, "", ".12345", "", ".5", ".123456", ".120", "", ".000001") + "Z"
}

func pick[T any](i int, choices ...T) T { return choices[i%len(choices)] }
