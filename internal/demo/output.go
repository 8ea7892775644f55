package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"text/template"
	"time"

	"github.com/fatih/color"
)

//go:embed output.tmpl
var texts string

// print prints a text of output.tmpl.
func (d *demo) print(name string, data map[string]any) error {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"bold":   color.New(color.Bold).Sprint,
		"faint":  color.New(color.Faint).Sprintf,
		"figure": color.New(color.Bold, color.FgGreen).Sprintf,
		"text":   text,
	}).Parse(texts)).ExecuteTemplate(d.out, name, data)
}

// printf ignores errors: nobody is there to read them, and SIGPIPE ends the demo.
func (d *demo) printf(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

// text distinguishes null from empty.
func text(value any) string {
	if value == nil {
		return "null"
	}
	return cmp.Or(fmt.Sprint(value), `""`)
}

// oneOfEachKind returns the first user of each kind.
func oneOfEachKind(users []any) []any {
	seen := make(map[string]int)
	return slices.DeleteFunc(users, func(element any) bool {
		user, _ := element.(map[string]any)
		kind := fmt.Sprint(user["access_seat"], user["gateway_seat"], user["last_successful_login"] == nil, user["name"] == nil || user["name"] == "")
		seen[kind]++
		return seen[kind] > 1
	})
}

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
