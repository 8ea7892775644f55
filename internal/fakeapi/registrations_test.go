package fakeapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const registrationsPath = fakeapi.BasePath + "/accounts/" + fakeapi.AccountID + "/devices/registrations"

// registrationsBody is what tests need of a response.
type registrationsBody struct {
	Result []struct {
		ID string `json:"id"`
	} `json:"result"`
	Info struct {
		Cursor string `json:"cursor"`
	} `json:"result_info"`
}

// TestRegistrations_contract reads all rows, one page after the other.
func TestRegistrations_contract(t *testing.T) {
	t.Parallel()
	contract := acctest.LoadContract(t)
	s := fakeapi.New(nil)
	s.MaxPageSize = 40
	s.SetRegistrations(fakeapi.AccountID, fakeapi.Registrations(100, fakeapi.Users(50, fixedTime()), fixedTime()))
	ids, cursor := make(map[string]bool), ""
	for page := 1; page == 1 || cursor != ""; page++ {
		query := url.Values{"sort_by": {"id"}, "status": {"all"}, "per_page": {"1000"}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		r := newRequest(t, http.MethodGet, registrationsPath+"?"+query.Encode())
		w := send(s, r)
		checkContract(t, contract, r, w)
		var body registrationsBody
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		for _, row := range body.Result {
			ids[row.ID] = true
		}
		cursor = body.Info.Cursor
		if got := s.Requests()[page-1].Page; got != page {
			t.Errorf("request %d: got page %d", page, got)
		}
	}
	if len(ids) != 100 || len(s.Requests()) != 3 {
		t.Errorf("pages of 40: got %d registrations in %d requests, want 100 in 3", len(ids), len(s.Requests()))
	}
}

func TestRegistrations_filters(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	s.Registrations[fakeapi.AccountID] = []fakeapi.Registration{
		{"id": "c", "user": map[string]any{"id": "1", "email": "Ann@example.com"}, "last_seen_at": "2026-01-02T00:00:00.5Z"},
		{"id": "a", "user": map[string]any{"id": "2"}, "device": map[string]any{"name": "Laptop"}, "last_seen_at": "2026-01-04T00:00:00Z"},
		{"id": "b", "revoked_at": "2026-01-01T00:00:00Z"},
	}
	for query, want := range map[string]string{
		"":                                  "a c",
		"&status=all":                       "a b c",
		"&status=revoked":                   "b",
		"&search=ann%40":                    "c",
		"&search=laptop":                    "a",
		"&seen_after=2026-01-03T00:00:00Z":  "a",
		"&seen_before=2026-01-03T00:00:00Z": "c",
		"&user.id=1&user.id=3":              "c",
		"&cursor=x":                         "400",
		"&cursor=MSB4":                      "400", // page 1
		"&per_page=0":                       "400",
		"&sort_by=name":                     "a c", // the first one counts
	} {
		w := send(s, newRequest(t, http.MethodGet, registrationsPath+"?sort_by=id"+query))
		var body registrationsBody
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range body.Result {
			got = append(got, row.ID)
		}
		if w.Code != http.StatusOK {
			got = []string{"400"}
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("GET %s: (-want +got):\n%s", query, diff)
		}
	}
	for _, target := range []string{registrationsPath, strings.Replace(registrationsPath, fakeapi.AccountID, "nobody", 1) + "?sort_by=id"} {
		if w := send(s, newRequest(t, http.MethodGet, target)); w.Code/100 != 4 {
			t.Errorf("GET %s: got %d, want an error", target, w.Code)
		}
	}
}
