package cloudflare_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// fakeUsers returns n users, the same ones in each test.
func fakeUsers(n int) []fakeapi.User {
	return fakeapi.Users(n, time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
}

// newClient returns a client of the fake that encodes users as JSON.
func newClient(t *testing.T, fake *fakeapi.Server) *cloudflare.Client {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	client, err := cloudflare.New(cloudflare.Config{
		BaseURL:          server.URL + fakeapi.BasePath,
		Credentials:      cloudflare.Credentials{APIToken: fakeapi.Token},
		EncodeAccessUser: encodeJSON,
	})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return client
}

func encodeJSON(u *cloudflare.AccessUser) []byte {
	encoded, err := json.Marshal(u)
	if err != nil {
		panic(err)
	}
	return encoded
}

func everyone(*cloudflare.AccessUserRow) bool { return true }

// accessUsers returns the users of the complete list.
func accessUsers(ctx context.Context, client *cloudflare.Client, q cloudflare.AccessUsersQuery) ([]cloudflare.AccessUser, []cloudflare.Warning, error) {
	rows, warnings, err := client.AccessUsers(ctx, q, everyone)
	users := make([]cloudflare.AccessUser, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Encoded, &users[i]); err != nil {
			panic(err)
		}
	}
	return users, warnings, err
}

func query() cloudflare.AccessUsersQuery {
	return cloudflare.AccessUsersQuery{AccountID: fakeapi.AccountID, PerPage: 1000}
}

// ids returns the ids of users, sorted.
func ids(users []cloudflare.AccessUser) []string {
	got := make([]string, 0, len(users))
	for _, u := range users {
		got = append(got, *u.ID)
	}
	slices.Sort(got)
	return got
}

// wantIDs returns the ids of the fake's present users whose address contains
// part, sorted.
func wantIDs(fake *fakeapi.Server, part string) []string {
	var want []string
	for _, u := range fake.Users(fakeapi.AccountID) {
		email, _ := u["email"].(string)
		if strings.Contains(strings.ToLower(email), part) {
			id, _ := u["id"].(string)
			want = append(want, id)
		}
	}
	slices.Sort(want)
	return want
}

// TestAccessUsers reads lists of a server with pages of 100 users. What makes a
// list complete is tested in package pagination; here it is the requests, and
// what the client takes from the responses.
func TestAccessUsers(t *testing.T) {
	t.Parallel()
	count := func(n int) func(int) int { return func(int) int { return n } }
	for name, test := range map[string]struct {
		users    int // 250 if not set
		quirks   fakeapi.Quirks
		email    string
		requests []string // page/per_page, sorted; not checked if nil
	}{
		"one short page":  {users: 99, requests: []string{"1/1000"}},
		"linked pages":    {requests: []string{"1/1000", "2/92", "3/88"}},
		"a fixed size":    {quirks: fakeapi.Quirks{FixedPageSize: 100}},
		"a refused size":  {quirks: fakeapi.Quirks{RefusePageSize: func(perPage int) bool { return perPage < 100 }}},
		"no result_info":  {quirks: fakeapi.Quirks{NoResultInfo: true}},
		"a count of 0":    {quirks: fakeapi.Quirks{TotalCount: count(0)}},
		"a null result":   {users: 300, quirks: fakeapi.Quirks{NullResult: true, FixedPageSize: 100}},
		"a row twice":     {quirks: fakeapi.Quirks{RepeatUser: true}},
		"a filter":        {email: "example.org", requests: []string{"1/1000"}},
		"none matches":    {email: "nobody@", requests: []string{"1/1000"}},
		"counts everyone": {email: "example.org", quirks: fakeapi.Quirks{UnfilteredTotal: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.users == 0 {
				test.users = 250
			}
			fake := fakeapi.New(fakeUsers(test.users))
			fake.MaxPageSize = 100
			fake.Quirks = test.quirks
			q := query()
			q.Email = test.email
			users, warnings, err := accessUsers(t.Context(), newClient(t, fake), q)
			if err != nil || len(warnings) > 0 {
				t.Fatalf("AccessUsers: warnings %v, error %v", warnings, err)
			}
			if got, want := ids(users), wantIDs(fake, test.email); !slices.Equal(got, want) {
				t.Errorf("AccessUsers: got %d users, want %d", len(got), len(want))
			}
			if got := requests(fake); test.requests != nil && !slices.Equal(got, test.requests) {
				t.Errorf("AccessUsers: requested %v, want %v", got, test.requests)
			}
		})
	}
}

// requests returns page/per_page of each request, sorted.
func requests(fake *fakeapi.Server) []string {
	var got []string
	for _, r := range fake.Requests() {
		got = append(got, r.Query.Get("page")+"/"+r.Query.Get("per_page"))
	}
	slices.Sort(got)
	return got
}

func TestAccessUsers_sorted(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{
		{"id": "3", "email": "b@example.com"},
		{"id": "2", "email": "a@example.com"},
		{"id": "1", "email": "b@example.com"},
		{"email": "B@example.com"},
		{"name": "no id, no address"},
	})
	rows, _, err := newClient(t, fake).AccessUsers(t.Context(), query(), everyone)
	if err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	var got []string
	for _, row := range rows {
		user := cloudflare.AccessUser{}
		if err := json.Unmarshal(row.Encoded, &user); err != nil {
			t.Fatal(err)
		}
		id := "-"
		if user.ID != nil {
			id = *user.ID
		}
		got = append(got, row.Email+" "+id)
	}
	want := []string{" -", "B@example.com -", "a@example.com 2", "b@example.com 1", "b@example.com 3"}
	if !slices.Equal(got, want) {
		t.Errorf("AccessUsers: got %q, want %q", got, want)
	}
}

// TestAccessUsers_leaveAndJoin reads 250 users in pages of 100 while a user of
// page 1, which was read, leaves and another one joins at the end.
func TestAccessUsers_leaveAndJoin(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fakeUsers(250))
	fake.MaxPageSize = 100
	fake.Change = func(response int, users []fakeapi.User) []fakeapi.User {
		if response == 2 {
			return append(users[1:], fakeapi.Newcomer(1))
		}
		return users
	}
	users, _, err := accessUsers(t.Context(), newClient(t, fake), query())
	if err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	got := ids(users)
	for _, id := range wantIDs(fake, "") {
		if _, found := slices.BinarySearch(got, id); !found && id != fakeapi.Newcomer(1)["id"] {
			t.Errorf("AccessUsers: user %s, who was there all the time, is missing", id)
		}
	}
}

func TestAccessUsers_incomplete(t *testing.T) {
	t.Parallel()
	for _, ignore := range []bool{false, true} {
		fake := fakeapi.New(fakeUsers(250))
		fake.Quirks.TotalCount = func(int) int { return 253 }
		q := query()
		q.IgnoreTotalCount = ignore
		users, _, err := accessUsers(t.Context(), newClient(t, fake), q)
		incomplete, failed := errors.AsType[*cloudflare.IncompleteError](err)
		if failed == ignore || failed && (incomplete.Reason != cloudflare.TotalCountTooLarge || incomplete.Missing != 3) {
			t.Errorf("AccessUsers, IgnoreTotalCount %t: got error %v", ignore, err)
		}
		if ignore && len(users) != 250 {
			t.Errorf("AccessUsers, IgnoreTotalCount %t: got %d users, want 250", ignore, len(users))
		}
	}
}

func TestAccessUsers_filters(t *testing.T) {
	t.Parallel()
	users := []fakeapi.User{
		{"id": "1", "email": "Zoe\u0308@Example.com", "name": "Zoë"}, // e and a combining diaeresis
		{"id": "2", "email": "STRASSE@example.com", "name": nil},
	}
	for name, test := range map[string]struct {
		change   func(*cloudflare.AccessUsersQuery)
		warnings int
		filter   string // of the error
	}{
		"email, other case and form": {func(q *cloudflare.AccessUsersQuery) { q.Email = "example.COM" }, 0, ""},
		"email of one user":          {func(q *cloudflare.AccessUsersQuery) { q.Email = "zo\u00eb@" }, 0, "email"},
		"email, folded":              {func(q *cloudflare.AccessUsersQuery) { q.Email = "stra\u00dfe@example.com" }, 0, "email"},
		"name":                       {func(q *cloudflare.AccessUsersQuery) { q.Name = "zo" }, 1, ""},
		"search":                     {func(q *cloudflare.AccessUsersQuery) { q.Search = "somebody" }, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(users)
			fake.Quirks.IgnoreFilters = true
			q := query()
			test.change(&q)
			got, warnings, err := accessUsers(t.Context(), newClient(t, fake), q)
			if len(warnings) != test.warnings {
				t.Errorf("AccessUsers: got warnings %v, want %d", warnings, test.warnings)
			}
			if test.warnings > 0 && (warnings[0].Filter != "name" || !strings.Contains(warnings[0].Text, "2 users, but the name of 1 of them")) {
				t.Errorf("AccessUsers: got warning %v", warnings[0])
			}
			if test.filter == "" && (err != nil || len(got) != 2) {
				t.Errorf("AccessUsers: got %d users, error %v, want 2", len(got), err)
			}
			failed, ok := errors.AsType[*cloudflare.FilterError](err)
			want := cloudflare.FilterError{Filter: test.filter, Users: 2, Mismatches: 1}
			if ok != (test.filter != "") || ok && *failed != want {
				t.Errorf("AccessUsers: got error %v, want %v", err, &want)
			}
		})
	}
}

func TestAccessUsers_filterIsSent(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	q := cloudflare.AccessUsersQuery{AccountID: fakeapi.AccountID, PerPage: 7, Email: "a&b", Name: "c d", Search: "é"}
	if _, _, err := accessUsers(t.Context(), newClient(t, fake), q); err != nil {
		t.Fatalf("AccessUsers: %v", err)
	}
	want := map[string]string{"page": "1", "per_page": "7", "email": "a&b", "name": "c d", "search": "é"}
	for name, value := range want {
		if got := fake.Requests()[0].Query.Get(name); got != value || len(fake.Requests()[0].Query) != len(want) {
			t.Errorf("AccessUsers: sent %s=%q, want %q", name, got, value)
		}
	}
}

func TestAccessUsers_selected(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{
		{"id": "1", "access_seat": true, "gateway_seat": false},
		{"id": "2", "access_seat": false, "gateway_seat": true},
		{"id": "3", "access_seat": nil},
	})
	client := newClient(t, fake)
	for name, test := range map[string]struct {
		selected func(*cloudflare.AccessUserRow) bool
		want     string
	}{
		"access seat":     {func(r *cloudflare.AccessUserRow) bool { return r.AccessSeat }, "1"},
		"gateway seat":    {func(r *cloudflare.AccessUserRow) bool { return r.GatewaySeat }, "2"},
		"no access seat":  {func(r *cloudflare.AccessUserRow) bool { return !r.AccessSeat }, "23"},
		"no gateway seat": {func(r *cloudflare.AccessUserRow) bool { return !r.GatewaySeat }, "13"},
		"nobody":          {func(*cloudflare.AccessUserRow) bool { return false }, ""},
	} {
		rows, _, err := client.AccessUsers(t.Context(), query(), test.selected)
		var got strings.Builder
		for _, row := range rows {
			var user cloudflare.AccessUser
			if err := json.Unmarshal(row.Encoded, &user); err != nil {
				t.Fatalf("AccessUsers, %s: row %+v: %v", name, row, err)
			}
			got.WriteString(*user.ID)
		}
		if err != nil || got.String() != test.want {
			t.Errorf("AccessUsers, %s: got %q, error %v, want %q", name, got.String(), err, test.want)
		}
	}
}

func TestAccessUser(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fakeUsers(3))
	want := fake.Users(fakeapi.AccountID)[1]
	id, _ := want["id"].(string)
	client := newClient(t, fake)
	for _, id := range []string{id, strings.ToUpper(id)} {
		fake.Faults = nil
		user, err := client.AccessUser(t.Context(), fakeapi.AccountID, id)
		if id != want["id"] {
			continue // the fake compares exactly
		}
		if err != nil || *user.ID != id || *user.Email != want["email"] {
			t.Errorf("AccessUser(%s): got %+v, error %v", id, user, err)
		}
	}
	_, err := client.AccessUser(t.Context(), fakeapi.AccountID, "unknown")
	if failed, ok := errors.AsType[*cloudflare.Error](err); !ok || failed.Status != http.StatusNotFound || failed.Page != 0 {
		t.Errorf("AccessUser(unknown): got error %v, want status 404", err)
	}
}

func TestAccessUser_responses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ result, want string }{
		"other case":  {`{"id":"A1"}`, ""},
		"another one": {`{"id":"b2","email":"somebody@example.com"}`, "id is not the id that was requested"},
		"no id":       {`{"email":"somebody@example.com"}`, "id is not the id that was requested"},
		"null":        {`null`, "result is not an object"},
		"a list":      {`[{"id":"a1"}]`, "result is not an object"},
		"wrong type":  {`{"id":"a1","email":7}`, "result/email is not a string"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := responding(`{"success":true,"errors":[],"messages":[],"result":` + test.result + `}`)
			user, err := newClient(t, fake).AccessUser(t.Context(), fakeapi.AccountID, "a1")
			if test.want == "" {
				if err != nil {
					t.Errorf("AccessUser: got %v, error %v", user, err)
				}
				return
			}
			if failed, ok := errors.AsType[*cloudflare.Error](err); !ok || !strings.Contains(err.Error(), test.want) || failed.Status != http.StatusOK {
				t.Errorf("AccessUser: got error %v, want %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "somebody") {
				t.Errorf("AccessUser: the error repeats a value: %v", err)
			}
		})
	}
}

func TestAccessUsersByEmail(t *testing.T) {
	t.Parallel()
	users := append(fakeUsers(250),
		fakeapi.User{"id": "twice-1", "email": "twice@example.com"},
		fakeapi.User{"id": "twice-2", "email": "Twice@Example.com"},
		fakeapi.User{"id": "zoe", "email": "zoe\u0308@example.com"})
	some, _ := users[200]["email"].(string)
	for name, test := range map[string]struct {
		email    string
		quirks   fakeapi.Quirks
		want     int
		requests int
	}{
		"found by the filter":           {email: strings.ToUpper(some), want: 1, requests: 1},
		"found in another form":         {email: "ZO\u00cb@example.com", want: 1, requests: 4},
		"found in the complete list":    {email: some, quirks: fakeapi.Quirks{EmailFilterMisses: true}, want: 1, requests: 4},
		"found though filters ignored":  {email: some, quirks: fakeapi.Quirks{IgnoreFilters: true}, want: 1, requests: 4},
		"a part of an address":          {email: strings.TrimSuffix(some, "m"), want: 0, requests: 4},
		"two users with one address":    {email: "twice@example.com", want: 2, requests: 1},
		"one user twice on the page":    {email: "@", quirks: fakeapi.Quirks{RepeatUser: true}, want: 0, requests: 4},
		"nobody":                        {email: "nobody@example.com", want: 0, requests: 4},
		"nobody, though filter ignored": {email: "nobody@example.com", quirks: fakeapi.Quirks{IgnoreFilters: true}, want: 0, requests: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(users)
			fake.MaxPageSize = 100
			fake.Quirks = test.quirks
			rows, err := newClient(t, fake).AccessUsersByEmail(t.Context(), fakeapi.AccountID, test.email)
			if err != nil || len(rows) != test.want {
				t.Errorf("AccessUsersByEmail: got %d users, error %v, want %d", len(rows), err, test.want)
			}
			if got := len(fake.Requests()); got != test.requests {
				t.Errorf("AccessUsersByEmail: got %d requests, want %d", got, test.requests)
			}
			for _, row := range rows {
				if len(row.Encoded) == 0 {
					t.Errorf("AccessUsersByEmail: %s is not encoded", row.Email)
				}
			}
		})
	}
}

func TestAccessUsersByEmail_repeatedUser(t *testing.T) {
	t.Parallel()
	row := `{"id":"a1","email":"a@example.com"}`
	fake := responding(envelope(row + "," + row))
	rows, err := newClient(t, fake).AccessUsersByEmail(t.Context(), fakeapi.AccountID, "a@example.com")
	if err != nil || len(rows) != 1 {
		t.Errorf("AccessUsersByEmail: got %d users, error %v, want 1", len(rows), err)
	}
}

func TestAccessUsersByEmail_error(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	fake.Token = "another"
	if _, err := newClient(t, fake).AccessUsersByEmail(t.Context(), fakeapi.AccountID, "a@example.com"); err == nil {
		t.Error("AccessUsersByEmail with a wrong token: got no error")
	}
}

func TestFoldCase(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"A@B.com", "a@b.COM", true},
		{"zo\u00eb", "ZOE\u0308", true},
		{"stra\u00dfe", "STRASSE", true},
		{"\u03c3", "\u03c2", true}, // the two forms of sigma
		{"a", "b", false},
		{"zoe", "zo\u00eb", false},
	} {
		if got := cloudflare.FoldCase(test.a) == cloudflare.FoldCase(test.b); got != test.want {
			t.Errorf("FoldCase: %q equals %q: %t, want %t", test.a, test.b, got, test.want)
		}
	}
}

// TestAccessUsers_interrupted cancels the call while pages are in flight.
func TestAccessUsers_interrupted(t *testing.T) {
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
	_, _, err := accessUsers(ctx, newClient(t, fake), query())
	close(released)
	if got, ok := errors.AsType[*cloudflare.InterruptedError](err); !ok || got.Pages != 1 || got.Of != 13 || !errors.Is(err, context.Canceled) {
		t.Errorf("AccessUsers: got error %v, want interrupted after 1 of 13 pages", err)
	}
}
