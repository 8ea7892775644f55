package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/protobuf/types/known/emptypb"
)

// measureStart starts the provider's process as Terraform does, and returns its
// encoded schema and the time from start to response. This includes generating
// the keys of the connection on both sides.
func measureStart(ctx context.Context, binary string) (schema []byte, duration time.Duration, err error) {
	start := time.Now()
	client := goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig: goplugin.HandshakeConfig{
			MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]goplugin.PluginSet{6: {}},
		Cmd:              exec.CommandContext(ctx, binary),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		return nil, 0, err
	}
	plugin, ok := protocol.(*goplugin.GRPCClient)
	if !ok {
		return nil, 0, errors.New("the provider does not speak gRPC")
	}
	response := new(emptypb.Empty) // which keeps the fields that it does not know
	err = plugin.Conn.Invoke(ctx, "/tfplugin6.Provider/GetProviderSchema", new(emptypb.Empty), response)
	return response.ProtoReflect().GetUnknown(), time.Since(start), err
}

// measureStarts measures several starts, in milliseconds, and writes the schema
// to a file for the floor.
func measureStarts(ctx context.Context, dir string, times int) (milliseconds series, err error) {
	err = takeTurns(times, func(round int) error {
		schema, duration, err := measureStart(ctx, binary(dir, "provider"))
		if err != nil {
			return err
		}
		record(&milliseconds, round, duration.Seconds()*1e3)
		return os.WriteFile(filepath.Join(dir, "GetProviderSchema"), schema, 0o600)
	})
	return milliseconds, err
}

// watchPeak reads VmHWM of each process of this executable every 10 ms until
// stop is called, which returns the largest, in MB: the most memory that one
// process had resident. A provider lives longer than that after its response,
// so no peak is missed. Where there is no /proc, it is 0.
func watchPeak(binary string) (stop func() (megabytes float64)) {
	done := make(chan struct{})
	var watcher sync.WaitGroup
	peak := 0.0
	watcher.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
			links, _ := filepath.Glob("/proc/[1-9]*/exe") // the pattern is valid
			for _, link := range links {
				if executable, _ := os.Readlink(link); executable == binary {
					kibibytes := match(filepath.Join(filepath.Dir(link), "status"), `(?m)^VmHWM:\s*(\d+) kB$`)
					peak = max(peak, megabytes(kibibytes))
				}
			}
		}
	})
	return func() float64 {
		close(done)
		watcher.Wait()
		return peak
	}
}

// megabytes converts a number of kibibytes; "" is 0.
func megabytes(kibibytes string) float64 {
	n, _ := strconv.ParseFloat(kibibytes, 64) // the kernel's, or ""
	return n * 1024 / 1e6
}

// A machine is what the figures depend on besides the code.
type machine struct {
	CPU, System, Go, Terraform, SDK string
	Cores                           int
	MemoryGB                        float64 // 0 if unknown
}

func describeMachine(ctx context.Context, terraform string) (m machine, err error) {
	cmd := exec.CommandContext(ctx, terraform, "version")
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1")
	version, err := cmd.Output()
	if err != nil {
		return m, fmt.Errorf("%s does not work as Terraform or OpenTofu: %w", terraform, err)
	}
	m.Terraform, _, _ = strings.Cut(string(version), "\n")
	m.CPU = cmp.Or(match("/proc/cpuinfo", `(?m)^model name\s*:\s*(.+)$`), runtime.GOARCH)
	m.Cores = runtime.NumCPU()
	m.MemoryGB = megabytes(match("/proc/meminfo", `(?m)^MemTotal:\s*(\d+) kB$`)) / 1e3
	m.System = strings.TrimSpace(match("/etc/os-release", `(?m)^PRETTY_NAME="?([^"\n]+)"?$`) + " " + runtime.GOOS + "/" + runtime.GOARCH)
	m.Go = strings.TrimPrefix(runtime.Version(), "go")
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/cloudflare/cloudflare-go/v7" {
			m.SDK = module.Version
		}
	}
	return m, nil
}

// match returns what the pattern's group matches in a file, or "".
func match(file, pattern string) string {
	text, _ := os.ReadFile(file) //nolint:gosec // in /proc or /etc
	if groups := regexp.MustCompile(pattern).FindSubmatch(text); groups != nil {
		return string(groups[1])
	}
	return ""
}
