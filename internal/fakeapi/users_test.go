package fakeapi_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestUsers_deterministic(t *testing.T) {
	t.Parallel()
	users := fakeapi.Users(200, fixedTime())
	if diff := cmp.Diff(users[:50], fakeapi.Users(50, fixedTime())); diff != "" {
		t.Errorf("Users(200)[:50] and Users(50) differ:\n%s", diff)
	}
}

func TestUsers_kinds(t *testing.T) {
	t.Parallel()
	users := fakeapi.Users(200, fixedTime())
	for kind, is := range map[string]func(fakeapi.User) bool{
		"has every field": func(u fakeapi.User) bool { return count(u, nil) == 0 && len(u) == 11 },
		"has explicit nulls": func(u fakeapi.User) bool {
			return len(u) == 11 && count(u, nil) == 9
		},
		"has absent fields":     func(u fakeapi.User) bool { return len(u) == 2 },
		"has an empty name":     func(u fakeapi.User) bool { return u["name"] == "" },
		"has a Latin name":      named(func(r rune) bool { return r > unicode.MaxASCII && unicode.Is(unicode.Latin, r) }),
		"has a Cyrillic name":   named(func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }),
		"has a CJK name":        named(func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hangul) }),
		"has an emoji name":     named(func(r rune) bool { return r > 0x1F300 }),
		"has a mixed-case mail": func(u fakeapi.User) bool { return text(u, "email") != strings.ToLower(text(u, "email")) },
		"never logged in, absent": func(u fakeapi.User) bool {
			_, there := u["last_successful_login"]
			return !there && len(u) == 10
		},
		"never logged in, null": func(u fakeapi.User) bool { return count(u, nil) == 1 && u["last_successful_login"] == nil },
		"never authenticated": func(u fakeapi.User) bool {
			return u["seat_uid"] == nil && u["access_seat"] == false && u["gateway_seat"] == false && u["last_successful_login"] == nil && u["active_device_count"] == 0
		},
		"lost both seats": func(u fakeapi.User) bool {
			return u["access_seat"] == false && u["gateway_seat"] == false && u["last_successful_login"] != nil
		},
		"uses WARP only": func(u fakeapi.User) bool {
			return u["access_seat"] == false && u["gateway_seat"] == true && u["last_successful_login"] == nil && u["active_device_count"] != 0
		},
		"has 2.0 devices":        func(u fakeapi.User) bool { return u["active_device_count"] == json.Number("2.0") },
		"has no devices":         func(u fakeapi.User) bool { return u["active_device_count"] == 0 },
		"has more devices":       func(u fakeapi.User) bool { n, _ := u["active_device_count"].(int); return n > 1 },
		"has an access seat":     func(u fakeapi.User) bool { return u["access_seat"] == true },
		"has no access seat":     func(u fakeapi.User) bool { return u["access_seat"] == false },
		"has a gateway seat":     func(u fakeapi.User) bool { return u["gateway_seat"] == true },
		"has no gateway seat":    func(u fakeapi.User) bool { return u["gateway_seat"] == false },
		"has a short fraction":   func(u fakeapi.User) bool { return strings.HasSuffix(text(u, "created_at"), ".5Z") },
		"has five digits of it":  func(u fakeapi.User) bool { return strings.HasSuffix(text(u, "created_at"), ".12345Z") },
		"has one ending in zero": func(u fakeapi.User) bool { return strings.HasSuffix(text(u, "created_at"), ".120Z") },
		"has none":               func(u fakeapi.User) bool { return len(text(u, "created_at")) == len("2006-01-02T15:04:05Z") },
	} {
		for span, some := range map[string][]fakeapi.User{"first 15": users[:15], "others": users[15:]} {
			found := false
			for _, user := range some {
				found = found || is(user)
			}
			if !found {
				t.Errorf("among the %s: no user %s", span, kind)
			}
		}
	}
}

func TestUsers_unique(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	users := fakeapi.Users(5000, fixedTime())
	for i := range 500 {
		users = append(users, fakeapi.Newcomer(i))
	}
	for i, user := range users {
		for _, field := range []string{"id", "uid", "seat_uid", "email"} {
			value := text(user, field)
			if earlier, again := seen[value]; again && value != "" {
				t.Errorf("users %d and %d share %s %q", earlier, i, field, value)
			}
			seen[value] = i
			if field != "email" && value != "" && len(value) != 36 {
				t.Errorf("user %d: %s %q, want a UUID", i, field, value)
			}
		}
		if text(user, "id") == "" || !strings.Contains(strings.ToLower(text(user, "email")), "@example.") {
			t.Errorf("user %d: id %v and email %v, want both, the address an example's", i, user["id"], user["email"])
		}
		if named(func(r rune) bool { return unicode.Is(unicode.Mn, r) })(user) {
			t.Errorf("user %d: name %q is not in NFC", i, user["name"])
		}
	}
}

func TestUsers_times(t *testing.T) {
	t.Parallel()
	for i, user := range fakeapi.Users(500, fixedTime()) {
		latest := fixedTime().AddDate(0, 0, -1).Add(time.Second)
		for _, field := range []string{"last_successful_login", "updated_at", "created_at"} {
			if user[field] == nil {
				continue
			}
			at, err := time.Parse(time.RFC3339Nano, text(user, field))
			if err != nil || at.Truncate(time.Second).After(latest) {
				t.Errorf("user %d: %s %v (%v), want a time before %v", i, field, user[field], err, latest)
			}
			latest = at
		}
	}
}

func count(u fakeapi.User, value any) int {
	n := 0
	for _, v := range u {
		if v == value {
			n++
		}
	}
	return n
}

func text(u fakeapi.User, field string) string {
	s, _ := u[field].(string)
	return s
}

// named is the kind of user whose name has such a letter.
func named(has func(rune) bool) func(fakeapi.User) bool {
	return func(u fakeapi.User) bool { return strings.ContainsFunc(text(u, "name"), has) }
}

func TestRotate(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(lettered(4))
	s.Change = fakeapi.Rotate
	if got, _ := read(t, s, 2, "per_page=2"); got != "bc ab" {
		t.Errorf("two pages = %q, want %q", got, "bc ab")
	}
	if got := fakeapi.Rotate(1, nil); len(got) != 0 {
		t.Errorf("Rotate of no users = %v, want none", got)
	}
}
