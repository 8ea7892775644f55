package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// user is an element of the data source's users, as far as the demo shows it.
type user struct {
	Email       *string `json:"email"`
	Name        *string `json:"name"`
	AccessSeat  *bool   `json:"access_seat"`
	GatewaySeat *bool   `json:"gateway_seat"`
	Devices     *int64  `json:"active_device_count"`
	LastLogin   *string `json:"last_successful_login"`
}

// printUsers prints the first user of each kind. The name is the last column
// because its characters may be of any width.
func printUsers(out io.Writer, users []user) {
	type kind struct {
		seats            string
		named, withLogin bool
	}
	seen := make(map[kind]bool)
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	row := func(cells ...any) { _, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", cells...) } // into memory
	row("EMAIL", "SEATS", "DEVICES", "LAST LOGIN", "NAME")
	for _, u := range users {
		k := kind{u.seats(), u.Name != nil && *u.Name != "", u.LastLogin != nil}
		if !seen[k] {
			row(text(u.Email), u.seats(), text(u.Devices), text(u.LastLogin), text(u.Name))
		}
		seen[k] = true
	}
	_ = table.Flush() // as in say
}

func (u user) seats() string {
	access, gateway := u.AccessSeat != nil && *u.AccessSeat, u.GatewaySeat != nil && *u.GatewaySeat
	switch {
	case access && gateway:
		return "access, gateway"
	case access:
		return "access"
	case gateway:
		return "gateway"
	case u.AccessSeat == nil && u.GatewaySeat == nil:
		return "null"
	default:
		return "none"
	}
}

// text distinguishes null from empty.
func text[T any](value *T) string {
	if value == nil {
		return "null"
	}
	if s := fmt.Sprint(*value); s != "" {
		return s
	}
	return `""`
}
