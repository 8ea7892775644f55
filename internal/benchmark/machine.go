package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// A machine is what the figures depend on beside the code.
type machine struct {
	CPU       string
	Cores     int
	MemoryGB  float64 // 0 where it is unknown
	System    string
	Go        string
	Terraform string
	SDK       string // the version of Cloudflare's
}

func describeMachine(ctx context.Context, terraformVersion string) (machine, error) {
	goVersion, err := exec.CommandContext(ctx, "go", "env", "GOVERSION").Output()
	if err != nil {
		return machine{}, fmt.Errorf("go env GOVERSION: %w", err)
	}
	m := machine{
		CPU:       runtime.GOARCH,
		Cores:     runtime.NumCPU(),
		System:    runtime.GOOS + "/" + runtime.GOARCH,
		Go:        strings.TrimPrefix(strings.TrimSpace(string(goVersion)), "go"),
		Terraform: terraformVersion,
		SDK:       sdkVersion(),
	}
	if model := lookUp("/proc/cpuinfo", `(?m)^model name\s*:\s*(.+)$`); model != "" {
		m.CPU = model
	}
	if kibibytes, err := strconv.ParseFloat(lookUp("/proc/meminfo", `(?m)^MemTotal:\s*(\d+) kB$`), 64); err == nil {
		m.MemoryGB = kibibytes * 1024 / 1e9
	}
	if name := lookUp("/etc/os-release", `(?m)^PRETTY_NAME="?([^"\n]+)"?$`); name != "" {
		m.System = name + ", " + m.System
	}
	return m, nil
}

// lookUp gives what the pattern's group matches in a file, "" where there is
// no such thing: other systems keep it elsewhere.
func lookUp(file, pattern string) string {
	text, _ := os.ReadFile(file) //nolint:gosec // a path of this package's
	found := regexp.MustCompile(pattern).FindSubmatch(text)
	if found == nil {
		return ""
	}
	return strings.TrimSpace(string(found[1]))
}

func sdkVersion() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/cloudflare/cloudflare-go/v7" {
			return module.Version
		}
	}
	return ""
}
