package fakeapi

import (
	"encoding/json"
	"strings"
)

// makeSpecial makes 11 users of every 40 special, starting with the first.
func makeSpecial(user User, i int) {
	const period = 40
	nth := i / period
	switch i % period {
	case 1:
		user["name"] = latinName(nth)
	case 2:
		delete(user, "last_successful_login") // never logged in
	case 3:
		for field := range user {
			if field != "id" && field != "email" {
				user[field] = nil
			}
		}
	case 4:
		user["name"] = ""
	case 5:
		user["name"] = cyrillicName(nth)
	case 6:
		user["active_device_count"] = json.Number("2.0")
	case 7:
		for field := range user {
			if field != "id" && field != "email" {
				delete(user, field)
			}
		}
	case 8:
		user["name"] = eastAsianName(nth)
	case 9:
		user["last_successful_login"] = nil // never logged in, said the other way
	case 10:
		user["name"] = emojiName(nth)
	case 11:
		mixCase(user)
	}
}

// mixCase gives the user an address like Alva.Berg.11@Example.com: two
// spellings of one address are one address to most, and two strings to all.
func mixCase(user User) {
	name, _ := user["name"].(string)
	email, _ := user["email"].(string)
	rest := email[len(name):]
	user["email"] = strings.ReplaceAll(name, " ", ".") + strings.Replace(rest, "@e", "@E", 1)
}
