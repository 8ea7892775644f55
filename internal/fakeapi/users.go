package fakeapi

import (
	"crypto/sha512"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// User is one row as the JSON object it is sent as: a key that is missing is
// absent on the wire, nil is null.
type User map[string]any

// Users makes n users, the same for the same n and now: Users(n, now)[:k]
// equals Users(k, now). Their times are days before now. Ids and addresses are
// unique and always there.
//
// The first twelve show everything that a real list may hold: nulls, absent
// fields, empty names, names beyond ASCII (in NFC, as Terraform keeps text),
// users who never logged in, an active_device_count of 2.0, an address in mixed
// case, times with and without fractions. They recur further on.
func Users(n int, now time.Time) []User {
	users := make([]User, n)
	for i := range users {
		users[i] = newUser(i, now)
	}
	return users
}

// newUser makes the user with this index, whom no other index makes.
func newUser(i int, now time.Time) User {
	sum := sha512.Sum512(strconv.AppendInt([]byte("user "), int64(i), 10))
	dice := sum[48:]
	first, last := firstName(int(dice[0])), surname(int(dice[1]))
	login := now.UTC().AddDate(0, 0, -1-days(dice[2], dice[3], 400))
	updated := login.AddDate(0, 0, -days(dice[4], dice[5], 100))
	created := updated.AddDate(0, 0, -days(dice[6], dice[7], 1000))
	user := User{
		"id":                    uuid(sum[0:16]),
		"uid":                   uuid(sum[16:32]),
		"seat_uid":              uuid(sum[32:48]),
		"email":                 fmt.Sprintf("%s.%s.%d@%s", strings.ToLower(first), strings.ToLower(last), i, domain(int(dice[8]))),
		"name":                  first + " " + last,
		"access_seat":           dice[9]%4 > 0,
		"gateway_seat":          dice[10]%3 > 0,
		"active_device_count":   devices(i),
		"created_at":            timestamp(created, i),
		"updated_at":            timestamp(updated, i+1),
		"last_successful_login": timestamp(login, i+2),
	}
	makeSpecial(user, i)
	return user
}

// days is a number from 0 to below limit that two random bytes choose.
func days(a, b byte, limit int) int { return (int(a)<<8 | int(b)) % limit }

// uuid makes a version 4 UUID of 16 bytes.
func uuid(b []byte) string {
	return fmt.Sprintf("%x-%x-4%03x-%x-%x", b[0:4], b[4:6],
		(int(b[6])<<8|int(b[7]))&0xfff, []byte{b[8]&0x3f | 0x80, b[9]}, b[10:16])
}

// timestamp is t to the second, with a fraction that i chooses. RFC 3339
// allows trailing zeros, and a client must not drop them.
func timestamp(t time.Time, i int) string {
	fractions := [...]string{"", ".12345", "", ".5", ".123456", ".120", "", ".000001"}
	return t.Format("2006-01-02T15:04:05") + fractions[i%len(fractions)] + "Z"
}

func devices(i int) int {
	counts := [...]int{1, 2, 0, 1, 1, 3, 0, 1, 2, 7}
	return counts[i%len(counts)]
}
