package fakeapi

import (
	"net/http"
	"strings"
)

// authenticate returns the refusal that these headers earn, or ok.
func (s *Server) authenticate(header http.Header) (refusal answer, ok bool) {
	authorization := header.Values("Authorization")
	key, email := header.Get("X-Auth-Key"), header.Get("X-Auth-Email")
	hasToken, hasKey := len(authorization) > 0, key != "" || email != ""
	switch {
	case !hasToken && !hasKey:
		return failure(http.StatusBadRequest, Message{Code: 9106, Text: "Authentication failed (missing token or key)"}), false
	case hasToken && hasKey:
		// Cloudflare's answer to both kinds at once is unknown. A client that
		// mixes them is wrong, and should see so.
		return badHeaders(
			Message{Code: 6111, Text: "Invalid format for Authorization header"},
			Message{Code: 6103, Text: "Invalid format for X-Auth-Key header"},
		), false
	case hasToken:
		return s.authenticateToken(authorization)
	default:
		return s.authenticateKey(key, email)
	}
}

func (s *Server) authenticateToken(authorization []string) (refusal answer, ok bool) {
	token, bearer := strings.CutPrefix(authorization[0], "Bearer ")
	if len(authorization) > 1 || !bearer || token == "" || strings.ContainsAny(token, " \t") {
		return badHeaders(Message{Code: 6111, Text: "Invalid format for Authorization header"}), false
	}
	if token != s.Token {
		return failure(http.StatusUnauthorized, Message{Code: 10000, Text: "Authentication error"}), false
	}
	return answer{}, true
}

func (s *Server) authenticateKey(key, email string) (refusal answer, ok bool) {
	if key == "" || email == "" {
		return badHeaders(Message{Code: 6103, Text: "Invalid format for X-Auth-Key header"}), false
	}
	if key != s.Key || email != s.Email {
		return failure(http.StatusForbidden, Message{Code: 9103, Text: "Unknown X-Auth-Key or X-Auth-Email"}), false
	}
	return answer{}, true
}

func badHeaders(chain ...Message) answer {
	return failure(http.StatusBadRequest, Message{Code: 6003, Text: "Invalid request headers", Chain: chain})
}
