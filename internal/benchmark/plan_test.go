package main

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"
	"google.golang.org/protobuf/encoding/protowire"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

//go:embed plan.tf
var configuration embed.FS

// BenchmarkPlan measures `terraform plan` with three contenders: the provider with
// all users, the floor, and the provider with those who have an Access seat.
func BenchmarkPlan(b *testing.B) {
	schema, err := readSchema(b.Context())
	check(b, err)
	for _, size := range []struct {
		name  string
		users int
	}{{"small", 1_000}, {"medium", 20_000}, {"large", 100_000}} {
		b.Run(size.name, func(b *testing.B) {
			users := scaled(size.users)
			serve(b, fakeapi.Recorded(newAccount(users, maxPageSize)))
			state, err := readState(b.Context(), maxPageSize)
			check(b, err)
			// Field 1 of the response is the state, and field 1 of that the MessagePack.
			for range 2 {
				state = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), state)
			}
			// Terraform gets the same bytes from the floor as from the provider.
			responses := b.TempDir()
			b.Setenv("FLOOR_RESPONSES", responses)
			check(b, os.WriteFile(filepath.Join(responses, "GetProviderSchema"), schema, 0o600))
			check(b, os.WriteFile(filepath.Join(responses, "ReadDataSource"), state, 0o600))
			b.Run("provider", func(b *testing.B) {
				plan(b, "provider", users)
				b.ReportMetric(float64(len(state)), "response-B")
			})
			b.Run("floor", func(b *testing.B) { plan(b, "floor", users) })
			b.Run("selection", func(b *testing.B) { planSelection(b, users) })
		})
	}
}

// BenchmarkMillion measures one plan with the 10,000 of 1,000,000 users who have an
// Access seat. It takes minutes, most of which the provider waits for its own limit
// of requests.
func BenchmarkMillion(b *testing.B) {
	users := scaled(1_000_000)
	serve(b, newAccount(users, maxPageSize))
	planSelection(b, users)
}

// planSelection measures plans with those who have an Access seat, and applies
// the last one, for the size of the state.
func planSelection(b *testing.B, users int) {
	b.Helper()
	b.Setenv("TF_VAR_access_seat", "true")
	tf := plan(b, "provider", users/seatInterval)
	check(b, tf.Apply(b.Context()))
	b.ReportMetric(fileSize(b, filepath.Join(tf.WorkingDir(), "terraform.tfstate")), "state-B")
}

// plan measures plans, which must show this number of users.
func plan(b *testing.B, binary string, users int) *tfexec.Terraform {
	b.Helper()
	dir := b.TempDir()
	check(b, os.CopyFS(dir, configuration))
	rc := filepath.Join(dir, "terraformrc")
	check(b, os.WriteFile(rc, fmt.Appendf(nil, "provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n}\n",
		provider.Address, filepath.Dir(binaryPath(binary))), 0o600))
	b.Setenv("TF_CLI_CONFIG_FILE", rc)
	tf, err := tfexec.NewTerraform(dir, os.Getenv("TF_ACC_TERRAFORM_PATH"))
	check(b, err)
	var out bytes.Buffer
	tf.SetStdout(&out)
	peak := watchPeak(binaryPath(binary))
	for b.Loop() {
		out.Reset()
		_, err := tf.Plan(b.Context())
		check(b, err)
		if want := fmt.Appendf(nil, "+ users = %d\n", users); !bytes.Contains(out.Bytes(), want) {
			b.Fatalf("the plan lacks %q:\n%s", want, &out)
		}
	}
	b.ReportMetric(float64(users), "users")
	b.ReportMetric(peak(), "peak-B")
	return tf
}
