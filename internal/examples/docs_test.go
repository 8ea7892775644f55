package examples_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// root is the repository's folder.
const root = "../.."

func TestDocs_variables(t *testing.T) {
	t.Parallel()
	for _, file := range glob(t, "internal/provider/*.go") {
		for _, name := range regexp.MustCompile(`CLOUDFLARE_[A-Z_]+`).FindAllString(read(t, file), -1) {
			if !strings.Contains(read(t, "docs/index.md"), "`"+name+"`") {
				t.Errorf("docs/index.md does not name %s", name)
			}
		}
	}
}

// The provider's tests compare its diagnostics with testdata. The page of errors has
// the texts of cloudflare_access_users.
func TestDocs_summaries(t *testing.T) {
	t.Parallel()
	const page = "docs/guides/troubleshooting.md"
	var diagnostics strings.Builder
	for _, file := range glob(t, "internal/provider/testdata/*.txtar") {
		diagnostics.WriteString(read(t, file))
	}
	text := read(t, page)
	for _, s := range regexp.MustCompile("`((?:Cannot|Missing|The filter|No such|More than) [^`]+)`").FindAllStringSubmatch(text, -1) {
		if !regexp.MustCompile(`(?m)^(ERROR|WARNING): ` + regexp.QuoteMeta(s[1]) + `$`).MatchString(diagnostics.String()) {
			t.Errorf("%s has the summary %q, which is not in internal/provider/testdata", page, s[1])
		}
	}
	others := regexp.MustCompile("the Access user|Access seats|device registrations")
	another := strings.NewReplacer(": 599", ": 502 Bad Gateway", "within 3s", "within 10m")
	status := regexp.MustCompile(`: 5\d\d .*`)
	summaries := regexp.MustCompile(`(?m)^(?:ERROR|WARNING): ((?:Cannot read|Cannot return|Cannot use the|The|Missing Cloudflare|Missing [a-z]|No|More).*)$`).FindAllStringSubmatch(diagnostics.String(), -1)
	if len(summaries) < 30 {
		t.Errorf("internal/provider/testdata has %d summaries of errors, want at least 30", len(summaries))
	}
	for _, s := range summaries {
		summary := another.Replace(status.ReplaceAllString(s[1], ": 502 Bad Gateway"))
		if !strings.Contains(text, summary) && !strings.Contains(text, others.ReplaceAllString(summary, "Access users")) {
			t.Errorf("%s does not have the summary %q of internal/provider/testdata", page, s[1])
		}
	}
}

// README.md repeats figures of BENCHMARKS.md, which `make bench` writes.
func TestDocs_figures(t *testing.T) {
	t.Parallel()
	benchmarks, readme := read(t, "BENCHMARKS.md"), read(t, "README.md")
	figure := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(benchmarks)
		if found == nil {
			t.Fatalf("BENCHMARKS.md has nothing like %s", pattern)
		}
		return found[1]
	}
	number := func(pattern string) int {
		n, err := strconv.Atoi(strings.ReplaceAll(figure(pattern), ",", ""))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	const sdk = "\\| cloudflare-go v[^|]+\\| "
	reads := number(`\| ([\d,]+) reads of changing accounts`)
	for _, want := range []string{
		"Cloudflare's Go SDK " + figure(`cloudflare-go v(\d+\.\d+)\.`),
		fmt.Sprintf("missed or repeated users in %d of %d simulated reads", reads-number(sdk+`(\d+) \|`), reads),
		fmt.Sprintf("returned %d complete lists", number(`\| this provider \| (\d+) \|`)),
		fmt.Sprintf("%s users take %s s, and %s s with the SDK, where each page of %s takes %s ms",
			figure(`\| ([\d,]+) users, [\d,]+ a page \| time \|`), figure(`\| this provider \| ([\d.]+) \(`), figure(sdk+`([\d.]+) \(`),
			figure(`users, ([\d,]+) a page \| time \|`), figure(`takes ([\d.]+) ms for each response`)),
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("README.md does not have %q, which BENCHMARKS.md states", want)
		}
	}
}

// A link inside the repository leads to a file that exists, and to a heading or
// anchor that this file has.
func TestDocs_links(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s:#]*)(?:#([^)\s]*))?\)`) // not to a URL, which has a colon
	for _, page := range glob(t, "*.md", "docs/*.md", "docs/*/*.md", ".github/*.md", ".github/*/*.md") {
		for _, l := range link.FindAllStringSubmatch(withoutCode(read(t, page)), -1) {
			target, anchor := page, l[2]
			if l[1] != "" {
				target = path.Join(path.Dir(page), l[1])
			}
			if _, err := fs.Stat(os.DirFS(root), target); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, target)
			} else if anchor != "" && !anchors(t, target)[anchor] {
				t.Errorf("%s links to #%s of %s, which has no such heading", page, anchor, target)
			}
		}
	}
}

// anchors returns those of a page's headings, as GitHub makes them, and explicit
// ones.
func anchors(t *testing.T, page string) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	text := withoutCode(read(t, page))
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		names[anchor(heading[1])] = true
	}
	for _, id := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(text, -1) {
		names[id[1]] = true
	}
	return names
}

// anchor returns the name by which links lead to a heading.
func anchor(heading string) string {
	slug := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(slug, " ", "-")
}

// withoutCode removes blocks of code, where "# " starts a comment.
func withoutCode(text string) string {
	return regexp.MustCompile("(?ms)^ *```.*?^ *```$").ReplaceAllString(text, "")
}

// glob returns paths inside the repository, with slashes.
func glob(t *testing.T, patterns ...string) (files []string) {
	t.Helper()
	for _, pattern := range patterns {
		matches, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, matches...)
	}
	if len(files) == 0 {
		t.Fatalf("no file matches %q", patterns)
	}
	return files
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(os.DirFS(root), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
