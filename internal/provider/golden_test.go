package provider_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

//nolint:gochecknoglobals // a flag
var update = flag.Bool("update", false, "write the texts that tests compare with testdata")

//nolint:gochecknoglobals // the files that checkTexts has read
var filesRead sync.Map

// checkTexts compares the texts of a test's cases with its file in testdata, which
// shows them as users get them, in a subtest for each case. To accept changes, run
// go test -update.
func checkTexts(t *testing.T, got map[string]string) {
	t.Helper()
	file := filepath.Join("testdata", t.Name()+".txtar")
	if *update {
		var archive txtar.Archive
		for _, name := range slices.Sorted(maps.Keys(got)) {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
		}
		if err := os.WriteFile(file, txtar.Format(&archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	filesRead.Store(file, true)
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]string)
	for _, f := range archive.Files {
		want[f.Name] = string(f.Data)
		if _, ok := got[f.Name]; !ok {
			t.Errorf("%s has %q, which no case has", file, f.Name)
		}
	}
	for name, text := range got {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expected, ok := want[name]
			if !ok {
				t.Errorf("%s does not have the case: to add it, run go test -update, and read the difference", file)
			}
			if diff := cmp.Diff(strings.TrimSuffix(expected, "\n"), strings.TrimSuffix(text, "\n")); diff != "" {
				t.Errorf("text (-%s +got); to accept it, run go test -update:\n%s", file, diff)
			}
			checkNoSecret(t, text)
		})
	}
}

func checkNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{fakeapi.Token, fakeapi.Key, fakeapi.Email} {
		if strings.Contains(text, secret) {
			t.Errorf("got a text with the secret %s in it:\n%s", secret, text)
		}
	}
}

// unreadFiles returns an error with the files in testdata that no test has read.
// It is for a run of all tests.
func unreadFiles() error {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		return err
	}
	files = slices.DeleteFunc(files, func(file string) bool {
		_, ok := filesRead.Load(file)
		return ok
	})
	if len(files) > 0 {
		return fmt.Errorf("no test reads %s", strings.Join(files, ", "))
	}
	return nil
}
