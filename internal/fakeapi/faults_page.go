package fakeapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// Edit answers with the real answer after edit has changed it. Numbers in it
// are json.Number.
func Edit(edit func(envelope map[string]any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := visitOf(r).answer()
		decoder := json.NewDecoder(bytes.NewReader(a.body))
		decoder.UseNumber()
		var body map[string]any
		if err := decoder.Decode(&body); err != nil {
			panic(fmt.Sprintf("fakeapi: %v", err))
		}
		edit(body)
		answer{status: a.status, body: encode(body)}.send(w)
	}
}

// WrongType answers with the real page, in which one field of the first user
// has this value instead. A page without users is left as it is.
func WrongType(field string, value any) http.HandlerFunc {
	return Edit(func(envelope map[string]any) {
		users, _ := envelope["result"].([]any)
		if len(users) == 0 {
			return
		}
		if user, ok := users[0].(map[string]any); ok {
			user[field] = value
		}
	})
}

// Trailing answers with the real page and this text after it.
func Trailing(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := visitOf(r).answer()
		answer{status: a.status, body: append(a.body, text...)}.send(w)
	}
}
