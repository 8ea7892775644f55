package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestValidators_provider shows what terraform validate and terraform plan report
// about a value of the provider block, and terraform plan about the same value of
// the environment.
func TestValidators_provider(t *testing.T) {
	t.Parallel()
	got := make(map[string]string)
	for attribute, invalid := range map[string][]string{
		"api_token":  {"", " \t ", " token", "to\r\nken\n", "to\x7fken", "to\u3000ken", "token\n"},
		"api_key":    {"", "k\tey", "\ufeffkey", "'key'"},
		"email":      {"", "e@example.com\n", "e@example.com\u200b", "'e@example.com'"},
		"account_id": {"", "a/b", `a\b`, "a b", "a\n", "a?", "a#", "a%2F", "\ufeff" + fakeapi.AccountID, "\"a\"", "var.account_id", fakeapi.AccountID + "0"},
		"base_url":   {"", "http://192.0.2.1", "https://api.\u200bcloudflare.com", "'https://api.cloudflare.com'", "var.base_url"},
	} {
		for _, value := range invalid {
			block := values{attribute: str(value)}
			env := environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}
			switch attribute { // the other half of the credentials
			case "api_key":
				block["email"], env = str(fakeapi.Email), environment{"CLOUDFLARE_EMAIL": fakeapi.Email}
			case "email":
				block["api_key"], env = str(fakeapi.Key), environment{"CLOUDFLARE_API_KEY": fakeapi.Key}
			}
			e := unconfigured(t, env)
			text := e.validate(block) + e.configure(t.Context(), block)
			if value != "" { // an empty variable counts as not set
				env["CLOUDFLARE_"+strings.ToUpper(attribute)] = value
				text += e.configure(t.Context(), nil)
			}
			got[fmt.Sprintf("%s = %q", attribute, value)] = text
		}
	}
	checkTexts(t, got)
}

// TestValidators_credentials has values that are not shown in the texts, which are
// those of TestValidators_provider.
func TestValidators_credentials(t *testing.T) {
	t.Parallel()
	for fragment, examples := range map[string][]string{
		"invisible character U+FEFF":             {"\ufefftoken", "to\ufeffken"},
		"invisible character U+2066":             {"\u2066token"},
		"contains U+FFFD":                        {"to\ufffdken"},
		"quotation mark":                         {`"token"`, `'token'`, `"token`, `token"`, "\u201ctoken\u201d", "\u2018token\u2019"},
		"reference, such as var.NAME or ${NAME}": {"var.token", "local.x", "data.x.y", `data.x.y["z"].w`, "var.a-b[0]", "module.m.token", "each.value", "${var.token}", "x${y}", "$TOKEN", "${{secrets.TOKEN}}"},
		"":                                       {"var", "variable.x", "data", "to.ken", "eyJh.eyJz.c2ln", "to$ken", "to'ken", "\u00e9", "data.team@example.com", "e'e@example.com"},
	} {
		for _, value := range examples {
			for where, text := range map[string]string{
				"validate":    unconfigured(t, nil).validate(values{"api_token": str(value)}),
				"configure":   unconfigured(t, nil).configure(t.Context(), values{"api_token": str(value)}),
				"environment": unconfigured(t, environment{"CLOUDFLARE_API_TOKEN": value}).configure(t.Context(), nil),
			} {
				if (text != "") != (fragment != "") || !strings.Contains(text, fragment) {
					t.Errorf("%s, api_token %q: got %q, want %q", where, value, text, fragment)
				}
			}
		}
	}
}

func TestValidators_maxRetries(t *testing.T) {
	t.Parallel()
	got := make(map[string]string)
	e := unconfigured(t, environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token})
	block := func(n float64) values { return values{"max_retries": tftypes.NewValue(tftypes.Number, n)} }
	for _, n := range []float64{-1, 0, 100, 101} {
		got[fmt.Sprint("validate, ", n)] = e.validate(block(n))
		got[fmt.Sprint("plan, ", n)] = e.configure(t.Context(), block(n))
	}
	checkTexts(t, got)
	if text := e.validate(block(2.5)); !strings.HasPrefix(text, "ERROR: ") { // the text is the framework's
		t.Errorf("validate 2.5: got %q, want an error", text)
	}
}

func TestValidators_accessUsers(t *testing.T) {
	t.Parallel()
	cases := map[string]values{
		"emails unknown":            {"emails": tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, tftypes.UnknownValue)},
		"emails with unknown entry": {"emails": listOf(tftypes.UnknownValue, "ann@example.com")},
		"email and emails":          {"email": str("ann"), "emails": listOf("ann@example.com")},
		"email and unknown emails":  {"email": unknownStr(), "emails": listOf(tftypes.UnknownValue)},
		"emails empty":              {"emails": listOf()},
		"emails with null":          {"emails": listOf(nil)},
		"emails with empty entry":   {"emails": listOf("", "ann@example.com")},
		"emails with blank entry":   {"emails": listOf(" ")},
		"emails with white space":   {"emails": listOf("ann@example.com ", "bob@example.com", "\u00a0a@b.c", "a b@c.d", "a\t@b.c", "a@b.c\r")},
		"emails without @":          {"emails": listOf("ann")},
		"emails with invisible":     {"emails": listOf("a\u200b@b.c", "\ufeffa@b.c", "a@b\u200f.c", "a\u2066@b.c", "a\u034f@b.c")},
		"emails with lost text":     {"emails": listOf("a\ufffd@b.c")},
		"emails, many invalid":      {"emails": listOf(slices.Repeat([]any{"a", "a@b.c"}, 11)...)},
		"emails valid":              {"emails": listOf("wei\u00df@m\u00fcnchen.example", "\u5c71@xn--mnchen-3ya.example", "\"a+b'c\"@d", "\u212a@b.c", "E\u0301@b.c")},

		"email_domains valid":            {"email_domains": listOf("example.com", "m\u00fcnchen.example", "xn--mnchen-3ya.example", "localhost", tftypes.UnknownValue)},
		"email_domains empty":            {"email_domains": listOf()},
		"email_domains and email":        {"email_domains": listOf("b.c"), "email": str("ann")},
		"email_domains, invalid":         {"email_domains": listOf("a@b.c", "@b.c", "*.b.c", ".b.c", "b.c.", "", " ", nil)},
		"email_domains with white space": {"email_domains": listOf("b.c ", "b\u200b.c", "b\ufffd.c")},

		"timeouts null":    {"timeouts": tftypes.NewValue(readTimeout("").Type(), nil)},
		"timeouts unknown": {"timeouts": tftypes.NewValue(readTimeout("").Type(), tftypes.UnknownValue)},
		"read null":        {"timeouts": readTimeout(nil)},
		"read unknown":     {"timeouts": readTimeout(tftypes.UnknownValue)},
	}
	for _, read := range []string{"0s", "-5m", "1ns", "5"} {
		cases["read "+read] = values{"timeouts": readTimeout(read)}
	}
	for _, n := range []int{0, 1, 1000, 1001} {
		cases[fmt.Sprint("per_page ", n)] = values{"per_page": num(n)}
	}
	for argument, examples := range map[string][]string{
		"email":      {" \t\n", "a@b.c\n", " a@b.c", "a@b.c"},
		"name":       {"", "a\nb", " a "},
		"search":     {"", "a\x00b"},
		"account_id": {"a/b", "a", "\ufeffa", "var.account_id", fakeapi.AccountID, strings.ToUpper(fakeapi.AccountID)},
	} {
		cases[argument+" unknown"] = values{argument: unknownStr()}
		for _, value := range examples {
			cases[fmt.Sprintf("%s %q", argument, value)] = values{argument: str(value)}
		}
	}
	checkValidation(t, dataSource, cases)
}

func TestValidators_accessUser(t *testing.T) {
	t.Parallel()
	checkValidation(t, userDataSource, map[string]values{
		"id":           {"id": str("f174e90a-fafe-4643-bbbc-4a0ed4fc8415")},
		"email":        {"email": str("ann@example.com")},
		"both unknown": {"id": unknownStr(), "email": unknownStr()},
		"both":         {"id": str("1"), "email": str("ann@example.com")},
		"neither":      nil,
		"empty id":     {"id": str("")},
		"slash":        {"id": str("a/b")},
		"dot segment":  {"id": str(".")},
		"two dots":     {"id": str("..")},
		"three dots":   {"id": str("...")},
		"invisible":    {"id": str("\ufeff1")},
		"quotation":    {"id": str("\"1\"")},
		"empty email":  {"email": str("")},
		"line break":   {"email": str("a\n@b.c")},
		"no @":         {"email": str("a")},
	})
}

// checkValidation checks what terraform validate reports about a data source.
func checkValidation(t *testing.T, typeName string, cases map[string]values) {
	t.Helper()
	e := unconfigured(t, nil)
	got := make(map[string]string)
	for name, config := range cases {
		got[name] = e.validateDataSource(typeName, config)
	}
	checkTexts(t, got)
}
