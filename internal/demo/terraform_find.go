package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

// advice ends the messages about a Terraform that cannot be had.
const advice = "Install Terraform or OpenTofu, 1.5 or newer, or say where it is: make demo TERRAFORM=/path/to/terraform"

// fetchedVersion is the Terraform for those who have none.
const fetchedVersion = "1.11.4"

// findTerraform is the path of the executable named, or of the one on PATH, or
// of one that it fetches into dir.
func findTerraform(ctx context.Context, out io.Writer, named, dir string) (string, error) {
	if named != "" {
		path, err := lookPath(named)
		if err != nil {
			return "", fmt.Errorf("cannot run %q as Terraform: %w\n%s", named, err, advice)
		}
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := lookPath(name); err == nil {
			return path, nil
		}
	}
	say(out, "There is none on PATH. Fetching Terraform %s from releases.hashicorp.com, for this demo alone\n", fetchedVersion)
	path, err := fetchTerraform(ctx, dir)
	if err != nil {
		return "", fmt.Errorf("cannot fetch Terraform: %w\n%s", err, advice)
	}
	return path, nil
}

// lookPath finds an executable, and the same one from whichever folder it is run.
func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		if e, ok := errors.AsType[*exec.Error](err); ok {
			err = e.Err // without the name
		}
		return "", err
	}
	return filepath.Abs(path)
}

// fetchTerraform checks what it fetches against HashiCorp's signature.
func fetchTerraform(ctx context.Context, dir string) (string, error) {
	dir = filepath.Join(dir, "terraform")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	release := &releases.ExactVersion{
		Product:    product.Terraform,
		Version:    version.Must(version.NewVersion(fetchedVersion)),
		InstallDir: dir,
		Timeout:    10 * time.Minute,
		HTTPClient: new(http.Client), // hc-install's own tries again for long before it says what is wrong
	}
	return release.Install(ctx)
}
