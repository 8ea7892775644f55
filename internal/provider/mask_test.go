package provider_test

import (
	"testing"

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
