package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

//go:embed plan.tf
var configuration string

// BenchmarkPlan measures `terraform plan` with three contenders: the provider with
// all users, the floor, and the provider with those who have an Access seat.
func BenchmarkPlan(b *testing.B) {
	b.Setenv("FLOOR_RESPONSES", b.TempDir())
	schema, err := readSchema(b.Context())
	record(b, "GetProviderSchema", schema, err)
	for _, size := range []struct {
		name  string
		users int
	}{{"small", 1_000}, {"medium", 20_000}, {"large", 100_000}} {
		users := size.users
		if testing.Short() {
			users /= 10
		}
		b.Run(size.name, func(b *testing.B) {
			serve(b, fakeapi.Recorded(newAccount(users, maxPageSize)))
			response, err := readState(b.Context(), maxPageSize)
			// Field 1 of the response is the state, and field 1 of that the MessagePack.
			for range 2 {
				response = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), response)
			}
			record(b, "ReadDataSource", response, err)
			b.Run("provider", func(b *testing.B) { plan(b, "provider", "", users) })
			b.Run("floor", func(b *testing.B) { plan(b, "floor", "", users) })
			b.Run("selection", func(b *testing.B) { plan(b, "provider", "access_seat = true", users/seatInterval) })
		})
	}
}

// BenchmarkMillion measures one plan with the 10,000 of 1,000,000 users who have an
// Access seat. It takes minutes, most of which the provider waits for its own limit
// of requests.
func BenchmarkMillion(b *testing.B) {
	users := 1_000_000
	if testing.Short() {
		users /= 10
	}
	b.Setenv("FLOOR_RESPONSES", b.TempDir())
	record(b, "ReadDataSource", nil, nil)
	serve(b, newAccount(users, maxPageSize))
	plan(b, "provider", "access_seat = true", users/seatInterval)
}

// record writes a response of the provider to a file for the floor, so that
// Terraform gets the same bytes from both.
func record(b *testing.B, method string, response []byte, err error) {
	b.Helper()
	check(b, err)
	check(b, os.WriteFile(filepath.Join(os.Getenv("FLOOR_RESPONSES"), method), response, 0o600)) //nolint:gosec // in the benchmark's folder
}

// plan measures plans with these variables, which must show this number of users.
// If there are any, it applies them, too.
func plan(b *testing.B, binary, variables string, users int) {
	b.Helper()
	dir := b.TempDir()
	for name, text := range map[string]string{
		"main.tf":          configuration,
		"terraform.tfvars": variables,
		"terraformrc": fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n}\n",
			provider.Address, filepath.Dir(binaryPath(binary))),
	} {
		check(b, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	b.Setenv("TF_CLI_CONFIG_FILE", filepath.Join(dir, "terraformrc"))
	terraform := func(args ...string) string {
		cmd := exec.CommandContext(b.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), args...) //nolint:gosec // the Terraform of the benchmark
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("terraform %s: %v\n%s", args, err, out)
		}
		return string(out)
	}
	peak := watchPeak(binaryPath(binary))
	for b.Loop() {
		if out, want := terraform("plan", "-no-color"), fmt.Sprintf("+ users = %d\n", users); !strings.Contains(out, want) {
			b.Fatalf("the plan lacks %q:\n%s", want, out)
		}
	}
	b.ReportMetric(float64(users), "users")
	b.ReportMetric(peak(), "peak-B")
	b.ReportMetric(fileSize(b, filepath.Join(os.Getenv("FLOOR_RESPONSES"), "ReadDataSource")), "response-B")
	if variables != "" {
		terraform("apply", "-auto-approve")
		b.ReportMetric(fileSize(b, filepath.Join(dir, "terraform.tfstate")), "state-B")
	}
}
