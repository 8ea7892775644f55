package examples_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// adaID is the id that an example looks up.
const adaID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"

// accountUsers are the users of most examples. Three of them have an address
// and an Access seat.
func accountUsers(now time.Time) []fakeapi.User {
	recently, longAgo := now.AddDate(0, 0, -10).Format(time.RFC3339), now.AddDate(0, 0, -200).Format(time.RFC3339)
	user := func(id string, email any, access, gateway bool, others fakeapi.User) fakeapi.User {
		u := fakeapi.User{"id": id, "email": email, "access_seat": access, "gateway_seat": gateway, "seat_uid": "seat-" + id, "created_at": longAgo}
		maps.Copy(u, others)
		return u
	}
	return []fakeapi.User{
		user("1", "Jane@Example.com", true, false, fakeapi.User{"active_device_count": 0, "last_successful_login": longAgo}),
		user(adaID, "ada@example.com", true, true, fakeapi.User{"last_successful_login": nil}), // uses the WARP client only
		user("3", "omar@example.com", true, false, nil),                                        // number of devices unknown
		user("4", "kim@example.org", false, true, fakeapi.User{"active_device_count": 1, "last_successful_login": longAgo}),
		user("5", nil, true, false, fakeapi.User{"active_device_count": 2, "last_successful_login": recently}),
		{"id": "6", "email": "new@example.com", "created_at": recently}, // never authenticated
	}
}

func examples(t *testing.T, now time.Time) map[string]example {
	t.Helper()
	users := accountUsers(now)
	_, rest, _ := strings.Cut(read(t, "README.md"), "\n```terraform\n")
	readme, _, _ := strings.Cut(rest, "```")
	all := map[string]example{
		"README": {steps: []step{{
			users: users, files: map[string]string{"main.tf": readme},
			outputs: map[string]any{"seats_in_use": 5},
		}}},
		"cloudflare_access_users": {
			folders: []string{"provider", "data-sources/cloudflare_access_users"},
			steps: []step{
				{users: users, outputs: map[string]any{"users": 6, "access_seats": 4, "team_ids": []string{"1", "3"}}},
				{
					users: users, vars: map[string]string{"emails": `["ada@example.com", "nobody@example.com"]`},
					prints: []string{"No Access user has one of: nobody@example.com."},
				},
			},
		},
		"cloudflare_access_user": {
			folders: []string{"provider", "data-sources/cloudflare_access_user"},
			steps: []step{
				{users: users, outputs: map[string]any{"jane_holds_a_seat": true}},
				{users: users[1:], fails: true, prints: []string{"No such Access user"}},
			},
		},
		"large-accounts": {
			folders: []string{"guides/large-accounts"},
			steps: []step{{
				users: users, vars: map[string]string{"state_passphrase": "correct horse battery staple"},
				outputs: map[string]any{"seat_holders": 4, "seat_holders_by_domain": map[string]int{"example.com": 3, "none": 1}},
			}},
			check: checkEncryption,
		},
		"testing": {folders: []string{"guides/testing"}, check: checkMockProvider},
	}
	maps.Copy(all, officialProviderExamples(users))
	maps.Copy(all, seatsExamples(users))
	maps.Copy(all, joinersExamples(users))
	maps.Copy(all, scriptExamples(t, users))
	return all
}

func officialProviderExamples(users []fakeapi.User) map[string]example {
	vars := map[string]string{"account_id": fakeapi.AccountID, "users_token": fakeapi.Token, "minimum_users": "1"}
	return map[string]example{
		"official-provider": {
			folders: []string{"guides/official-provider"},
			steps: []step{
				{users: users, vars: vars, outputs: map[string]any{"members": 3}},
				{fails: true, prints: []string{"Only 0 seat holders have an address, but minimum_users is 1."}},
				{users: users, vars: map[string]string{"entries_per_list": "2"}, outputs: map[string]any{"members": 3}},
			},
			check: checkGroup,
		},
		"official-provider-module": {
			folders: []string{"guides/official-provider-module"},
			steps: []step{
				{users: users, vars: vars, outputs: map[string]any{"members": 3}},
				{fails: true, prints: []string{"No user holds an Access seat."}},
			},
		},
	}
}

// checkGroup expects three addresses in two lists, and a group of both.
func checkGroup(t *testing.T, w *workspace) {
	t.Helper()
	text := encode(t, json.RawMessage(w.state()))
	for _, want := range []string{
		`"items":[{"value":"ada@example.com"},{"value":"jane@example.com"}]`,
		`"items":[{"value":"omar@example.com"}]`,
		`"include":[{"email_list":{"id":"Access seat holders01"}},{"email_list":{"id":"Access seat holders02"}}]`,
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("the state does not contain %s once:\n%s", want, text)
		}
	}
}

func seatsExamples(users []fakeapi.User) map[string]example {
	return map[string]example{"seats": {
		folders: []string{"guides/seats"},
		steps: []step{
			{
				users: users, vars: map[string]string{"seats": "10"},
				outputs: map[string]any{
					"seats":    map[string]int{"bought": 10, "held": 5, "access": 4, "gateway": 2},
					"inactive": map[string]int{"no_device": 1, "has_device": 0, "device_unknown": 1},
					"seats_to_review": []map[string]any{
						{"id": "1", "email": "Jane@Example.com", "seat_uid": "seat-1", "last_login": users[0]["last_successful_login"], "devices": 0},
						{"id": "3", "email": "omar@example.com", "seat_uid": "seat-3", "last_login": nil, "devices": nil},
					},
				},
			},
			{users: users, vars: map[string]string{"seats": "5"}, prints: []string{"5 of 5 seats are in use."}},
		},
	}}
}

func joinersExamples(users []fakeapi.User) map[string]example {
	staff := func(emails ...string) map[string]string {
		return map[string]string{"staff.csv": "email\n" + strings.Join(emails, "\n") + "\n"}
	}
	others := slices.Concat(users[:2], users[3:5])
	return map[string]example{"joiners-leavers": {
		folders: []string{"guides/joiners-leavers"},
		steps: []step{
			{
				users: others, vars: map[string]string{"minimum_users": "2", "maximum_leavers": "2"},
				outputs: map[string]any{
					"joiners": []string{"omar@example.com"}, "leavers": 1, "users_without_email": []string{"5"},
				},
				prints: []string{`terraform_data.leaver["4"]: Creation complete`},
			},
			{fails: true, prints: []string{"Access has 0 users, but minimum_users is 2."}},
			{
				users: others, files: staff(),
				fails: true, prints: []string{"3 users are not in staff.csv, but maximum_leavers is 2. Is the file complete?"},
			},
			{
				users: others, files: staff("jane@example.com", "ADA@example.com", "kim@example.org"),
				outputs: map[string]any{"joiners": []string{}, "leavers": 0},
				prints:  []string{`terraform_data.leaver["4"]: Destruction complete`},
			},
		},
	}}
}

func scriptExamples(t *testing.T, users []fakeapi.User) map[string]example {
	t.Helper()
	scripts := func(users ...fakeapi.User) map[string]string {
		return map[string]string{"users.json": encode(t, users)}
	}
	twins := []fakeapi.User{{"id": "b", "email": "ada@example.com"}, {"id": "a", "email": "Ada@example.com"}}
	return map[string]example{"from-scripts": {
		folders: []string{"guides/from-scripts"},
		steps: []step{
			{
				users: []fakeapi.User{users[0], users[1]}, files: scripts(users[0], users[1]),
				outputs: map[string]any{"users_by_email": map[string]string{"jane@example.com": "1", "ada@example.com": adaID}},
			},
			{
				users: users[:5], files: scripts(users[3:]...),
				prints: []string{"The old list lacks 3 of 5 users.", "The old list has 1 users who are not in the account."},
			},
			{
				users: twins, files: scripts(twins...), prints: []string{"Some addresses belong to several users."},
				outputs: map[string]any{"users_by_email": map[string]string{"ada@example.com": "a"}},
			},
		},
	}}
}

// checkEncryption expects an encrypted state, if this OpenTofu reads .tofu files.
func checkEncryption(t *testing.T, w *workspace) {
	t.Helper()
	if isOld(w) || !strings.HasPrefix(w.run("version"), "OpenTofu") {
		return
	}
	if state := strings.ToLower(w.state()); !strings.Contains(state, "encrypted_data") || strings.Contains(state, "@example.") {
		t.Errorf("the state is not encrypted:\n%.500s", state)
	}
}

// checkMockProvider runs the example's test, which needs no API.
func checkMockProvider(t *testing.T, w *workspace) {
	t.Helper()
	if isOld(w) {
		t.Skip("this Terraform has no mock_provider")
	}
	w.run("init", "-no-color")
	if printed := w.run("test", "-no-color"); !strings.Contains(printed, "1 passed, 0 failed") {
		t.Errorf("terraform test printed:\n%s", printed)
	}
}

// isOld reports whether this Terraform lacks mock_provider, or this OpenTofu
// lacks it and .tofu files.
func isOld(w *workspace) bool {
	return regexp.MustCompile(`^(Terraform v1\.[56]|OpenTofu v1\.[67])\.`).MatchString(w.run("version"))
}
