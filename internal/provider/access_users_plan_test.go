package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestAccASecondPlanShowsNoChange(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(250))
	fake.MaxPageSize = 100
	fake.Change = fakeapi.Rotate // the API promises no order
	emptyPlan := []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}
	step := reads(everyUser, fake, nil)
	step.ConfigPlanChecks = resource.ConfigPlanChecks{PostApplyPreRefresh: emptyPlan, PostApplyPostRefresh: emptyPlan}
	terraform(t, start(t, fake), step)
}

func TestAccAChangeOfTheUsersShowsInThePlan(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(3))
	more := reads(everyUser, fake, nil)
	more.PreConfig = func() { fake.SetUsers(fakeapi.AccountID, fixedUsers(4)) }
	more.ConfigPlanChecks = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectNonEmptyPlan()}}
	terraform(t, start(t, fake), reads(everyUser, fake, nil), more)
}

// Only what is known at plan can be a key of for_each.
func TestAccUsersFeedForEach(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{
		{"id": "1", "email": "ann@example.com", "name": "Ann"},
		{"id": "2", "email": "bob@example.com", "access_seat": true},
	})
	forEach := resource.TestStep{Config: everyUser + `
resource "terraform_data" "user" {
  for_each = { for user in data.cloudflare_access_users.all.users : user.email => user }
  input    = each.value.name
}
`}
	created := func(email string) plancheck.PlanCheck {
		return plancheck.ExpectResourceAction(`terraform_data.user["`+email+`"]`, plancheck.ResourceActionCreate)
	}
	kept := func(email string) plancheck.PlanCheck {
		return plancheck.ExpectResourceAction(`terraform_data.user["`+email+`"]`, plancheck.ResourceActionNoop)
	}
	first, second := forEach, forEach
	first.ConfigPlanChecks.PreApply = []plancheck.PlanCheck{created("ann@example.com"), created("bob@example.com")}
	first.ConfigStateChecks = []statecheck.StateCheck{
		statecheck.ExpectKnownValue(`terraform_data.user["ann@example.com"]`, tfjsonpath.New("output"), knownvalue.StringExact("Ann")),
		statecheck.ExpectKnownValue(`terraform_data.user["bob@example.com"]`, tfjsonpath.New("output"), knownvalue.Null()),
	}
	second.PreConfig = func() {
		users := append(fake.Users(fakeapi.AccountID), fakeapi.User{"id": "0", "email": "aaron@example.com"})
		fake.SetUsers(fakeapi.AccountID, users)
	}
	second.ConfigPlanChecks.PreApply = []plancheck.PlanCheck{
		created("aaron@example.com"), kept("ann@example.com"), kept("bob@example.com"),
	}
	gone := resource.TestStep{Config: everyUser} // the library's clean-up knows no for_each
	terraform(t, start(t, fake), first, second, gone)
}

// An account that is made by the same configuration has no id at plan.
func TestAccUsersOfAnAccountThatIsNotYetKnownAreReadAtApply(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(5))
	env := start(t, fake)
	env["CLOUDFLARE_ACCOUNT_ID"] = "another"
	step := reads(`
resource "terraform_data" "account" {
  input = "`+fakeapi.AccountID+`"
}
data "cloudflare_access_users" "all" {
  account_id = terraform_data.account.output
}
`, fake, nil)
	step.ConfigPlanChecks.PreApply = []plancheck.PlanCheck{
		plancheck.ExpectUnknownValue(address, tfjsonpath.New("users")),
	}
	terraform(t, env, step)
}
