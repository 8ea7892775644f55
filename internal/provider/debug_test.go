//go:build unix

package provider_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestAccProvider_debug plans with a provider that was started by hand, as
// CONTRIBUTING.md describes it. The credentials are in its environment alone.
func TestAccProvider_debug(t *testing.T) {
	t.Parallel()
	fake := pagedFake()
	w := newWorkspace(t, "", nil)
	built, err := builtProvider()
	if err != nil {
		t.Fatal(err)
	}
	debugged := exec.CommandContext(t.Context(), filepath.Join(built, "terraform-provider-cloudflare-access"), "-debug") //nolint:gosec // built above
	for variable, value := range start(t, fake) {
		debugged.Env = append(debugged.Env, variable+"="+value)
	}
	printed, err := debugged.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := debugged.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(printed); w.env["TF_REATTACH_PROVIDERS"] == ""; {
		if !lines.Scan() {
			t.Fatalf("-debug: got no TF_REATTACH_PROVIDERS, %v", lines.Err())
		}
		if _, value, ok := strings.Cut(lines.Text(), "TF_REATTACH_PROVIDERS="); ok {
			if strings.Contains(filepath.Base(w.terraform), "tofu") {
				value = strings.ReplaceAll(value, "registry.terraform.io", "registry.opentofu.org")
			}
			w.env["TF_REATTACH_PROVIDERS"] = strings.Trim(value, "'")
		}
	}
	delete(w.env, "TF_CLI_CONFIG_FILE") // so that there is no other provider
	w.run("plan", "-no-color").checkUsers(t, 250)
	fake.SetUsers(fakeapi.AccountID, fixedUsers(240))
	w.run("plan", "-no-color").checkUsers(t, 240) // the process goes on
	if err := debugged.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := debugged.Wait(); err != nil {
		t.Errorf("-debug after ^C: got %v, want success", err)
	}
}
