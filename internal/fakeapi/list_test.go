package fakeapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestAListLosesUsersBetweenPages(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(7))
	s.MaxPageSize = 3
	s.Quirks = fakeapi.Quirks{Churn: &fakeapi.Churn{AfterPage: 1, Times: 1, Lose: 1}}

	got := first(t, s, 3, "")
	if rows(got) != "abc efg " {
		t.Errorf("first read: pages %q, want %q: d slips through", rows(got), "abc efg ")
	}
	if before, after := got[0].Info.TotalCount, got[1].Info.TotalCount; before != 7 || after != 6 {
		t.Errorf("total_count of pages 1 and 2 = %d and %d, want 7 and 6", before, after)
	}
	if got, want := rows(first(t, s, 3, "")), "bcd efg "; got != want {
		t.Errorf("second read: pages %q, want %q", got, want)
	}
}

func TestAListGainsUsersAtItsFront(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(4))
	s.MaxPageSize = 3
	s.Quirks = fakeapi.Quirks{Churn: &fakeapi.Churn{AfterPage: 1, Times: 2, Lose: 1, Gain: 1}}

	first(t, s, 1, "")
	once := idsOf(s.Users(fakeapi.AccountID))
	first(t, s, 1, "")
	twice := idsOf(s.Users(fakeapi.AccountID))
	first(t, s, 1, "")
	if diff := cmp.Diff(once[1:], []string{"b", "c", "d"}); diff != "" {
		t.Errorf("after one change (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(twice[1:], []string{"b", "c", "d"}); diff != "" {
		t.Errorf("after two changes (-want +got):\n%s", diff)
	}
	if once[0] == twice[0] || len(once[0]) != 36 {
		t.Errorf("users gained: %q, then %q, want two new ones", once[0], twice[0])
	}
	if diff := cmp.Diff(twice, idsOf(s.Users(fakeapi.AccountID))); diff != "" {
		t.Errorf("after a third visit of page 1 (-want +got):\n%s", diff)
	}
}

func TestAListMayChangeForEver(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(2))
	s.Quirks = fakeapi.Quirks{Churn: &fakeapi.Churn{AfterPage: 1, Times: -1, Lose: 5, Gain: 2}}
	seen := map[string]bool{}
	for range 10 {
		for _, id := range page(t, s, "").ids() {
			if seen[id] {
				t.Fatalf("user %s came twice, want new ones each time", id)
			}
			seen[id] = true
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d users came in 10 visits, want 20", len(seen))
	}
}

func TestAListThatChurnsNoTimesStaysAsItIs(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(2))
	s.Quirks = fakeapi.Quirks{Churn: &fakeapi.Churn{AfterPage: 1, Lose: 1}}
	if got := rows(append(first(t, s, 1, ""), first(t, s, 1, "")...)); got != "ab ab" {
		t.Errorf("two visits = %q, want ab ab", got)
	}
}

func TestAListCanBeReplaced(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(2))
	first(t, s, 1, "")
	s.SetUsers(fakeapi.AccountID, numbered(4))
	if got := rows(first(t, s, 1, "")); got != "abcd" {
		t.Errorf("page after SetUsers = %q, want abcd", got)
	}
}

func TestEachAccountHasItsOwnUsers(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(numbered(2))
	s.Accounts["other/one"] = slices.Clone(numbered(5)[3:])
	path := strings.Replace(usersPath, fakeapi.AccountID, "other%2Fone", 1)
	if got := decode(t, send(s, newRequest(t, "GET", path))).ids(); !slices.Equal(got, []string{"d", "e"}) {
		t.Errorf("users of the other account = %v, want [d e]", got)
	}
	if got := s.Users("nobody"); got != nil {
		t.Errorf("Users(nobody) = %v, want nil", got)
	}
}
