package provider_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"terraform-provider-cloudflare-access/internal/provider"
)

func TestMasker(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		secret, filter string
		text, want     string
	}{
		"nothing to mask":    {"", "", "no user ann", "no user ann"},
		"secret":             {"s3cr3t", "", "key s3cr3t of s3cr3t", "key *** of ***"},
		"short secret":       {"k", "", "key k", "***ey ***"},
		"filter":             {"", "ann@example.com", "no user ann@example.com", "no user ***"},
		"short filter":       {"", "ann", "no user ann", "no user ann"},
		"filter of 4 bytes":  {"", "zoë", "no user zoë", "no user ***"},
		"both":               {"s3cr3t", "ann@", "s3cr3t ann@", "*** ***"},
		"one within another": {"anna", "anna@example.com", "anna@example.com, anna", "***, ***"},
		"other case":         {"", "Zoë Ann", "no user ZOË ANN", "no user ***"},
		"query, escaped":     {"", "ann+b c@example.com", "?email=ann%2Bb+c%40example.com", "?email=***"},
		"path, escaped":      {"", "ann+b c@example.com", "/users/ann+b%20c@example.com", "/users/***"},
		"lower-case escapes": {"", "ann/b@example.com", "ann%2fb%40example.com", "***"},
		"escaped other case": {"", "zoë@example.com", "ZO%C3%8B%40EXAMPLE.COM", "***"},
		"everything escaped": {"", "ab.c", "%61%62%2E%63", "***"},
		"not a pattern":      {"", "a.*b", "axxb a.*b", "axxb ***"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := provider.Mask([]string{test.secret}, []string{test.filter}, test.text); got != test.want {
				t.Errorf("mask(%q) is %q, want %q", test.text, got, test.want)
			}
		})
	}
}

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
