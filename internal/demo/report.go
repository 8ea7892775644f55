package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// user is a row of the data source's users, as far as the demo shows it.
type user struct {
	Email       *string `json:"email"`
	Name        *string `json:"name"`
	AccessSeat  *bool   `json:"access_seat"`
	GatewaySeat *bool   `json:"gateway_seat"`
	Devices     *int64  `json:"active_device_count"`
	LastLogin   *string `json:"last_successful_login"`
}

// printUsers prints the first user of each kind: a list of hundreds begins
// with many that are alike. Names come last, for they may be of any width.
func printUsers(out io.Writer, users []user) {
	type kind struct {
		seat             string
		named, hasLogged bool
	}
	seen := make(map[kind]bool)
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	say(table, "EMAIL\tSEAT\tDEVICES\tLAST LOGIN\tNAME\n")
	for _, u := range users {
		k := kind{u.seat(), u.Name != nil && *u.Name != "", u.LastLogin != nil}
		if seen[k] {
			continue
		}
		seen[k] = true
		say(table, "%s\t%s\t%s\t%s\t%s\n", orElse(u.Email, "-"), u.seat(),
			orElse(u.Devices, "-"), orElse(u.LastLogin, "never"), orElse(u.Name, "-"))
	}
	_ = table.Flush()
}

// seat says which seats the user takes, "-" where the API says nothing of them.
func (u user) seat() string {
	access, gateway := u.AccessSeat != nil && *u.AccessSeat, u.GatewaySeat != nil && *u.GatewaySeat
	switch {
	case access && gateway:
		return "access, gateway"
	case access:
		return "access"
	case gateway:
		return "gateway"
	case u.AccessSeat == nil && u.GatewaySeat == nil:
		return "-"
	default:
		return "none"
	}
}

// orElse tells null from empty.
func orElse[T any](value *T, null string) string {
	if value == nil {
		return null
	}
	if text := fmt.Sprint(*value); text != "" {
		return text
	}
	return `""`
}

func printNextSteps(out io.Writer, terraform string) {
	step(out, "The same with your own account, which is only read")
	say(out, `make install                        # puts the provider where Terraform looks for it
export CLOUDFLARE_API_TOKEN=...     # permission on the account: "Access: Audit Logs Read"
export CLOUDFLARE_ACCOUNT_ID=...    # 32 hexadecimal digits in the dashboard's address
unset CLOUDFLARE_BASE_URL           # it led the demo to the fake API
cd examples/demo                    # the configuration that you have just seen
%[1]s init
%[1]s plan
`, terraform)
}
