package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/vmihailenco/msgpack/v5"
	"go.uber.org/goleak"

	"terraform-provider-cloudflare-access/internal/acctest"
	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

func TestRead_notConfigured(t *testing.T) {
	t.Parallel()
	e := unconfigured(t, nil)
	got := make(map[string]string)
	for typeName := range e.schemas.DataSourceSchemas {
		got[typeName] = e.diagnose(typeName, nil)
	}
	checkTexts(t, got)
}

// TestRead_missingSettings reads as often as there are data sources, all at once.
func TestRead_missingSettings(t *testing.T) {
	t.Parallel()
	got := make(map[string]string)
	for name, test := range map[string]struct {
		block  values
		inFull string
	}{
		"no account_id":                {tokenValues(), "ERROR: Missing account_id"},
		"no credentials":               {values{"account_id": str(fakeapi.AccountID)}, "ERROR: Missing Cloudflare credentials"},
		"no credentials or account_id": {nil, "ERROR: Missing Cloudflare credentials"},
	} {
		e := newEndpoint(t, test.block, nil, nil)
		var texts []string
		var mu sync.Mutex
		var reads sync.WaitGroup
		for typeName := range e.schemas.DataSourceSchemas {
			reads.Go(func() {
				text := e.diagnose(typeName, nil)
				mu.Lock()
				defer mu.Unlock()
				texts = append(texts, text)
			})
		}
		reads.Wait()
		inFull := 0
		for _, text := range texts {
			if strings.HasPrefix(text, test.inFull) {
				inFull++
				got[name] = text
			}
		}
		if inFull != 1 {
			t.Errorf("%s: got %d of %d reads with the whole error, want 1: %q", name, inFull, len(texts), texts)
		}
		for typeName := range e.schemas.DataSourceSchemas {
			got[name+", then "+typeName] = e.diagnose(typeName, nil)
		}
	}
	e := newEndpoint(t, nil, nil, nil)
	e.diagnose(dataSource, values{"account_id": str(fakeapi.AccountID)})
	got["no account_id, after no credentials"] = e.diagnose(dataSource, nil)
	checkTexts(t, got)
}

// TestRead_nothingSelected needs neither credentials nor an account.
func TestRead_nothingSelected(t *testing.T) {
	t.Parallel()
	for account, block := range map[any]values{
		nil:               nil,
		fakeapi.AccountID: {"account_id": str(fakeapi.AccountID), "api_token": unknownStr()},
	} {
		e := newEndpoint(t, block, nil, nil)
		for _, argument := range []string{"emails", "email_domains"} {
			resp := e.read(t.Context(), dataSource, values{argument: listOf()})
			var state struct {
				AccountID any              `msgpack:"account_id"`
				Users     []map[string]any `msgpack:"users"`
			}
			if err := msgpack.Unmarshal(resp.State.MsgPack, &state); err != nil {
				t.Fatal(err)
			}
			if got := describe(resp.Diagnostics); got != "" || state.AccountID != account || state.Users == nil || len(state.Users) > 0 {
				t.Errorf("read with an empty list of %s: got %+v, want account %v and no users; %s", argument, state, account, got)
			}
		}
	}
}

// TestValidateConfig_everyDataSource finds a data source that hides a validation
// which all of them share.
func TestValidateConfig_everyDataSource(t *testing.T) {
	t.Parallel()
	e := unconfigured(t, nil)
	for typeName, schema := range e.schemas.DataSourceSchemas {
		for summary, config := range map[string]values{
			"ERROR: Cannot use account_id\n":    {"account_id": str("a/b")},
			"ERROR: Cannot use timeouts.read\n": {"timeouts": readTimeout("0s")},
		} {
			if got := e.validateDataSource(typeName, config); !strings.Contains(got, summary) {
				t.Errorf("validation of %s with %v: got %q, want %q", typeName, config, got, summary)
			}
		}
		for _, argument := range schema.Block.Attributes {
			if argument.Optional && argument.ValueType().Is(tftypes.String) && e.validateDataSource(typeName, values{argument.Name: str("")}) == "" {
				t.Errorf("validation of %s with %s = \"\": got no error, want one: empty is not the same as not set", typeName, argument.Name)
			}
		}
	}
}

// TestRead_unknownArgument reads with each argument unknown, in turn.
func TestRead_unknownArgument(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(nil)
	e := newEndpoint(t, nil, start(t, fake), nil)
	got := map[string]string{"an entry of emails": e.diagnose(dataSource, values{"emails": listOf("ann@example.com", tftypes.UnknownValue)})}
	for typeName, schema := range e.schemas.DataSourceSchemas {
		for _, attribute := range schema.Block.Attributes {
			if attribute.Optional {
				unknown := tftypes.NewValue(attribute.ValueType(), tftypes.UnknownValue)
				got[typeName+", "+attribute.Name] = e.diagnose(typeName, values{attribute.Name: unknown})
			}
		}
	}
	checkTexts(t, got)
	if requests := len(fake.Requests()); requests > 0 {
		t.Errorf("reads with unknown arguments: got %d requests, want none", requests)
	}
}

// TestRead_masksFilters reads with each argument that is sent as text, in turn, and
// gets messages that repeat it, in several responses at a time and in an error.
func TestRead_masksFilters(t *testing.T) {
	t.Parallel()
	for typeName, schema := range unconfigured(t, nil).schemas.DataSourceSchemas {
		for _, argument := range schema.Block.Attributes {
			if argument.Optional && argument.ValueType().Is(tftypes.String) {
				t.Run(typeName+", "+argument.Name, func(t *testing.T) {
					t.Parallel()
					checkMasked(t, typeName, argument.Name)
				})
			}
		}
	}
}

func checkMasked(t *testing.T, typeName, argument string) {
	t.Helper()
	const secret = "ann@example.com"
	fake := pagedFake()
	fake.Accounts[fakeapi.AccountID][0]["email"] = secret
	fake.Quirks.IgnoreFilters = true // so that the list has several pages
	fake.Messages = []fakeapi.Message{{Code: 1, Text: "about " + secret}}
	e := newEndpoint(t, nil, start(t, fake), acctest.NewClock())
	config := values{argument: str(secret)}
	if e.validateDataSource(typeName, config) != "" || argument == "account_id" || argument == "id" {
		return // not any text, or a part of the path, which errors show
	}
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	e.read(ctx, typeName, config) // an error or a warning that the filter was ignored
	if sent := fake.Requests()[0].Query; sent.Get(argument) != secret {
		t.Fatalf("read: got the query %v, want %s=%s", sent, argument, secret)
	}
	const want = "want ***: the argument must be among the filters of readContext and withMasker"
	if got := log.String(); strings.Contains(got, secret) || !strings.Contains(got, "about ***") {
		t.Errorf("read: got log\n%s\n%s", got, want)
	}
	for _, fault := range repeatingFaults("cannot find " + secret + " " + fakeapi.Token) {
		fake.Faults = []fakeapi.Fault{{Attempts: -1, Do: fault}}
		got := describe(e.read(ctx, typeName, config).Diagnostics)
		if strings.Contains(got+log.String(), secret) || strings.Contains(got+log.String(), fakeapi.Token) || !strings.Contains(got, "cannot find *** ***") {
			t.Errorf("read: got\n%s\nand log\n%s\n%s", got, log.String(), want)
		}
	}
}

// repeatingFaults are the ways in which a response can repeat a text, some of
// which are retried.
func repeatingFaults(text string) []http.HandlerFunc {
	return []http.HandlerFunc{
		refusal(400, 1, text),
		refusal(503, 1, text),
		problem(403, fmt.Sprintf(`"detail":%q`, text)),
		problem(503, fmt.Sprintf(`"detail":%q,"instance":%[1]q`, text)),
		fakeapi.Status(400, fmt.Sprintf(`{"success":false,"errors":{"reason":%q}}`, text)),
		fakeapi.Status(400, fmt.Sprintf(`{"success":false,"errors":%q}`, text)),
	}
}

func TestRead_accountID(t *testing.T) {
	t.Parallel()
	const ofDataSource, ofProvider, ofEnvironment = "of-the-data-source", "of-the-provider", "of-the-environment"
	for want, test := range map[string]struct {
		config, block values
		env           string
	}{
		ofDataSource:  {values{"account_id": str(ofDataSource)}, values{"account_id": str(ofProvider)}, ofEnvironment},
		ofProvider:    {nil, values{"account_id": str(ofProvider)}, ofEnvironment},
		ofEnvironment: {nil, nil, ofEnvironment},
	} {
		fake := fakeapi.New(nil)
		fake.Accounts[want] = []fakeapi.User{{"id": "1"}}
		env := start(t, fake)
		env["CLOUDFLARE_ACCOUNT_ID"] = test.env
		e := unconfigured(t, env)
		e.configure(t.Context(), test.block) // warns of the id
		resp := e.read(t.Context(), dataSource, test.config)
		var state struct {
			AccountID string           `msgpack:"account_id"`
			Users     []map[string]any `msgpack:"users"`
		}
		if err := msgpack.Unmarshal(resp.State.MsgPack, &state); err != nil {
			t.Fatal(err)
		}
		if state.AccountID != want || len(state.Users) != 1 {
			t.Errorf("read: got %+v, want account %s with its user; %s", state, want, describe(resp.Diagnostics))
		}
	}
}

// TestRead_stopped stops a read while pages 2 and 3 are in flight. Stops during
// other waits are tested in package cloudflare.
//
//nolint:paralleltest // goroutines of other tests would count
func TestRead_stopped(t *testing.T) {
	cancel := func(_ *endpoint, end context.CancelCauseFunc) { end(nil) }
	// As the deadline would end it, but without waiting.
	expire := func(_ *endpoint, end context.CancelCauseFunc) { end(context.DeadlineExceeded) }
	got := make(map[string]string)
	for name, test := range map[string]struct {
		typeName string
		config   values
		stop     func(*endpoint, context.CancelCauseFunc)
	}{
		"cancelled":           {dataSource, values{}, cancel},
		"cancelled, by email": {userDataSource, values{"email": str("nobody@example.com")}, cancel}, // reads the complete list
		"cancelled, by id":    {userDataSource, values{"id": str("1")}, cancel},
		"provider stopped": {dataSource, values{}, func(e *endpoint, _ context.CancelCauseFunc) {
			_, _ = e.server.StopProvider(e.t.Context(), &tfprotov6.StopProviderRequest{})
		}},
		"deadline, registrations":  {registrationsDataSource, values{}, expire},
		"cancelled, registrations": {registrationsDataSource, values{}, cancel},
		"deadline":                 {dataSource, values{}, expire},
	} {
		t.Run(name, func(t *testing.T) {
			others := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, others) }) // once the API is closed
			var e *endpoint
			ctx, end := context.WithCancelCause(t.Context())
			defer end(nil)
			stop := sync.OnceFunc(func() { test.stop(e, end) })
			fake := registrationsFake(fakeapi.Fault{Page: 1, Attempts: -1, Do: fakeapi.Pass()}, fakeapi.Fault{Attempts: -1, Do: func(w http.ResponseWriter, r *http.Request) {
				go stop()
				fakeapi.Hang()(w, r)
			}})
			e = newEndpoint(t, nil, start(t, fake), nil)
			test.config["timeouts"] = readTimeout("3s")
			resp := e.read(ctx, test.typeName, test.config)
			got[name] = describe(resp.Diagnostics)
			if test.typeName == dataSource && e.hasUsers(resp) {
				t.Error("read that was stopped: got users, want none")
			}
		})
	}
	checkTexts(t, got)
}

// A countingServer counts the blocks that are read at once, those that are not
// read yet, and the reads of the complete list.
type countingServer struct {
	tfprotov6.ProviderServer

	mu                    sync.Mutex
	changed               *sync.Cond
	inFlight, left, reads int
}

func (s *countingServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	s.count(1, 0)
	defer s.count(-1, -1)
	return s.ProviderServer.ReadDataSource(ctx, req)
}

func (s *countingServer) count(inFlight, left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight += inFlight
	s.left += left
	s.changed.Broadcast()
}

// gate holds a read until Terraform reads as many blocks as it ever does.
func (s *countingServer) gate(page int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if page > 1 {
		return
	}
	s.reads++
	for s.inFlight < min(10, s.left) {
		s.changed.Wait()
	}
}

// TestAccProvider_sharedReads reads 30 different selections of one list, and two
// users whom Cloudflare's filter misses, with Terraform's default parallelism.
func TestAccProvider_sharedReads(t *testing.T) {
	t.Parallel()
	fake := fakeapi.New(fixedUsers(1000))
	fake.MaxPageSize = 100
	fake.Quirks.EmailFilterMisses = true
	users := fake.Users(fakeapi.AccountID)
	const filtered = 2 // with the email filter
	checkSharedReads(t, fake, 32, filtered+8, fmt.Sprintf(`
data "cloudflare_access_users" "some" {
  for_each = toset([for i in range(30) : "user-${i}@example.com"])
  emails   = [each.key, %q]
  lifecycle {
    postcondition {
      condition     = one(self.users[*].email) == %[1]q && one(self.emails_not_found) == each.key
      error_message = "The block has another selection."
    }
  }
}
data "cloudflare_access_user" "one" {
  for_each = toset([%[1]q, %[2]q])
  email    = each.key
}
`, users[10]["email"], users[20]["email"]))
}

// TestAccProvider_sharedReadsOfRegistrations reads 30 equal lists.
func TestAccProvider_sharedReadsOfRegistrations(t *testing.T) {
	t.Parallel()
	checkSharedReads(t, registrationsFake(), 30, 8, `
data "cloudflare_device_registrations" "same" {
  count  = 30
  status = "all"
  lifecycle {
    postcondition {
      condition     = length(self.registrations) == 250
      error_message = "The block lacks registrations."
    }
  }
}
`)
}

// checkSharedReads plans a configuration with this many blocks, for which each
// command of Terraform reads at most maxReads lists.
func checkSharedReads(t *testing.T, fake *fakeapi.Server, blocks, maxReads int, config string) {
	t.Helper()
	env := start(t, fake)
	var servers []*countingServer // one for each command of Terraform
	fake.Gate = func(page int) { servers[len(servers)-1].gate(page) }
	c := testCase(env.getenv, resource.TestStep{PlanOnly: true, Config: config})
	c.ProtoV6ProviderFactories["cloudflare"] = func() (tfprotov6.ProviderServer, error) {
		s := &countingServer{ProviderServer: provider.NewServer(provider.Options{Getenv: env.getenv}), left: blocks}
		s.changed = sync.NewCond(&s.mu)
		servers = append(servers, s)
		return s, nil
	}
	resource.Test(t, c)
	reads := 0
	for _, s := range servers {
		if reads += s.reads; s.reads > maxReads {
			t.Errorf("terraform: got %d reads for %d blocks, want at most %d", s.reads, blocks, maxReads)
		}
	}
	if reads == 0 {
		t.Error("terraform: got no reads")
	}
}
