package provider_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/slogtest"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"terraform-provider-cloudflare-access/internal/provider"
)

// A contextHandler supplies the context of a request, which tflog needs.
type contextHandler struct {
	slog.Handler
	ctx func() context.Context
}

func (h contextHandler) Handle(_ context.Context, record slog.Record) error {
	return h.Handler.Handle(h.ctx(), record) //nolint:contextcheck // slogtest logs without a context
}

func (h contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextHandler{h.Handler.WithAttrs(attrs), h.ctx}
}

func (h contextHandler) WithGroup(name string) slog.Handler {
	return contextHandler{h.Handler.WithGroup(name), h.ctx}
}

func TestLogHandler_contract(t *testing.T) {
	t.Parallel()
	var log *bytes.Buffer
	slogtest.Run(t, func(t *testing.T) slog.Handler {
		t.Helper()
		if strings.HasSuffix(t.Name(), "/zero-time") {
			t.Skip("hclog writes its own time")
		}
		log = new(bytes.Buffer)
		root := tflogtest.RootLogger(t.Context(), log)
		return contextHandler{provider.NewLogHandler(), func() context.Context { return root }}
	}, func(t *testing.T) map[string]any {
		t.Helper()
		line := logLines(t, log)[0]
		line[slog.MessageKey], line[slog.LevelKey], line[slog.TimeKey] = line["@message"], line["@level"], "hclog's"
		return line
	})
}

func TestLogHandler_levels(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger, ctx := slog.New(provider.NewLogHandler()), tflogtest.RootLogger(t.Context(), &log)
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelInfo + 1, slog.LevelWarn, slog.LevelError, slog.LevelError + 1} {
		logger.Log(ctx, level, "")
	}
	var got []string
	for _, line := range logLines(t, &log) {
		got = append(got, fmt.Sprint(line["@level"]))
	}
	if want := "debug info info warn error error"; strings.Join(got, " ") != want {
		t.Errorf("levels %v, want %s", got, want)
	}
}

// TestLogHandler_masks checks that a filter masks Cloudflare's text alone.
func TestLogHandler_masks(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := provider.WithMasker(tflogtest.RootLogger(t.Context(), &log), "users")
	logger := slog.New(provider.NewLogHandler("s3cr3t")).With("path", "access/users/s3cr3t")
	logger.InfoContext(ctx, "all users of s3cr3t", "message", "users of S3CR3T", "cause", errors.New("no users"),
		slog.Group("group", "message", "s3cr3t users"), "rows", 7)
	logger.WithGroup("empty").InfoContext(ctx, "")
	lines := logLines(t, &log)
	if group, ok := lines[1]["empty"]; ok {
		t.Errorf("empty is %v, want no field for an empty group", group)
	}
	line := lines[0]
	group, _ := line["group"].(map[string]any)
	for name, test := range map[string][2]any{
		"text":    {line["@message"], "all users of ***"},
		"path":    {line["path"], "access/users/***"},
		"message": {line["message"], "*** of ***"},
		"cause":   {line["cause"], "no ***"},
		"group":   {group["message"], "*** ***"},
		"rows":    {line["rows"], 7.0},
	} {
		if test[0] != test[1] {
			t.Errorf("%s is %v, want %v", name, test[0], test[1])
		}
	}
}

func logLines(t *testing.T, log *bytes.Buffer) []map[string]any {
	t.Helper()
	lines, err := tflogtest.MultilineJSONDecode(log)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
