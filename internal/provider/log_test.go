package provider_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestPagesThatComeTogetherAreLoggedEachByItself lets ten answers out at once,
// with a message in each that repeats the credential.
func TestPagesThatComeTogetherAreLoggedEachByItself(t *testing.T) {
	t.Parallel()
	const users, atOnce = 30, 10
	fake := fakeapi.New(fixedUsers(users))
	fake.MaxPageSize = 1
	fake.Messages = []fakeapi.Message{{Code: 1, Text: "The token " + fakeapi.Token + " will expire"}}
	var ready sync.WaitGroup
	ready.Add(atOnce)
	fake.Gate = func(page int) {
		if 1 < page && page <= 1+atOnce {
			ready.Done()
			ready.Wait()
		}
	}
	e := newEndpoint(t, values{"base_url": str(serve(t, fake)), "api_token": str(fakeapi.Token)}, nil, acctest.NewClock())
	var log bytes.Buffer
	ctx := tflog.SetField(tflogtest.RootLogger(t.Context(), &log), "tf_req_id", "a-request")
	if resp := e.read(ctx, values{"account_id": str(fakeapi.AccountID)}); len(resp.Diagnostics) > 0 {
		t.Fatal(describe(resp.Diagnostics, ""))
	}
	if text := log.String(); strings.Contains(text, fakeapi.Token) || strings.Count(text, "The token *** will expire") != users+1 {
		t.Errorf("the log has the token, or not the message of each page without it:\n%s", text)
	}
	lines, err := tflogtest.MultilineJSONDecode(&log)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, line := range lines {
		if line["@message"] == "request completed" {
			got = append(got, logged(line))
		}
	}
	for page := range users + 1 {
		want = append(want, "page "+strconv.Itoa(page+1)+" attempt 1 status 200 rows "+strconv.Itoa(min(users-page, 1)))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the log has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// logged is what a line tells of a request, less what differs from run to run.
func logged(line map[string]any) string {
	if line["path"] != "accounts/"+fakeapi.AccountID+"/access/users" || line["duration"] == nil {
		return fmt.Sprint("no path or duration: ", line)
	}
	return fmt.Sprintf("page %v attempt %v status %v rows %v", line["page"], line["attempt"], line["status"], line["rows"])
}
