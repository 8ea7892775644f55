package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestServeFake reads the API with what was printed, and then stops it.
func TestServeFake(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	ended := make(chan struct{})
	go func() {
		d := demo{out: in}
		d.serveFake(ctx, 30)
		close(ended)
	}()
	exports := make(map[string]string)
	for lines := bufio.NewScanner(out); len(exports) < 3 && lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			exports[strings.TrimPrefix(name, "  export ")] = value
		}
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // ends with the test

	url := exports["CLOUDFLARE_BASE_URL"] + "/accounts/" + exports["CLOUDFLARE_ACCOUNT_ID"] + "/access/users"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+exports["CLOUDFLARE_API_TOKEN"])
	response, err := new(http.Client).Do(request)
	if err != nil {
		t.Fatalf("GET %s: %v, with %v printed", url, err, exports)
	}
	defer response.Body.Close() //nolint:errcheck // nothing depends on it
	var list struct {
		Result []any `json:"result"`
	}
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil || len(list.Result) != 30 {
		t.Errorf("GET %s: got %d users, %v, want 30", url, len(list.Result), err)
	}
	cancel()
	<-ended
}
