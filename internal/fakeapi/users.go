package fakeapi

import (
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// User is one user as the JSON object that is sent: a key that is missing is
// absent there, nil is null. A user must not change while a [Server] has it:
// responses are encoded concurrently.
type User map[string]any

// Users returns n users, the same ones for the same n and now: Users(n, now)[:k]
// equals Users(k, now). Their times are different days before now. Each has an id
// and an email of its own.
//
// The first fifteen show what a real list may contain: nulls, absent fields,
// empty names, names beyond ASCII (in NFC, as Terraform stores text), users who
// never logged in, who were created but never authenticated, who lost their
// seats, and who only use the WARP client, an active_device_count of 2.0, an
// email in mixed case, times with and without fractions. All of it recurs
// among later users.
func Users(n int, now time.Time) []User {
	users := make([]User, n)
	special := specialFields()
	for i := range users {
		users[i] = newUser(i, now)
		maps.Copy(users[i], special[i%period])
		maps.DeleteFunc(users[i], func(_ string, value any) bool { return value == absent{} })
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
	domain := pick(int(random[8]), "Example.com", "Example.com", "Example.org")
	email := first + "." + last + "." + strconv.Itoa(i) + "@" + domain
	if i%period != 11 { // most compare emails case-insensitively, but not all
		email = strings.ToLower(email)
	}
	login := now.UTC().AddDate(0, 0, -1-number(2, 400))
	updated := login.AddDate(0, 0, -1-number(4, 100))
	created := updated.AddDate(0, 0, -1-number(6, 1000))
	return User{
		"id":                    uuid(sum[0:16]),
		"uid":                   uuid(sum[16:32]),
		"seat_uid":              uuid(sum[32:48]),
		"email":                 email,
		"name":                  first + " " + last,
		"access_seat":           random[9]%4 > 0,
		"gateway_seat":          random[10]%3 > 0,
		"active_device_count":   pick(i, 1, 2, 0, 1, 1, 3, 0, 1, 2, 7),
		"created_at":            timestamp(created, i),
		"updated_at":            timestamp(updated, i+1),
		"last_successful_login": timestamp(login, i+2),
	}
}

// period is the number of users after which what is special about users recurs.
const period = 40

// absent is the value of a field that a user does not have.
type absent struct{}

// specialFields returns the fields in which the first of every 40 users differ
// from ordinary ones.
func specialFields() [period]User {
	return [period]User{
		1:  {"name": "Zoë Müller"},
		2:  {"last_successful_login": absent{}}, // never logged in
		3:  allOptional(nil),
		4:  {"name": ""},
		5:  {"name": "Андрей Зайцев"},
		6:  {"active_device_count": json.Number("2.0")},
		7:  allOptional(absent{}),
		8:  {"name": "山田 花子"},
		9:  {"last_successful_login": nil}, // never logged in, stated as null
		10: {"name": "Robin 🦊"},
		12: { // created, never authenticated
			"access_seat": false, "gateway_seat": false, "active_device_count": 0,
			"seat_uid": absent{}, "last_successful_login": absent{},
		},
		13: {"access_seat": false, "gateway_seat": false}, // removed from both seats
		14: { // uses the WARP client only
			"access_seat": false, "gateway_seat": true, "active_device_count": 1,
			"last_successful_login": nil,
		},
		15: {"name": "Nguyễn Đức Ân"},
		16: {"name": "김서연"},
	}
}

// allOptional returns this value for each field that some users lack.
func allOptional(value any) User {
	return User{
		"name": value, "uid": value, "seat_uid": value,
		"access_seat": value, "gateway_seat": value, "active_device_count": value,
		"created_at": value, "updated_at": value, "last_successful_login": value,
	}
}

// uuid formats 16 bytes like a UUID.
func uuid(b []byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// timestamp formats t to the second, with a fraction that i chooses. RFC 3339
// allows trailing zeros, which a client must keep.
func timestamp(t time.Time, i int) string {
	return t.Format("2006-01-02T15:04:05") + pick(i, "", ".12345", "", ".5", ".123456", ".120", "", ".000001") + "Z"
}

func pick[T any](i int, choices ...T) T { return choices[i%len(choices)] }
