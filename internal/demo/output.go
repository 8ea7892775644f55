package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fatih/color"
	tfjson "github.com/hashicorp/terraform-json"
)

const fakeExports = `A fake Cloudflare API has %d users and %d devices. Ctrl-C stops it. In another shell:

  export CLOUDFLARE_BASE_URL=%s
  export CLOUDFLARE_API_TOKEN=%s
  export CLOUDFLARE_ACCOUNT_ID=%s

Then run terraform with your own configuration.
`

const nextSteps = `
%s
  make install
  # permissions: "Access: Audit Logs Read" and, for devices, "Zero Trust: Read"
  export CLOUDFLARE_API_TOKEN=...
  export CLOUDFLARE_ACCOUNT_ID=...  # 32 hexadecimal digits, from the dashboard
  cd examples/demo && %[2]s init && %[2]s plan
`

// step runs one part of the demo. A terminal shows how long it takes.
func (d *demo) step(text string, run func() error) error {
	if !d.progress {
		d.printf("%s...\n", text)
		return run()
	}
	ended := make(chan error, 1)
	go func() { ended <- run() }()
	for start := time.Now(); ; {
		d.printf("\r%s... %.1f s", text, time.Since(start).Seconds())
		select {
		case err := <-ended:
			d.printf("\n")
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// printUsers prints the first user of each kind, within 80 columns. The name is
// the last column because its characters may be of any width.
func (d *demo) printUsers(state *tfjson.StateValues) {
	seen := make(map[string]bool)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = fmt.Fprintln(w, strings.Join(cells, "\t")) } // into memory
	row("EMAIL", "ACCESS", "GATEWAY", "LAST LOGIN", "NAME")
	users, _ := state.RootModule.Resources[0].AttributeValues["users"].([]any) // the first by address
	for _, element := range users {
		user, _ := element.(map[string]any)
		kind := fmt.Sprint(user["access_seat"], user["gateway_seat"], user["last_successful_login"] == nil, user["name"] == nil || user["name"] == "")
		if !seen[kind] {
			day, _, _ := strings.Cut(text(user["last_successful_login"]), "T")
			row(text(user["email"]), text(user["access_seat"]), text(user["gateway_seat"]), day, text(user["name"]))
		}
		seen[kind] = true
	}
	_ = w.Flush() // into memory
	header, rows, _ := strings.Cut(table.String(), "\n")
	d.printf("\n%s\n", color.New(color.Bold).Sprint("One user of each kind, from Terraform's state:"))
	d.printf("%s\n%s\n", color.New(color.Faint).Sprint(header), rows)
}

func (d *demo) printSummary(state *tfjson.StateValues, requests int, took time.Duration) {
	output := func(name string) any { return state.Outputs[name].Value }
	line := func(label string, value any, note string, args ...any) {
		d.printf("%-12s  %s  %s\n", label, color.New(color.Bold, color.FgGreen).Sprintf("%6v", value), color.New(color.Faint).Sprintf(note, args...))
	}
	line("Users", output("users"), "%v without a recorded login", output("without_login"))
	line("Seats", output("seats"), "%v Access, %v Gateway", output("access_seats"), output("gateway_seats"))
	line("Unused seats", output("unused_seats"), "no login for 90 days, and no device seen")
	line("Requests", requests, "to read all users and devices")
	line("Time", fmt.Sprintf("%.1f s", took.Seconds()), "for the whole apply")
}

// text distinguishes null from empty.
func text(value any) string {
	switch value {
	case nil:
		return "null"
	case "":
		return `""`
	default:
		return fmt.Sprint(value)
	}
}

// printf ignores errors: nobody is there to read them, and SIGPIPE ends the demo.
func (d *demo) printf(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }
