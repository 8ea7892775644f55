package cloudflare

import (
	"maps"
	"strconv"
	"strings"
)

// merged is what several reads brought together.
type merged[R any] struct {
	reads int
	sizes []string      // how many rows each read brought
	byKey map[string]*R // each row as it came last
	total counter       // as every page of every read stated it
	moved bool          // unless one of them did not
}

func (m *merged[R]) add(r *reading[R]) {
	if m.reads == 0 {
		m.byKey, m.total = make(map[string]*R), r.total
	}
	m.reads++
	m.sizes = append(m.sizes, strconv.Itoa(len(r.byKey)))
	m.moved = m.moved || r.totalMoved || r.total != m.total
	maps.Copy(m.byKey, r.byKey)
}

// complete tells whether the rows are as many as every page said there are.
func (m *merged[R]) complete() bool {
	return m.total.known && !m.moved && len(m.byKey) == m.total.n
}

// unstable tells what the reads brought, none like the one before.
func (m *merged[R]) unstable(last *reading[R]) *ListError {
	reason := "the list kept changing while it was read (the reads brought " + strings.Join(m.sizes, ", ") + " entries"
	if last.flaw != nil {
		reason += "; in the last one " + last.flaw.String()
	}
	return &ListError{Reads: m.reads, Reason: reason + ")"}
}
