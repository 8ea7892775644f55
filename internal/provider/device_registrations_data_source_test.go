package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"golang.org/x/text/unicode/norm"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

// registrationsFake serves 250 registrations in pages of 100, with these faults.
func registrationsFake(faults ...fakeapi.Fault) *fakeapi.Server {
	fake := pagedFake(faults...)
	fake.SetRegistrations(fakeapi.AccountID, fakeapi.Registrations(250, fixedUsers(40), time.Now().AddDate(0, 0, -1)))
	return fake
}

// attributesOf returns what state has of an object of the API: null for what is not
// there, text in the form that Terraform stores.
func attributesOf(object any, attributes ...string) any {
	fields, _ := object.(map[string]any)
	if fields == nil {
		return nil
	}
	want := make(map[string]any)
	for _, name := range attributes {
		want[name] = fields[name]
		if s, ok := fields[name].(string); ok {
			want[name] = norm.NFC.String(s)
		}
	}
	return want
}

// wantRegistrations returns what the fake's registrations become in state.
func wantRegistrations(fake *fakeapi.Server) (registrations []any) {
	rows := slices.Clone(fake.Registrations[fakeapi.AccountID])
	slices.SortFunc(rows, func(a, b fakeapi.Registration) int { return strings.Compare(text(a["id"]), text(b["id"])) })
	for _, row := range rows {
		want, _ := attributesOf(map[string]any(row), "id", "created_at", "updated_at", "last_seen_at", "deleted_at", "revoked_at",
			"key_type", "tunnel_type", "virtual_ipv4", "virtual_ipv6").(map[string]any)
		want["device"] = attributesOf(row["device"], "id", "name", "client_version")
		want["user"] = attributesOf(row["user"], "id", "email", "name")
		registrations = append(registrations, want)
	}
	return registrations
}

// TestAccDeviceRegistrationsDataSource reads all registrations, which are more than a
// page, and those since a time that only the plan knows.
func TestAccDeviceRegistrationsDataSource(t *testing.T) {
	t.Parallel()
	fake := registrationsFake()
	terraform(t, start(t, fake), resource.TestStep{
		Config: `
data "cloudflare_device_registrations" "all" {
  status = "all"
}
data "cloudflare_device_registrations" "recent" {
  status      = "all"
  seen_after  = timeadd(plantimestamp(), "-2160h")
  seen_before = plantimestamp()
}
output "recent" {
  value = data.cloudflare_device_registrations.recent.registrations[*].id
}
output "expected" {
  value = [
    for r in data.cloudflare_device_registrations.all.registrations : r.id
    if timecmp(r.last_seen_at, timeadd(plantimestamp(), "-2160h")) > 0
  ]
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			hasAttributes("data.cloudflare_device_registrations.all", map[string]any{
				"account_id": fakeapi.AccountID, "status": "all", "search": nil, "user_ids": nil, "per_page": nil, "registrations": wantRegistrations(fake),
			}),
			equalOutputs("recent", "expected"),
		},
	})
}

// equalOutputs checks that two outputs are the same list, which is not empty.
func equalOutputs(a, b string) statecheck.StateCheck {
	return stateCheck(func(req statecheck.CheckStateRequest) error {
		got, _ := req.State.Values.Outputs[a].Value.([]any)
		want, _ := req.State.Values.Outputs[b].Value.([]any)
		if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
			return fmt.Errorf("output %s has %d elements (-%s +%[1]s):\n%[4]s", a, len(got), b, diff)
		}
		return nil
	})
}

// TestRead_deviceRegistrationsErrors shows the texts that speak of registrations.
func TestRead_deviceRegistrationsErrors(t *testing.T) {
	t.Parallel()
	repeatedCursor := fakeapi.Edit(func(envelope map[string]any) { envelope["result_info"] = map[string]any{"cursor": "MiBi"} })
	got := make(map[string]string)
	for name, test := range map[string]diagnosticCase{
		"forbidden":         {fault: refusal(403, 10000, "No")},
		"forbidden, key":    {fault: refusal(403, 10000, "No"), key: true},
		"success false":     {fault: refusal(200, 1000, "No.")},
		"null":              {fault: fakeapi.Edit(func(envelope map[string]any) { envelope["result"] = nil })},
		"page 2, 400":       {page: 2, fault: refusal(400, 1, "The cursor has expired.")},
		"page 2, 403":       {page: 2, fault: refusal(403, 10000, "No")},
		"page 2, 500":       {page: 2, fault: refusal(500, 1, "No.")},
		"page 2, cut short": {page: 2, fault: fakeapi.CutShort()},
		"wrong type":        {fault: fakeapi.WrongType("device", map[string]any{"id": 1})},
		"row is null":       {fault: fakeapi.Edit(func(envelope map[string]any) { envelope["result"] = []any{nil} })},
		"repeated cursor":   {fault: repeatedCursor, page: -1},
		"filter ignored":    {quirks: fakeapi.Quirks{IgnoreFilters: true}, config: values{"user_ids": listOf("a")}},
		"search masked":     {fault: refusal(404, 1, "nothing for Laptop"), config: values{"search": str("laptop")}},
	} {
		fake := registrationsFake()
		fake.Quirks = test.quirks
		if test.fault != nil {
			fake.Faults = []fakeapi.Fault{{Page: max(test.page, 0), Attempts: -1, Do: test.fault}}
		}
		if test.page == 0 && test.fault != nil {
			fake.Faults[0].Page = 1
		}
		block := values{"max_retries": num(1)}
		if test.key {
			block = keyValues()
		}
		got[name] = newEndpoint(t, block, start(t, fake), acctest.NewClock()).diagnose(registrationsDataSource, test.config)
	}
	checkTexts(t, got)
}

func TestRead_deviceRegistrationsTooLarge(t *testing.T) {
	t.Parallel()
	e := unconfigured(t, start(t, registrationsFake()))
	e.server.(*rawstate.Server).MaxListBytes = 1 << 10 //nolint:forcetypeassert // of NewServer
	e.configure(t.Context(), nil)
	checkTexts(t, map[string]string{"limit of 1 KiB": e.diagnose(registrationsDataSource, nil)})
}

func TestRead_deviceRegistrationsQuery(t *testing.T) {
	t.Parallel()
	for want, config := range map[string]values{
		"per_page=1000&sort_by=id": nil,
		"per_page=250&search=a+%26&seen_after=2026-01-31T00%3A00%3A00%2B02%3A00&seen_before=2026-02-28T00%3A00%3A00.5Z&sort_by=id&status=revoked&user.id=1&user.id=2": {
			"per_page": num(250), "search": str("a &"), "status": str("revoked"), "user_ids": listOf("2", "1", "2"),
			"seen_after": str("2026-01-31T00:00:00+02:00"), "seen_before": str("2026-02-28T00:00:00.5Z"),
		},
		"": {"user_ids": listOf()},
	} {
		fake := fakeapi.New(nil)
		if got := newEndpoint(t, nil, start(t, fake), nil).diagnose(registrationsDataSource, config); got != "" {
			t.Errorf("read with %v: got %s", config, got)
		}
		var got []string
		for _, r := range fake.Requests() {
			got = append(got, r.Query.Encode())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("read with %v: got requests %v, want %s", config, got, want)
		}
	}
}

// TestRead_deviceRegistrationsWithoutAccount reads nothing for an empty list of users,
// which needs no settings.
func TestRead_deviceRegistrationsWithoutAccount(t *testing.T) {
	t.Parallel()
	for want, config := range map[bool]values{true: {"user_ids": listOf("a")}, false: {"user_ids": listOf()}} {
		got := newEndpoint(t, tokenValues(), nil, nil).diagnose(registrationsDataSource, config)
		if strings.HasPrefix(got, "ERROR: Missing account_id") != want || (got == "") == want {
			t.Errorf("read with %v: got %q, want an error: %t", config, got, want)
		}
	}
}

func TestValidators_deviceRegistrations(t *testing.T) {
	t.Parallel()
	checkValidation(t, registrationsDataSource, map[string]values{
		"valid": {
			"status": str("revoked"), "seen_after": str("2026-01-31T00:00:00Z"), "seen_before": str("2026-01-31T00:00:00.5+02:00"),
			"user_ids": listOf("a", tftypes.UnknownValue), "per_page": num(5),
		},
		"unknown":    {"status": unknownStr(), "seen_after": unknownStr(), "search": unknownStr()},
		"status":     {"status": str("Active")},
		"a day":      {"seen_after": str("2026-01-31")},
		"no zone":    {"seen_before": str("2026-01-31T00:00:00")},
		"search":     {"search": str(" ")},
		"user_ids":   {"user_ids": listOf("", "a/b", nil)},
		"per_page 4": {"per_page": num(4)},
	})
}
