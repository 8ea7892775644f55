package provider

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logHandler carries the client's log lines to Terraform's log.
type logHandler struct{}

// Enabled leaves the choice of levels to Terraform (TF_LOG).
func (logHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle never fails.
func (logHandler) Handle(ctx context.Context, record slog.Record) error {
	// A copy of the context's log settings for each line: tflog masks fields in
	// place, and pages that come together would write to the same map, which
	// ends the process. Each of the Mask functions copies.
	//
	// Source: https://github.com/hashicorp/terraform-plugin-log/issues/246
	ctx = tflog.MaskMessageStrings(ctx)
	fields := make(map[string]any, record.NumAttrs())
	record.Attrs(func(a slog.Attr) bool {
		fields[a.Key] = a.Value.Any()
		return true
	})
	switch {
	case record.Level >= slog.LevelError:
		tflog.Error(ctx, record.Message, fields)
	case record.Level >= slog.LevelWarn:
		tflog.Warn(ctx, record.Message, fields)
	case record.Level >= slog.LevelInfo:
		tflog.Info(ctx, record.Message, fields)
	default:
		tflog.Debug(ctx, record.Message, fields)
	}
	return nil
}

// WithAttrs is part of slog.Handler; the client uses no such loggers.
func (h logHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup is part of slog.Handler; the client uses no such loggers.
func (h logHandler) WithGroup(string) slog.Handler { return h }
