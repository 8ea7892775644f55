package cloudflare

import (
	"bytes"
	"encoding/json"
	"math/big"
	"testing"
)

// FuzzPage compares what is decoded from any response with what encoding/json
// sees in it: no row is lost or added, no value changed, and no error taken for
// a list.
func FuzzPage(f *testing.F) {
	for _, body := range pageSeeds() {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var users []AccessUser
		env := newEnvelope(userList(func(u *AccessUser) { users = append(users, *u) }))
		if err := env.decode(body); err != nil {
			return
		}
		var answer map[string]json.RawMessage
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatalf("decoded what is not JSON: %v\n%q", err, body)
		}
		var stated []json.RawMessage
		if err := json.Unmarshal(answer["errors"], &stated); len(answer["errors"]) > 0 && (err != nil || len(stated) != len(env.Errors)) {
			t.Errorf("decoded %d of %d errors, %v:\n%q", len(env.Errors), len(stated), err, body)
		}
		if string(answer["success"]) != "true" {
			if len(env.Errors) == 0 {
				t.Errorf("success is %q, and yet there is no error:\n%q", answer["success"], body)
			}
			return
		}
		var rows []map[string]json.RawMessage
		if err := json.Unmarshal(answer["result"], &rows); err != nil || len(rows) != len(users) {
			t.Fatalf("decoded %d of %d rows, %v:\n%q", len(users), len(rows), err, body)
		}
		for i, row := range rows {
			checkRow(t, row, users[i])
		}
	})
}

// checkRow wants a user to be what encoding/json sees under the same keys.
func checkRow(t *testing.T, row map[string]json.RawMessage, u AccessUser) {
	t.Helper()
	for key, got := range map[string]*string{
		"id": u.ID, "email": u.Email, "name": u.Name, "uid": u.UID, "seat_uid": u.SeatUID,
		"created_at": u.CreatedAt, "updated_at": u.UpdatedAt, "last_successful_login": u.LastSuccessfulLogin,
	} {
		checkValue(t, row, key, got)
	}
	checkValue(t, row, "access_seat", u.AccessSeat)
	checkValue(t, row, "gateway_seat", u.GatewaySeat)

	var written *json.Number
	value := bytes.TrimSpace(row["active_device_count"])
	if err := json.Unmarshal(value, &written); len(value) > 0 && err != nil {
		t.Errorf("active_device_count: decoded %q: %v", value, err)
	}
	switch got := u.ActiveDeviceCount; {
	case (got == nil) != (written == nil):
		t.Errorf("active_device_count: decoded %v from %q", got, value)
	case got != nil && !isAbout(written.String(), int64(*got)):
		t.Errorf("active_device_count: decoded %d from %s", *got, written)
	}
}

func checkValue[T comparable](t *testing.T, row map[string]json.RawMessage, key string, got *T) {
	t.Helper()
	var want *T
	if err := json.Unmarshal(row[key], &want); len(row[key]) > 0 && err != nil {
		t.Errorf("%s: decoded %q: %v", key, row[key], err)
	}
	if (got == nil) != (want == nil) || got != nil && *got != *want {
		t.Errorf("%s: decoded otherwise from %q", key, row[key])
	}
}

// isAbout forgives a fraction that is too small for a float64.
func isAbout(written string, n int64) bool {
	const precision = 256 // bits: more than the digits of an int64 need
	value, _, err := big.ParseFloat(written, 10, precision, big.ToNearestEven)
	if err != nil {
		return false
	}
	difference, _ := value.Sub(value, new(big.Float).SetInt64(n)).Float64()
	return -1e-3 < difference && difference < 1e-3
}

// pageSeeds are answers as the contract has them and as they have been seen,
// whole, refused and broken.
func pageSeeds() []string {
	const (
		user = `{"access_seat":false,"active_device_count":2,"created_at":"2014-01-01T05:20:00.12345Z",` +
			`"email":"jdoe@example.com","gateway_seat":false,"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc8415",` +
			`"last_successful_login":"2020-07-01T05:20:00Z","name":"Jane Doe","seat_uid":null,"uid":null,` +
			`"updated_at":"2014-01-01T05:20:00.12345Z"}`
		info = `"result_info":{"count":1,"page":1,"per_page":100,"total_count":1,"total_pages":100}`
		head = `{"success":true,"errors":[],"messages":[],`
	)
	seeds := []string{
		head + `"result":[` + user + `],` + info + `}`,
		head + `"result":[],"result_info":{"page":3,"per_page":1000,"count":0,"total_count":1250,"total_pages":2}}`,
		head + `"result":null,` + info + `}`,
		head + `"result":{"id":"a"}}`,
		head + `"result":[` + user + `,` + user + `]}`,
		head + `"result":[` + user + `,null]}`,
		head + `"result":[` + user[:80],
		head + `"result":[]}{}`,
		"{\n  \"result\" : [ ] ,\n  \"success\" : true\n}\n",
		`{"success":true,"errors":[{"code":1,"message":"x"}],"result":[` + user + `]}`,
		`{"success":true,"result":[],"result_info":{"page":"1","per_page":-1,"total_count":2.5,"total_pages":1e99}}`,
		`{"success":true,"result":[],"messages":[{"code":1,"message":"x","documentation_url":"https://example.com/","source":{"pointer":"/a"}}]}`,
		`{"success":false,"errors":[{"code":7003,"message":"No route for the URI"}],"messages":[],"result":null}`,
		`{"success":false,"errors":[{"code":6003,"message":"Invalid request headers","error_chain":[{"code":6111,"message":"Invalid format"}]}],"result":{}}`,
		`{"success":false,"errors":[],"result":[]}`,
		`{"success":null,"result":[]}`,
		`{"Success":true,"Result":[],"success":true,"result":[]}`,
		`<!DOCTYPE html><html><body><h1>Error 502: Bad Gateway</h1></body></html>`,
		`upstream says: try later`, `null`, `[]`, `""`, `0`, ``,
	}
	for _, row := range []string{
		`{}`, `{"id":"a","ID":"b","Id":"c"}`, `{"id":"a","id":"b"}`, `{"\u0069d":"a"}`, `{"id":7}`, `"a"`, `["a"]`, `1`,
		`{"name":"","email":"","uid":""}`, `{"name":"Zo\u00eb \ud83e\udd8a","email":"ZOË@example.com"}`,
		`{"name":"\ud800"}`, "{\"name\":\"\xff\"}", `{"name":"a\u0000b\n\"\\"}`, `{"name":{"first":"a"}}`,
		`{"access_seat":true,"gateway_seat":null}`, `{"access_seat":"true"}`, `{"new":{"deep":[{"id":"b"}]}}`,
		`{"active_device_count":2.0}`, `{"active_device_count":2.5}`, `{"active_device_count":-0.0}`,
		`{"active_device_count":9223372036854775807}`, `{"active_device_count":9007199254740991.0}`,
		`{"active_device_count":9007199254740993.0}`, `{"active_device_count":1e400}`, `{"active_device_count":"2"}`,
	} {
		seeds = append(seeds, head+`"result":[`+row+`],`+info+`}`, head+`"result":[`+user+`,`+row+`,{"id":"last"}]}`)
	}
	return seeds
}
