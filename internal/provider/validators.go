package provider

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// A rule says what is wrong with a value, wherever the value comes from: a sentence
// with %s for the value's name, and without the value, or "" if it is valid. As a
// validator of an attribute, it ignores null and unknown values.
type rule func(value string) string

// Description is for messages of the framework, which this provider never shows.
func (rule) Description(context.Context) string { return "must be valid in a request" }

func (r rule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

func (r rule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	name := req.Path.String()
	if problem := r(req.ConfigValue.ValueString()); problem != "" && !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() {
		resp.Diagnostics.AddAttributeError(req.Path, "Cannot use "+name, fmt.Sprintf(problem, name))
	}
}

// when returns the sentence if the condition is true, otherwise "".
func when(condition bool, sentence string) string {
	if condition {
		return sentence
	}
	return ""
}

// validateCredential accepts everything else that a header can carry: lengths,
// prefixes and alphabets differ between kinds of credentials.
func validateCredential(s string) string {
	return cmp.Or(
		when(strings.TrimSpace(s) == "", "%s is empty or blank: set it to the value that Cloudflare shows, or leave it out to use the environment."),
		validateValue(s),
	)
}

// reference matches the text of an expression of Terraform, of a variable of a shell or
// pipeline, and of a placeholder. No value of a setting begins with one of $ % < {, nor
// consists of names that are joined by dots and begin like this.
var reference = regexp.MustCompile(`^[$%<{]|\$\{|^(?:CLOUDFLARE|TF_VAR)_\w+$|^(?:var|local|data|module|each|ephemeral|env|secrets|[a-z]+_[a-z_]+)(?:\.[\w-]+|\[[^\]]*\])+$`)

// label matches what is copied with a value, from a header or the line of a .env file.
var label = regexp.MustCompile(`(?i)^\s*(?:authorization:|bearer\b|x-auth-\w+:|export\s|CLOUDFLARE_\w+\s*=)`)

// validateValue rejects what no setting, nor an id, can be.
func validateValue(s string) string {
	isQuote := func(r rune) bool { return r == '`' || unicode.Is(unicode.Quotation_Mark, r) }
	return cmp.Or(
		when(label.MatchString(s), "%s begins with the name of a header or variable, or with Bearer: set it to the value alone."),
		validateVisible(s),
		when(strings.TrimFunc(s, isQuote) != s, "%s begins or ends with a quotation mark: remove it. Some readers of .env files keep quotation marks as a part of the value."),
		when(reference.MatchString(s), "%s is the text of a reference, such as var.NAME or ${NAME}, instead of its value: write the expression without quotation marks in the configuration, and the value itself in an environment variable."),
	)
}

// notInID are characters that no id in a path can have.
var notInID = regexp.MustCompile(`[\s\p{Z}[:cntrl:]/\\?#%]`)

// validateAccountID accepts everything that can be an id in a path: the
// contract only says that an account's id is a string of at most 32 characters.
func validateAccountID(id string) string {
	return cmp.Or(
		when(id == "", "%s is empty: set it to the account's id (32 hexadecimal digits in the dashboard's address), or leave it out."),
		when(notInID.MatchString(id), `%s contains white space, a control character or one of / \ ? # %%: set it to the id alone, not to a path or URL.`),
		validateValue(id),
	)
}

// accountIDForm matches the ids that the dashboard shows.
var accountIDForm = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)

// unusualAccountID returns a warning if a valid id has another form. name is where
// it comes from.
func unusualAccountID(id, name string) (diags diag.Diagnostics) {
	if validateAccountID(id) == "" && !accountIDForm.MatchString(id) {
		diags.AddAttributeWarning(path.Root("account_id"), "The value of account_id may be wrong",
			fmt.Sprintf("The ids of accounts have 32 hexadecimal digits, but %s has another form. If Cloudflare does not accept it, set it to the id in the dashboard's address, after dash.cloudflare.com/.", name))
	}
	return diags
}

// An accountIDValidator also warns of an id that Cloudflare is unlikely to accept.
type accountIDValidator struct{ rule }

func (v accountIDValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	v.rule.ValidateString(ctx, req, resp)
	resp.Diagnostics.Append(unusualAccountID(req.ConfigValue.ValueString(), req.Path.String())...)
}

// validateUserID accepts everything that can be an id in a path.
func validateUserID(id string) string {
	return cmp.Or(
		when(id == "", "%s is empty: set it to the id of a user, as cloudflare_access_users returns it."),
		when(id == "." || id == ".." || notInID.MatchString(id), `%s contains white space, a control character or one of / \ ? # %%, or is a dot segment: set it to the id of a user alone.`),
		validateValue(id),
	)
}

func validateBaseURL(s string) string {
	problem := validateValue(s)
	if _, err := cloudflare.ParseBaseURL(s); problem == "" && err != nil {
		return "%s cannot be used: " + strings.ReplaceAll(err.Error(), "%", "%%") + "."
	}
	return problem
}

// validateFilter rejects what filters nothing, or everything. Names may have joiners.
func validateFilter(s string) string {
	return cmp.Or(
		when(strings.TrimSpace(s) == "", "%s is empty and would filter nothing: leave it out, or set it to null."),
		validateVisible(strings.NewReplacer(" ", "", "\u3000", "", "\u200c", "", "\u200d", "").Replace(s)),
	)
}

// validateEmailFilter is for a value that need not be a whole address.
func validateEmailFilter(s string) string { return cmp.Or(validateFilter(s), validateVisible(s)) }

// notAddress matches what surrounds or separates addresses, and one that lacks a part.
var notAddress = regexp.MustCompile(`(?i)^mailto:|^@|^[^"]*[,;<>]|[^\pL\pM\pN\pZ\pC\x{fffd}\]]$`)

// validateEmail rejects what no user's address can be.
func validateEmail(s string) string {
	return cmp.Or(
		when(!strings.Contains(s, "@"), "%s contains no @: set it to a whole email address."),
		when(notAddress.MatchString(s), "%s is not one whole email address: remove names, quotation marks, brackets and separators, and split a list of addresses."),
		validateVisible(s),
	)
}

// notDomain matches what no domain is: empty, or with punctuation in or around it.
var notDomain = regexp.MustCompile("^\\.|^$|\\.$|[!-,/:-@\\[-^`{-~\\p{Pi}\\p{Pf}\\p{Ps}]")

// validateDomain rejects what the domain of no user's address can be.
func validateDomain(s string) string {
	return cmp.Or(
		when(notDomain.MatchString(s), "%s is not a domain alone: set it to one such as example.com, without @, *, quotation marks, separators, or a dot at the beginning or end. It selects addresses of exactly this domain."),
		validateVisible(s),
	)
}

func validateTime(s string) string {
	_, err := time.Parse(time.RFC3339, s)
	return when(err != nil, "%s is not a time in RFC 3339: set it to one such as 2026-01-31T00:00:00Z.")
}

// validateVisible rejects characters that do not show, and U+FFFD. The sentence
// names the first one by its code point.
func validateVisible(s string) string {
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r':
			return fmt.Sprintf("%%s contains the line break %U, as the content of a file does at its end: remove it, in Terraform with trimspace().", r)
		case unicode.In(r, unicode.Cc, unicode.Z):
			return fmt.Sprintf("%%s contains the white space or control character %U: remove it, in Terraform with trimspace() if it is at the beginning or end.", r)
		case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point):
			return fmt.Sprintf("%%s contains the invisible character %U: remove it.", r)
		case r == utf8.RuneError:
			return "%s contains U+FFFD, which stands for a character that was lost: restore it, and save the file that it comes from as UTF-8."
		}
	}
	return ""
}

// An entriesValidator applies a rule to each entry of a list. The library's
// validators of lists do not name the entry.
type entriesValidator struct{ rule }

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
			problem := v.rule(entry.ValueString())
			if entry.IsUnknown() || problem == "" {
				continue
			}
			detail = fmt.Sprintf(problem, fmt.Sprintf("The entry %q of %s", entry.ValueString(), name))
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
