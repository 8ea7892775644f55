package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestAccTheAccountComesFromTheNearestPlace(t *testing.T) {
	t.Parallel()
	const inData, inProvider = `account_id = "of-the-data-source"`, `account_id = "of-the-provider"`
	for name, test := range map[string]struct {
		provider, data, env string
		want                string
	}{
		"data source":                       {data: inData, want: "of-the-data-source"},
		"provider":                          {provider: inProvider, want: "of-the-provider"},
		"environment":                       {env: "of-the-environment", want: "of-the-environment"},
		"data source and provider":          {data: inData, provider: inProvider, want: "of-the-data-source"},
		"data source and environment":       {data: inData, env: "of-the-environment", want: "of-the-data-source"},
		"provider and environment":          {provider: inProvider, env: "of-the-environment", want: "of-the-provider"},
		"all three":                         {data: inData, provider: inProvider, env: "of-the-environment", want: "of-the-data-source"},
		"null, then provider":               {data: "account_id = null", provider: inProvider, want: "of-the-provider"},
		"null, null, then environment":      {data: "account_id = null", provider: "account_id = null", env: "of-the-environment", want: "of-the-environment"},
		"an id of 32 letters":               {env: fakeapi.AccountID, want: fakeapi.AccountID},
		"an id that is a path of its own":   {data: `account_id = ".."`, want: ".."},
		"an id that is not ASCII":           {data: `account_id = "ünï"`, want: "ünï"},
		"an id that must be quoted in URLs": {data: `account_id = "a&b=c+d;e"`, want: "a&b=c+d;e"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			for _, id := range []string{
				"of-the-data-source", "of-the-provider", "of-the-environment", fakeapi.AccountID, "..", "ünï", "a&b=c+d;e",
			} {
				fake.Accounts[id] = []fakeapi.User{{"id": "user-" + id}}
			}
			env := start(t, fake)
			env["CLOUDFLARE_ACCOUNT_ID"] = test.env
			terraform(t, env, resource.TestStep{
				Config: block(test.provider) + "data \"cloudflare_access_users\" \"all\" {\n" + test.data + "\n}\n",
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("account_id"), knownvalue.StringExact(test.want)),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("users"), knownvalue.ListExact([]knownvalue.Check{
						object(map[string]knownvalue.Check{"id": knownvalue.StringExact("user-" + test.want)}),
					})),
				},
			})
		})
	}
}

func TestAccEachDataSourceReadsItsOwnAccount(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{{"id": "1"}})
	fake.Accounts["other"] = []fakeapi.User{{"id": "2"}, {"id": "3"}}
	size := func(address string, n int) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New("users"), knownvalue.ListSizeExact(n))
	}
	terraform(t, start(t, fake), resource.TestStep{
		Config: everyUser + "data \"cloudflare_access_users\" \"other\" {\naccount_id = \"other\"\n}\n",
		ConfigStateChecks: []statecheck.StateCheck{
			size(address, 1), size("data.cloudflare_access_users.other", 2),
		},
	})
}

func TestAccAnAccountThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	const (
		broken = ` has white space, a control character or one of / \ ? # % in it: give the id alone, not a path or URL.`
		empty  = " is empty: set it to the account's id (32 hexadecimal digits in the dashboard's address), or leave it out."
	)
	const atBlock, variable = `provider "cloudflare" {`, "The environment variable CLOUDFLARE_ACCOUNT_ID"
	for name, test := range map[string]struct {
		block, env string
		want       planError
	}{
		"missing": {want: planError{
			"Missing account_id", `data "cloudflare_access_users" "all" {}`,
			"Set account_id here or in the provider block, or the environment variable CLOUDFLARE_ACCOUNT_ID, " +
				"to the id of the account whose users to read (32 hexadecimal digits in the dashboard's address).",
		}},
		"empty in the block": {
			block: `account_id = ""`,
			want:  planError{"Cannot use account_id", `account_id = ""`, "account_id in the provider block" + empty},
		},
		"a path in the block": {
			block: `account_id = "accounts/1"`,
			want:  planError{"Cannot use account_id", `account_id = "accounts/1"`, "account_id in the provider block" + broken},
		},
		"a line break in the environment": {env: "1\n", want: planError{"Cannot use account_id", atBlock, variable + broken}},
		"a URL in the environment":        {env: "https://x/1", want: planError{"Cannot use account_id", atBlock, variable + broken}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := environment{"CLOUDFLARE_API_TOKEN": fakeapi.Token, "CLOUDFLARE_ACCOUNT_ID": test.env}
			refusesProvider(t, env, resource.TestStep{Config: block(test.block) + everyUser}, test.want)
		})
	}
}
