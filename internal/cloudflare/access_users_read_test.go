package cloudflare_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// requests returns page/per_page of each request, sorted.
func requests(fake *fakeapi.Server) []string {
	var got []string
	for _, r := range fake.Requests() {
		got = append(got, r.Query.Get("page")+"/"+r.Query.Get("per_page"))
	}
	slices.Sort(got)
	return got
}

// TestClient_accessUsers reads lists of a server with pages of 100 users. What makes a
// list complete is tested in package pagination; here it is the requests, and
// what the client takes from the responses.
func TestClient_accessUsers(t *testing.T) {
	t.Parallel()
	counted := fakeapi.Quirks{TotalCount: func(int) int { return 253 }}
	for name, test := range map[string]struct {
		users    int // 250 if not set
		quirks   fakeapi.Quirks
		email    string
		ignore   bool     // the total count
		requests []string // page/per_page, sorted; not checked if nil
		missing  int      // of an IncompleteError
	}{
		"one short page":         {users: 99, requests: []string{"1/1000"}},
		"linked pages":           {requests: []string{"1/1000", "2/92", "3/88"}},
		"a refused size":         {quirks: fakeapi.Quirks{RefusePageSize: func(perPage int) bool { return perPage < 100 }}},
		"a null result":          {users: 300, quirks: fakeapi.Quirks{NullResult: true, FixedPageSize: 100}},
		"no result_info":         {quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a filter":               {email: "example.org", requests: []string{"1/1000"}},
		"none matches":           {email: "nobody@", requests: []string{"1/1000"}},
		"counts everyone":        {email: "example.org", quirks: fakeapi.Quirks{TotalCount: func(int) int { return 250 }}},
		"a count too large":      {quirks: counted, missing: 3},
		"an ignored total count": {quirks: counted, ignore: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fakeUsers(cmp.Or(test.users, 250)))
			fake.MaxPageSize, fake.Quirks = 100, test.quirks
			q := query()
			q.Email, q.IgnoreTotalCount = test.email, test.ignore
			rows, warnings, err := newClient(t, fake).AccessUsers(t.Context(), q, everyone)
			if test.missing > 0 {
				incomplete, ok := errors.AsType[*cloudflare.IncompleteError](err)
				if !ok || incomplete.Reason != cloudflare.TotalCountTooLarge || incomplete.Missing != test.missing {
					t.Errorf("AccessUsers: got error %v, want %d missing", err, test.missing)
				}
				return
			}
			if err != nil || len(warnings) > 0 {
				t.Fatalf("AccessUsers: got warnings %v, error %v, want none", warnings, err)
			}
			got, want := ids(rows), matchingIDs(fake, test.email)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("AccessUsers: got %d users, want %d", len(got), len(want))
			}
			if got := requests(fake); test.requests != nil && !slices.Equal(got, test.requests) {
				t.Errorf("AccessUsers: got requests %v, want %v", got, test.requests)
			}
		})
	}
}

// TestClient_accessUsersInterrupted cancels the call while pages are in flight.
func TestClient_accessUsersInterrupted(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fakeUsers(1050))
	fake.MaxPageSize = 100
	ctx, cancel := context.WithCancel(t.Context())
	released := make(chan struct{})
	fake.Gate = func(page int) {
		if page == 5 {
			cancel()
		}
		if page > 1 {
			<-released
		}
	}
	_, _, err := newClient(t, fake).AccessUsers(ctx, query(), everyone)
	close(released)
	if got, ok := errors.AsType[*cloudflare.InterruptedError](err); !ok || got.Pages != 1 || got.Of != 13 || !errors.Is(err, context.Canceled) {
		t.Errorf("AccessUsers: got error %v, want interrupted after 1 of 13 pages", err)
	}
}
