package examples_test

import (
	"io/fs"
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

func TestDocsNameEachArgumentAndAttribute(t *testing.T) {
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

func TestIndexNamesEachEnvironmentVariable(t *testing.T) {
	t.Parallel()
	index := read(t, "docs/index.md")
	for _, name := range regexp.MustCompile(`CLOUDFLARE_[A-Z_]+`).FindAllString(sources(t, "internal/provider", false), -1) {
		if !strings.Contains(index, "`"+name+"`") {
			t.Errorf("docs/index.md does not name %s", name)
		}
	}
}

// What the table of errors promises are words of the provider's, or of the tests
// that hold its texts.
func TestErrorsInDocsAreThoseOfTheProvider(t *testing.T) {
	t.Parallel()
	page, known := read(t, "docs/data-sources/access_users.md"), sources(t, "internal/provider", true)
	errors := regexp.MustCompile("`((?:Cannot|Missing|The filter|Cloudflare's count) [^`]+)`").FindAllStringSubmatch(page, -1)
	if len(errors) == 0 {
		t.Error("docs/data-sources/access_users.md names no error")
	}
	for _, e := range errors {
		if !strings.Contains(known, e[1]) {
			t.Errorf("docs/data-sources/access_users.md promises %q, which is nowhere in internal/provider", e[1])
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", ".github/*.md", ".github/*/*.md"} {
		pages, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range pages {
			for _, l := range link.FindAllStringSubmatch(read(t, page), -1) {
				if strings.Contains(l[1], "://") {
					continue
				}
				if _, err := fs.Stat(os.DirFS(root), path.Join(path.Dir(page), l[1])); err != nil {
					t.Errorf("%s has a link to %s, which is not there", page, l[1])
				}
			}
		}
	}
}

// sources are a folder's Go files, with or without tests, one after the other.
func sources(t *testing.T, dir string, withTests bool) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		if withTests || !strings.HasSuffix(file, "_test.go") {
			all.WriteString(read(t, strings.TrimPrefix(filepath.ToSlash(file), root+"/")))
		}
	}
	return all.String()
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// codeBlock is the first block of code in this language on a page.
func codeBlock(t *testing.T, page, language string) string {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, page), "\n```"+language+"\n")
	code, _, found := strings.Cut(rest, "\n```\n")
	if !found {
		t.Fatalf("%s has no block of %s", page, language)
	}
	return code + "\n"
}
