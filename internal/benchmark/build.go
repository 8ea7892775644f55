package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// binaryName is what Terraform looks for in a folder given in dev_overrides.
const binaryName = "terraform-provider-cloudflare-access"

// binaries are the paths of what is measured, each in a folder of its own.
type binaries struct {
	provider, floor string
}

// build builds the provider as it is released, and the floor alike.
func build(ctx context.Context, dir string) (b binaries, err error) {
	module, err := moduleFolder(ctx)
	if err != nil {
		return b, err
	}
	b.provider = executable(filepath.Join(dir, "provider", binaryName))
	b.floor = executable(filepath.Join(dir, "floor", binaryName))
	return b, errors.Join(
		goBuild(ctx, repository(module), b.provider),
		goBuild(ctx, filepath.Join(module, "floor"), b.floor),
	)
}

func goBuild(ctx context.Context, folder, binary string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".") //nolint:gosec // all arguments are this package's
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// moduleFolder is the folder of this module.
func moduleFolder(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	folder := filepath.Dir(strings.TrimSpace(string(out)))
	if filepath.Base(folder) != "benchmark" {
		return "", errors.New("run it in internal/benchmark, or with make bench")
	}
	return folder, nil
}

// repository is the root of the repository that this module is in.
func repository(module string) string { return filepath.Dir(filepath.Dir(module)) }

func executable(path string) string {
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	return path
}

func megabytesOf(file string) (float64, error) {
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / 1e6, nil
}
