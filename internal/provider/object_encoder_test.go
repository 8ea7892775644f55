package provider_test

import (
	"math"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/provider"
)

// The bytes of whole objects are compared in server_test.go.
func TestObjectEncoder(t *testing.T) {
	t.Parallel()
	text, flag, number := "é", true, int64(math.MinInt64)
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"string":      {&text, "\x81\xa1a\xa2é"},
		"bool":        {&flag, "\x81\xa1a\xc3"},
		"int64":       {&number, "\x81\xa1a\xd3\x80\x00\x00\x00\x00\x00\x00\x00"},
		"null string": {(*string)(nil), "\x81\xa1a\xc0"},
		"null bool":   {(*bool)(nil), "\x81\xa1a\xc0"},
		"null int64":  {(*int64)(nil), "\x81\xa1a\xc0"},
	} {
		if got := provider.EncodeObject("a", test.value); string(got) != test.want {
			t.Errorf("%s: got %x, want %x", name, got, test.want)
		}
	}
	defer func() {
		if got, _ := recover().(string); !strings.Contains(got, "a is a float64") {
			t.Errorf("float64: panic with %q, want the attribute and its type", got)
		}
	}()
	provider.EncodeObject("a", 1.5)
}
