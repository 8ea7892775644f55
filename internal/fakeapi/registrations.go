package fakeapi

import (
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Registration is one registration of a device as the JSON object that is sent, like
// [User].
type Registration map[string]any

// Registrations returns n registrations of devices of these users, the same ones for
// the same arguments. They were last seen at different days before now. Each has an
// id of its own. Some have no user, as devices of service tokens do, or a user without
// an id, and some have nulls and absent fields. One in ten is revoked.
func Registrations(n int, users []User, now time.Time) []Registration {
	registrations := make([]Registration, n)
	for i := range registrations {
		sum := sha512.Sum512(strconv.AppendInt([]byte("registration "), int64(i), 10))
		seen := now.UTC().AddDate(0, 0, -1-int(sum[0])*2)
		r := Registration{
			"id":           uuid(sum[16:32]),
			"created_at":   timestamp(seen.AddDate(0, 0, -100), i),
			"updated_at":   timestamp(seen.AddDate(0, 0, -1), i+1),
			"last_seen_at": timestamp(seen, i+2),
			"deleted_at":   nil,
			"revoked_at":   nil,
			"key":          "public key " + strconv.Itoa(i),
			"key_type":     "curve25519",
			"tunnel_type":  pick(i, "wireguard", "masque"),
			"virtual_ipv4": "100.96.0." + strconv.Itoa(i%256),
			"virtual_ipv6": nil,
			"device":       map[string]any{"id": uuid(sum[32:48]), "name": pick(i, "laptop", "Zoës Gerät", "山田"), "client_version": "2026.1.0"},
		}
		if len(users) > 0 {
			user := users[i%len(users)]
			r["user"] = map[string]any{"id": user["id"], "email": user["email"], "name": user["name"]}
		}
		maps.Copy(r, specialRegistration(i))
		maps.DeleteFunc(r, func(_ string, value any) bool { return value == absent{} })
		registrations[i] = r
	}
	return registrations
}

// specialRegistration returns the fields in which some registrations differ.
func specialRegistration(i int) Registration {
	switch i % 20 {
	case 3:
		return Registration{"user": absent{}}
	case 5:
		return Registration{"user": nil, "device": nil, "key_type": nil, "tunnel_type": nil, "virtual_ipv4": nil}
	case 7, 17:
		return Registration{"revoked_at": "2026-01-02T03:04:05.120Z"}
	case 11:
		return Registration{"deleted_at": absent{}, "revoked_at": absent{}, "updated_at": absent{}, "virtual_ipv6": absent{}}
	default:
		return nil
	}
}

// cursorInfo is the result_info of a list that is read by cursor.
type cursorInfo struct {
	Count   int    `json:"count"`
	PerPage int    `json:"per_page"`
	Cursor  string `json:"cursor,omitempty"`
}

// A position is where a page begins: the number of the page, and the id of the row
// before it.
type position struct {
	page  int
	after string
}

func (p position) cursor() string {
	return base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", p.page, p.after))
}

// parseCursor returns page 1 for no cursor, and ok for a cursor of this server.
func parseCursor(query url.Values) (p position, ok bool) {
	if !query.Has("cursor") {
		return position{page: 1}, true
	}
	text, err := base64.URLEncoding.DecodeString(query.Get("cursor"))
	number, after, found := strings.Cut(string(text), " ")
	page, _ := strconv.Atoi(number) // 0 is not valid
	return position{page, after}, err == nil && found && page > 1
}

func (s *Server) serveRegistrations(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	start, valid := parseCursor(query)
	perPage := positive(query, "per_page", 50)
	refuses := s.Quirks.RefusePageSize
	s.serve(w, r, start.page, func() response {
		if !valid || perPage == 0 || query.Get("sort_by") != "id" || refuses != nil && refuses(perPage) {
			return failure(http.StatusBadRequest, Message{Code: 12132, Text: "invalid parameters"}) // Cloudflare's code is not published
		}
		s.mu.Lock()
		rows := slices.Clone(s.Registrations[r.PathValue("account_id")])
		_, ok := s.Accounts[r.PathValue("account_id")]
		s.mu.Unlock()
		if !ok {
			return notFound(r)
		}
		if !s.Quirks.IgnoreFilters {
			rows = slices.DeleteFunc(rows, func(row Registration) bool { return !row.matches(query) })
		}
		rows = slices.DeleteFunc(rows, func(row Registration) bool { return row.id() <= start.after })
		slices.SortFunc(rows, func(a, b Registration) int { return strings.Compare(a.id(), b.id()) })
		size := min(perPage, s.MaxPageSize)
		info := cursorInfo{Count: min(size, len(rows)), PerPage: size}
		if len(rows) > size {
			rows = rows[:size]
			info.Cursor = position{start.page + 1, rows[size-1].id()}.cursor()
		}
		return s.success(append([]Registration{}, rows...), info) // an empty page is [], not null
	})
}

func (r Registration) id() string {
	id, _ := r["id"].(string)
	return id
}

// matches reports whether a request's filters match a registration. Which fields
// search looks at is not documented.
func (r Registration) matches(query url.Values) bool {
	status := query.Get("status")
	if isRevoked := r["revoked_at"] != nil; status != "all" && isRevoked != (status == "revoked") {
		return false
	}
	seen, _ := r["last_seen_at"].(string)
	for name, sign := range map[string]int{"seen_after": 1, "seen_before": -1} {
		limit, err := time.Parse(time.RFC3339, query.Get(name))
		at, _ := time.Parse(time.RFC3339, seen) // the zero time for none
		if err == nil && at.Compare(limit) != sign {
			return false
		}
	}
	user, _ := r["user"].(map[string]any)
	device, _ := r["device"].(map[string]any)
	text := lower(user["name"]) + " " + lower(user["email"]) + " " + lower(device["name"])
	id, _ := user["id"].(string)
	return strings.Contains(text, lower(query.Get("search"))) && (!query.Has("user.id") || slices.Contains(query["user.id"], id))
}
