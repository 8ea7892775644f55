package provider_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestAccUsersComeFromEveryPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		users, pageSize int
		requests        int // at most, for each read
	}{
		"no users":                  {users: 0, pageSize: 100, requests: 1},
		"one user":                  {users: 1, pageSize: 100, requests: 1},
		"two and a half pages":      {users: 250, pageSize: 100, requests: 4},
		"three full pages":          {users: 300, pageSize: 100, requests: 4},
		"twelve pages of one":       {users: 12, pageSize: 1, requests: 14},
		"one more than a full page": {users: 1001, pageSize: 1000, requests: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(test.users))
			fake.MaxPageSize = test.pageSize
			terraform(t, start(t, fake), reads(everyUser, fake, nil))

			checkRequests(t, fake, test.requests)
		})
	}
}

// Terraform compares the users itself here: to hand out and to show thousands
// takes it longer than to read them.
func TestAccTwelveThousandUsersComeWhole(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(12_000))
	var ids []string
	for _, user := range fake.Users(fakeapi.AccountID) {
		ids = append(ids, text(user["id"]))
	}
	slices.Sort(ids)
	terraform(t, start(t, fake), resource.TestStep{PlanOnly: true, Config: fmt.Sprintf(`
data "cloudflare_access_users" "all" {
  lifecycle {
    postcondition {
      condition     = sha256(join(" ", sort(self.users[*].id))) == "%x"
      error_message = "${length(self.users)} users came, ${length(toset(self.users[*].id))} of them distinct, want 12000."
    }
  }
}
`, sha256.Sum256([]byte(strings.Join(ids, " "))))})
	checkRequests(t, fake, 14)
}

// checkRequests bounds the requests that one read takes.
func checkRequests(t *testing.T, fake *fakeapi.Server, most int) {
	t.Helper()
	reads := 0
	for _, r := range fake.Requests() {
		if r.Page == 1 {
			reads++
		}
	}
	if got := len(fake.Requests()); reads == 0 || got > most*reads {
		t.Errorf("%d reads took %d requests, want at most %d each", reads, got, most)
	}
}

func TestAccPagesAreAskedForInTheSizeThatIsSet(t *testing.T) {
	t.Parallel()
	for perPage, setting := range map[string]string{"1000": "", "37": "per_page = 37", "1": "per_page = 1"} {
		t.Run(perPage, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fixedUsers(40))
			terraform(t, start(t, fake), reads(`data "cloudflare_access_users" "all" { `+setting+` }`, fake, nil))
			if got := valuesSent(fake, "per_page"); !slices.Equal(got, []string{perPage}) {
				t.Errorf("per_page %q was sent, want %s", got, perPage)
			}
			size, _ := strconv.Atoi(perPage)
			if got, want := len(valuesSent(fake, "page")), 40/size+1; got != want {
				t.Errorf("%d pages were asked for, want %d", got, want)
			}
		})
	}
}

// valuesSent gives the distinct values of a query parameter, sorted.
func valuesSent(fake *fakeapi.Server, parameter string) []string {
	values := make(map[string]bool)
	for _, r := range fake.Requests() {
		for _, value := range r.Query[parameter] {
			values[value] = true
		}
	}
	return slices.Sorted(maps.Keys(values))
}
