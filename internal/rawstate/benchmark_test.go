package rawstate_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-cloudflare-access/internal/rawstate"
)

// BenchmarkState compares the ways to return a list of 10,000 rows that are in
// memory.
func BenchmarkState(b *testing.B) {
	text := new("0123456789abcdef0123456789abcdef")
	rows := make([]row, 10_000)
	for i := range rows {
		rows[i] = row{text, new(true), new(int64(2)), &device{text, &owner{text, new(true)}}, text}
	}
	size := len(readRows(b, frameworkServer(setState(rows))))
	for _, way := range []struct {
		name   string
		server tfprotov6.ProviderServer
	}{
		{"State.Set", frameworkServer(setState(rows))},
		{"SetList without a Server", frameworkServer(setList(rows))},
		{"SetList", rawstate.NewServer(frameworkServer(setList(rows)))},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := len(readRows(b, way.server)); got != size {
					b.Fatalf("the state has %d bytes, want %d", got, size)
				}
			}
		})
	}
}
