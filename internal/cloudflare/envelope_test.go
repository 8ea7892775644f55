package cloudflare

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// decodePage decodes a body whose result is a list.
func decodePage(body string) ([]AccessUser, envelope, error) {
	var users []AccessUser
	env := envelope{Result: listDecoder(func(u *AccessUser) { users = append(users, *u) })}
	err := env.decode([]byte(body))
	return users, env, err
}

// page is a response with these rows.
func page(rows string) string { return `{"success":true,"result":[` + rows + `]}` }

// decodableRows are rows and the users that they are decoded to.
func decodableRows() map[string]AccessUser {
	yes, no, two, twenty, largest, largestFloat := true, false, WholeNumber(2), WholeNumber(20), WholeNumber(9223372036854775807), WholeNumber(9007199254740991)
	text := func(s string) *string { return &s }
	return map[string]AccessUser{
		`{"id":"f174e90a","email":"Zoë@example.com","name":"  李 🦊 ","uid":"u1","seat_uid":"s1",
			"access_seat":true,"gateway_seat":false,"active_device_count":2,"created_at":"2014-01-01T05:20:00.12345Z",
			"updated_at":"2014-01-01T05:20:00.120Z","last_successful_login":"2020-07-01T05:20:00+02:00"}`: {
			ID: text("f174e90a"), Email: text("Zoë@example.com"), Name: text("  李 🦊 "), UID: text("u1"), SeatUID: text("s1"),
			AccessSeat: &yes, GatewaySeat: &no, ActiveDeviceCount: &two, CreatedAt: text("2014-01-01T05:20:00.12345Z"),
			UpdatedAt: text("2014-01-01T05:20:00.120Z"), LastSuccessfulLogin: text("2020-07-01T05:20:00+02:00"),
		},
		`{}`: {},
		`{"email":null,"access_seat":null,"active_device_count":null,"created_at":null}`: {},
		`{"id":"1","ID":"2","Email":"x","new":{"deep":[{"id":"3"}]}}`:                    {ID: text("1")},
		`{"email":"","name":"Zo\u00eb \ud83e\udd8a"}`:                                    {Email: text(""), Name: text("Zoë 🦊")},
		`{"name":"Ann \ud83d","uid":"\udd8a\ud83e"}`:                                     {Name: text("Ann \ufffd"), UID: text("\ufffd\ufffd")},
		"{\"name\":\"Ann \xff\xc3\"}":                                                    {Name: text("Ann \ufffd\ufffd")},
		`{"active_device_count":2.0}`:                                                    {ActiveDeviceCount: &two},
		`{"active_device_count":2e1}`:                                                    {ActiveDeviceCount: &twenty},
		`{"active_device_count":9223372036854775807}`:                                    {ActiveDeviceCount: &largest},
		`{"active_device_count":9007199254740991.0}`:                                     {ActiveDeviceCount: &largestFloat},
	}
}

func TestEnvelope_users(t *testing.T) {
	t.Parallel()
	for row, want := range decodableRows() {
		got, env, err := decodePage(page(`{"id":"before"},` + row))
		if err != nil || len(got) != 2 || env.Result.rows != 2 || !reflect.DeepEqual(got[1], want) {
			t.Errorf("decode of %s: got %+v, %d rows, error %v, want %+v", row, got, env.Result.rows, err, want)
		}
	}
}

func TestEnvelope_resultInfo(t *testing.T) {
	t.Parallel()
	const no = -1
	for info, want := range map[string][3]int{
		`{"page":2,"per_page":100,"total_count":2147483647}`: {2, 100, 2147483647},
		`{"page":2.0,"total_count":0}`:                       {2, no, 0},
		`{"total_count":2147483648}`:                         {no, no, no},
		`null`:                                               {no, no, no},
		`[{"total_count":1}]`:                                {no, no, no},
		`"3"`:                                                {no, no, no},
		`{"total_count":"3"}`:                                {no, no, no},
		`{"total_count":-1,"page":-1}`:                       {no, no, no},
		`{"total_count":2.5,"per_page":null}`:                {no, no, no},
		`{"total_count":1e99,"page":"x"}`:                    {no, no, no},
		`{"total_count":{"n":1},"per_page":[0],"page":true,"count":"ignored anyway"}`: {no, no, no},
	} {
		_, env, err := decodePage(`{"success":true,"result":null,"result_info":` + info + `}`)
		got := [3]int{intOr(env.ResultInfo.Page, no), intOr(env.ResultInfo.PerPage, no), intOr(env.ResultInfo.TotalCount, no)}
		if err != nil || got != want {
			t.Errorf("decode of %s: got %v, error %v, want %v", info, got, err, want)
		}
	}
}

// badBodies are responses and the errors that they lead to: with the field and
// the position of a bad value, but never the value, nor the text around a syntax
// error.
func badBodies() map[string]string {
	return map[string]string{
		page(`{"id":"1"},{"email":4071}`):                     "email of row 2 is not a string",
		page(`{"active_device_count":"private"}`):             "active_device_count of row 1 is not a whole number",
		page(`{},{},{"active_device_count":2.5}`):             "active_device_count of row 3 is not a whole number",
		page(`{"active_device_count":1e400}`):                 "active_device_count of row 1 is not a whole number",
		page(`{"active_device_count":9007199254740992.0}`):    "active_device_count of row 1 is not a whole number",
		page(`{"access_seat":"private"}`):                     "access_seat of row 1 is not true or false",
		page(`{"name":{"first":"private"}}`):                  "name of row 1 is not a string",
		page(`{},null`):                                       "the value of row 2 is not an object",
		page(`["private"]`):                                   "the value of row 1 is not an object",
		page(`{"id":"1","id":"private"}`):                     "a key appears twice in one JSON object",
		page(`{"name":private}`):                              "JSON syntax error at byte 34",
		page(`{"name":"private"}`)[:40]:                       "the response is truncated",
		page("") + "x":                                        "JSON syntax error at byte 28",
		"":                                                    "the response is empty",
		`{"success":true,"result":{"id":"private"}}`:          "result is not a list",
		`{"success":true}`:                                    "result is not a list",
		`{"result":[]}`:                                       "success is not there",
		`{"success":"private","result":[]}`:                   "success is not true or false",
		`[]`:                                                  "the value is not an object",
		`{"success":false,"errors":[],"result":[{"id":"1"}]}`: "success is false, and no error is stated",

		// A failed response's errors are never lost, whatever their form.
		`{"result":{},"success":false,"errors":[{"code":1234,"message":"No."}]}`:                                                          "1234: No.",
		`{"success":false,"errors":["Oops",{"code":"E7","message":"No."}],"result":[{"id":"1"}]}`:                                         `Oops, {"code":"E7","message":"No."}`,
		`{"success":true,"errors":[{"code":1,"message":"No."}],"result":[]}`:                                                              "1: No.",
		`{"success":false,"errors":{"code":7003,"message":"No route"},"result":null}`:                                                     "7003: No route",
		"{\"success\":false,\"errors\":[{\"code\":7,\"message\":\"No \xff\"}]}":                                                           "7: No \ufffd",
		"{\"success\":false,\"errors\":{\"code\":7,\"message\":\"No \xff\"}}":                                                             "7: No \ufffd",
		`{"success":false,"errors":"No route"}`:                                                                                           "No route",
		`{"success":false,"errors":{"per_page":["is too large"]}}`:                                                                        `{"per_page":["is too large"]}`,
		`{"success":false,"errors":[{"message":"No.","documentation_url":"u"},{"code":7,"error_chain":[{"code":8},null]}],"result":null}`: "No. <u>, 7:  (8: )",

		// What is empty is no error.
		`{"success":true,"errors":{ },"messages":{"a":"b"},"result":[]}`:      "",
		`{"success":true,"errors":"","messages":"ok","result":[]}`:            "",
		`{"success":true,"errors":[null, { },"",[],0,false],"result":[]}`:     "",
		`{"success":false,"errors":[null]}`:                                   "success is false, and no error is stated",
		`{"success":true,"errors":null,"messages":null,"result":null}`:        "",
		"\ufeff" + `{"success":true,"errors":false,"messages":7,"result":[]}`: "",
		"\ufeff": "the response is empty",
	}
}

func TestEnvelope_errors(t *testing.T) {
	t.Parallel()
	for body, want := range badBodies() {
		_, env, err := decodePage(body)
		var got []string
		if err != nil {
			got = append(got, err.Error())
		}
		for _, m := range env.Errors {
			got = append(got, m.String())
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("decode of %s: got %s, want %s", body, got, want)
		}
	}
}

// FuzzPage compares what is decoded from any response with what encoding/json
// sees in it: no row is lost or added, no value changed, and no error taken for
// a list.
func FuzzPage(f *testing.F) {
	f.Add(page(strings.Join(slices.Collect(maps.Keys(decodableRows())), ",")))
	for body := range badBodies() {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		users, env, err := decodePage(body)
		if err != nil {
			return
		}
		want := decodeAny(t, body)
		stated, ok := want["errors"].([]any)
		stated = slices.DeleteFunc(stated, isEmpty)
		if ok && len(stated) != len(env.Errors) {
			t.Errorf("decode: got %d errors, want %d\n%q", len(env.Errors), len(stated), body)
		}
		if want["success"] != true {
			if len(env.Errors) == 0 {
				t.Errorf("decode: got no error, although success is %v\n%q", want["success"], body)
			}
			return
		}
		result, isStated := want["result"]
		rows, ok := result.([]any)
		if !isStated || !ok && result != nil || len(rows) != len(users) {
			t.Fatalf("decode: got %d rows, want %v\n%q", len(users), result, body)
		}
		for i, row := range rows {
			checkUser(t, users[i], row)
		}
	})
}

// isEmpty reports whether a value among the errors is none.
func isEmpty(value any) bool {
	return slices.ContainsFunc([]any{nil, "", map[string]any{}, []any{}, false, json.Number("0")}, func(empty any) bool { return reflect.DeepEqual(value, empty) })
}

// decodeAny decodes a body by encoding/json.
func decodeAny(t *testing.T, body string) (want map[string]any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
	decoder.UseNumber()
	if err := decoder.Decode(&want); err != nil || decoder.More() {
		t.Fatalf("decode: got no error, want %v\n%q", err, body)
	}
	return want
}

// checkUser compares a user with what encoding/json sees under the same keys.
func checkUser(t *testing.T, user AccessUser, row any) {
	t.Helper()
	want, ok := row.(map[string]any)
	if !ok {
		t.Fatalf("decode: got %+v from %v", user, row)
	}
	if count, ok := want["active_device_count"].(json.Number); ok {
		if strings.ContainsAny(count.String(), ".eE") { // tested in TestEnvelope_users
			user.ActiveDeviceCount = nil
			delete(want, "active_device_count")
		} else if n, err := count.Float64(); err == nil {
			want["active_device_count"] = n
		}
	}
	encoded, err := json.Marshal(user)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	for key, value := range got {
		if !reflect.DeepEqual(value, want[key]) {
			t.Errorf("decode: got %s %v, want %v", key, value, want[key])
		}
	}
}
