package cloudflare_test

import (
	"context"
	"errors"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// fakeUsers gives n users, the same ones in each test.
func fakeUsers(n int) []fakeapi.User {
	return fakeapi.Users(n, time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
}

// newClient gives a client of the fake.
func newClient(t *testing.T, fake *fakeapi.Server) *cloudflare.Client {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	client, err := cloudflare.New(cloudflare.Config{
		BaseURL:     server.URL + fakeapi.BasePath,
		Credentials: cloudflare.Credentials{APIToken: fakeapi.Token},
	})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return client
}

// accessUsers keeps every user as it came.
func accessUsers(ctx context.Context, client *cloudflare.Client, q cloudflare.AccessUsersQuery) (*cloudflare.AccessUserList[cloudflare.AccessUser], error) {
	return cloudflare.AccessUsers(ctx, client, q, func(u *cloudflare.AccessUser) cloudflare.AccessUser { return *u })
}

func query() cloudflare.AccessUsersQuery {
	return cloudflare.AccessUsersQuery{AccountID: fakeapi.AccountID, PerPage: 1000}
}

// ids gives the ids of users, sorted.
func ids(users []cloudflare.AccessUser) []string {
	got := make([]string, 0, len(users))
	for _, u := range users {
		got = append(got, *u.ID)
	}
	return slices.Sorted(slices.Values(got))
}

// wantIDs gives the ids of the fake's present users that match a filter, sorted.
func wantIDs(fake *fakeapi.Server, q cloudflare.AccessUsersQuery) []string {
	var want []string
	for _, u := range fake.Users(fakeapi.AccountID) {
		email, _ := u["email"].(string)
		if strings.Contains(strings.ToLower(email), strings.ToLower(q.Email)) {
			id, _ := u["id"].(string)
			want = append(want, id)
		}
	}
	slices.Sort(want)
	return want
}

// churn makes the first users leave and new ones join in front of the others,
// before the second of every three responses up to the last one.
func churn(last, leave, join int) func(int, []fakeapi.User) []fakeapi.User {
	return func(response int, users []fakeapi.User) []fakeapi.User {
		if response%3 != 2 || response > last {
			return users
		}
		var joined []fakeapi.User
		for i := range join {
			joined = append(joined, fakeapi.Newcomer(response*join+i))
		}
		return append(joined, users[min(leave, len(users)):]...)
	}
}

// TestAccessUsersComeWhole reads lists under every quirk that a complete read
// is possible with: each user once, within a bounded number of requests.
func TestAccessUsersComeWhole(t *testing.T) {
	t.Parallel()
	count := func(n int) func(int) int { return func(int) int { return n } }
	for name, test := range map[string]struct {
		users    int
		quirks   fakeapi.Quirks
		change   func(int, []fakeapi.User) []fakeapi.User
		email    string
		requests int  // at most
		warns    bool // that the count was wrong
	}{
		"no users":                         {users: 0, requests: 1},
		"one user":                         {users: 1, requests: 1},
		"one user short of a page":         {users: 99, requests: 1},
		"one full page":                    {users: 100, requests: 2},
		"one user over a page":             {users: 101, requests: 2},
		"two and a half pages":             {users: 250, requests: 3},
		"three full pages":                 {users: 300, requests: 4},
		"more pages than fly at once":      {users: 2550, requests: 26},
		"pages cut in silence":             {users: 250, requests: 3, quirks: fakeapi.Quirks{SilentPageSize: true}},
		"full pages cut in silence":        {users: 300, requests: 4, quirks: fakeapi.Quirks{SilentPageSize: true}},
		"filtered pages cut in silence":    {users: 250, requests: 8, email: "example", quirks: fakeapi.Quirks{SilentPageSize: true, UnfilteredTotal: true}},
		"no result_info":                   {users: 250, requests: 10, quirks: fakeapi.Quirks{NoResultInfo: true}},
		"no result_info, no users":         {users: 0, requests: 4, quirks: fakeapi.Quirks{NoResultInfo: true}},
		"no result_info, full pages":       {users: 300, requests: 10, quirks: fakeapi.Quirks{NoResultInfo: true}},
		"no result_info, one short page":   {users: 5, requests: 6, quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a count far too large":            {users: 250, requests: 24, warns: true, quirks: fakeapi.Quirks{TotalCount: count(1_000_000)}},
		"a count a little too large":       {users: 250, requests: 10, warns: true, quirks: fakeapi.Quirks{TotalCount: count(251)}},
		"a count too small":                {users: 250, requests: 6, warns: true, quirks: fakeapi.Quirks{TotalCount: count(3)}},
		"a count of nothing":               {users: 250, requests: 6, warns: true, quirks: fakeapi.Quirks{TotalCount: count(0)}},
		"a list that loses a user once":    {users: 250, requests: 8, change: churn(2, 1, 0)},
		"a list that loses a page once":    {users: 250, requests: 6, change: churn(2, 100, 0)},
		"a list that loses all once":       {users: 250, requests: 4, change: churn(2, 250, 0)},
		"a list that gains a user once":    {users: 250, requests: 6, change: churn(2, 0, 1)},
		"a list that gains a page once":    {users: 250, requests: 7, change: churn(2, 0, 100)},
		"a list that changes twice":        {users: 250, requests: 13, change: churn(5, 1, 0)},
		"a change that no count shows":     {users: 250, requests: 15, quirks: fakeapi.Quirks{NoResultInfo: true}, change: churn(2, 1, 0)},
		"the first page empty once":        {users: 250, requests: 8, quirks: fakeapi.Quirks{EmptyOnce: 1}},
		"a middle page empty once":         {users: 250, requests: 8, quirks: fakeapi.Quirks{EmptyOnce: 2}},
		"the last page empty once":         {users: 250, requests: 7, quirks: fakeapi.Quirks{EmptyOnce: 3}},
		"a page empty once, no count":      {users: 250, requests: 15, quirks: fakeapi.Quirks{EmptyOnce: 2, NoResultInfo: true}},
		"an empty page that is null":       {users: 300, requests: 4, quirks: fakeapi.Quirks{NullResult: true}},
		"a user twice":                     {users: 250, requests: 6, quirks: fakeapi.Quirks{RepeatUser: true}},
		"a user twice on one page":         {users: 50, requests: 2, quirks: fakeapi.Quirks{RepeatUser: true}},
		"an order that moves":              {users: 250, requests: 12, change: fakeapi.Rotate},
		"the last page again":              {users: 300, requests: 8, quirks: fakeapi.Quirks{LastPageAgain: true}},
		"the last page again, unsaid":      {users: 300, requests: 8, quirks: fakeapi.Quirks{LastPageAgain: true, EchoPage: true}},
		"a filter":                         {users: 250, requests: 2, email: "example.org"},
		"a filter, unfiltered count":       {users: 250, requests: 6, email: "example.org", quirks: fakeapi.Quirks{UnfilteredTotal: true}},
		"a filter that none matches":       {users: 250, requests: 1, email: "nobody@"},
		"none matches, unfiltered count":   {users: 250, requests: 6, email: "nobody@", quirks: fakeapi.Quirks{UnfilteredTotal: true}},
		"a filter that all match":          {users: 300, requests: 4, email: "@"},
		"all match, full pages, no count":  {users: 300, requests: 10, email: "@", quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a filter, no count":               {users: 250, requests: 8, email: "example.org", quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a filter, first page empty once":  {users: 250, requests: 9, email: "example.org", quirks: fakeapi.Quirks{EmptyOnce: 1, UnfilteredTotal: true}},
		"a filter, the list changes once":  {users: 250, requests: 8, email: "@", quirks: fakeapi.Quirks{UnfilteredTotal: true}, change: churn(2, 1, 0)},
		"a filter and an order that moves": {users: 250, requests: 12, email: "@", change: fakeapi.Rotate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fakeUsers(test.users))
			fake.MaxPageSize = 100
			fake.Quirks, fake.Change = test.quirks, test.change
			q := query()
			q.Email = test.email

			list, err := accessUsers(t.Context(), newClient(t, fake), q)
			if err != nil {
				t.Fatalf("AccessUsers after %d requests: %v", len(fake.Requests()), err)
			}
			if got, want := ids(list.Users), wantIDs(fake, q); !slices.Equal(got, want) {
				t.Errorf("AccessUsers gave %d users, %d of them distinct, want %d", len(got), len(slices.Compact(got)), len(want))
			}
			if got := len(fake.Requests()); got > test.requests {
				t.Errorf("AccessUsers took %d requests, want at most %d", got, test.requests)
			}
			if got := len(list.Warnings) > 0; got != test.warns {
				t.Errorf("AccessUsers warned %v, want a warning: %t", list.Warnings, test.warns)
			}
		})
	}
}

// TestAccessUsersRefuseWhatIsNoList reads lists that no read can vouch for.
func TestAccessUsersRefuseWhatIsNoList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		users    int // 250 where not set
		quirks   fakeapi.Quirks
		change   func(int, []fakeapi.User) []fakeapi.User
		email    string
		page     int
		reason   string
		requests int
	}{
		"always gaining": {
			change: churn(100, 0, 1), requests: 12,
			reason: "the list kept changing while it was read (the reads brought 250, 251, 252, 253 entries; in the last one page 2 stated another total_count than page 1)",
		},
		"every page the first one": {
			quirks: fakeapi.Quirks{FirstPageOnly: true}, page: 2, requests: 6,
			reason: "the answer to page 2 says it is page 1",
		},
		"every page the first one, unsaid": {
			quirks: fakeapi.Quirks{FirstPageOnly: true, EchoPage: true}, page: 2, requests: 6,
			reason: "page 2 brought only entries of earlier pages",
		},
		"every page the first one of many": {
			users: 12_000, quirks: fakeapi.Quirks{FirstPageOnly: true, EchoPage: true}, page: 2, requests: 22,
			reason: "page 2 brought only entries of earlier pages",
		},
		"every page the first one, no result_info": {
			quirks: fakeapi.Quirks{FirstPageOnly: true, NoResultInfo: true}, page: 2, requests: 4,
			reason: "page 2 brought only entries of earlier pages",
		},
		"a page that is always empty, no result_info": {
			quirks: fakeapi.Quirks{EmptyAlways: 2, NoResultInfo: true}, page: 3, requests: 10,
			reason: "page 3 has entries although the page before it was not full",
		},
		"an empty page at the end of those asked for at once": {
			users: 2500, quirks: fakeapi.Quirks{EmptyAlways: 11}, page: 12, requests: 60,
			reason: "page 12 has entries although the page before it was not full",
		},
		"a page that is always empty": {
			quirks: fakeapi.Quirks{EmptyAlways: 2}, page: 3, requests: 10,
			reason: "page 3 has entries although the page before it was not full",
		},
		"a user who is counted twice": {
			quirks: fakeapi.Quirks{RepeatUser: true, RepeatCounted: true}, page: 2, requests: 10,
			reason: "page 2 brought an entry of an earlier page again",
		},
		"a filter that is applied to each page": {
			email: "rare@", quirks: fakeapi.Quirks{FilterAfterPaging: true, UnfilteredTotal: true}, page: 3, requests: 26,
			reason: "page 3 has entries although the page before it was not full",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.users == 0 {
				test.users = 250
			}
			users := fakeUsers(test.users)
			for _, rare := range []int{0, 50, 150, 200} {
				users[rare]["email"] = "rare@example.com"
			}
			fake := fakeapi.New(users)
			fake.MaxPageSize = 100
			fake.Quirks, fake.Change = test.quirks, test.change
			q := query()
			q.Email = test.email

			list, err := accessUsers(t.Context(), newClient(t, fake), q)
			var got *cloudflare.ListError
			if !errors.As(err, &got) {
				t.Fatalf("AccessUsers = %v, %v, want a *ListError", list, err)
			}
			if got.Page != test.page || got.Reason != test.reason {
				t.Errorf("AccessUsers failed at page %d: %s\nwant page %d: %s", got.Page, got.Reason, test.page, test.reason)
			}
			if got := len(fake.Requests()); got > test.requests {
				t.Errorf("AccessUsers took %d requests, want at most %d", got, test.requests)
			}
		})
	}
}

func TestAccessUsersComeWholeFromALargeAccount(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fakeUsers(12_000))
	list, err := accessUsers(t.Context(), newClient(t, fake), query())
	if err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	if got, want := ids(list.Users), wantIDs(fake, query()); !slices.Equal(got, want) {
		t.Errorf("AccessUsers gave %d users, want %d", len(got), len(want))
	}
	if got := len(fake.Requests()); got != 13 {
		t.Errorf("AccessUsers took %d requests, want 13", got)
	}
}

// TestAccessUsersDoNotDependOnTheOrderOfArrival lets the pages after the first
// arrive last page first, all ten being in flight at once.
func TestAccessUsersDoNotDependOnTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	const last = 11
	fake := fakeapi.New(fakeUsers(1050))
	fake.MaxPageSize = 100
	answered := make(map[int]chan struct{})
	for n := range last + 1 {
		answered[n] = make(chan struct{})
	}
	fake.Gate = func(number int) {
		if 1 < number && number < last {
			<-answered[number+1]
		}
		close(answered[number])
	}
	list, err := accessUsers(t.Context(), newClient(t, fake), query())
	if err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	if got, want := ids(list.Users), wantIDs(fake, query()); !slices.Equal(got, want) {
		t.Errorf("AccessUsers gave %d users, want %d", len(got), len(want))
	}
}

func TestAccessUsersNeverHaveMoreThanTenPagesInFlight(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fakeUsers(5000))
	fake.MaxPageSize = 100
	slots := make(chan struct{}, 10)
	crowded := make(chan int, 100)
	fake.Gate = func(number int) {
		select {
		case slots <- struct{}{}:
			<-slots
		default:
			crowded <- number
		}
	}
	if _, err := accessUsers(t.Context(), newClient(t, fake), query()); err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	if len(crowded) > 0 {
		t.Errorf("page %d was asked for while ten others were in flight", <-crowded)
	}
}

func TestAccessUsersEndWithTheContext(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fakeUsers(1050))
	fake.MaxPageSize = 100
	ctx, cancel := context.WithCancel(t.Context())
	released := make(chan struct{})
	fake.Gate = func(number int) {
		if number == 5 {
			cancel()
		}
		if number > 1 {
			<-released
		}
	}
	_, err := accessUsers(ctx, newClient(t, fake), query())
	close(released)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("AccessUsers = %v, want %v", err, context.Canceled)
	}
}

func TestAccessUsersAskForThePageSizeOfTheAnswer(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fakeUsers(250))
	fake.MaxPageSize = 100
	if _, err := accessUsers(t.Context(), newClient(t, fake), query()); err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	got := make(map[string]string)
	for _, r := range fake.Requests() {
		got[r.Query.Get("page")] = r.Query.Get("per_page")
	}
	if want := map[string]string{"1": "1000", "2": "100", "3": "100"}; !maps.Equal(got, want) {
		t.Errorf("per_page by page: %v, want %v", got, want)
	}
}
