package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestAccArgumentsThatCannotBeUsedAreRefused(t *testing.T) {
	t.Parallel()
	const (
		emptyFilter   = " is empty, which would filter nothing: leave it out, or set it to null, to read every user."
		controlFilter = " has a line break or another control character in it, which no user matches: remove it."
		brokenID      = `account_id has white space, a control character or one of / \ ? # % in it: give the id alone, not a path or URL.`
		perPage       = "Cannot use per_page"
	)
	for argument, want := range map[string]planError{
		`email = ""`:        {summary: "Cannot use email", detail: "email" + emptyFilter},
		`name = ""`:         {summary: "Cannot use name", detail: "name" + emptyFilter},
		`search = ""`:       {summary: "Cannot use search", detail: "search" + emptyFilter},
		`email = " \t\n"`:   {summary: "Cannot use email", detail: "email" + emptyFilter},
		`name = "\u00a0"`:   {summary: "Cannot use name", detail: "name" + emptyFilter},
		`search = "a\nb"`:   {summary: "Cannot use search", detail: "search" + controlFilter},
		`email = "a@b.c\n"`: {summary: "Cannot use email", detail: "email" + controlFilter},

		`account_id = ""`: {
			summary: "Cannot use account_id",
			detail:  "account_id is empty: set it to the account's id (32 hexadecimal digits in the dashboard's address), or leave it out.",
		},
		`account_id = "a/b"`:           {summary: "Cannot use account_id", detail: brokenID},
		`account_id = "a b"`:           {summary: "Cannot use account_id", detail: brokenID},
		`account_id = "a\n"`:           {summary: "Cannot use account_id", detail: brokenID},
		`account_id = "?a"`:            {summary: "Cannot use account_id", detail: brokenID},
		`account_id = "https://x/#/a"`: {summary: "Cannot use account_id", detail: brokenID},

		`per_page = 0`:    {summary: perPage, detail: "per_page must be a whole number from 1 to 1000; it is 0."},
		`per_page = 1001`: {summary: perPage, detail: "per_page must be a whole number from 1 to 1000; it is 1001."},
		`per_page = 2.5`:  {summary: perPage, detail: "per_page must be a whole number from 1 to 1000; it is 2.5."},
		`per_page = -1`:   {summary: perPage, detail: "per_page must be a whole number from 1 to 1000; it is -1."},
	} {
		t.Run(argument, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			got := refused(t, start(t, fake), resource.TestStep{
				Config: "data \"cloudflare_access_users\" \"all\" {\n" + argument + "\n}\n",
			})
			want.at = argument
			if got != want {
				t.Errorf("terraform plan:\ngot  %+v\nwant %+v", got, want)
			}
			if n := len(fake.Requests()); n > 0 {
				t.Errorf("%d requests were sent, want none", n)
			}
		})
	}
}

func TestAccTimeoutsThatLeaveNoTimeAreRefused(t *testing.T) {
	t.Parallel()
	// The text on what is no duration is a library's and longer than this.
	const noDuration, noTime = "Invalid Attribute Value Time Duration", "Cannot use timeouts.read"
	for timeout, want := range map[string]planError{
		`""`:     {summary: noDuration, detail: `"" must be a string containing a sequence of decimal numbers`},
		`"5"`:    {summary: noDuration, detail: `"5" must be a string containing a sequence of decimal numbers`},
		`"soon"`: {summary: noDuration, detail: `"soon" must be a string containing a sequence of decimal numbers`},
		`"0s"`:   {summary: noTime, detail: `timeouts.read is not above zero: set a time such as "10m", or leave it out.`},
		`"-5m"`:  {summary: noTime, detail: `timeouts.read is not above zero: set a time such as "10m", or leave it out.`},
	} {
		t.Run(timeout, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			got := refused(t, start(t, fake), resource.TestStep{
				Config: "data \"cloudflare_access_users\" \"all\" {\ntimeouts = { read = " + timeout + " }\n}\n",
			})
			if got.summary != want.summary || !strings.HasPrefix(got.detail, want.detail) {
				t.Errorf("terraform plan:\ngot  %+v\nwant %+v", got, want)
			}
			if n := len(fake.Requests()); n > 0 {
				t.Errorf("%d requests were sent, want none", n)
			}
		})
	}
}
