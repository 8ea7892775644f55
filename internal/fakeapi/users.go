package fakeapi

import (
	"crypto/sha512"
	"encoding/json"
	"fmt"
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
	if len(users) == 0 {
		return users
	}
	return append(users[1:], users[0])
}

// newUser returns the user with this index, an ordinary one.
func newUser(i int, now time.Time) User {
	sum := sha512.Sum512(strconv.AppendInt([]byte("user "), int64(i), 10))
	random := sum[48:]
	first, last := firstName(int(random[0])), lastName(int(random[1]))
	login := now.UTC().AddDate(0, 0, -1-days(random[2:], 400))
	updated := login.AddDate(0, 0, -days(random[4:], 100))
	created := updated.AddDate(0, 0, -days(random[6:], 1000))
	domain := pick(int(random[8]), "example.com", "example.com", "example.org")
	return User{
		"id":                    uuid(sum[0:16]),
		"uid":                   uuid(sum[16:32]),
		"seat_uid":              uuid(sum[32:48]),
		"email":                 fmt.Sprintf("%s.%s.%d@%s", strings.ToLower(first), strings.ToLower(last), i, domain),
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
	nth := i / period
	switch i % period {
	case 1:
		user["name"] = pick(nth, "Zoë Müller", "Łukasz Dąbek", "Çağla Şahin", "Søren Ågård", "Nguyễn Đức Ân", "François Œuvrard")
	case 2: // never logged in
		delete(user, "last_successful_login")
	case 3:
		for field := range user {
			if field != "id" && field != "email" {
				user[field] = nil
			}
		}
	case 4:
		user["name"] = ""
	case 5:
		user["name"] = pick(nth, "Андрей Зайцев", "Соломія Їжак", "Йоана Ёлкина")
	case 6:
		user["active_device_count"] = json.Number("2.0")
	case 7:
		for field := range user {
			if field != "id" && field != "email" {
				delete(user, field)
			}
		}
	case 8:
		user["name"] = pick(nth, "山田 花子", "王小明", "김서연")
	case 9: // never logged in, stated as null
		user["last_successful_login"] = nil
	case 10:
		user["name"] = pick(nth, "Robin 🦊", "Kit 👩‍💻 Lane", "🌻")
	case 11:
		mixCase(user)
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

// mixCase gives the user an email like Alva.Berg.11@Example.com. Most compare
// emails case-insensitively, but not all.
func mixCase(user User) {
	name, _ := user["name"].(string)
	email, _ := user["email"].(string)
	rest := email[len(name):]
	user["email"] = strings.ReplaceAll(name, " ", ".") + strings.Replace(rest, "@e", "@E", 1)
}

// days returns a number from 0 to below limit that two random bytes choose.
func days(random []byte, limit int) int { return (int(random[0])<<8 | int(random[1])) % limit }

// uuid makes a version 4 UUID of 16 bytes.
func uuid(b []byte) string {
	return fmt.Sprintf("%x-%x-4%03x-%x-%x", b[0:4], b[4:6],
		(int(b[6])<<8|int(b[7]))&0xfff, []byte{b[8]&0x3f | 0x80, b[9]}, b[10:16])
}

// timestamp formats t to the second, with a fraction that i chooses. RFC 3339
// allows trailing zeros, which a client must keep.
func timestamp(t time.Time, i int) string {
	return t.Format("2006-01-02T15:04:05") + pick(i, "", ".12345", "", ".5", ".123456", ".120", "", ".000001") + "Z"
}

// firstName and lastName choose among common names. They are combined at
// random: no real person is meant.
func firstName(i int) string {
	return pick(
		i,
		"Alva", "Bruno", "Carla", "Dario", "Edith", "Femi", "Greta", "Hana",
		"Ivo", "Jonas", "Kira", "Leon", "Mara", "Nils", "Olga", "Pavel",
		"Quinn", "Rosa", "Samir", "Tilda", "Uma", "Viktor", "Wanda", "Yusuf",
	)
}

func lastName(i int) string {
	return pick(
		i,
		"Abbott", "Berg", "Costa", "Dahl", "Engel", "Fuchs", "Grant", "Holm",
		"Ito", "Jansen", "Keller", "Lind", "Moreau", "Novak", "Okafor", "Petrov",
		"Quist", "Rossi", "Silva", "Tanaka", "Ueda", "Vogel", "Weber", "Zeman",
	)
}

func pick[T any](i int, choices ...T) T { return choices[i%len(choices)] }
