package provider

import (
	"cmp"
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// newLog returns a log that is a part of Terraform's. It masks secrets in all
// fields, but the values of filters only in those that repeat Cloudflare's text,
// so that a filter such as "users" does not make the provider's own text
// unreadable.
//
// The mask functions of tflog cannot do the latter. They also change the
// fields of a context in place, which is a data race between requests that run
// at the same time: https://github.com/hashicorp/terraform-plugin-log/issues/246
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
				m = cmp.Or(maskerFrom(ctx), secretMasker)
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
