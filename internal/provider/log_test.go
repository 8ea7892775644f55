package provider_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/slogtest"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"terraform-provider-cloudflare-access/internal/fakeapi"
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

// TestLogHandler_concurrentPages releases ten responses at the same time, each
// with a message that repeats the credential.
func TestLogHandler_concurrentPages(t *testing.T) {
	t.Parallel()
	const atOnce = 10
	fake := fakeapi.New(fixedUsers(260))
	fake.MaxPageSize = 20
	fake.Messages = []fakeapi.Message{{Code: 1, Text: "The token " + fakeapi.Token + " will expire"}}
	var ready sync.WaitGroup
	ready.Add(atOnce)
	var responses atomic.Int32
	fake.Gate = func(int) {
		if n := responses.Add(1); 1 < n && n <= 1+atOnce {
			ready.Done()
			ready.Wait()
		}
	}
	e := newEndpoint(t, nil, start(t, fake), nil)
	var log bytes.Buffer
	ctx := tflog.SetField(tflogtest.RootLogger(t.Context(), &log), "tf_req_id", "a-request")
	if got := describe(e.read(ctx, dataSource, nil).Diagnostics); got != "" {
		t.Fatal(got)
	}
	requests := len(fake.Requests())
	if text := log.String(); strings.Contains(text, fakeapi.Token) || strings.Count(text, "The token *** will expire") != requests {
		t.Errorf("the log contains the token, or lacks the message of a page:\n%s", text)
	}
	logged := 0
	for _, line := range logLines(t, &log) {
		if line["@message"] == "received a response" && line["path"] == "accounts/"+fakeapi.AccountID+"/access/users" && line["tf_req_id"] == "a-request" {
			logged++
		}
	}
	if logged != requests {
		t.Errorf("the log has %d responses, want %d", logged, requests)
	}
}
