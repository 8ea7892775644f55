package provider

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// The validate functions are the rules for single values, wherever a value
// comes from. Their errors complete a sentence that starts with the value's
// name, such as "account_id …", and never contain the value.

// validateCredential accepts everything else that a header can carry: lengths,
// prefixes and alphabets differ between kinds of credentials.
func validateCredential(s string) error {
	switch {
	case s == "":
		return errors.New("is empty: set it, or leave it out to use the environment")
	case strings.TrimSpace(s) == "":
		return errors.New("contains only white space: set it to the value that Cloudflare shows")
	default:
		return validateValue(s)
	}
}

// reference matches the text of an expression of Terraform, and of a variable of a
// shell or pipeline. No value of a setting begins with $, nor consists of names
// that are joined by dots and begin like this.
var reference = regexp.MustCompile(`^\$|\$\{|^(?:var|local|data|module|each|ephemeral)(?:\.[\w-]+|\[[^\]]*\])+$`)

// validateValue rejects what no setting, nor an id, can be.
func validateValue(s string) error {
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	switch err := validateVisible(s); {
	case err != nil:
		return err
	case unicode.In(first, unicode.Quotation_Mark) || unicode.In(last, unicode.Quotation_Mark):
		return errors.New("begins or ends with a quotation mark: remove it. Some readers of .env files keep quotation marks as a part of the value")
	case reference.MatchString(s):
		return errors.New("is the text of a reference, such as var.NAME or ${NAME}, instead of its value: write the expression without quotation marks " +
			"in the configuration, and the value itself in an environment variable")
	default:
		return nil
	}
}

// notInID are characters that no id in a path can have.
var notInID = regexp.MustCompile(`[\s\p{Z}[:cntrl:]/\\?#%]`)

// validateAccountID accepts everything that can be an id in a path: the
// contract only says that an account's id is a string of at most 32 characters.
func validateAccountID(id string) error {
	switch err := validateValue(id); {
	case id == "":
		return errors.New("is empty: set it to the account's id (32 hexadecimal digits in the dashboard's address), or leave it out")
	case notInID.MatchString(id):
		return errors.New("contains white space, a control character or one of / \\ ? # %: set it to the id alone, not to a path or URL")
	default:
		return err
	}
}

// accountIDForm matches the ids that the dashboard shows.
var accountIDForm = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)

// unusualAccountID returns a warning if a valid id has another form. name is where
// it comes from.
func unusualAccountID(id, name string) (diags diag.Diagnostics) {
	if validateAccountID(id) == nil && !accountIDForm.MatchString(id) {
		diags.AddAttributeWarning(path.Root("account_id"), "The value of account_id may be wrong",
			fmt.Sprintf("The ids of accounts have 32 hexadecimal digits, but %s has another form. If Cloudflare does not accept it, "+
				"set it to the id in the dashboard's address, after dash.cloudflare.com/.", name))
	}
	return diags
}

// validateUserID accepts everything that can be an id in a path.
func validateUserID(id string) error {
	switch err := validateValue(id); {
	case id == "":
		return errors.New("is empty: set it to the id of a user, as cloudflare_access_users returns it")
	case id == "." || id == ".." || notInID.MatchString(id):
		return errors.New("contains white space, a control character or one of / \\ ? # %, or is a dot segment: set it to the id of a user alone")
	default:
		return err
	}
}

func validateBaseURL(s string) error {
	if err := validateValue(s); err != nil {
		return err
	}
	_, err := cloudflare.ParseBaseURL(s)
	return err
}

// validateFilter rejects a value that would not filter, or that matches nobody.
func validateFilter(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("is empty and would filter nothing: leave it out, or set it to null")
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("contains a line break or another control character, which matches nothing: remove it")
	default:
		return nil
	}
}

// validateEmailFilter also rejects white space around a value, which need not be a
// whole address.
func validateEmailFilter(s string) error {
	if err := validateFilter(s); err != nil {
		return err
	}
	if strings.TrimSpace(s) != s {
		return errors.New("begins or ends with white space, which matches no address: remove it with trimspace()")
	}
	return nil
}

// validateEmail rejects what no user's address can be.
func validateEmail(s string) error {
	switch err := validateVisible(s); {
	case strings.TrimSpace(s) == "":
		return errors.New("is empty: set it to an email address")
	case err != nil:
		return err
	case !strings.Contains(s, "@"):
		return errors.New("contains no @: set it to a whole email address")
	default:
		return nil
	}
}

// validateDomain rejects what the domain of no user's address can be.
func validateDomain(s string) error {
	switch err := validateVisible(s); {
	case strings.TrimSpace(s) == "":
		return errors.New("is empty: set it to a domain such as example.com")
	case err != nil:
		return err
	case strings.ContainsAny(s, "@*"):
		return errors.New("contains @ or *: set it to the domain alone, such as example.com. It selects addresses of exactly this domain")
	case strings.HasPrefix(s, ".") || strings.HasSuffix(s, "."):
		return errors.New("begins or ends with a dot, which no domain of an address does: remove it")
	default:
		return nil
	}
}

// validateVisible rejects characters that do not show, and U+FFFD. The error names
// the first one by its code point.
func validateVisible(s string) error {
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r':
			return fmt.Errorf("contains the line break %U, as the content of a file does at its end: remove it with trimspace()", r)
		case unicode.IsControl(r):
			return fmt.Errorf("contains the control character %U: remove it, at the beginning or end with trimspace()", r)
		case unicode.In(r, unicode.Z):
			return fmt.Errorf("contains the white space character %U: remove it, at the beginning or end with trimspace()", r)
		case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point):
			return fmt.Errorf("contains the invisible character %U: remove it", r)
		case r == utf8.RuneError:
			return errors.New("contains U+FFFD, which stands for a character that was lost: restore it, and save the file that it comes from as UTF-8")
		}
	}
	return nil
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

// An accountIDValidator warns of an account id that Cloudflare is unlikely to accept.
type accountIDValidator struct {
	description
}

func accountIDValidators() []validator.String {
	return append(validatedBy(validateAccountID), accountIDValidator{"should be 32 hexadecimal digits"})
}

// ValidateString ignores null and unknown values, which are no valid id.
func (v accountIDValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	resp.Diagnostics.Append(unusualAccountID(req.ConfigValue.ValueString(), req.Path.String())...)
}

// An entriesValidator applies a rule to each entry of a list. The library's
// validators of lists do not name the entry.
type entriesValidator struct {
	description

	rule func(string) error
}

// maxEntryErrors is the number of entries that are reported one by one. A list that
// was generated can have thousands with the same mistake.
const maxEntryErrors = 10

// ValidateList ignores null and unknown lists, and unknown entries.
func (v entriesValidator) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	name, invalid := req.Path.String(), 0
	for i, element := range req.ConfigValue.Elements() {
		entry, _ := element.(types.String)
		detail := name + " contains null: remove it, in Terraform with compact()."
		if !entry.IsNull() {
			err := v.rule(entry.ValueString())
			if entry.IsUnknown() || err == nil {
				continue
			}
			detail = fmt.Sprintf("The entry %q of %s %s.", entry.ValueString(), name, err)
		}
		if invalid++; invalid <= maxEntryErrors {
			resp.Diagnostics.AddAttributeError(req.Path.AtListIndex(i), "Cannot use "+name, detail)
		}
	}
	if invalid > maxEntryErrors {
		resp.Diagnostics.AddAttributeError(req.Path, "Cannot use "+name,
			fmt.Sprintf("%s has %d invalid entries, of which the first %d are reported.", name, invalid, maxEntryErrors))
	}
}
