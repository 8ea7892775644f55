package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-exec/tfexec"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/emptypb"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// binaryPath is the path of the provider or the floor, which .ci/bench builds.
func binaryPath(name string) string {
	return filepath.Join(os.Getenv("BENCHMARK_BINARIES"), name, "terraform-provider-cloudflare-access")
}

// BenchmarkStart measures the time from the start of the provider's process to
// its schema.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		_, err := readSchema(b.Context())
		check(b, err)
	}
	b.ReportMetric(fileSize(b, binaryPath("provider")), "binary-B")
}

// readSchema starts the provider's process as Terraform does, and returns its
// encoded schema. Both sides generate the keys of the connection.
func readSchema(ctx context.Context) ([]byte, error) {
	client := goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig: goplugin.HandshakeConfig{
			MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]goplugin.PluginSet{6: {}},
		Cmd:              exec.CommandContext(ctx, binaryPath("provider")), //nolint:gosec // built by .ci/bench
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		return nil, err
	}
	conn := protocol.(*goplugin.GRPCClient).Conn //nolint:forcetypeassert // gRPC is all that is allowed
	response := new(emptypb.Empty)               // which keeps the fields that it does not know
	err = conn.Invoke(ctx, "/tfplugin6.Provider/GetProviderSchema", new(emptypb.Empty), response)
	return response.ProtoReflect().GetUnknown(), err
}

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
// Access seat. It takes minutes: the provider waits for its own limit of requests.
func BenchmarkMillion(b *testing.B) {
	users := scaled(1_000_000)
	serve(b, newAccount(users, maxPageSize))
	planSelection(b, users)
}

// planSelection measures plans with those who have an Access seat, and applies one.
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
	check(b, os.CopyFS(dir, os.DirFS("testdata/plan")))
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

// watchPeak reads VmHWM of each process of this executable every 10 ms until stop
// is called, which returns the largest, in bytes: the most memory that one process
// had resident. A provider lives longer than that after its response, so no peak
// is missed. Where there is no /proc, it is 0.
func watchPeak(path string) (stop func() (bytes float64)) {
	peak := make(chan float64)
	go func() {
		largest := 0.0
		for range time.Tick(10 * time.Millisecond) {
			select {
			case peak <- largest:
				return
			default:
			}
			links, _ := filepath.Glob("/proc/[1-9]*/exe") // the pattern is valid
			for _, link := range links {
				if executable, _ := os.Readlink(link); executable == path {
					status, _ := os.ReadFile(filepath.Join(filepath.Dir(link), "status")) // which is empty if the process has ended
					_, field, _ := strings.Cut(string(status), "\nVmHWM:")
					var kibibytes float64
					_, _ = fmt.Sscan(field, &kibibytes)
					largest = max(largest, kibibytes*1024)
				}
			}
		}
	}()
	return func() float64 { return <-peak }
}

// scaled is a tenth of these users with -short, which shows that a benchmark works.
func scaled(users int) int {
	if testing.Short() {
		users /= 10
	}
	return users
}

func fileSize(b *testing.B, file string) float64 {
	b.Helper()
	info, err := os.Stat(file)
	check(b, err)
	return float64(info.Size())
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
