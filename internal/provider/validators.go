package provider

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// The validate functions are the rules for single values, wherever a value
// comes from. Their errors complete a sentence that starts with the value's
// name, such as "account_id …", and never contain the value.

// validateCredential accepts everything that a header can carry: lengths,
// prefixes and alphabets differ between kinds of credentials.
func validateCredential(s string) error {
	isBlank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	switch {
	case s == "":
		return errors.New("is empty: set it, or leave it out to use the environment")
	case strings.TrimFunc(s, isBlank) == "":
		return errors.New("contains only white space: set it to the value that Cloudflare shows")
	case strings.IndexFunc(strings.TrimRightFunc(s, isBlank), isBlank) >= 0:
		return errors.New("contains white space or a control character: set it to the value alone, as Cloudflare shows it")
	case strings.IndexFunc(s, isBlank) >= 0:
		return errors.New("ends with white space or a line break, as the content of a file does: remove it, in Terraform with trimspace()")
	default:
		return nil
	}
}

// notInID are characters that no id in a path can have.
var notInID = regexp.MustCompile(`[\s\p{Z}[:cntrl:]/\\?#%]`)

// validateAccountID accepts everything that can be an id in a path: the
// contract only says that an account's id is a string.
func validateAccountID(id string) error {
	switch {
	case id == "":
		return errors.New("is empty: set it to the account's id (32 hexadecimal digits in the dashboard's address), or leave it out")
	case notInID.MatchString(id):
		return errors.New("contains white space, a control character or one of / \\ ? # %: set it to the id alone, not to a path or URL")
	default:
		return nil
	}
}

// validateUserID accepts everything that can be an id in a path.
func validateUserID(id string) error {
	switch {
	case id == "":
		return errors.New("is empty: set it to the id of a user, as cloudflare_access_users returns it")
	case id == "." || id == ".." || notInID.MatchString(id):
		return errors.New("contains white space, a control character or one of / \\ ? # %, or is a dot segment: set it to the id of a user alone")
	default:
		return nil
	}
}

func validateBaseURL(s string) error {
	_, err := cloudflare.ParseBaseURL(s)
	return err
}

// validateFilter rejects a value that would not filter, or that matches nobody.
func validateFilter(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("is empty and would filter nothing: leave it out, or set it to null, to read all users")
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("contains a line break or another control character, which matches no user: remove it")
	default:
		return nil
	}
}

// validateEmailFilter also rejects white space around an address.
func validateEmailFilter(s string) error {
	if err := validateFilter(s); err != nil {
		return err
	}
	return validateEmail(s)
}

// validateEmail rejects what no user's address can be.
func validateEmail(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("is empty: set it to an email address")
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("contains a line break or another control character, which matches no address: remove it")
	case strings.TrimSpace(s) != s:
		return errors.New("begins or ends with white space, which matches no address: remove it with trimspace()")
	default:
		return nil
	}
}

// A description is a part of all validators. Their diagnostics are more specific.
type description string

// Description returns the text for messages of the framework.
func (d description) Description(context.Context) string { return string(d) }

// MarkdownDescription returns the same text.
func (d description) MarkdownDescription(context.Context) string { return string(d) }

// A stringValidator applies a rule to an attribute.
type stringValidator struct {
	description

	rule func(string) error
}

func validatedBy(rule func(string) error) []validator.String {
	return []validator.String{stringValidator{"must be valid in a request", rule}}
}

// ValidateString ignores null and unknown values.
func (v stringValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := v.rule(req.ConfigValue.ValueString()); err != nil {
		name := req.Path.String()
		resp.Diagnostics.AddAttributeError(req.Path, "Cannot use "+name, name+" "+err.Error()+".")
	}
}
