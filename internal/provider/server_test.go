package provider_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/fakeapi"
	"terraform-provider-cloudflare-access/internal/provider"
)

// TestReadDataSource_sameBytesAsFramework compares the whole state with what
// terraform-plugin-go makes of the same users as typed values, which is what
// the framework sends.
func TestReadDataSource_sameBytesAsFramework(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 15, 16, 70_000} {
		users := make([]fakeapi.User, n)
		for i := range users {
			users[i] = fakeapi.User{"id": strconv.Itoa(i)}
		}
		checkEncoding(t, users)
	}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, seed))
		users := make([]fakeapi.User, random.IntN(30))
		for i := range users {
			users[i] = randomUser(random, i)
		}
		checkEncoding(t, users)
	}
}

// randomUser has some of the attributes: null, or at the limits between the
// formats of MessagePack.
func randomUser(random *rand.Rand, i int) fakeapi.User {
	user := fakeapi.User{"id": strconv.Itoa(i)}
	lengths := []int{0, 1, 31, 32, 255, 256, 65535, 65536}
	numbers := []int64{
		0, 1, 127, 128, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64,
		-1, -32, -33, -128, -129, -32768, -32769, math.MinInt32, math.MinInt32 - 1, math.MinInt64,
	}
	for name, typ := range userType().AttributeTypes {
		switch {
		case random.IntN(4) == 0 || name == "id":
		case random.IntN(4) == 0:
			user[name] = nil
		case typ.Is(tftypes.Bool):
			user[name] = random.IntN(2) == 0
		case typ.Is(tftypes.Number):
			user[name] = numbers[random.IntN(len(numbers))]
		default:
			letter := string([]rune("aZ0 é李🦊\x00\"\\\n")[random.IntN(11)])
			user[name] = strings.Repeat(letter, lengths[min(random.IntN(len(lengths)), random.IntN(len(lengths)))]/len(letter))
		}
	}
	return user
}

func userType() tftypes.Object {
	return tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"id": tftypes.String, "email": tftypes.String, "name": tftypes.String, "uid": tftypes.String,
		"seat_uid": tftypes.String, "access_seat": tftypes.Bool, "gateway_seat": tftypes.Bool,
		"active_device_count": tftypes.Number, "created_at": tftypes.String, "updated_at": tftypes.String,
		"last_successful_login": tftypes.String,
	}}
}

// checkEncoding reads users through the provider and compares the state.
func checkEncoding(t *testing.T, users []fakeapi.User) {
	t.Helper()
	e := newEndpoint(t, nil, start(t, fakeapi.New(users)), nil)
	got, want := e.read(t.Context(), dataSource, nil).State.MsgPack, e.state(fakeapi.AccountID, typedUsers(t, users))
	if bytes.Equal(got, want) {
		return
	}
	var decoded [2]any
	for i, state := range [][]byte{want, got} {
		if err := msgpack.Unmarshal(state, &decoded[i]); err != nil {
			t.Errorf("decoding the state: %v", err)
		}
	}
	t.Errorf("%d users: the state differs (-framework +provider):\n%s", len(users), cmp.Diff(decoded[0], decoded[1]))
}

// typedUsers returns users as Terraform's values, by email, then id.
func typedUsers(t *testing.T, users []fakeapi.User) tftypes.Value {
	t.Helper()
	users = slices.Clone(users)
	slices.SortFunc(users, compareUsers)
	typ := userType()
	rows := make([]tftypes.Value, len(users))
	for i, u := range users {
		attributes := make(map[string]tftypes.Value)
		for name, typ := range typ.AttributeTypes {
			attributes[name] = tftypes.NewValue(typ, u[name])
		}
		rows[i] = tftypes.NewValue(typ, attributes)
	}
	return tftypes.NewValue(tftypes.List{ElementType: typ}, rows)
}

// A listServer passes a list to the server that calls it, and returns a
// response with this state or this error.
type listServer struct {
	tfprotov6.ProviderServer

	elements [][]byte
	passed   error
	state    *tfprotov6.DynamicValue
	err      error
}

func (s *listServer) ReadDataSource(ctx context.Context, _ *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	s.passed = provider.PassList(ctx, "users", s.elements)
	return &tfprotov6.ReadDataSourceResponse{State: s.state}, s.err
}

func TestReadDataSource_defaultLimit(t *testing.T) {
	t.Parallel()
	mib := make([]byte, 1<<20) // shared by all elements
	for name, test := range map[string]struct {
		last []byte
		fits bool
	}{
		"255 MiB":            {nil, true},
		"255 MiB and a byte": {[]byte{0}, false},
	} {
		framework := &listServer{elements: append(slices.Repeat([][]byte{mib}, 255), test.last)}
		if _, err := provider.NewServerFor(framework).ReadDataSource(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if fits := framework.passed == nil; fits != test.fits {
			t.Errorf("%s: passing the list: %v; fits is %t", name, framework.passed, test.fits)
		}
	}
}

func TestReadDataSource_state(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for name, test := range map[string]struct {
		state *tfprotov6.DynamicValue
		err   error
		want  string // state or error
	}{
		"attribute":    {&tfprotov6.DynamicValue{MsgPack: []byte("\x82\xa1a\x01\xa5users\xc0")}, nil, "\x82\xa1a\x01\xa5users\x91\x07"},
		"no attribute": {&tfprotov6.DynamicValue{MsgPack: []byte("\x81\xa1a\x01")}, nil, "finding users in the framework's response: there is no such attribute"},
		"no object":    {&tfprotov6.DynamicValue{MsgPack: []byte("\x01")}, nil, "finding users in the framework's response: msgpack: unexpected code=1 decoding map length"},
		"no name":      {&tfprotov6.DynamicValue{MsgPack: []byte("\x81\x01\x01")}, nil, "finding users in the framework's response: msgpack: invalid code=1 decoding string/bytes length"},
		"no value":     {&tfprotov6.DynamicValue{MsgPack: []byte("\x81\xa1a")}, nil, "finding users in the framework's response: EOF"},
		"no state":     {nil, nil, ""},
		"error":        {&tfprotov6.DynamicValue{MsgPack: []byte("\x01")}, failed, "failed"},
	} {
		framework := &listServer{elements: [][]byte{{7}}, state: test.state, err: test.err}
		resp, err := provider.NewServerFor(framework).ReadDataSource(t.Context(), nil)
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case resp.State != nil:
			got = string(resp.State.MsgPack)
		}
		if got != test.want {
			t.Errorf("%s: ReadDataSource: got %q, want %q", name, got, test.want)
		}
	}
}

func TestReadDataSource_listTooLarge(t *testing.T) {
	t.Parallel()
	env := start(t, fakeapi.New(fixedUsers(5000)))
	got := make(map[string]string)
	for _, mib := range []int{1, 3} {
		e := unconfigured(t, env)
		provider.LimitLists(e.server, mib<<20)
		e.configure(t.Context(), nil)
		resp := e.read(t.Context(), dataSource, nil)
		got[fmt.Sprintf("limit of %d MiB", mib)] = describe(resp.Diagnostics)
		if hasUsers := e.hasUsers(resp); hasUsers != (mib == 3) {
			t.Errorf("read with a limit of %d MiB: got users: %t", mib, hasUsers)
		}
	}
	checkTexts(t, got)
}
