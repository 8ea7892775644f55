package cloudflare_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// registrationsFake serves 250 registrations, in pages of 100.
func registrationsFake(faults ...fakeapi.Fault) *fakeapi.Server {
	fake := fakeapi.New(fakeUsers(40))
	fake.MaxPageSize, fake.Faults = 100, faults
	fake.SetRegistrations(fakeapi.AccountID, fakeapi.Registrations(250, fake.Users(fakeapi.AccountID), time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)))
	return fake
}

func registrationsQuery() cloudflare.DeviceRegistrationsQuery {
	return cloudflare.DeviceRegistrationsQuery{AccountID: fakeapi.AccountID, Status: "all", PerPage: 1000}
}

// withCursor sends the real response with another cursor.
func withCursor(cursor any) http.HandlerFunc {
	return fakeapi.Edit(func(envelope map[string]any) {
		info, _ := envelope["result_info"].(map[string]any)
		info["cursor"] = cursor
	})
}

// otherCursors sends the real response with its cursor where other lists have it, and
// perhaps with a null in the usual place.
func otherCursors(isNull bool) http.HandlerFunc {
	return fakeapi.Edit(func(envelope map[string]any) {
		info, _ := envelope["result_info"].(map[string]any)
		info["cursors"] = map[string]any{"after": info["cursor"]}
		if delete(info, "cursor"); isNull {
			info["cursor"] = nil
		}
	})
}

// wantRegistrations returns the ids of the fake's registrations, sorted.
func wantRegistrations(fake *fakeapi.Server) (ids []string) {
	for _, r := range fake.Registrations[fakeapi.AccountID] {
		ids = append(ids, fmt.Sprint(r["id"]))
	}
	slices.Sort(ids)
	return ids
}

// TestClient_deviceRegistrations reads lists that are complete, or an error.
func TestClient_deviceRegistrations(t *testing.T) {
	t.Parallel()
	null := fakeapi.Status(http.StatusOK, `{"success":true,"result":null}`)
	refused := fakeapi.Envelope(http.StatusBadRequest, fakeapi.Message{Code: 1, Text: "the cursor has expired"})
	for name, test := range map[string]struct {
		faults  []fakeapi.Fault
		refuse  func(int) bool
		problem cloudflare.Kind // of an Error
		cursor  bool            // the error is an IncompleteError
		search  string
	}{
		"no fault":           {},
		"expired once":       {faults: []fakeapi.Fault{{Page: 2, Attempts: 1, Do: refused}}},
		"expired twice":      {faults: []fakeapi.Fault{{Page: 2, Attempts: 2, Do: refused}}, problem: cloudflare.BadPage},
		"cut short":          {faults: []fakeapi.Fault{{Page: 2, Attempts: 1, Do: fakeapi.CutShort()}}},
		"a null cursor":      {faults: []fakeapi.Fault{{Page: 3, Attempts: -1, Do: withCursor(nil)}}},
		"an empty cursor":    {faults: []fakeapi.Fault{{Page: 3, Attempts: -1, Do: withCursor("")}}},
		"a repeated cursor":  {faults: []fakeapi.Fault{{Page: 1, Attempts: -1, Do: withCursor("MiBi")}, {Page: 2, Attempts: -1, Do: withCursor("MiBi")}}, cursor: true},
		"a cursor of digits": {faults: []fakeapi.Fault{{Page: 1, Attempts: -1, Do: withCursor(17)}}, problem: cloudflare.BadPage},
		"cursors.after":      {faults: []fakeapi.Fault{{Attempts: -1, Do: otherCursors(false)}}},
		"and a null cursor":  {faults: []fakeapi.Fault{{Attempts: -1, Do: otherCursors(true)}}},
		"a size too large":   {refuse: func(perPage int) bool { return perPage > 50 }},
		"no size":            {refuse: func(int) bool { return true }, problem: cloudflare.BadPage},
		"null":               {faults: []fakeapi.Fault{{Page: 1, Attempts: -1, Do: null}}, problem: cloudflare.NoList},
		"null, page 2":       {faults: []fakeapi.Fault{{Page: 2, Attempts: -1, Do: null}}, problem: cloudflare.NoList},
		"null, filtered":     {faults: []fakeapi.Fault{{Page: 2, Attempts: -1, Do: null}}, search: " ", problem: cloudflare.NoList},
		"null once":          {faults: []fakeapi.Fault{{Page: 2, Attempts: 1, Do: null}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := registrationsFake(test.faults...)
			fake.Quirks.RefusePageSize = test.refuse
			q := registrationsQuery()
			q.Search = test.search
			rows, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), q)
			failed, _ := errors.AsType[*cloudflare.Error](err)
			_, isIncomplete := errors.AsType[*cloudflare.IncompleteError](err)
			switch {
			case test.cursor && !isIncomplete:
				t.Errorf("DeviceRegistrations: got error %v, want an IncompleteError", err)
			case test.problem != 0 && (failed == nil || failed.Kind() != test.problem):
				t.Errorf("DeviceRegistrations: got error %v, want kind %d", err, test.problem)
			case test.problem == 0 && !test.cursor:
				var got []string
				for _, row := range rows {
					got = append(got, string(row.Encoded))
				}
				if err != nil || !slices.Equal(got, wantRegistrations(fake)) {
					t.Errorf("DeviceRegistrations: got %d rows, error %v, want all 250", len(rows), err)
				}
			}
		})
	}
}

// TestClient_deviceRegistrationsRows keeps rows apart that have no id, sorts them, and
// has nothing of an attempt that was cut off.
func TestClient_deviceRegistrationsRows(t *testing.T) {
	t.Parallel()
	fake := registrationsFake(
		fakeapi.Fault{Attempts: 1, Do: fakeapi.Status(http.StatusOK, `{"success":true,"result":[{"id":"old"}`)},
		fakeapi.Fault{Attempts: -1, Do: fakeapi.Status(http.StatusOK, `{"success":true,"result":[{"id":"c"},{"id":"a"},{"key_type":"b"},{"id":"","key_type":"b"},{"id":"b"},{"key_type":"b"}]}`)},
	)
	rows, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), registrationsQuery())
	var got []string
	for _, row := range rows {
		got = append(got, string(row.Encoded))
	}
	if want := []string{"a", "b", "c", "", ""}; err != nil || !slices.Equal(got, want) {
		t.Errorf("DeviceRegistrations: got %q, error %v, want %q", got, err, want)
	}
}

// TestClient_deviceRegistrationsUserIDs reads the registrations of users in several
// requests, none of which has a long URL.
func TestClient_deviceRegistrationsUserIDs(t *testing.T) {
	t.Parallel()
	fake := registrationsFake()
	q := registrationsQuery()
	q.Search = "a"
	for i := range 300 {
		q.UserIDs = append(q.UserIDs, strings.ToUpper(fmt.Sprintf("ÿ%035d", i)))
	}
	q.UserIDs = append(q.UserIDs, q.UserIDs[0])
	if rows, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), q); len(rows) != 0 || err != nil {
		t.Errorf("DeviceRegistrations of unknown users: got %d rows, error %v, want none", len(rows), err)
	}
	sent := 0
	for _, r := range fake.Requests() {
		sent += len(r.Query["user.id"])
		if n := len(r.Query.Encode()); n > 4600 || n < 4000 && sent < 300 || r.Query.Get("search") != "a" {
			t.Errorf("DeviceRegistrations: got a query of %d bytes, %s", n, r.Query.Encode())
		}
	}
	if sent != 300 {
		t.Errorf("DeviceRegistrations: sent %d ids, want each of 300 once", sent)
	}

	user := fake.Users(fakeapi.AccountID)[1]
	q = registrationsQuery()
	q.UserIDs = []string{strings.ToUpper(fmt.Sprint(user["id"]))}
	filtered := fakeapi.Edit(func(envelope map[string]any) {
		rows, _ := envelope["result"].([]any)
		envelope["result"] = slices.DeleteFunc(rows, func(row any) bool {
			owner, _ := row.(map[string]any)["user"].(map[string]any)
			return owner["id"] != user["id"]
		})
	})
	fake.Quirks.IgnoreFilters = true
	fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: filtered}}
	rows, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), q)
	if err != nil || len(rows) == 0 {
		t.Errorf("DeviceRegistrations of a user, in upper case: got %d rows, error %v, want some", len(rows), err)
	}
	fake.Faults = nil
	_, err = newClient(t, fake, nil).DeviceRegistrations(t.Context(), q)
	if ignored, ok := errors.AsType[*cloudflare.FilterError](err); !ok || ignored.Rows != 250 || ignored.Mismatches != 250-len(rows) {
		t.Errorf("DeviceRegistrations, filter ignored: got error %v, want a FilterError", err)
	}

	fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Status(http.StatusOK, `{"success":true,"result":null}`)}}
	if rows, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), q); len(rows) != 0 || err != nil {
		t.Errorf("DeviceRegistrations of a user, null: got %d rows, error %v, want none", len(rows), err)
	}

	// One that is longer than a query may be is sent alone, and not as no filter.
	fake.Faults, fake.Quirks.IgnoreFilters = nil, false
	q.UserIDs = []string{strings.Repeat("0", 4600)}
	if rows, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), q); len(rows) != 0 || err != nil {
		t.Errorf("DeviceRegistrations of a user with a long id: got %d rows, error %v, want none", len(rows), err)
	}

	before := len(fake.Requests())
	q.UserIDs = []string{}
	if rows, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), q); len(rows) != 0 || err != nil || len(fake.Requests()) != before {
		t.Errorf("DeviceRegistrations of no user: got %d rows, error %v, %d requests, want none", len(rows), err, len(fake.Requests())-before)
	}
}

// TestClient_deviceRegistrationsLongCursor reads the registrations of 40 users, whose
// ids fit into one request, until a cursor comes that does not.
func TestClient_deviceRegistrationsLongCursor(t *testing.T) {
	t.Parallel()
	for padding, longest := range map[int]int{800: 6000, 3500: 6000, 6000: 9000} {
		fake := registrationsFake()
		fake.MaxPageSize = 3
		q := registrationsQuery()
		for _, user := range fake.Users(fakeapi.AccountID) {
			q.UserIDs = append(q.UserIDs, fmt.Sprint(user["id"]))
		}
		want, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), q)
		if err != nil || len(want) < 200 {
			t.Fatalf("DeviceRegistrations: got %d rows, error %v", len(want), err)
		}
		before := len(fake.Requests())
		// The cursor of the fake API has the last id, here with spaces after it.
		fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Edit(func(envelope map[string]any) {
			info, _ := envelope["result_info"].(map[string]any)
			if cursor, _ := info["cursor"].(string); cursor != "" {
				position, _ := base64.URLEncoding.DecodeString(cursor)
				info["cursor"] = base64.URLEncoding.EncodeToString(append(position, strings.Repeat(" ", padding)...))
			}
		})}}
		got, err := newClient(t, fake, nil).DeviceRegistrations(t.Context(), q)
		if err != nil || len(got) != len(want) {
			t.Errorf("DeviceRegistrations, cursor of %d bytes: got %d rows, error %v, want %d", padding, len(got), err, len(want))
		}
		for _, r := range fake.Requests()[before:] {
			size := len("https://api.cloudflare.com" + r.Path + "?" + r.Query.Encode())
			if size > longest || size > 6000 && len(r.Query["user.id"]) > 1 {
				t.Errorf("DeviceRegistrations, cursor of %d bytes: got a URL of %d bytes with %d ids", padding, size, len(r.Query["user.id"]))
			}
		}
	}
}

// TestClient_deviceRegistrationsHidden repeats a cursor and the id of a user in
// messages.
func TestClient_deviceRegistrationsHidden(t *testing.T) {
	t.Parallel()
	const cursor, id = "MiBi", "Ab/1"
	text := "unknown: " + cursor + " AB%2F1 ab/1"
	repeated := fakeapi.Message{Code: 1, Text: text, Source: &fakeapi.Source{Pointer: cursor}, Chain: []fakeapi.Message{{Code: 2, Text: text, DocumentationURL: "https://example.com/" + cursor}}}
	fake := registrationsFake(
		fakeapi.Fault{Page: 1, Attempts: -1, Do: withCursor(cursor)},
		fakeapi.Fault{Page: 2, Attempts: -1, Do: fakeapi.Envelope(http.StatusInternalServerError, repeated)},
	)
	fake.Messages = []fakeapi.Message{{Code: 3, Text: "about ab/1"}}
	var log strings.Builder
	client := newClient(t, fake, func(_ context.Context, _ slog.Level, text string, fields map[string]any) {
		fmt.Fprintln(&log, text, fields)
	})
	q := registrationsQuery()
	q.UserIDs = []string{id}
	_, err := client.DeviceRegistrations(t.Context(), q)
	failed, ok := errors.AsType[*cloudflare.Error](err)
	if !ok || failed.Messages[0].String() != "1: unknown: *** *** *** [***] (2: unknown: *** *** *** <https://example.com/***>)" {
		t.Errorf("DeviceRegistrations: got error %v, want *** in its messages", err)
	}
	if got := log.String(); strings.Contains(got, cursor) || strings.Contains(strings.ToLower(got), "ab/1") || !strings.Contains(got, "about ***") || !strings.Contains(got, "unknown: ***") {
		t.Errorf("DeviceRegistrations: got log\n%s\nwant ***", got)
	}
}
