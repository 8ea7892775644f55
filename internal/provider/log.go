package provider

import (
	"context"
	"log/slog"
	"slices"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// A logHandler sends the client's log lines to Terraform's log. It masks
// secrets in all of a line. It masks the values of filters only in fields that
// contain Cloudflare's text, so that a filter such as "users" does not make
// the provider's own text unreadable.
//
// The mask functions of tflog cannot do the latter. They also change the
// fields of a context in place, which is a data race between requests that run
// at the same time: https://github.com/hashicorp/terraform-plugin-log/issues/246
type logHandler struct {
	secrets *masker

	// What WithAttrs or WithGroup added; outer is nil if neither was called.
	outer *logHandler
	attrs []slog.Attr
	group string
}

func newLogHandler(secrets []string) slog.Handler { return &logHandler{secrets: newMasker(secrets)} }

// isCloudflareText tells whether a field repeats text from a response.
func isCloudflareText(field string) bool { return field == "message" || field == "cause" }

// Enabled leaves the selection of levels to Terraform (TF_LOG).
func (*logHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle never fails.
func (h *logHandler) Handle(ctx context.Context, record slog.Record) error {
	var attrs []slog.Attr
	record.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, a)
		return true
	})
	for scope := h; scope.outer != nil; scope = scope.outer {
		if scope.group != "" {
			attrs = []slog.Attr{{Key: scope.group, Value: slog.GroupValue(attrs...)}}
		} else {
			attrs = append(slices.Clip(scope.attrs), attrs...)
		}
	}
	fields := make(map[string]any, len(attrs))
	h.addFields(fields, attrs, maskerFrom(ctx))
	message := h.secrets.mask(record.Message)
	switch {
	case record.Level >= slog.LevelError:
		tflog.Error(ctx, message, fields)
	case record.Level >= slog.LevelWarn:
		tflog.Warn(ctx, message, fields)
	case record.Level >= slog.LevelInfo:
		tflog.Info(ctx, message, fields)
	default:
		tflog.Debug(ctx, message, fields)
	}
	return nil
}

// addFields adds attributes as slog.Handler demands: groups become maps,
// groups without a name become part of the outer one, empty ones are left out.
func (h *logHandler) addFields(fields map[string]any, attrs []slog.Attr, filters *masker) {
	for _, a := range attrs {
		value := a.Value.Resolve()
		switch value.Kind() {
		case slog.KindGroup:
			group := fields
			if a.Key != "" {
				group = make(map[string]any)
			}
			h.addFields(group, value.Group(), filters)
			if a.Key != "" && len(group) > 0 {
				fields[a.Key] = group
			}
		case slog.KindString, slog.KindAny:
			if a.Equal(slog.Attr{}) {
				continue
			}
			text := h.secrets.mask(value.String())
			if isCloudflareText(a.Key) {
				text = filters.mask(text)
			}
			fields[a.Key] = text
		default:
			fields[a.Key] = value.Any()
		}
	}
}

// WithAttrs is part of slog.Handler.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{secrets: h.secrets, outer: h, attrs: attrs}
}

// WithGroup is part of slog.Handler.
func (h *logHandler) WithGroup(name string) slog.Handler {
	return &logHandler{secrets: h.secrets, outer: h, group: name}
}
