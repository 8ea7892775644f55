package provider_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"terraform-provider-cloudflare-access/internal/provider"
)

// TestLog checks levels, and that the filter "users" is masked in Cloudflare's
// text alone.
func TestLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	secrets := []string{"s3cr3t"}
	ctx := provider.WithMasker(tflogtest.RootLogger(t.Context(), &out), secrets, "users", "jane-s3cr3t@example.com")
	log := provider.NewLog(secrets)
	log(ctx, slog.LevelDebug, "all users", map[string]any{"path": "access/users/s3cr3t", "rows": 7})
	log(ctx, slog.LevelInfo, "", map[string]any{"message": "users of S3CR3T"})
	log(ctx, slog.LevelWarn, "", map[string]any{"cause": "no jane-s3cr3t@example.com", "cf_ray": "users"})
	want := []map[string]any{
		{"@level": "debug", "@message": "all users", "@module": "provider", "path": "access/users/***", "rows": 7.0},
		{"@level": "info", "@message": "", "@module": "provider", "message": "*** of ***"},
		{"@level": "warn", "@message": "", "@module": "provider", "cause": "no ***", "cf_ray": "***"},
	}
	if diff := cmp.Diff(want, logLines(t, &out)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
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
