package rawstate_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/rawstate"
)

// TestSetList_sameBytesAsStateSet compares whole states: State.Set, SetList in a
// Server, and SetList without one.
func TestSetList_sameBytesAsStateSet(t *testing.T) {
	t.Parallel()
	for seed, n := range []int{0, 1, 2, 15, 16, 17, 30, 30, 30, 30, 30} {
		rows := randomRows(uint64(seed), n)
		want := readRows(t, frameworkServer(setState(rows)))
		compareStates(t, n, want, readRows(t, rawstate.NewServer(frameworkServer(setList(rows)))))
		compareStates(t, n, want, readRows(t, frameworkServer(setList(rows))))
	}
}

func compareStates(t *testing.T, rows int, want, got []byte) {
	t.Helper()
	if bytes.Equal(want, got) {
		return
	}
	var decoded [2]any
	for i, state := range [][]byte{want, got} {
		if err := msgpack.Unmarshal(state, &decoded[i]); err != nil {
			t.Errorf("decoding the state: %v", err)
		}
	}
	t.Errorf("%d rows: the state differs (-framework +SetList):\n%s", rows, cmp.Diff(decoded[0], decoded[1]))
}
