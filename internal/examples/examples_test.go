// Package examples_test applies the examples with a real Terraform, and checks
// what docs/ says. Nothing in it is part of the provider.
package examples_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestAccExamples runs the scripts in testdata. Each has a folder and a fake API
// of its own, the users in $ACCOUNT, and these commands in addition to those of
// testscript:
//
//	example FOLDER...         copies folders of examples/, then init and validate
//	[!] follow PAGE...        executes a page's blocks; see executed.follow
//	users FILE [NUMBER...]    sets the users of the account to these of a file
//	registrations FILE [NUMBER...]
//	                          sets the registrations of devices in the same way
//	fake COUNT                sets them to so many that the fake API makes
//	[!] terraform ARGUMENT... runs Terraform; a failed apply leaves the state as it was
//	prints TEXT               expects a text in what Terraform printed, broken anywhere
//	output NAME JSON          expects the value of an output
//	headers PAGE              expects that a page names each header of the requests so far
func TestAccExamples(t *testing.T) {
	t.Parallel()
	terraform := acctest.Terraform(t)
	cmd := exec.CommandContext(t.Context(), terraform, "version") //nolint:gosec // the Terraform of the tests
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1")
	version, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	mirror, programs := buildMirror(t), shims(t, terraform)
	isTofu := strings.HasPrefix(string(version), "OpenTofu")
	// Without mock_provider; an OpenTofu also without .tofu files.
	isOld := regexp.MustCompile(`^(Terraform v1\.[56]|OpenTofu v1\.[67])\.`).Match(version)
	done := &executed{blocks: make(map[block]bool), files: make(map[string]bool), partial: isOld}
	for _, program := range []string{"sh", "make", "curl", "jq"} { // scripts stop without them
		if _, err := exec.LookPath(program); err != nil || runtime.GOOS == "windows" {
			done.partial = true
		}
	}
	t.Cleanup(func() { done.check(t) }) // after all scripts, which run in parallel
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			done.mu.Lock()
			done.scripts++
			done.mu.Unlock()
			return setUp(env, terraform, mirror, programs)
		},
		Condition: func(condition string) (bool, error) {
			switch condition {
			case "tofu":
				return isTofu, nil
			case "old":
				return isOld, nil
			}
			return false, fmt.Errorf("unknown condition %q", condition)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"example":       done.copyExample,
			"follow":        done.follow,
			"users":         setRows((*fakeapi.Server).SetUsers),
			"registrations": setRows((*fakeapi.Server).SetRegistrations),
			"fake":          fakeUsers,
			"terraform":     runTerraform,
			"prints":        checkPrinted,
			"output":        checkOutput,
			"headers":       checkHeaders,
		},
	})
}

// buildMirror builds this provider and the stand-in for Cloudflare's own into a
// folder from which Terraform and OpenTofu install them.
func buildMirror(t *testing.T) (mirror string) {
	t.Helper()
	mirror = t.TempDir()
	terraform, tofu := filepath.Join(mirror, "registry.terraform.io"), filepath.Join(mirror, "registry.opentofu.org")
	for folder, pkg := range map[string]string{
		"local/cloudflare-access/0.1.0": root,
		"cloudflare/cloudflare/5.22.0":  "./terraform-provider-cloudflare",
	} {
		folder = filepath.Join(terraform, folder, runtime.GOOS+"_"+runtime.GOARCH) + "/"               // so that go build names the binary
		build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", folder, pkg) //nolint:gosec // all arguments are constants
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", pkg, err, out)
		}
	}
	if err := os.CopyFS(tofu, os.DirFS(terraform)); err != nil {
		t.Fatal(err)
	}
	return mirror
}

func setUp(env *testscript.Env, terraform, mirror, programs string) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	api := fakeapi.New(nil)
	server := httptest.NewServer(api)
	env.Defer(server.Close)
	env.Values["api"] = api
	goEnv, err := exec.CommandContext(context.Background(), "go", "env", "GOCACHE", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return err
	}
	// So that go builds the same with another HOME.
	for i, variable := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY"} {
		env.Setenv(variable, strings.Split(string(goEnv), "\n")[i])
	}
	env.Vars = append(
		env.Vars,
		"HOME="+os.Getenv("HOME"), // terraform may be a version manager
		"TMPDIR="+os.TempDir(),    // the paths of sockets must be short
		"TF_CLI_ARGS=-no-color",   // of all commands
		"TF_CLI_ARGS_apply=-auto-approve",
		"TF_CLI_ARGS_init=-plugin-dir="+filepath.ToSlash(mirror), // and nothing from registries
		"TF_CLI_CONFIG_FILE="+os.DevNull,
		"TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1",
		"CLOUDFLARE_BASE_URL="+server.URL+fakeapi.BasePath,
		"CLOUDFLARE_API_TOKEN="+fakeapi.Token,
		"CLOUDFLARE_ACCOUNT_ID="+fakeapi.AccountID,
		"TERRAFORM="+terraform,
		"MIRROR="+filepath.ToSlash(mirror),
		"PLATFORM="+runtime.GOOS+"_"+runtime.GOARCH,
		"PATH="+programs+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"ACCOUNT="+filepath.Join(dir, "testdata", "account.json"),
		"REGISTRATIONS="+filepath.Join(dir, "testdata", "registrations.json"),
		"EXAMPLES="+filepath.Join(dir, root, "examples"),
		"RECENTLY="+time.Now().AddDate(0, 0, -10).Format(time.RFC3339),
		"LONG_AGO="+time.Now().AddDate(0, 0, -200).Format(time.RFC3339),
	)
	return nil
}

// copyExample leaves out what Terraform may have written into the folders.
func (e *executed) copyExample(ts *testscript.TestScript, _ bool, folders []string) {
	dir := ts.MkAbs(".")
	for _, folder := range folders {
		folder = filepath.Join(root, "examples", filepath.FromSlash(folder))
		ts.Check(os.CopyFS(dir, os.DirFS(folder)))
		e.addExample(ts, folder)
	}
	for _, name := range []string{".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup"} {
		ts.Check(os.RemoveAll(filepath.Join(dir, name)))
	}
	runTerraform(ts, false, []string{"init"})
	runTerraform(ts, false, []string{"validate"})
}

func fakeUsers(ts *testscript.TestScript, _ bool, args []string) {
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	api, _ := ts.Value("api").(*fakeapi.Server)
	api.SetUsers(fakeapi.AccountID, fakeapi.Users(count, time.Now()))
}

// setRows expands environment variables in the file.
func setRows[R any](set func(*fakeapi.Server, string, []R)) func(ts *testscript.TestScript, _ bool, args []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		var all, chosen []R
		ts.Check(json.Unmarshal([]byte(os.Expand(ts.ReadFile(args[0]), ts.Getenv)), &all))
		for _, arg := range args[1:] {
			number, err := strconv.Atoi(arg)
			ts.Check(err)
			chosen = append(chosen, all[number-1])
		}
		api, _ := ts.Value("api").(*fakeapi.Server)
		set(api, fakeapi.AccountID, chosen)
	}
}

func runTerraform(ts *testscript.TestScript, neg bool, args []string) {
	state := func() string {
		text, _ := os.ReadFile(ts.MkAbs("terraform.tfstate")) // "" if there is none
		return string(text)
	}
	before := state()
	err := ts.Exec(ts.Getenv("TERRAFORM"), args...)
	if failed := err != nil; failed != neg {
		ts.Fatalf("terraform %q ended with %v, want an error: %t", args, err, neg)
	}
	if neg && state() != before {
		ts.Fatalf("the failed %q changed the state from\n%s\nto\n%s", args, before, state())
	}
}

// checkPrinted ignores line breaks, and the frame around diagnostics.
func checkPrinted(ts *testscript.TestScript, _ bool, args []string) {
	printed := strings.ReplaceAll(ts.ReadFile("stdout")+ts.ReadFile("stderr"), "│", "")
	if !strings.Contains(strings.Join(strings.Fields(printed), " "), args[0]) {
		ts.Fatalf("Terraform did not print %q", args[0])
	}
}

func checkOutput(ts *testscript.TestScript, _ bool, args []string) {
	runTerraform(ts, false, []string{"output", "-json", args[0]})
	var got, want any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &got))
	ts.Check(json.Unmarshal([]byte(args[1]), &want))
	if !reflect.DeepEqual(got, want) {
		ts.Fatalf("output %s: got %v, want %v", args[0], got, want)
	}
}

func checkHeaders(ts *testscript.TestScript, _ bool, args []string) {
	page, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(args[0])))
	ts.Check(err)
	api, _ := ts.Value("api").(*fakeapi.Server)
	requests := api.Requests()
	if len(requests) == 0 {
		ts.Fatalf("no request was sent")
	}
	for _, request := range requests {
		for header := range request.Header {
			if !strings.Contains(string(page), "`"+header+"`") {
				ts.Fatalf("%s does not name the header %s", args[0], header)
			}
		}
	}
}
