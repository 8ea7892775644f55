package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/acctest"
)

func TestDemoLeavesNothingBehindWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"while it builds":          "==> Building",
		"while Terraform starts":   " init, ",
		"while Terraform installs": "Initializing provider plugins",
		"while the provider reads": "Reading...",
		"while Terraform applies":  "Creating...",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terraform, temp := acctest.Terraform(t), tempDir(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := &cancelAt{text: text, cancel: cancel}
			err := run(ctx, out, io.Discard, temp, terraform)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("run = %v, want %v; it printed:\n%s", err, context.Canceled, out.printed.String())
			}
			checkNothingLeft(t, temp)
		})
	}
}

// cancelAt calls cancel when this text is printed, before whoever prints it goes on.
type cancelAt struct {
	text    string
	cancel  context.CancelFunc
	printed bytes.Buffer
}

func (c *cancelAt) Write(p []byte) (int, error) {
	if strings.Contains(string(p), c.text) {
		c.cancel()
	}
	return c.printed.Write(p)
}

func TestDemoLeavesNothingBehindWhenInterrupted(t *testing.T) {
	t.Parallel()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() //nolint:errcheck // nothing depends on it
	temp := tempDir(t)
	cmd := command(t, temp, "", onlyGoOnPath(t, "http://"+silent.Addr().String())...)
	var printed bytes.Buffer
	cmd.Stderr = &printed
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// It now waits for the silent proxy, for as long as it is let.
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if strings.Contains(lines.Text(), "Fetching") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	err = cmd.Wait()
	checkFailure(t, err, printed.Bytes(), temp)
	if !strings.Contains(printed.String(), "stopped") {
		t.Errorf("the demo printed %q, want that it was stopped", printed.String())
	}
}

func TestDemoLeavesNothingBehindWhenItsReaderLeaves(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	defer writer.Close() //nolint:errcheck // nothing was written here
	temp := tempDir(t)
	cmd := command(t, temp, "no-such-terraform")
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = writer, &printed
	checkFailure(t, cmd.Run(), printed.Bytes(), temp)
}
