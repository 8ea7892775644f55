package cloudflare_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
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
		"linked pages":           {requests: []string{"1/1000", "2/95", "3/90"}},
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
			rows, mismatch, err := newClient(t, fake, nil).AccessUsers(t.Context(), q, everyone)
			if test.missing > 0 {
				incomplete, ok := errors.AsType[*cloudflare.IncompleteError](err)
				if !ok || incomplete.Reason != cloudflare.CountTooLarge || incomplete.Missing != test.missing {
					t.Errorf("AccessUsers: got error %v, want %d missing", err, test.missing)
				}
				return
			}
			if err != nil || mismatch != nil {
				t.Fatalf("AccessUsers: got warning %v, error %v, want none", mismatch, err)
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
	_, _, err := newClient(t, fake, nil).AccessUsers(ctx, query(), everyone)
	close(released)
	if got, ok := errors.AsType[*cloudflare.InterruptedError](err); !ok || got.Pages != 1 || got.Of < 11 || !errors.Is(err, context.Canceled) {
		t.Errorf("AccessUsers: got error %v, want interrupted after 1 page of 11 or more", err)
	}
}

// TestClient_log reads a list in two passes, then one user, whose id must not be
// logged.
func TestClient_log(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{{"id": "a1"}, {"id": "a2"}})
	fake.Quirks.NoResultInfo = true
	var got []string
	client := newClient(t, fake, func(_ context.Context, level slog.Level, text string, fields map[string]any) {
		got = append(got, fmt.Sprint(level, " ", text, " ", fields["path"], " ", fields["page"], " ", fields["pass"], " ", fields["rows"]))
	})
	if _, _, err := client.AccessUsers(t.Context(), query(), everyone); err != nil {
		t.Fatalf("AccessUsers: got error %v", err)
	}
	if _, err := client.AccessUser(t.Context(), fakeapi.AccountID, "a1"); err != nil {
		t.Fatalf("AccessUser: got error %v", err)
	}
	const received = "DEBUG received a response accounts/" + fakeapi.AccountID + "/access/users"
	want := []string{
		received + " 1 <nil> 2", received + " 2 <nil> 0", received + " 3 <nil> 0", "DEBUG read the list <nil> <nil> 1 2",
		received + " 1 <nil> 2", received + " 2 <nil> 0", received + " 3 <nil> 0", "DEBUG read the list <nil> <nil> 2 2",
		received + "/{id} 0 <nil> 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("logged %q, want %q", got, want)
	}
}

// TestClient_earlierAttempt has responses that are cut off at first: nothing of
// them may be part of the result.
func TestClient_earlierAttempt(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{{"id": "a1"}})
	cutOff := func(result string) {
		fake.Faults = []fakeapi.Fault{{Attempts: 1, Do: fakeapi.Status(http.StatusOK, `{"success":true,"result":`+result)}}
	}
	client := newClient(t, fake, nil)
	cutOff(`[{"id":"old"}`)
	rows, _, err := client.AccessUsers(t.Context(), query(), everyone)
	if got := ids(rows); err != nil || !slices.Equal(got, []string{"a1"}) {
		t.Errorf("AccessUsers: got %q, error %v, want a1", got, err)
	}
	cutOff(`{"id":"a1","name":"old"}`)
	user, err := client.AccessUser(t.Context(), fakeapi.AccountID, "a1")
	if err != nil || user.Name != nil {
		t.Errorf("AccessUser: got %+v, error %v, want no name", user, err)
	}
}

// TestClient_nullList has a list that is null on page 1, once or always.
func TestClient_nullList(t *testing.T) {
	t.Parallel()
	null := fakeapi.Status(http.StatusOK, `{"success":true,"result":null,"result_info":{"count":0}}`)
	counted := fakeapi.Status(http.StatusOK, `{"success":true,"result":null,"result_info":{"total_count":0}}`)
	for name, test := range map[string]struct {
		fault    fakeapi.Fault
		search   string
		users    int
		attempts int // of the error; 0: no error
	}{
		"once":       {fault: fakeapi.Fault{Attempts: 1, Do: null}, users: 3},
		"always":     {fault: fakeapi.Fault{Attempts: -1, Do: null}, attempts: 2},
		"counted":    {fault: fakeapi.Fault{Attempts: -1, Do: counted}},
		"filtered":   {fault: fakeapi.Fault{Attempts: -1, Do: null}, search: "nobody"},
		"other page": {fault: fakeapi.Fault{Page: 2, Attempts: -1, Do: null}, users: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(fakeUsers(3))
			fake.Quirks.NoResultInfo = true // so that page 2 is requested
			fake.Faults = []fakeapi.Fault{test.fault}
			q := query()
			q.Search = test.search
			rows, _, err := newClient(t, fake, nil).AccessUsers(t.Context(), q, everyone)
			failed, _ := errors.AsType[*cloudflare.Error](err)
			if (err != nil) != (test.attempts > 0) || len(rows) != test.users {
				t.Errorf("AccessUsers: got %d users, error %v, want %d", len(rows), err, test.users)
			}
			if err != nil && (failed == nil || failed.Kind() != cloudflare.NoList || failed.Attempts != test.attempts) {
				t.Errorf("AccessUsers: got error %v, want NoList after %d attempts", err, test.attempts)
			}
		})
	}
}

// TestClient_usersBeforeError counts the users of the pages before the one that
// fails, not those of a response that broke off.
func TestClient_usersBeforeError(t *testing.T) {
	t.Parallel()
	for page, want := range map[int]int{1: 0, 2: 100} {
		for _, do := range []http.HandlerFunc{fakeapi.Envelope(http.StatusForbidden), fakeapi.Status(http.StatusOK, `{"success":true,"result":[{"id":"1"},`)} {
			fake := fakeapi.New(fakeUsers(250))
			fake.MaxPageSize = 100
			fake.Faults = []fakeapi.Fault{{Page: page, Attempts: -1, Do: do}}
			_, _, err := newClient(t, fake, nil).AccessUsers(t.Context(), query(), everyone)
			if failed, ok := errors.AsType[*cloudflare.Error](err); !ok || failed.Rows != want || failed.Page != page {
				t.Errorf("AccessUsers, page %d fails: got error %+v, want it after %d users", page, failed, want)
			}
		}
	}
}

// TestClient_invalidUnicode has ids that differ only in text that is not valid
// Unicode, which is the same U+FFFD for all of them.
func TestClient_invalidUnicode(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Status(http.StatusOK, `{"success":true,"result_info":{"total_count":5},"result":[
		{"id":"a\ud83d","uid":"1"},{"id":"a\udd8a","uid":"2"},{"id":"a`+"\xff"+`","uid":"3"},
		{"id":"\ud83d","uid":"\ud83d","name":"4"},{"id":"\ud83d","uid":"\ud83d","name":"5"}]}`)}}
	rows, _, err := newClient(t, fake, nil).AccessUsers(t.Context(), query(), everyone)
	want := []string{"a\ufffd", "a\ufffd", "a\ufffd", "\ufffd", "\ufffd"}
	if got := ids(rows); err != nil || !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("AccessUsers: got %q, error %v, want %q", got, err, want)
	}
}
