package examples_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/provider"
)

// root is the repository's folder.
const root = "../.."

func TestDocs_schemaNames(t *testing.T) {
	t.Parallel()
	server := provider.NewServer(provider.Options{Getenv: func(string) string { return "" }})
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	checkNames(t, "docs/index.md", schemas.Provider.Block.Attributes)
	for name, schema := range schemas.DataSourceSchemas {
		page := "docs/data-sources/" + strings.TrimPrefix(name, "cloudflare_") + ".md"
		checkNames(t, page, schema.Block.Attributes)
		if words := len(strings.Fields(read(t, page))); words >= 1000 {
			t.Errorf("%s has %d words, want fewer than 1000: move explanations to a guide", page, words)
		}
	}
}

func checkNames(t *testing.T, page string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	text := read(t, page)
	for _, a := range attributes {
		if !strings.Contains(text, "\n- `"+a.Name+"` (") {
			t.Errorf("%s does not describe %s: run make docs", page, a.Name)
		}
		if a.NestedType != nil {
			checkNames(t, page, a.NestedType.Attributes)
		}
	}
}

// Names of variables come from the provider's code. It assembles summaries of
// errors, so they are looked up in its tests, which compare whole texts.
func TestDocs_providerTexts(t *testing.T) {
	t.Parallel()
	const page = "docs/guides/troubleshooting.md"
	var code, tests strings.Builder
	for _, file := range glob(t, "internal/provider/*.go") {
		if strings.HasSuffix(file, "_test.go") {
			tests.WriteString(read(t, file))
		} else {
			code.WriteString(read(t, file))
		}
	}
	for _, name := range regexp.MustCompile(`CLOUDFLARE_[A-Z_]+`).FindAllString(code.String(), -1) {
		if !strings.Contains(read(t, "docs/index.md"), "`"+name+"`") {
			t.Errorf("docs/index.md does not name %s", name)
		}
	}
	summaries := regexp.MustCompile("`((?:Cannot|Missing|The filter|No such|More than) [^`]+)`").FindAllStringSubmatch(read(t, page), -1)
	if len(summaries) < 10 {
		t.Errorf("%s has %d summaries of errors, want at least 10", page, len(summaries))
	}
	for _, s := range summaries {
		if !strings.Contains(code.String()+tests.String(), s[1]) {
			t.Errorf("%s has the summary %q, which is nowhere in internal/provider", page, s[1])
		}
	}
}

// A link inside the repository leads to a file that exists, and to a heading or
// anchor that this file has.
func TestDocs_links(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", ".github/*.md", ".github/*/*.md"} {
		for _, page := range glob(t, pattern) {
			for _, l := range link.FindAllStringSubmatch(withoutCode(read(t, page)), -1) {
				if strings.Contains(l[1], "://") {
					continue
				}
				file, anchor, hasAnchor := strings.Cut(l[1], "#")
				target := page
				if file != "" {
					target = path.Join(path.Dir(page), file)
				}
				if _, err := os.Stat(filepath.Join(root, target)); err != nil {
					t.Errorf("%s links to %s, which does not exist", page, l[1])
				} else if hasAnchor && !anchors(t, target)[anchor] {
					t.Errorf("%s links to %s, but %s has no such heading", page, l[1], target)
				}
			}
		}
	}
}

// anchors returns those of a page's headings, as GitHub makes them, and explicit
// ones.
func anchors(t *testing.T, page string) map[string]bool {
	t.Helper()
	found := make(map[string]bool)
	text := withoutCode(read(t, page))
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		slug := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		found[strings.ReplaceAll(slug, " ", "-")] = true
	}
	for _, id := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(text, -1) {
		found[id[1]] = true
	}
	return found
}

// withoutCode removes blocks of code, where "# " starts a comment.
func withoutCode(text string) string {
	return regexp.MustCompile("(?ms)^ *```.*?^ *```$").ReplaceAllString(text, "")
}

func TestWorkflows_actionsPinned(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`@[0-9a-f]{40} # v[0-9.]+$`)
	for _, file := range glob(t, ".github/workflows/*.yml") {
		for _, line := range regexp.MustCompile(`(?m)uses: .+$`).FindAllString(read(t, file), -1) {
			if !pinned.MatchString(line) {
				t.Errorf("%s has %q, want a commit and its version", file, line)
			}
		}
	}
}

// glob returns paths inside the repository, with slashes.
func glob(t *testing.T, pattern string) (files []string) {
	t.Helper()
	matches, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
	if err != nil || len(matches) == 0 && !strings.HasPrefix(pattern, ".github/*") {
		t.Fatalf("glob %s: %d files, %v", pattern, len(matches), err)
	}
	for _, match := range matches {
		files = append(files, strings.TrimPrefix(filepath.ToSlash(match), root+"/"))
	}
	return files
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// codeBlock returns the first block of code in this language on a page.
func codeBlock(t *testing.T, page, language string) string {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, page), "\n```"+language+"\n")
	code, _, found := strings.Cut(rest, "\n```\n")
	if !found {
		t.Fatalf("%s has no block of %s", page, language)
	}
	return code + "\n"
}
