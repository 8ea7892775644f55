package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// minFilterBytes is the length from which on the value of a filter is masked.
// A shorter one identifies nobody, and would make most texts unreadable.
const minFilterBytes = 4

// A masker replaces values by asterisks: in every case, and also where they
// are percent-encoded. Nil masks nothing.
type masker struct {
	pattern *regexp.Regexp
}

func newMasker(secrets []string, filters ...string) *masker {
	filters = slices.DeleteFunc(slices.Clone(filters), func(value string) bool { return len(value) < minFilterBytes })
	var patterns []string
	for _, value := range slices.Concat(secrets, filters) {
		if value != "" {
			patterns = append(patterns, maskPattern(value))
		}
	}
	if len(patterns) == 0 {
		return nil
	}
	pattern := regexp.MustCompile("(?i)" + strings.Join(patterns, "|"))
	pattern.Longest() // in case one value is the beginning of another
	return &masker{pattern}
}

// maskPattern matches each character of the value as it is or percent-encoded,
// since encoders differ in what they encode.
func maskPattern(value string) string {
	var b strings.Builder
	for _, char := range value {
		b.WriteString("(?:" + regexp.QuoteMeta(string(char)))
		for folded := char; ; {
			b.WriteByte('|')
			for _, octet := range []byte(string(folded)) {
				fmt.Fprintf(&b, "%%%02X", octet)
			}
			if folded = unicode.SimpleFold(folded); folded == char {
				break
			}
		}
		if char == ' ' {
			b.WriteString(`|\+`)
		}
		b.WriteByte(')')
	}
	return b.String()
}

func (m *masker) mask(s string) string {
	if m == nil {
		return s
	}
	return m.pattern.ReplaceAllString(s, "***")
}

type maskerKey struct{}

// withMasker returns a context in which log lines mask secrets and the values of
// filters, which may be personal data, where they repeat what Cloudflare sent.
func withMasker(ctx context.Context, m *masker) context.Context {
	return context.WithValue(ctx, maskerKey{}, m)
}

func maskerFrom(ctx context.Context) *masker {
	m, _ := ctx.Value(maskerKey{}).(*masker)
	return m
}
