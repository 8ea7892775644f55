package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestValidators_provider checks that terraform validate reports a value of the
// provider block, and terraform plan the same value of the environment.
func TestValidators_provider(t *testing.T) {
	t.Parallel()
	const (
		empty  = "is empty: set it, or leave it out to use the environment"
		blank  = "contains only white space: set it to the value that Cloudflare shows"
		inside = "contains white space or a control character: set it to the value alone, as Cloudflare shows it"
		atEnd  = "ends with white space or a line break, as the content of a file does: remove it, in Terraform with trimspace()"

		emptyID = "is empty: set it to the account's id (32 hexadecimal digits in the dashboard's address), or leave it out"
		badID   = `contains white space, a control character or one of / \ ? # %: set it to the id alone, not to a path or URL`
	)
	for _, test := range []struct{ attribute, value, problem string }{
		{"api_token", "", empty},
		{"api_key", "", empty},
		{"email", "", empty},
		{"api_token", " \t ", blank},
		{"api_token", " token", inside},
		{"api_token", "to\r\nken\n", inside},
		{"api_token", "to\x7fken", inside},
		{"api_token", "to\u3000ken", inside},
		{"api_token", "token\n", atEnd},
		{"api_key", "k\tey", inside},
		{"email", "e@example.com\n", atEnd},
		{"account_id", "", emptyID},
		{"account_id", "a/b", badID},
		{"account_id", `a\b`, badID},
		{"account_id", "a b", badID},
		{"account_id", "a\n", badID},
		{"account_id", "a?", badID},
		{"account_id", "a#", badID},
		{"account_id", "a%2F", badID},
		{"base_url", "", "is not a URL such as https://api.cloudflare.com/client/v4"},
		{"base_url", "http://192.0.2.1", "would send credentials unencrypted"},
	} {
		at, validated := "", test.attribute+" in the provider block "
		if test.attribute == "account_id" || test.attribute == "base_url" {
			at, validated = "at AttributeName(\""+test.attribute+"\")\n", test.attribute+" "
		}
		check := func(got, name string) {
			t.Helper()
			want := "ERROR: Cannot use " + test.attribute + "\n" + at + name + test.problem
			if !strings.HasPrefix(got, want) || strings.Count(got, "ERROR") != 1 {
				t.Errorf("%s = %q: got\n%s\nwant\n%s", test.attribute, test.value, got, want)
			}
		}
		block := values{test.attribute: str(test.value)}
		env := environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token}
		switch test.attribute { // the other half of the credentials
		case "api_key":
			block["email"], env = str(fakeapi.Email), environment{"CLOUDFLARE_EMAIL": fakeapi.Email}
		case "email":
			block["api_key"], env = str(fakeapi.Key), environment{"CLOUDFLARE_API_KEY": fakeapi.Key}
		}
		e := unconfigured(t, env)
		check(e.validate(block), validated)
		check(e.configure(t.Context(), block), test.attribute+" in the provider block ")
		if test.value != "" { // an empty variable counts as not set
			variable := "CLOUDFLARE_" + strings.ToUpper(test.attribute)
			env[variable] = test.value
			check(e.configure(t.Context(), nil), "The environment variable "+variable+" ")
		}
	}
}

func TestValidators_maxRetries(t *testing.T) {
	t.Parallel()
	for n, valid := range map[float64]bool{-1: false, 0: true, 2.5: false, 100: true, 101: false} {
		e := unconfigured(t, nil)
		block := values{"max_retries": tftypes.NewValue(tftypes.Number, n)}
		got := e.validate(block)
		if valid != (got == "") || strings.Count(got, "ERROR") > 1 || !valid && !strings.Contains(got, "at AttributeName(\"max_retries\")\n") {
			t.Errorf("max_retries = %v: got %q, valid is %t", n, got, valid)
		}
		if got := e.configure(t.Context(), block); n == 2.5 && strings.Count(got, "ERROR") != 1 {
			t.Errorf("max_retries = %v: configure: got %q, want one error", n, got)
		}
	}
}

func TestValidators_dataSource(t *testing.T) {
	t.Parallel()
	const (
		empty   = " is empty and would filter nothing: leave it out, or set it to null, to read all users."
		control = " contains a line break or another control character, which matches no user: remove it."
		around  = " begins or ends with white space, which matches no address: remove it with trimspace()."
	)
	e := unconfigured(t, nil)
	for _, test := range []struct{ argument, value, want string }{
		{"email", " \t\n", empty},
		{"email", "a@b.c\n", control},
		{"email", " a@b.c", around},
		{"email", "a@b.c", ""},
		{"name", "", empty},
		{"name", "a\nb", control},
		{"name", " a ", ""},
		{"search", "", empty},
		{"search", "a\x00b", control},
		{"account_id", "a/b", ` contains white space, a control character or one of / \ ? # %: set it to the id alone, not to a path or URL.`},
		{"account_id", "a", ""},
	} {
		want := ""
		if test.want != "" {
			want = "ERROR: Cannot use " + test.argument + "\nat AttributeName(\"" + test.argument + "\")\n" + test.argument + test.want + "\n"
		}
		if got := e.validateDataSource(dataSource, values{test.argument: str(test.value)}); got != want {
			t.Errorf("%s = %q: got\n%s\nwant\n%s", test.argument, test.value, got, want)
		}
		if got := e.validateDataSource(dataSource, values{test.argument: unknownStr()}); got != "" {
			t.Errorf("%s, unknown: got\n%s\nwant no diagnostics", test.argument, got)
		}
	}
}

func TestValidators_readTimeout(t *testing.T) {
	t.Parallel()
	const (
		at          = "at AttributeName(\"timeouts\").AttributeName(\"read\")\n"
		notAbove    = "ERROR: Cannot use timeouts.read\n" + at + "timeouts.read is not above zero: set a duration such as \"10m\", or leave it out.\n"
		notDuration = "ERROR: Invalid Attribute Value Time Duration\n" + at
	)
	e := unconfigured(t, nil)
	timeouts := readTimeout("").Type()
	for name, test := range map[string]struct {
		value tftypes.Value
		want  string
	}{
		"zero":          {readTimeout("0s"), notAbove},
		"negative":      {readTimeout("-5m"), notAbove},
		"positive":      {readTimeout("1ns"), ""},
		"number":        {readTimeout("5"), notDuration},
		"null":          {readTimeout(nil), ""},
		"unknown":       {readTimeout(tftypes.UnknownValue), ""},
		"unknown block": {tftypes.NewValue(timeouts, tftypes.UnknownValue), ""},
		"null block":    {tftypes.NewValue(timeouts, nil), ""},
	} {
		got := e.validateDataSource(dataSource, values{"timeouts": test.value})
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" || strings.Count(got, "ERROR") > 1 {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}
