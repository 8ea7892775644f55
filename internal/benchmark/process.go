package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/protobuf/types/known/emptypb"
)

// build compiles the provider as a release does, and the floor in the same way.
func (r *report) build(ctx context.Context) (err error) {
	for name, folder := range map[string]string{"provider": "../..", "floor": "floor"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-C", folder, "-buildvcs=false", "-trimpath", "-ldflags", "-s -w", "-o", r.binary(name), ".") //nolint:gosec // constant but for the temporary folder
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build in %s: %w\n%s", folder, err, out)
		}
	}
	r.BinaryMB, err = fileMB(r.binary("provider"))
	return err
}

// binary is the path of the provider or the floor.
func (r *report) binary(name string) string {
	return filepath.Join(r.dir, name, "terraform-provider-cloudflare-access")
}

// measureStarts starts the provider's process several times, and writes its
// encoded schema to a file for the floor.
func (r *report) measureStarts(ctx context.Context) error {
	return takeTurns(r.Starts, func(round int) error {
		start := time.Now()
		schema, err := readSchema(ctx, r.binary("provider"))
		if err != nil {
			return err
		}
		record(&r.StartMS, round, time.Since(start).Seconds()*1e3)
		return os.WriteFile(filepath.Join(r.dir, "GetProviderSchema"), schema, 0o600)
	})
}

// readSchema starts a provider's process as Terraform does, and returns its
// encoded schema. Both sides generate the keys of the connection.
func readSchema(ctx context.Context, binary string) ([]byte, error) {
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
		return nil, err
	}
	conn := protocol.(*goplugin.GRPCClient).Conn //nolint:forcetypeassert // gRPC is all that is allowed
	response := new(emptypb.Empty)               // which keeps the fields that it does not know
	err = conn.Invoke(ctx, "/tfplugin6.Provider/GetProviderSchema", new(emptypb.Empty), response)
	return response.ProtoReflect().GetUnknown(), err
}

// watchPeak reads VmHWM of each process of this executable every 10 ms until
// stop is called, which returns the largest, in MB: the most memory that one
// process had resident. A provider lives longer than that after its response,
// so no peak is missed. Where there is no /proc, it is 0.
func watchPeak(binary string) (stop func() (megabytes float64)) {
	peak := make(chan float64)
	go func() {
		largest := 0.0
		for {
			select {
			case peak <- largest:
				return
			case <-time.After(10 * time.Millisecond):
			}
			links, _ := filepath.Glob("/proc/[1-9]*/exe") // the pattern is valid
			for _, link := range links {
				if executable, _ := os.Readlink(link); executable == binary {
					largest = max(largest, megabytes(filepath.Join(filepath.Dir(link), "status"), "VmHWM"))
				}
			}
		}
	}()
	return func() float64 { return <-peak }
}

// megabytes returns a field of a file in /proc, 0 if it has none.
func megabytes(file, field string) float64 {
	kibibytes, _ := strconv.ParseFloat(match(file, `(?m)^`+field+`:\s*(\d+) kB$`), 64) // the kernel's, or ""
	return kibibytes * 1024 / 1e6
}

// match returns what the pattern's group matches in a file, or "".
func match(file, pattern string) string {
	text, _ := os.ReadFile(file) //nolint:gosec // in /proc or /etc
	if groups := regexp.MustCompile(pattern).FindSubmatch(text); groups != nil {
		return string(groups[1])
	}
	return ""
}
