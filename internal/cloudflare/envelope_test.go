package cloudflare_test

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// responding returns a fake whose every response has this body.
func responding(body string) *fakeapi.Server {
	fake := fakeapi.New(nil)
	fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fakeapi.Status(http.StatusOK, body)}}
	return fake
}

// envelope wraps rows as a list's only page.
func envelope(rows string) string {
	return `{"success":true,"errors":[],"messages":[],"result":[` + rows + `],
		"result_info":{"page":1,"per_page":1000,"count":1,"total_count":1,"total_pages":1}}`
}

func TestAccessUsersKeepEveryValueAsItCame(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	text := func(s string) *string { return &s }
	number := func(n cloudflare.WholeNumber) *cloudflare.WholeNumber { return &n }
	for name, test := range map[string]struct {
		row  string
		want cloudflare.AccessUser
	}{
		"everything": {
			row: `{"id":"f174e90a","email":"Zoë@example.com","name":"Zoë 李 🦊","uid":"u1","seat_uid":"s1",
				"access_seat":true,"gateway_seat":false,"active_device_count":2,
				"created_at":"2014-01-01T05:20:00.12345Z","updated_at":"2014-01-01T05:20:00.120Z",
				"last_successful_login":"2020-07-01T05:20:00+02:00"}`,
			want: cloudflare.AccessUser{
				ID: text("f174e90a"), Email: text("Zoë@example.com"), Name: text("Zoë 李 🦊"), UID: text("u1"), SeatUID: text("s1"),
				AccessSeat: &yes, GatewaySeat: &no, ActiveDeviceCount: number(2),
				CreatedAt: text("2014-01-01T05:20:00.12345Z"), UpdatedAt: text("2014-01-01T05:20:00.120Z"),
				LastSuccessfulLogin: text("2020-07-01T05:20:00+02:00"),
			},
		},
		"nulls":            {row: `{"id":"1","email":null,"name":null,"access_seat":null,"active_device_count":null,"created_at":null}`, want: cloudflare.AccessUser{ID: text("1")}},
		"absent fields":    {row: `{"id":"1"}`, want: cloudflare.AccessUser{ID: text("1")}},
		"nothing at all":   {row: `{}`},
		"empty texts":      {row: `{"id":"1","name":"","email":""}`, want: cloudflare.AccessUser{ID: text("1"), Name: text(""), Email: text("")}},
		"count 2.0":        {row: `{"active_device_count":2.0}`, want: cloudflare.AccessUser{ActiveDeviceCount: number(2)}},
		"count 2e1":        {row: `{"active_device_count":2e1}`, want: cloudflare.AccessUser{ActiveDeviceCount: number(20)}},
		"count 0":          {row: `{"active_device_count":0}`, want: cloudflare.AccessUser{ActiveDeviceCount: number(0)}},
		"the largest":      {row: `{"active_device_count":9223372036854775807}`, want: cloudflare.AccessUser{ActiveDeviceCount: number(9223372036854775807)}},
		"unknown fields":   {row: `{"id":"1","ID":"2","Email":"x","new":{"deep":[1]}}`, want: cloudflare.AccessUser{ID: text("1")}},
		"escaped as \\u":   {row: `{"name":"Zo\u00eb \ud83e\udd8a"}`, want: cloudflare.AccessUser{Name: text("Zoë 🦊")}},
		"white space kept": {row: `{"name":"  two  "}`, want: cloudflare.AccessUser{Name: text("  two  ")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			users, _, err := accessUsers(t.Context(), newClient(t, responding(envelope(test.row))), query())
			if err != nil {
				t.Fatalf("AccessUsers: %v", err)
			}
			if len(users) != 1 || !reflect.DeepEqual(users[0], test.want) {
				t.Errorf("AccessUsers read %s otherwise", test.row)
			}
		})
	}
}

// TestAccessUsersNameWhatCannotBeRead wants the field and the position of a bad
// value in the error, and never the value.
func TestAccessUsersNameWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	const secret = "somebody@example.com"
	for name, test := range map[string]struct{ body, want string }{
		"number for text":        {envelope(`{"id":"1"},{"email":40712}`), "email of row 2 is not a string"},
		"text for number":        {envelope(`{"active_device_count":"` + secret + `"}`), "active_device_count of row 1 is not a whole number"},
		"fraction":               {envelope(`{},{},{"active_device_count":2.5}`), "active_device_count of row 3 is not a whole number"},
		"number out of range":    {envelope(`{"active_device_count":1e400}`), "active_device_count of row 1 is not a whole number"},
		"truth as number":        {envelope(`{"active_device_count":true}`), "active_device_count of row 1 is not a whole number"},
		"text for truth":         {envelope(`{"access_seat":"` + secret + `"}`), "access_seat of row 1 is not true or false"},
		"object for text":        {envelope(`{"name":{"first":"` + secret + `"}}`), "name of row 1 is not a string"},
		"null row":               {envelope(`{},null`), "the value of row 2 is not an object"},
		"text for row":           {envelope(`"` + secret + `"`), "the value of row 1 is not an object"},
		"list for row":           {envelope(`["` + secret + `"]`), "the value of row 1 is not an object"},
		"object for result":      {`{"success":true,"errors":[],"messages":[],"result":{"id":"` + secret + `"}}`, "result is not a list"},
		"no result":              {`{"success":true,"errors":[],"messages":[]}`, "result is not a list"},
		"no success":             {`{"result":[]}`, "success is not there"},
		"text for success":       {`{"success":"true","result":[]}`, "success is not true or false"},
		"text for result_info":   {`{"success":true,"result":[],"result_info":"` + secret + `"}`, "result_info is not an object"},
		"success false, silent":  {`{"success":false,"errors":[],"result":[{"id":"1"}]}`, "success is false, and no error is stated"},
		"success false":          {`{"success":false,"errors":[{"code":1234,"message":"No."}],"result":[{"id":"1"}]}`, "1234: No."},
		"success false, object":  {`{"result":{},"success":false,"errors":[{"code":1234,"message":"No."}]}`, "1234: No."},
		"errors of another form": {`{"success":false,"errors":["Oops",{"code":"E7","message":"No."}]}`, `0: "Oops": 0: {"code":"E7","message":"No."}`},
		"not JSON":               {`<html>`, "the response is not JSON"},
		"two answers":            {envelope("") + envelope(""), "JSON syntax error at byte 140"},
		"a field twice":          {envelope(`{"id":"1","id":"` + secret + `"}`), "a key appears twice in one JSON object"},
		"text that is not text":  {envelope("{\"name\":\"\xff\"}"), "the text is not valid UTF-8"},
		"half a character":       {envelope(`{"name":"\ud800"}`), "JSON syntax error at byte 61"},
		"half an answer":         {envelope(`{"name":"x"}`)[:60], "the response is truncated"},
		"nothing":                {"", "the response is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			users, _, err := accessUsers(t.Context(), newClient(t, responding(test.body)), query())
			var got *cloudflare.Error
			if !errors.As(err, &got) {
				t.Fatalf("AccessUsers: got %v, error %v, want an *Error", users, err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("AccessUsers: %v\nwant: %s", err, test.want)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "40712") {
				t.Errorf("AccessUsers repeats a value: %v", err)
			}
			if got.Page != 1 || got.Status != http.StatusOK {
				t.Errorf("AccessUsers failed at page %d with status %d", got.Page, got.Status)
			}
		})
	}
}

func TestAccessUsersTakeCountersOnlyAsHints(t *testing.T) {
	t.Parallel()
	for _, info := range []string{
		`null`, `{}`, `{"total_count":"3"}`, `{"total_count":-1}`, `{"total_count":2.5,"per_page":null}`,
		`{"total_count":1e99,"page":"x"}`, `{"total_count":{"n":1},"per_page":[0],"page":[1]}`,
	} {
		t.Run(info, func(t *testing.T) {
			t.Parallel()
			fake := fakeapi.New(nil)
			page := func(rows string) http.HandlerFunc {
				return fakeapi.Status(http.StatusOK, `{"success":true,"result":[`+rows+`],"result_info":`+info+`}`)
			}
			fake.Faults = []fakeapi.Fault{
				{Page: 1, Attempts: -1, Do: page(`{"id":"a"},{"id":"b"},{"id":"c"}`)},
				{Page: 2, Attempts: -1, Do: page("")},
			}
			users, _, err := accessUsers(t.Context(), newClient(t, fake), query())
			if err != nil {
				t.Fatalf("AccessUsers: %v", err)
			}
			if got, want := ids(users), []string{"a", "b", "c"}; !slices.Equal(got, want) {
				t.Errorf("AccessUsers gave %v, want %v", got, want)
			}
		})
	}
}
