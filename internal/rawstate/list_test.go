package rawstate_test

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/rawstate"
)

// TestNewServer_forwardsEveryMethod compares the methods with those of the
// framework's server. terraform-plugin-go looks for optional ones, such as those of
// list resources, by type assertion.
func TestNewServer_forwardsEveryMethod(t *testing.T) {
	t.Parallel()
	framework := frameworkServer(nil)
	server := rawstate.NewServer(framework)
	if _, ok := server.(*rawstate.Server); !ok {
		t.Fatalf("NewServer: got a %T, which inserts no lists", server)
	}
	want, got := reflect.ValueOf(framework), reflect.ValueOf(server)
	for i := range want.NumMethod() {
		name := want.Type().Method(i).Name
		if method := got.MethodByName(name); !method.IsValid() || method.Type() != want.Method(i).Type() {
			t.Errorf("Server lacks the framework's method %s%s: embed its interface in frameworkServer", name, want.Method(i).Type())
		}
	}
}

// A partialServer lacks optional methods.
type partialServer struct{ tfprotov6.ProviderServer }

func TestNewServer_partOfTheProtocol(t *testing.T) {
	t.Parallel()
	framework := partialServer{frameworkServer(nil)}
	if got := rawstate.NewServer(framework); got != framework {
		t.Errorf("NewServer of a server without optional methods: got a %T, want it unchanged", got)
	}
}

// A listServer passes a list to the server that calls it, and returns a
// response with this state or this error.
type listServer struct {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer

	elements [][]byte
	passed   error
	state    *tfprotov6.DynamicValue
	err      error
}

func (s *listServer) ReadDataSource(ctx context.Context, _ *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	if s.elements != nil {
		s.passed = rawstate.SetList(ctx, nil, "rows", s.elements)
	}
	return &tfprotov6.ReadDataSourceResponse{State: s.state}, s.err
}

func msgPack(s string) *tfprotov6.DynamicValue { return &tfprotov6.DynamicValue{MsgPack: []byte(s)} }

func TestReadDataSource_state(t *testing.T) {
	t.Parallel()
	const finding = "finding rows in the state: "
	list := [][]byte{{7}}
	for name, test := range map[string]struct {
		list  [][]byte
		state *tfprotov6.DynamicValue
		err   error
		want  string // state or error
	}{
		"attribute": {list, msgPack("\x82\xa1a\x01\xa4rows\xc0"), nil, "\x82\xa1a\x01\xa4rows\x91\x07"},
		"long list": {
			slices.Repeat(list, 1<<16), msgPack("\x81\xa4rows\xc0"), nil,
			"\x81\xa4rows\xdd\x00\x01\x00\x00" + strings.Repeat("\x07", 1<<16),
		},
		"no list":      {nil, msgPack("\x81\xa4rows\xc0"), nil, "\x81\xa4rows\xc0"},
		"no attribute": {list, msgPack("\x81\xa1a\x01"), nil, finding + "there is no such attribute"},
		"null":         {list, msgPack("\xc0"), nil, finding + "there is no such attribute"},
		"no object":    {list, msgPack("\x01"), nil, finding + "msgpack: unexpected code=1 decoding map length"},
		"no name":      {list, msgPack("\x81\x01\x01"), nil, finding + "msgpack: invalid code=1 decoding string/bytes length"},
		"no value":     {list, msgPack("\x81\xa1a"), nil, finding + "EOF"},
		"no state":     {list, nil, nil, ""},
		"error":        {list, msgPack("\x01"), errors.New("failed"), "failed"},
	} {
		resp, err := rawstate.NewServer(&listServer{elements: slices.Clone(test.list), state: test.state, err: test.err}).ReadDataSource(t.Context(), nil)
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

func TestReadDataSource_limit(t *testing.T) {
	t.Parallel()
	mib := make([]byte, 1<<20) // shared by all elements
	for name, test := range map[string]struct {
		limit    int
		elements [][]byte
		want     *rawstate.TooLargeError
	}{
		"255 MiB":                    {0, slices.Repeat([][]byte{mib}, 255), nil},
		"255 MiB and a byte":         {0, append(slices.Repeat([][]byte{mib}, 255), []byte{0}), &rawstate.TooLargeError{Elements: 256, Bytes: 255<<20 + 1}},
		"limit of 2 bytes":           {2, [][]byte{{1}, {2}}, nil},
		"limit of 2 bytes and third": {2, [][]byte{{1}, {2}, {3}}, &rawstate.TooLargeError{Elements: 3, Bytes: 3}},
	} {
		framework := &listServer{elements: test.elements}
		server, _ := rawstate.NewServer(framework).(*rawstate.Server)
		server.MaxListBytes = test.limit
		if _, err := server.ReadDataSource(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		got, _ := errors.AsType[*rawstate.TooLargeError](framework.passed)
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: SetList: got %v, want %v", name, framework.passed, test.want)
		}
	}
}

// TestReadDataSource_releasesMemory finds the elements of a long list released,
// but collects no garbage for a short one.
//
//nolint:paralleltest // other tests would collect garbage
func TestReadDataSource_releasesMemory(t *testing.T) {
	for name, test := range map[string]struct {
		elements int
		released bool
	}{"4 MiB": {4, false}, "5 MiB": {5, true}} {
		framework := &listServer{state: msgPack("\x81\xa4rows\xc0")}
		var elements []weak.Pointer[byte]
		for range test.elements {
			element := make([]byte, 1<<20)
			elements = append(elements, weak.Make(&element[0]))
			framework.elements = append(framework.elements, element)
		}
		server := rawstate.NewServer(framework)
		before := forcedCollections()
		resp, err := server.ReadDataSource(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		collections := forcedCollections() - before
		for _, element := range elements {
			if test.released && element.Value() != nil {
				t.Errorf("ReadDataSource with a list of %s: an element is still in memory", name)
			}
		}
		if want := map[bool]uint32{false: 0, true: 2}[test.released]; collections != want {
			t.Errorf("ReadDataSource with a list of %s: got %d collections, want %d (before and after the copy)", name, collections, want)
		}
		runtime.KeepAlive(framework) // so that the slice of its elements stays
		runtime.KeepAlive(resp)
	}
}

func forcedCollections() uint32 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.NumForcedGC
}
