package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	user := func(n int) fakeapi.User { return fakeapi.User{"id": strconv.Itoa(n)} }
	a := &account{present: make(map[string]int)}
	a.observe([]fakeapi.User{user(0), user(1), user(2)})
	a.observe([]fakeapi.User{user(1), user(3), user(2)})
	for ids, want := range map[string][3]int{
		"1 2":     {0, 0, 0}, // those who stay
		"0 1 3 2": {0, 0, 0}, // all who were ever there
		"0 1 3":   {1, 0, 0},
		"1 2 1 4": {0, 1, 1},
	} {
		lacking, twice, foreign := a.compare(strings.Fields(ids))
		if got := [3]int{lacking, twice, foreign}; got != want {
			t.Errorf("compare(%s) = %d, want %d lacking, twice, foreign", ids, got, want)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ cells, want string }{
		{figure("≥", "%.1f", 6, 6), "<nil>"},
		{figure("≥", "%.1f", 6, 5.99), "figures that miss their bounds:\n| name | 6.0 | ≥ 6.0 | **no** |"},
		{figure("≤", "%.1f MB", 20, 20), "<nil>"},
		{figure("≤", "%.1f MB", 20, 20.001), "figures that miss their bounds:\n| name | 20.0 MB | ≤ 20.0 MB | **no** |"},
	} {
		if got := judge([]byte("| name | " + test.cells + "\n")); fmt.Sprint(got) != test.want {
			t.Errorf("judge(%s) = %v, want %s", test.cells, got, test.want)
		}
	}
}
