package pagination

import "slices"

// An id stands for a row: the number of rows that were received before it for the
// first time, in all passes.
type id = int32

// A rowSet holds rows in the order in which they were first seen.
type rowSet struct {
	ids       []id
	positions []int32 // of each id in ids, from 1; 0 if it was not seen, negative if its place in the list is not known
}

// position returns the position of a row, from 1, or 0 if it was not seen.
func (s *rowSet) position(row id) int32 {
	if int(row) >= len(s.positions) {
		return 0
	}
	return s.positions[row]
}

// add adds the rows of a page that were not seen, and returns how many they are.
// Those in front of a row that was seen joined since, perhaps: their place in the
// list is between other rows than the order of ids says.
func (s *rowSet) add(ids []id) int {
	before := len(s.ids)
	last := len(ids) - 1
	for last >= 0 && s.position(ids[last]) == 0 {
		last--
	}
	for i, row := range ids {
		if s.position(row) != 0 {
			continue
		}
		for int(row) >= len(s.positions) {
			s.positions = append(s.positions, 0)
		}
		s.ids = append(s.ids, row)
		s.positions[row] = int32(len(s.ids)) //nolint:gosec // ids are int32
		if i < last {
			s.positions[row] *= -1
		}
	}
	return len(s.ids) - before
}

// compare reports whether one of the rows was seen, and whether those that were
// come in the order in which they were first seen.
func (s *rowSet) compare(ids []id) (linked, inOrder bool) {
	var last int32
	inOrder = true
	for _, row := range ids {
		at := s.position(row)
		linked = linked || at != 0
		if at > 0 {
			inOrder = inOrder && at >= last
			last = at
		}
	}
	return linked, inOrder
}

func (s *rowSet) equal(other *rowSet) bool {
	isMissing := func(row id) bool { return other.position(row) == 0 }
	return len(s.ids) == len(other.ids) && !slices.ContainsFunc(s.ids, isMissing)
}
