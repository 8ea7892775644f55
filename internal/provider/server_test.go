package provider_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

// TestStateIsWhatTheFrameworkWouldEncode compares the whole answer, byte for
// byte, with what plugin-go makes of the same users as typed values, which is
// what the framework sends.
func TestStateIsWhatTheFrameworkWouldEncode(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 15, 16, 250, 10_000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			checkEncoding(t, fixedUsers(n))
		})
	}
	t.Run("70,000 short rows", func(t *testing.T) {
		t.Parallel()
		users := make([]fakeapi.User, 70_000)
		for i := range users {
			users[i] = fakeapi.User{"id": strconv.Itoa(i)}
		}
		checkEncoding(t, users)
	})
}

// TestStateIsWhatTheFrameworkWouldEncodeOfAnything does it for random users.
func TestStateIsWhatTheFrameworkWouldEncodeOfAnything(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // repeatable on purpose
		users := make([]fakeapi.User, random.IntN(30))
		for i := range users {
			users[i] = randomUser(random, i)
		}
		checkEncoding(t, users)
	}
}

// randomUser has any of the attributes, null or at the edges of MessagePack's forms.
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

// checkEncoding reads users through the provider and compares the answer.
func checkEncoding(t *testing.T, users []fakeapi.User) {
	t.Helper()
	e := newEndpoint(t, values{"base_url": str(serve(t, fakeapi.New(users))), "api_token": str(fakeapi.Token)}, nil, nil)
	resp := e.read(t.Context(), values{"account_id": str(fakeapi.AccountID)})
	if len(resp.Diagnostics) > 0 {
		t.Fatalf("%d users: %s", len(users), describe(resp.Diagnostics, ""))
	}
	want := e.value(e.schemas.DataSourceSchemas[dataSource], values{
		"account_id": str(fakeapi.AccountID),
		"users":      typedUsers(t, users),
	})
	if !bytes.Equal(resp.State.MsgPack, want.MsgPack) {
		t.Errorf("%d users: the answer's %d bytes differ from the framework's %d", len(users), len(resp.State.MsgPack), len(want.MsgPack))
	}
}

// typedUsers are users as Terraform's values, by email, then id.
func typedUsers(t *testing.T, users []fakeapi.User) tftypes.Value {
	t.Helper()
	field := func(u fakeapi.User, name string) string {
		s, _ := u[name].(string)
		return s
	}
	users = slices.Clone(users)
	slices.SortFunc(users, func(a, b fakeapi.User) int {
		return cmp.Or(strings.Compare(field(a, "email"), field(b, "email")), strings.Compare(field(a, "id"), field(b, "id")))
	})
	typ := userType()
	rows := make([]tftypes.Value, len(users))
	for i, u := range users {
		attributes := make(map[string]tftypes.Value)
		for name, typ := range typ.AttributeTypes {
			value := u[name]
			if number, ok := value.(json.Number); ok { // 2.0
				f, err := number.Float64()
				if err != nil {
					t.Fatal(err)
				}
				value = f
			}
			attributes[name] = tftypes.NewValue(typ, value)
		}
		rows[i] = tftypes.NewValue(typ, attributes)
	}
	return tftypes.NewValue(tftypes.List{ElementType: typ}, rows)
}
