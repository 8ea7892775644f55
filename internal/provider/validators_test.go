package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestValidators_provider shows the texts about values of the provider block.
func TestValidators_provider(t *testing.T) {
	t.Parallel()
	got := make(map[string]string)
	for attribute, invalid := range map[string][]string{
		"api_token":  {"", " \t ", " token", "token\n", "to\x7fken", "\ufefftoken", "to\ufffdken", "'token'", "var.token"},
		"api_key":    {"", "'key'"},
		"email":      {"", "e@example.com\n"},
		"account_id": {"", "a/b", "\ufeff" + fakeapi.AccountID, fakeapi.AccountID + "0"},
		"base_url":   {"", "http://192.0.2.1", "var.base_url"},
	} {
		for _, value := range invalid {
			got[fmt.Sprintf("%s = %q", attribute, value)] = validateInProvider(t, attribute, value)
		}
	}
	checkTexts(t, got)
}

// TestValidators_providerExamples has values that get the texts of
// TestValidators_provider, or none.
func TestValidators_providerExamples(t *testing.T) {
	t.Parallel()
	for attribute, fragments := range map[string]map[string][]string{
		"api_token": {
			"U+000D":                                 {"to\r\nken\n"},
			"U+3000":                                 {"to\u3000ken"},
			"invisible character U+FEFF":             {"to\ufeffken"},
			"invisible character U+2066":             {"\u2066token"},
			"quotation mark":                         {`"token"`, `"token`, `token"`, "\u201ctoken\u201d", "\u2018token\u2019", "`token`"},
			"name of a header or variable":           {"Bearer token", "bearer token", "Authorization: Bearer token", "X-Auth-Key: key", "export CLOUDFLARE_API_TOKEN=token", "CLOUDFLARE_API_TOKEN=token"},
			"reference, such as var.NAME or ${NAME}": {"local.x", "data.x.y", `data.x.y["z"].w`, "var.a-b[0]", "module.m.token", "each.value", "${var.token}", "x${y}", "$TOKEN", "${{secrets.TOKEN}}", "secrets.TOKEN", "%TOKEN%", "{{token}}", "<token>", "CLOUDFLARE_API_TOKEN", "random_password.x.result"},
			"":                                       {"var", "variable.x", "data", "to.ken", "eyJh.eyJz.c2ln", "to$ken", "to'ken", "bearertoken", "a_b", "\u00e9", "data.team@example.com", "e'e@example.com"},
		},
		"api_key": {"U+0009": {"k\tey"}, "U+FEFF": {"\ufeffkey"}},
		"email":   {"U+200B": {"e@example.com\u200b"}, "quotation mark": {"'e@example.com'"}},
		"account_id": {
			"one of / \\ ? # %": {`a\b`, "a b", "a\n", "a?", "a#", "a%2F"},
			"quotation mark":    {`"a"`},
			"reference":         {"var.account_id"},
			"":                  {fakeapi.AccountID},
		},
		"base_url": {"U+200B": {"https://api.\u200bcloudflare.com"}, "quotation mark": {"'https://api.cloudflare.com'"}, "": {"https://example.com/v4"}},
	} {
		for fragment, examples := range fragments {
			for _, value := range examples {
				if text := validateInProvider(t, attribute, value); (text != "") != (fragment != "") || !strings.Contains(text, fragment) {
					t.Errorf("%s = %q: got %q, want %q", attribute, value, text, fragment)
				}
			}
		}
	}
}

// validateInProvider returns what terraform validate reports about a value of the
// provider block. terraform plan must report the same, also about the value of the
// environment.
func validateInProvider(t *testing.T, attribute, value string) string {
	t.Helper()
	block, variable := values{attribute: str(value)}, "CLOUDFLARE_"+strings.ToUpper(attribute)
	env := environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}
	switch attribute { // the other half of the credentials
	case "api_key":
		block["email"], env = str(fakeapi.Email), environment{"CLOUDFLARE_EMAIL": fakeapi.Email}
	case "email":
		block["api_key"], env = str(fakeapi.Key), environment{"CLOUDFLARE_API_KEY": fakeapi.Key}
	}
	inBlock := strings.NewReplacer(attribute+" in the provider block", attribute)
	inEnvironment := strings.NewReplacer("The environment variable "+variable, attribute, "the environment variable "+variable, attribute)
	e := unconfigured(t, env)
	want := inBlock.Replace(e.validate(block))
	if got := inBlock.Replace(e.configure(t.Context(), block)); got != want && !strings.HasPrefix(want, "WARNING") { // not twice
		t.Errorf("ConfigureProvider, %s = %q: got %s, want %s", attribute, value, got, want)
	}
	if value == "" { // an empty variable counts as not set
		return want
	}
	env[variable] = value
	if got := inEnvironment.Replace(e.configure(t.Context(), nil)); got != want {
		t.Errorf("ConfigureProvider, %s=%q: got %s, want %s", variable, value, got, want)
	}
	return want
}

func TestValidators_maxRetries(t *testing.T) {
	t.Parallel()
	e := unconfigured(t, nil)
	for n, want := range map[float64]bool{-1: false, 0: true, 2.5: false, 100: true, 101: false} {
		text := e.validate(values{"max_retries": tftypes.NewValue(tftypes.Number, n)})
		if got := text == ""; got != want || !want && !strings.Contains(text, "\nat max_retries\n") {
			t.Errorf("validate max_retries = %v: got %q, want it valid: %t", n, text, want)
		}
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
		"emails, not one address":   {"emails": listOf("\"a@b.c\"", "\u201ca@b.c\u201d", "<a@b.c>", "a@b.c,", "a@b.c;d@e.f", "mailto:a@b.c", "Ann <a@b.c>", "a@", "@b.c")},
		"emails with invisible":     {"emails": listOf("a\u200b@b.c", "\ufeffa@b.c", "a@b\u200f.c", "a\u2066@b.c", "a\u034f@b.c")},
		"emails with lost text":     {"emails": listOf("a\ufffd@b.c")},
		"emails, many invalid":      {"emails": listOf(slices.Repeat([]any{"a", "a@b.c"}, 11)...)},
		"emails, ten invalid":       {"emails": listOf(slices.Repeat([]any{"a", "a@b.c"}, 10)...)},
		"emails valid":              {"emails": listOf("wei\u00df@m\u00fcnchen.example", "\u5c71@xn--mnchen-3ya.example", "\"a+b'c\"@d", "\u212a@b.c", "E\u0301@b.c")},

		"email_domains valid":            {"email_domains": listOf("example.com", "m\u00fcnchen.example", "xn--mnchen-3ya.example", "localhost", tftypes.UnknownValue)},
		"email_domains empty":            {"email_domains": listOf()},
		"email_domains and email":        {"email_domains": listOf("b.c"), "email": str("ann")},
		"email_domains, invalid":         {"email_domains": listOf("a@b.c", "@b.c", "*.b.c", ".b.c", "b.c.", "", " ", nil)},
		"email_domains, not alone":       {"email_domains": listOf("https://b.c", "b.c/", "b.c,", "\"b.c\"", "\u201cb.c\u201d", "b.c:443")},
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
		"email":      {" \t\n", "a@b.c\n", " a@b.c", "\u200ba@b.c", "a@b.c", "@b"},
		"name":       {"", "a\nb", " a ", "a\u200b", "\u0645\u06cc\u200c\u0645", "\u5c71\u7530\u3000\u592a\u90ce"},
		"search":     {"", "a\x00b", "\ufeffa"},
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
