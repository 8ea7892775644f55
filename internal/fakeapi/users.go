package fakeapi

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"time"
)

// User is one user as the JSON object that is sent: a key that is missing is
// absent there, nil is null. A user that a [Server] has sent must not change:
// its JSON is kept.
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
	users := make([]User, n)
	for i := range users {
		users[i] = newUser(i, now)
		makeSpecial(users[i], i)
	}
	return users
}

// Newcomer returns a user, with all fields set, that no result of [Users]
// contains. It is another one for each i.
func Newcomer(i int) User {
	const far = 1 << 30 // beyond every index of Users
	return newUser(far+i, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
}

// Rotate is a [Server] Change that moves the first user to the end before each
// response.
func Rotate(_ int, users []User) []User {
	first := min(1, len(users))
	return append(users[first:], users[:first]...)
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

// makeSpecial makes some of every 40 users special, starting with the first.
func makeSpecial(user User, i int) {
	const period = 40
	optional := func(field string, _ any) bool { return field != "id" && field != "email" }
	switch nth := i / period; i % period {
	case 1:
		user["name"] = pick(nth, "Zoë Müller", "Łukasz Dąbek", "Nguyễn Đức Ân", "François Œuvrard")
	case 2: // never logged in
		delete(user, "last_successful_login")
	case 3: // all that may be null is
		for field := range user {
			if optional(field, nil) {
				user[field] = nil
			}
		}
	case 4:
		user["name"] = ""
	case 5:
		user["name"] = pick(nth, "Андрей Зайцев", "Соломія Їжак", "Йоана Ёлкина")
	case 6:
		user["active_device_count"] = json.Number("2.0")
	case 7: // all that may be absent is
		maps.DeleteFunc(user, optional)
	case 8:
		user["name"] = pick(nth, "山田 花子", "王小明", "김서연")
	case 9: // never logged in, stated as null
		user["last_successful_login"] = nil
	case 10:
		user["name"] = pick(nth, "Robin 🦊", "Kit 👩‍💻 Lane", "🌻")
	case 11: // most compare emails case-insensitively, but not all
		email, _ := user["email"].(string)
		user["email"] = strings.ToUpper(email[:1]) + strings.Replace(email[1:], "@e", "@E", 1)
	case 12: // created, never authenticated
		user["access_seat"], user["gateway_seat"], user["active_device_count"] = false, false, 0
		delete(user, "seat_uid")
		delete(user, "last_successful_login")
	case 13: // removed from both seats
		user["access_seat"], user["gateway_seat"] = false, false
	case 14: // uses the WARP client only
		user["access_seat"], user["gateway_seat"], user["active_device_count"] = false, true, 1
		user["last_successful_login"] = nil
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
