package examples_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-version"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// stories are those of the examples, and of what their guides say of faults.
func stories(t *testing.T, now time.Time) map[string]story {
	t.Helper()
	users := fakeapi.Users(250, now)
	all := map[string]story{
		"provider and data source": {
			folders: []string{"provider", "data-sources/cloudflare_access_users"},
			users:   append(fakeapi.Users(20, now), jane(now), fakeapi.User{"id": "1", "email": "not-jane@example.com"}),
			outputs: map[string]any{
				"seats":               count(users[:20], holdsSeat) + 1,
				"jane_last_logged_in": []string{"2026-01-02T03:04:05.120Z"},
			},
		},
		"README": {
			files:   map[string]string{"main.tf": codeBlock(t, "README.md", "terraform")},
			users:   users,
			outputs: map[string]any{"never_logged_in": neverLoggedIn(users)},
		},
		"large-accounts": {
			folders: []string{"guides/large-accounts"},
			users:   append(fakeapi.Users(150, now), fakeapi.User{"id": "1", "access_seat": true}),
			vars:    map[string]string{"state_passphrase": "correct horse battery staple"},
			outputs: map[string]any{"users": 151, "seats_by_domain": seatsByDomain(users[:150])},
			check:   stateIsEncryptedByOpenTofu,
		},
	}
	maps.Copy(all, officialProviderStories(users, now))
	maps.Copy(all, seatsStories(users, now))
	maps.Copy(all, joinersStories())
	maps.Copy(all, scriptStories(users))
	return all
}

func officialProviderStories(users []fakeapi.User, now time.Time) map[string]story {
	var active []string
	for _, u := range users {
		if login, ok := lastLogin(u); ok && now.Sub(login) < 90*24*time.Hour {
			active = append(active, strings.ToLower(text(u, "email")))
		}
	}
	slices.Sort(active)
	folders := []string{"guides/official-provider"}
	vars := map[string]string{"account_id": fakeapi.AccountID, "users_token": fakeapi.Token}
	return map[string]story{
		"official-provider": {
			folders: folders, users: users, vars: vars,
			outputs: map[string]any{"members": len(active)},
			check: func(t *testing.T, w *workspace) {
				t.Helper()
				if got := groupMembers(t, w); !slices.Equal(got, active) {
					t.Errorf("the group includes\n%v\nwant\n%v", got, active)
				}
			},
		},
		"official-provider, nobody active": {
			folders: folders, users: []fakeapi.User{{"id": "1", "email": "new@example.com"}}, vars: vars,
			fails: true, prints: "a group of nobody is hardly meant",
		},
	}
}

func seatsStories(users []fakeapi.User, now time.Time) map[string]story {
	var never, free []string
	held := count(users, holdsSeat)
	for _, u := range slices.SortedFunc(slices.Values(users), byEmail) {
		login, ok := lastLogin(u)
		if !holdsSeat(u) || ok && now.Sub(login) < 90*24*time.Hour {
			continue
		}
		if !ok {
			never = append(never, text(u, "email"))
		}
		if u["active_device_count"] == 0 {
			free = append(free, text(u, "email"))
		}
	}
	seats := func(bought int) map[string]any {
		return map[string]any{
			"bought": bought, "held": held,
			"access":  count(users, func(u fakeapi.User) bool { return u["access_seat"] == true }),
			"gateway": count(users, func(u fakeapi.User) bool { return u["gateway_seat"] == true }),
		}
	}
	enough, short := 2*held, held+1
	return map[string]story{
		"seats": {
			folders: []string{"guides/seats"}, users: users,
			vars:    map[string]string{"seats": strconv.Itoa(enough)},
			outputs: map[string]any{"seats": seats(enough), "never_logged_in": never},
			check: func(t *testing.T, w *workspace) {
				t.Helper()
				var rows []struct {
					Email string `json:"email"`
				}
				if err := json.Unmarshal([]byte(w.mustRun("output", "-json", "seats_to_free")), &rows); err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, row := range rows {
					got = append(got, row.Email)
				}
				if !slices.Equal(got, free) {
					t.Errorf("seats_to_free names\n%v\nwant\n%v", got, free)
				}
			},
		},
		"seats, too few": {
			folders: []string{"guides/seats"}, users: users,
			vars:    map[string]string{"seats": strconv.Itoa(short)},
			outputs: map[string]any{"seats": seats(short)},
			prints:  strconv.Itoa(held) + " of " + strconv.Itoa(short) + " seats are taken.",
		},
	}
}

func joinersStories() map[string]story {
	users := []fakeapi.User{
		{"id": "1", "email": "Jane@Example.com", "access_seat": true},
		{"id": "2", "email": "ada@example.com"},
		{"id": "3", "email": "gone@example.com", "gateway_seat": true},
		{"id": "4", "email": nil},
	}
	folders := []string{"guides/joiners-leavers"}
	return map[string]story{
		"joiners-leavers": {
			folders: folders, users: users,
			outputs: map[string]any{"joiners": []string{"omar@example.com"}, "users_without_email": []string{"4"}},
			prints:  `terraform_data.leaver["gone@example.com"]: Creation complete`,
		},
		"joiners-leavers, a list cut short": {
			folders: folders, users: users, files: map[string]string{"staff.csv": "email\njane@example.com\n"},
			vars:  map[string]string{"most_leavers": "1"},
			fails: true, prints: "2 users are not in staff.csv, and var.most_leavers allows 1. Is the file complete?",
		},
	}
}

func scriptStories(users []fakeapi.User) map[string]story {
	folders := []string{"guides/from-scripts"}
	return map[string]story{
		"from-scripts": {
			folders: folders, users: []fakeapi.User{
				{"id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415", "email": "jane@example.com"},
				{"id": "3b1f0c9e-5c0a-4d55-9d0e-2f6a7f0c8b11", "email": "ada@example.com"},
			},
			outputs: map[string]any{"users_by_email": map[string][]string{
				"jane@example.com": {"f174e90a-fafe-4643-bbbc-4a0ed4fc8415"},
				"ada@example.com":  {"3b1f0c9e-5c0a-4d55-9d0e-2f6a7f0c8b11"},
			}},
		},
		"from-scripts, a script that stops at the first page": {
			folders: folders, users: users, files: map[string]string{"users.json": jsonText(users[:100])},
			prints: "The old list lacks 150 of 250 users.",
		},
		"from-scripts, a script that keeps who has gone": {
			folders: folders, users: users[:249], files: map[string]string{"users.json": jsonText(users)},
			prints: "The old list has 1 users whom the account has not.",
		},
	}
}

// groupMembers are the addresses in the group's include, sorted.
func groupMembers(t *testing.T, w *workspace) (emails []string) {
	t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Type   string `json:"type"`
					Values struct {
						Include []struct {
							Email struct {
								Email string `json:"email"`
							} `json:"email"`
						} `json:"include"`
					} `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	if err := json.Unmarshal([]byte(w.mustRun("show", "-json")), &state); err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Values.RootModule.Resources {
		if resource.Type == "cloudflare_zero_trust_access_group" {
			for _, rule := range resource.Values.Include {
				emails = append(emails, rule.Email.Email)
			}
		}
	}
	slices.Sort(emails)
	return emails
}

// stateIsEncryptedByOpenTofu does not look at the states of others, nor at that
// of an OpenTofu that is too old to.
func stateIsEncryptedByOpenTofu(t *testing.T, w *workspace) {
	t.Helper()
	printed, isTofu := strings.CutPrefix(w.mustRun("version"), "OpenTofu v")
	number, _, _ := strings.Cut(printed, "\n")
	if !isTofu || version.Must(version.NewVersion(number)).Core().LessThan(version.Must(version.NewVersion("1.8"))) {
		return
	}
	state, err := os.ReadFile(filepath.Join(w.dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if lower := strings.ToLower(string(state)); !strings.Contains(lower, "encrypted_data") || strings.Contains(lower, "@example.") {
		t.Errorf("the state is not encrypted:\n%.500s", state)
	}
}
