package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// providerVersion is not 0.0.0, which Terraform takes for no version at all.
const providerVersion = "0.1.0"

// moduleRoot is the folder of go.mod.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := goCommand(ctx, "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return "", errors.New("run the demo inside the provider's repository: make demo")
	}
	return filepath.Dir(file), nil
}

// buildMirror builds the provider into a filesystem mirror: the folder that
// Terraform installs providers from instead of a registry.
func buildMirror(ctx context.Context, root, mirror string) error {
	const provider = "local/cloudflare-access"
	platform := runtime.GOOS + "_" + runtime.GOARCH
	terraform := filepath.Join(mirror, "registry.terraform.io", provider, providerVersion, platform)
	binary := filepath.Join(terraform, "terraform-provider-cloudflare-access_v"+providerVersion)
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	// Without -buildvcs=false, a clone that git distrusts would not build.
	build := goCommand(ctx, "build", "-buildvcs=false", "-trimpath", "-ldflags", "-s -w -X main.version="+providerVersion, "-o", binary, ".")
	build.Dir = root
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTMPDIR="+filepath.Dir(mirror))
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	// The same source has another host for OpenTofu.
	return os.CopyFS(filepath.Join(mirror, "registry.opentofu.org"), os.DirFS(filepath.Join(mirror, "registry.terraform.io")))
}

// goCommand is interrupted, not killed, when ctx ends, so that Go cleans up.
// Windows has no interrupt.
func goCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // all arguments are this package's
	if runtime.GOOS != "windows" {
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = patience
	}
	return cmd
}

// copyConfiguration copies only what Terraform reads as configuration: whoever
// has used the folder in earnest has state and a lock file there.
func copyConfiguration(to, from string) error {
	source := os.DirFS(from)
	files, err := fs.Glob(source, "*.tf")
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	target, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer target.Close() //nolint:errcheck // nothing is written through it
	for _, name := range files {
		content, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		if err := target.WriteFile(name, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
