package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// measuresMemory tells whether this system says how much memory a process had
// at most.
const measuresMemory = runtime.GOOS == "linux"

// memoryInterval is short beside the time for which a provider lives on after
// its answer, and long beside the tenth of a millisecond that a look takes.
const memoryInterval = 10 * time.Millisecond

// watchPeak looks at every process of this executable that starts from now on
// until stop, which gives the most memory that one of them had resident, in
// bytes: VmHWM, which the system itself keeps, so that no peak is missed as
// long as the process outlives it by the interval. 0 is unknown.
func watchPeak(binary string) (stop func() (bytes float64)) {
	if !measuresMemory {
		return func() float64 { return 0 }
	}
	others := make(map[string]bool)
	for _, process := range processes() {
		others[process] = true
	}
	end, peak := make(chan struct{}), make(chan float64)
	go func() {
		ticker := time.NewTicker(memoryInterval)
		defer ticker.Stop()
		most := 0.0
		for {
			select {
			case <-end:
				peak <- most
				return
			case <-ticker.C:
				for _, process := range processes() {
					if !others[process] {
						most = max(most, highWater(process, binary))
					}
				}
			}
		}
	}()
	return func() float64 {
		close(end)
		return <-peak
	}
}

// processes are the folders of all of them.
func processes() []string {
	folders, _ := filepath.Glob("/proc/[1-9]*") // the pattern is right
	return folders
}

// highWater is a process's VmHWM in bytes, 0 where it is another executable's
// or has ended.
func highWater(process, binary string) float64 {
	if executable, err := os.Readlink(filepath.Join(process, "exe")); err != nil || executable != binary {
		return 0
	}
	status, err := os.ReadFile(filepath.Join(process, "status")) //nolint:gosec // a path of the system's
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if fields := bytes.Fields(line); len(fields) == 3 && string(fields[0]) == "VmHWM:" {
			kibibytes, _ := strconv.ParseFloat(string(fields[1]), 64) // a number of the system's
			return kibibytes * 1024
		}
	}
	return 0
}
