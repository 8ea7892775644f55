package cloudflare_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// fakeUsers returns n users, the same ones in each test.
func fakeUsers(n int) []fakeapi.User {
	return fakeapi.Users(n, time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
}

// newClient returns a client of the fake that encodes a row as its id. log may be
// nil.
func newClient(t *testing.T, fake *fakeapi.Server, log cloudflare.Log) *cloudflare.Client {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	client, err := cloudflare.New(cloudflare.Config{
		BaseURL:     server.URL + fakeapi.BasePath,
		Credentials: cloudflare.Credentials{APIToken: fakeapi.Token},
		MaxRetries:  1,
		Log:         log,
		Clock:       acctest.NewClock(),
		EncodeAccessUser: func(u *cloudflare.AccessUser) []byte {
			if u.ID == nil {
				return []byte("no id")
			}
			return []byte(*u.ID)
		},
		EncodeDeviceRegistration: func(r *cloudflare.DeviceRegistration) []byte {
			if r.ID == nil {
				return nil
			}
			return []byte(*r.ID)
		},
	})
	if err != nil {
		t.Fatalf("New: got error %v", err)
	}
	return client
}

// ids returns what newClient's client encoded, in the order of the rows.
func ids(rows []*cloudflare.AccessUserRow) []string {
	var got []string
	for _, row := range rows {
		got = append(got, string(row.Encoded))
	}
	return got
}

// matchingIDs returns the ids of the fake's users whose address contains part,
// sorted.
func matchingIDs(fake *fakeapi.Server, part string) []string {
	var want []string
	for _, u := range fake.Users(fakeapi.AccountID) {
		if email, _ := u["email"].(string); strings.Contains(strings.ToLower(email), part) {
			id, _ := u["id"].(string)
			want = append(want, id)
		}
	}
	slices.Sort(want)
	return want
}

func everyone(*cloudflare.AccessUserRow) bool { return true }

func query() cloudflare.AccessUsersQuery {
	return cloudflare.AccessUsersQuery{AccountID: fakeapi.AccountID, PerPage: 1000}
}

// TestClient_accessUsersSelected checks the order of the rows, too.
func TestClient_accessUsersSelected(t *testing.T) {
	t.Parallel()
	client := newClient(t, fakeapi.New([]fakeapi.User{
		{"id": "3", "email": "b@example.com", "access_seat": true, "gateway_seat": false},
		{"id": "2", "email": "a@example.com", "access_seat": false, "gateway_seat": true},
		{"id": "1", "email": "b@example.com", "access_seat": nil},
		{"email": "B@example.com"},
		{"name": "no id, no address"},
		{"name": "nor has this user"},
	}), nil)
	for name, test := range map[string]struct {
		selected func(*cloudflare.AccessUserRow) bool
		want     []string
	}{
		"everyone":        {everyone, []string{"no id", "no id", "no id", "2", "1", "3"}},
		"access seat":     {func(r *cloudflare.AccessUserRow) bool { return r.AccessSeat }, []string{"3"}},
		"gateway seat":    {func(r *cloudflare.AccessUserRow) bool { return r.GatewaySeat }, []string{"2"}},
		"no access seat":  {func(r *cloudflare.AccessUserRow) bool { return !r.AccessSeat && r.Email > "a" }, []string{"2", "1"}},
		"no gateway seat": {func(r *cloudflare.AccessUserRow) bool { return !r.GatewaySeat && r.Email > "a" }, []string{"1", "3"}},
		"an address":      {func(r *cloudflare.AccessUserRow) bool { return r.Email == "B@example.com" }, []string{"no id"}},
		"nobody":          {func(*cloudflare.AccessUserRow) bool { return false }, nil},
	} {
		rows, _, err := client.AccessUsers(t.Context(), query(), test.selected)
		if got := ids(rows); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("AccessUsers, %s: got %q, error %v, want %q", name, got, err, test.want)
		}
	}
}

// TestClient_accessUsersWithoutID has two users whose names differ in each
// response, one whose uid is the id of another, and two without both. Without
// counts, two passes must find the same users.
func TestClient_accessUsersWithoutID(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	fake.Quirks.NoResultInfo = true
	fake.Change = func(response int, _ []fakeapi.User) []fakeapi.User {
		return []fakeapi.User{
			{"uid": "1", "email": "1", "name": strconv.Itoa(response)},
			{"id": "3", "email": "2", "name": strconv.Itoa(response)},
			{"uid": "3", "email": "3"},
			{"email": "4"},
			{"email": "5", "uid": ""},
		}
	}
	rows, _, err := newClient(t, fake, nil).AccessUsers(t.Context(), query(), everyone)
	if got, want := ids(rows), []string{"no id", "3", "no id", "no id", "no id"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("AccessUsers: got %q, error %v, want %q", got, err, want)
	}
}

// TestClient_accessUsersFilters reads the list of a server that ignores all filters.
func TestClient_accessUsersFilters(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New([]fakeapi.User{
		{"id": "1", "email": "Zoe\u0308@Example.com", "name": "Zoë"}, // e and a combining diaeresis
		{"id": "2", "email": "STRASSE@example.com", "name": nil},
	})
	fake.Quirks.IgnoreFilters = true
	client := newClient(t, fake, nil)
	for name, test := range map[string]struct {
		email, name, search string
		warning, err        string
	}{
		"email, other case": {email: "example.COM"},
		"email, other form": {email: "zo\u00eb@", err: "the filter email was not applied: 1 of 2 rows do not match it"},
		"email, folded":     {email: "stra\u00dfe@example.com", err: "the filter email was not applied: 1 of 2 rows do not match it"},
		"name":              {name: "zo", warning: "the filter name was not applied: 1 of 2 rows do not match it"},
		"search":            {search: "a&b c"},
	} {
		q := query()
		q.Email, q.Name, q.Search = test.email, test.name, test.search
		rows, mismatch, err := client.AccessUsers(t.Context(), q, everyone)
		all := fake.Requests()
		sent := all[len(all)-1].Query
		if sent.Get("email") != test.email || sent.Get("name") != test.name || sent.Get("search") != test.search || len(sent) != 3 {
			t.Errorf("AccessUsers, %s: got query %s, want page, per_page and the filter", name, sent.Encode())
		}
		if (mismatch != nil) != (test.warning != "") || mismatch != nil && mismatch.Error() != test.warning {
			t.Errorf("AccessUsers, %s: got warning %v, want %q", name, mismatch, test.warning)
		}
		failed, ok := errors.AsType[*cloudflare.FilterError](err)
		if ok != (test.err != "") || ok && failed.Error() != test.err || !ok && len(rows) != 2 {
			t.Errorf("AccessUsers, %s: got %d users, error %v, want error %q", name, len(rows), err, test.err)
		}
	}
}

func TestClient_accessUser(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status       int
		result, want string
	}{
		"the same":    {200, `{"id":"a1"},"success":true`, ""},
		"other case":  {200, `{"id":"A1"},"success":true`, ""},
		"another one": {200, `{"id":"b2","email":"private"},"success":true`, "200 OK: id is not the id that was requested"},
		"no id":       {200, `{"email":"private"},"success":true`, "200 OK: id is not the id that was requested"},
		"null":        {200, `null,"success":true`, "200 OK: result is not an object"},
		"a list":      {200, `[{"id":"a1"}],"success":true`, "200 OK: result is not an object"},
		"wrong type":  {200, `{"id":"a1","email":7},"success":true`, "200 OK: email is not a string"},
		"unknown":     {404, `{"id":"a1"},"success":true`, "404 Not Found"},
		"refused":     {200, `{},"success":false,"errors":[{"code":7,"message":"No."}]`, "200 OK: 7: No."},
	} {
		fake := fakeapi.New(nil)
		fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Status(test.status, `{"result":`+test.result+`}`)}}
		user, err := newClient(t, fake, nil).AccessUser(t.Context(), "acc", "a1")
		if test.want == "" {
			if err != nil || !strings.EqualFold(*user.ID, "a1") {
				t.Errorf("AccessUser, %s: got %+v, error %v", name, user, err)
			}
			continue
		}
		want := "GET /client/v4/accounts/acc/access/users/a1: " + test.want
		if failed, ok := errors.AsType[*cloudflare.Error](err); !ok || failed.Error() != want || failed.Status != test.status || failed.RayID == "" {
			t.Errorf("AccessUser, %s: got error %v, want %s and a CF-Ray", name, err, want)
		}
	}
}

func TestClient_accessUsersByEmail(t *testing.T) {
	t.Parallel()
	users := append([]fakeapi.User{{"id": "spread-1", "email": "spread@example.com"}}, fakeUsers(250)...)
	users = append(users,
		fakeapi.User{"id": "spread-2", "email": "spread@example.com"},
		fakeapi.User{"id": "twice-2", "email": "twice@example.com"},
		fakeapi.User{"id": "twice-1", "email": "Twice@Example.com"},
		fakeapi.User{"id": "zoe", "email": "zoe\u0308@example.com"},
		fakeapi.User{"id": "weiss", "email": "weiss@example.com"},
		fakeapi.User{"id": "lost", "email": "lost\ufffd@example.com"})
	email, _ := users[200]["email"].(string)
	id, _ := users[200]["id"].(string)
	for name, test := range map[string]struct {
		email    string
		quirks   fakeapi.Quirks
		want     []string
		requests int
	}{
		"found by the filter":           {email: strings.ToUpper(email), want: []string{id}, requests: 1},
		"found in another form":         {email: "ZO\u00cb@example.com", want: []string{"zoe"}, requests: 4},
		"found in the complete list":    {email: email, quirks: fakeapi.Quirks{EmailFilterMisses: true}, want: []string{id}, requests: 4},
		"found though filters ignored":  {email: email, quirks: fakeapi.Quirks{IgnoreFilters: true}, want: []string{id}, requests: 4},
		"not by full case folding":      {email: "wei\u00df@example.com", requests: 4},
		"an address with lost text":     {email: "lost\ufffd@example.com", requests: 4},
		"a part of an address":          {email: strings.TrimSuffix(email, "m"), requests: 4},
		"filter ignored, one on page 1": {email: "spread@example.com", quirks: fakeapi.Quirks{IgnoreFilters: true}, want: []string{"spread-1", "spread-2"}, requests: 4},
		"two users with one address":    {email: "twice@example.com", want: []string{"twice-1", "twice-2"}, requests: 1},
		"nobody, though filter ignored": {email: "nobody@example.com", quirks: fakeapi.Quirks{IgnoreFilters: true}, requests: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(users)
			fake.MaxPageSize, fake.Quirks = 100, test.quirks
			users, err := newClient(t, fake, nil).AccessUsersByEmail(t.Context(), fakeapi.AccountID, test.email)
			var got []string
			for _, user := range users {
				got = append(got, *user.ID)
			}
			if slices.Sort(got); err != nil || !slices.Equal(got, test.want) || len(fake.Requests()) != test.requests {
				t.Errorf("AccessUsersByEmail: got %q, error %v, after %d requests, want %q after %d", got, err, len(fake.Requests()), test.want, test.requests)
			}
		})
	}
}

func TestClient_accessSeats(t *testing.T) {
	t.Parallel()
	users := []fakeapi.User{
		{"id": "1", "access_seat": true, "gateway_seat": true},
		{"id": "2", "access_seat": true, "gateway_seat": false},
		{"id": "3", "access_seat": true},
		{"id": "4", "gateway_seat": true},
		{"id": "5", "access_seat": nil},
	}
	got, err := newClient(t, fakeapi.New(users), nil).AccessSeats(t.Context(), fakeapi.AccountID, false)
	if want := (cloudflare.AccessSeatCount{Users: 5, Access: 3, Gateway: 2, Both: 1}); got != want || err != nil {
		t.Errorf("AccessSeats: got %+v, error %v, want %+v", got, err, want)
	}
}

func TestClient_accessUsersByEmailRepeated(t *testing.T) {
	t.Parallel()
	user := fakeapi.User{"id": "a1", "email": "a@example.com"}
	rows, err := newClient(t, fakeapi.New([]fakeapi.User{user, user}), nil).AccessUsersByEmail(t.Context(), fakeapi.AccountID, "a@example.com")
	if err != nil || len(rows) != 1 {
		t.Errorf("AccessUsersByEmail: got %d users, error %v, want 1", len(rows), err)
	}
}

func TestClient_accessUsersByEmailError(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Status(http.StatusUnauthorized, "")}}
	rows, err := newClient(t, fake, nil).AccessUsersByEmail(t.Context(), fakeapi.AccountID, "a@example.com")
	if failed, ok := errors.AsType[*cloudflare.Error](err); !ok || failed.Status != http.StatusUnauthorized || len(fake.Requests()) != 1 {
		t.Errorf("AccessUsersByEmail: got %d users, error %v, after %d requests, want status 401 after 1", len(rows), err, len(fake.Requests()))
	}
}

func TestFoldCase(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]bool{
		{"A@B.com", "a@b.COM"}:     true,
		{"zo\u00eb", "ZOE\u0308"}:  true,
		{"stra\u00dfe", "STRASSE"}: true,
		{"\u03c3", "\u03c2"}:       true, // the two forms of sigma
		{"a", "b"}:                 false,
		{"zoe", "zo\u00eb"}:        false,
	} {
		if got := cloudflare.FoldCase(pair[0]) == cloudflare.FoldCase(pair[1]); got != want {
			t.Errorf("FoldCase: got that %q are equal: %t, want %t", pair, got, want)
		}
	}
}
