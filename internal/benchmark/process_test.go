package main

import (
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
	"google.golang.org/protobuf/types/known/emptypb"
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
	info, err := os.Stat(file) //nolint:gosec // the benchmark's own
	check(b, err)
	return float64(info.Size())
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
