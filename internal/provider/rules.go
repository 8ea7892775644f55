package provider

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
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

// wholeNumber is a validator for a number between two bounds.
type wholeNumber struct {
	least, most int64
}

// Description is part of validator.Number.
func (r wholeNumber) Description(context.Context) string {
	return fmt.Sprintf("must be a whole number from %d to %d", r.least, r.most)
}

// MarkdownDescription is part of validator.Number.
func (r wholeNumber) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateNumber points at the attribute.
func (r wholeNumber) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	number := req.ConfigValue.ValueBigFloat()
	if n, accuracy := number.Int64(); accuracy != big.Exact || n < r.least || n > r.most {
		name := req.Path.String()
		resp.Diagnostics.AddAttributeError(req.Path, "Cannot use "+name,
			fmt.Sprintf("%s %s; it is %s.", name, r.Description(ctx), number.Text('g', -1)))
	}
}

// whole is a number that wholeNumber let pass, or another one where none is set.
func whole(n types.Number, otherwise int) int {
	if n.IsNull() {
		return otherwise
	}
	i, _ := n.ValueBigFloat().Int64()
	return int(i)
}

// emailProblem refuses what no address has, too.
func emailProblem(s string) string {
	if problem := filterProblem(s); problem != "" {
		return problem
	}
	if strings.TrimSpace(s) != s {
		return "begins or ends with white space, which no address does: cut it off with trimspace()"
	}
	return ""
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
