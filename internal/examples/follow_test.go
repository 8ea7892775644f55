package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// A block is a shell block, a configuration or a file of a page, which the scripts
// in testdata execute.
type block struct {
	page     string // path in the repository
	section  string // the anchor of the heading above
	language string
	file     string // the name in the line above: "`main.tf`:"
	text     string
	// The reason in a comment above, if no test can execute the block:
	// <!-- not run: it needs an account -->
	notRun string
}

func (b block) executable() bool {
	return b.language == "shell" || b.language == "terraform" || b.language == "csv"
}

// blocks returns the executable blocks of a page, in their order. A block in a list
// is indented, which is no part of its text.
func blocks(t interface{ Fatalf(string, ...any) }, page string) (found []block) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		t.Fatalf("%v", err)
	}
	fence := regexp.MustCompile("^( *)```([a-z]*)$")
	name, reason := regexp.MustCompile("^ *`([^`]+)`:$"), regexp.MustCompile(`^ *<!-- not run: (.+) -->$`)
	var open *block
	var indent string
	next := block{page: page}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimRight(line, "\r\n")
		mark := fence.FindStringSubmatch(line)
		switch {
		case open != nil && mark != nil:
			if open.executable() {
				found = append(found, *open)
			}
			open, next = nil, block{page: page, section: next.section}
		case open != nil:
			open.text += strings.TrimPrefix(line, indent) + "\n"
		case mark != nil:
			next.language, indent = mark[2], mark[1]
			open = new(next)
		case strings.HasPrefix(line, "#"):
			next = block{page: page, section: anchor(strings.TrimLeft(line, "# "))}
		case name.MatchString(line):
			next.file = name.FindStringSubmatch(line)[1]
		case reason.MatchString(line):
			next.notRun = reason.FindStringSubmatch(line)[1]
		case line != "":
			next.file, next.notRun = "", ""
		}
	}
	if open != nil {
		t.Fatalf("%s: a block is not closed", page)
	}
	return found
}

// follow writes the files of a page, or of the sections below some of its headings,
// and executes the shell blocks, in the order of the page and in one shell, so that
// variables stay set. It replaces placeholders, and what the arguments name:
//
//	follow docs/guides/automation.md filesystem-mirror ci /etc/terraformrc=>$WORK/terraformrc
func (e *executed) follow(ts *testscript.TestScript, neg bool, args []string) {
	page := args[0]
	sections := make(map[string]bool)
	replacements := []string{
		"CLOUDFLARE_API_TOKEN='...'", "CLOUDFLARE_API_TOKEN=" + ts.Getenv("CLOUDFLARE_API_TOKEN"),
		"CLOUDFLARE_ACCOUNT_ID='...'", "CLOUDFLARE_ACCOUNT_ID=" + fakeapi.AccountID,
		"_token='...'", "_token=" + ts.Getenv("CLOUDFLARE_API_TOKEN"),
		"https://api.cloudflare.com/client/v4", ts.Getenv("CLOUDFLARE_BASE_URL"),
	}
	for _, arg := range args[1:] {
		if old, replacement, ok := strings.Cut(arg, "=>"); ok {
			replacements = append(replacements, old, replacement)
		} else {
			sections[arg] = true
		}
	}
	replacer := strings.NewReplacer(replacements...)
	var script strings.Builder
	script.WriteString("set -e\n")
	followed := 0
	for _, b := range blocks(ts, page) {
		if len(sections) > 0 && !sections[b.section] || b.notRun != "" {
			continue
		}
		followed++
		e.add(b)
		text := replacer.Replace(b.text)
		if b.language == "shell" {
			script.WriteString(text)
			continue
		}
		file := replacer.Replace(b.file)
		if file == "" {
			file = "main.tf"
		}
		fmt.Fprintf(&script, "mkdir -p '%s'\ncat >'%s' <<'END OF FILE'\n%sEND OF FILE\n", path.Dir(file), file, text)
	}
	if followed == 0 {
		ts.Fatalf("there is no block to follow in %q", args)
	}
	if err := ts.Exec("sh", "-c", script.String()); (err != nil) != neg {
		ts.Fatalf("%s ended with %v, want an error: %t. The script was:\n%s", page, err, neg, &script)
	}
}

// executed records which blocks scripts have executed.
type executed struct {
	mu      sync.Mutex
	blocks  map[block]bool
	files   map[string]bool // contents of files in examples/, without space around them
	scripts int             // that have started
	partial bool            // a script leaves something out, with this Terraform
}

func (e *executed) add(b block) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.blocks[b] = true
}

// addExample records the files of a folder, which pages include.
func (e *executed) addExample(ts *testscript.TestScript, folder string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	ts.Check(err)
	modules, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	ts.Check(err)
	for _, file := range append(files, modules...) {
		if content, err := os.ReadFile(file); err == nil { //nolint:gosec // not a folder, but a file of the repository
			e.files[strings.TrimSpace(string(content))] = true
		}
	}
}

// check checks that each block of README.md and docs/ was executed, or is marked in
// the source as one that cannot be. It lists the latter.
func (e *executed) check(t *testing.T) {
	t.Helper()
	if all := len(glob(t, "internal/examples/testdata/*.txtar")); t.Failed() || e.partial || e.scripts < all {
		t.Logf("not checked: whether all blocks of the documentation are executed, because %d of %d scripts did, some in part", e.scripts, all)
		return
	}
	for _, page := range glob(t, "README.md", "docs/*.md", "docs/*/*.md") {
		for _, b := range blocks(t, page) {
			done := e.blocks[b] || e.files[strings.TrimSpace(b.text)]
			switch {
			case b.notRun == "" && !done:
				t.Errorf("%s, section %q: no script executes this block, and no comment above it gives a reason:\n%s", page, b.section, b.text)
			case b.notRun != "" && done:
				t.Errorf("%s, section %q: a script executes this block, which is marked as one that cannot be:\n%s", page, b.section, b.text)
			case b.notRun != "":
				t.Logf("not run: %s, section %q: %s", page, b.section, b.notRun)
			}
		}
	}
}

// shims writes programs that the blocks of pages start: the Terraform of the tests
// under its usual name, and a make that runs in the repository.
func shims(t *testing.T, terraform string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	repository, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{"terraform": fmt.Sprintf("exec '%s' \"$@\"\n", terraform)}
	if gnu, err := exec.LookPath("make"); err == nil {
		programs["make"] = fmt.Sprintf("exec '%s' --no-print-directory -C '%s' \"$@\"\n", gnu, repository)
	}
	for name, script := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	return dir
}
