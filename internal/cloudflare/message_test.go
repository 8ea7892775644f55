package cloudflare

import (
	"net/http"
	"testing"
	"time"
)

// TestProblem has bodies that are problem documents, and others that are not.
func TestProblem(t *testing.T) {
	t.Parallel()
	const blocked = `"title":"Error 1020: Access denied","status":403,"detail":"Blocked by the site owner.","error_code":1020,"instance":"ray-1"`
	for name, test := range map[string]struct {
		contentType, retryAfter, body string
		kind                          Kind
		want                          string // Error.Error
		ray                           string
		wait                          time.Duration
	}{
		"media type": {
			"application/problem+json; charset=utf-8", "", `{"title":"Blocked","retryable":false}`,
			Edge, "403 Forbidden: Blocked", "", 0,
		},
		"title and status": {
			"application/json", "", "{" + blocked + `,"type":"https://example.com/1020","cloudflare_error":true}`,
			Edge, "403 Forbidden: 1020: Error 1020: Access denied: Blocked by the site owner. <https://example.com/1020>", "ray-1", 0,
		},
		"waits": {
			"", "2.5", `{"title":"Slow down","status":429,"retry_after":"30"}`,
			Edge, "403 Forbidden: Slow down", "", 30 * time.Second,
		},
		"Retry-After is longer": {
			"", "40", `{"title":"Slow down","status":429,"retry_after":29.1}`,
			Edge, "403 Forbidden: Slow down", "", 40 * time.Second,
		},
		"other types": {
			"application/problem+json", "", `{"title":7,"status":null,"detail":[],"error_code":"E7","retry_after":{},"instance":false,"type":1}`,
			Edge, "403 Forbidden: no title", "", 0,
		},
		"envelope": {
			"application/problem+json", "", `{"success":false,"errors":[{"code":10000,"message":"No."}],` + blocked + "}",
			NotPermitted, "403 Forbidden: 10000: No.", "", 0,
		},
		"envelope with a bad value": {
			"application/problem+json", "", `{"success":true,"result":[{"email":7}],` + blocked + "}",
			Edge, "403 Forbidden: email of row 1 is not a string", "", 0,
		},
		"title alone": {
			"application/json", "", `{"title":"Blocked"}`,
			Edge, "403 Forbidden: success is not there", "", 0,
		},
		"no JSON": {
			"application/problem+json", "", `<html>`,
			Edge, "403 Forbidden: the response is not JSON", "", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readError(t, newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", test.contentType)
				w.Header().Set("Retry-After", test.retryAfter)
				respond(http.StatusForbidden, test.body)(w, r)
			}, 5))
			want := "GET /client/v4/accounts/a%2F%2E%2E%2F%C3%A9/%2E%2E/users: " + test.want
			if got.Kind() != test.kind || got.Error() != want || got.RayID != test.ray || got.RetryAfter != test.wait {
				t.Errorf("read: got kind %d, ray %q, wait %s, %v, want kind %d, ray %q, wait %s, %s",
					got.Kind(), got.RayID, got.RetryAfter, got, test.kind, test.ray, test.wait, want)
			}
		})
	}
}

func TestProblem_ray(t *testing.T) {
	t.Parallel()
	got := readError(t, newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cf-Ray", "ray-2")
		respond(http.StatusForbidden, `{"title":"No","status":403,"instance":"ray-1"}`)(w, r)
	}, 0))
	if got.RayID != "ray-2" {
		t.Errorf("read: got ray %s, want that of the header, ray-2", got.RayID)
	}
}

// TestProblem_retryable has what a problem document states about other attempts.
func TestProblem_retryable(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"title":"No","status":503,"retryable":false}`: 1,
		`{"title":"No","status":503,"retryable":true}`:  3,
		`{"title":"No","status":503}`:                   3,
	} {
		if got := readError(t, newTestClient(t, respond(http.StatusServiceUnavailable, body), 2)); got.Attempts != want {
			t.Errorf("read of %s: got %d attempts, want %d", body, got.Attempts, want)
		}
	}
	if got := readError(t, newTestClient(t, respond(http.StatusForbidden, `{"title":"No","status":403,"retryable":true}`), 2)); got.Attempts != 3 {
		t.Errorf("read, 403, retryable: got %d attempts, want 3", got.Attempts)
	}
}
