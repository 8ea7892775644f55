package provider

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"terraform-provider-cloudflare-access/internal/cloudflare"
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

// A maskerKey is the key of the masker in the context of a read.
type maskerKey struct{}

// newLog returns a log that is a part of Terraform's. It masks secrets in all fields.
// The context's masker is for those that repeat Cloudflare's text: a filter such as
// "users", which may be personal data, must not make the provider's own text unreadable.
//
// The mask functions of tflog cannot do that. They also change the fields of a
// context in place, which is a data race between requests that run at the same time:
// https://github.com/hashicorp/terraform-plugin-log/issues/246
func newLog(secrets []string) cloudflare.Log {
	secretMasker := newMasker(secrets)
	return func(ctx context.Context, level slog.Level, text string, fields map[string]any) {
		for name, value := range fields {
			s, ok := value.(string)
			if !ok {
				continue
			}
			m := secretMasker
			if name == "message" || name == "cause" || name == "cf_ray" {
				ofRead, _ := ctx.Value(maskerKey{}).(*masker)
				m = cmp.Or(ofRead, secretMasker)
			}
			fields[name] = m.mask(s)
		}
		switch level { // selected by TF_LOG
		case slog.LevelWarn:
			tflog.Warn(ctx, text, fields)
		case slog.LevelInfo:
			tflog.Info(ctx, text, fields)
		default:
			tflog.Debug(ctx, text, fields)
		}
	}
}
