package provider

import (
	"context"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// stringRule is a validator whose problem, if there is one, completes the
// sentence "account_id …".
type stringRule struct {
	problem func(string) string
}

// Description is part of validator.String.
func (r stringRule) Description(context.Context) string { return "must be usable by the API" }

// MarkdownDescription is part of validator.String.
func (r stringRule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateString points at the attribute.
func (r stringRule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if text := r.problem(req.ConfigValue.ValueString()); text != "" {
		name := req.Path.String()
		resp.Diagnostics.AddAttributeError(req.Path, "Cannot use "+name, capitalise(name)+" "+text+".")
	}
}

// filterProblem refuses what would be no filter.
func filterProblem(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return "is empty, which would filter nothing: leave it out, or set it to null, to read every user"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "has a line break or another control character in it, which no user matches: remove it"
	default:
		return ""
	}
}
