package fakeapi

import (
	"net/http"
	"slices"
)

// page is an answered page before it is encoded.
type page struct {
	rows []*row
	info resultInfo
}

// page answers q, the request with this number, with every quirk but those
// of the encoding. It returns false where there is no such account.
func (s *Server) page(q question, number int) (page, bool) {
	all, visits, ok := s.visitPage(q.accountID, q.page)
	if !ok {
		return page{}, false
	}
	quirks := s.Quirks
	matching := all
	if !quirks.IgnoreFilters {
		matching = q.filter(all, s.ExactFilters)
	}
	total := len(matching)
	if quirks.UnfilteredTotal {
		total = len(all)
	}
	listed := matching
	if quirks.FilterAfterPaging {
		listed = all
	}
	size := min(q.perPage, s.maxPageSize())
	if quirks.RepeatUser && len(listed) > 0 {
		listed = repeatFirst(listed, size)
		if quirks.RepeatCounted {
			total++
		}
	}
	if quirks.MovingOrder {
		listed = rotate(listed, number)
	}

	shown := quirks.shownPage(q.page, pages(len(listed), size))
	rows := cut(listed, shown, size)
	if quirks.FilterAfterPaging && !quirks.IgnoreFilters {
		rows = q.filter(rows, s.ExactFilters)
	}
	if q.page == quirks.EmptyAlways || q.page == quirks.EmptyOnce && visits == 1 {
		rows = nil
	}
	return page{rows: rows, info: quirks.info(q, shown, size, len(rows), total)}, true
}

func (s *Server) maxPageSize() int {
	if s.MaxPageSize == 0 {
		return defaultPerPage
	}
	return s.MaxPageSize
}

// answer encodes the page.
func (p page) answer(messages []Message, quirks Quirks) answer {
	e := envelope{Success: true, Messages: messages, Info: &p.info}
	if quirks.NoResultInfo {
		e.Info = nil
	}
	if quirks.NullResult && len(p.rows) == 0 {
		return answer{status: http.StatusOK, body: e.with([]byte("null"))}
	}
	size := len("[]")
	for _, row := range p.rows {
		size += len(row.json()) + len(",")
	}
	result := append(make([]byte, 0, size), '[')
	for i, row := range p.rows {
		if i > 0 {
			result = append(result, ',')
		}
		result = append(result, row.json()...)
	}
	return answer{status: http.StatusOK, body: e.with(append(result, ']'))}
}

// pages is how many pages of a size hold so many rows.
func pages(rows, size int) int { return (rows + size - 1) / size }

// cut returns the rows of one page, none where the page is past the end.
func cut(rows []*row, page, size int) []*row {
	if page > pages(len(rows), size) {
		return nil
	}
	start := (page - 1) * size
	return rows[start:min(start+size, len(rows))]
}

// repeatFirst returns rows with the first one again as the first of the second
// page, or in the middle where all of them fit one page.
func repeatFirst(rows []*row, size int) []*row {
	at := size
	if len(rows) <= size {
		at = (len(rows) + 1) / 2
	}
	return slices.Insert(slices.Clone(rows), at, rows[0])
}

// rotate returns rows with the first n moved to the end.
func rotate(rows []*row, n int) []*row {
	if len(rows) == 0 {
		return rows
	}
	n %= len(rows)
	return slices.Concat(rows[n:], rows[:n])
}
