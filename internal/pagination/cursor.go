package pagination

import (
	"context"
	"fmt"
)

// maxCursorPages is more than any account can have: pages of 50 rows for five
// million rows.
const maxCursorPages = 100_000

// A CursorPage is one page of a list that is read by cursor.
type CursorPage[R any] struct {
	Rows []R
	Next string // the cursor of the next page; "" at the end of the list
}

// ReadByCursor reads all rows of a list, each once, in the order in which they came
// first. fetch requests the page that cursor stands for, the first one if it is "";
// number counts the pages from 1. If the size of the page may be the reason of its
// error, it returns a *PageSizeError. key returns what identifies a row.
//
// A cursor can expire: if a page after the first one is refused, the read begins
// again, once. That the cursors lead to every row is for the server to ensure; what
// shows that they do not is an *IncompleteError. The other errors are those of fetch.
func ReadByCursor[R any, K comparable](
	ctx context.Context, fetch func(ctx context.Context, cursor string, number int) (CursorPage[R], error), key func(R) K, progress *Progress,
) ([]R, error) {
	rows, err := readByCursor(ctx, fetch, key, progress)
	if _, ok := asRefusal(err); ok && progress.Rows() > 0 {
		rows, err = readByCursor(ctx, fetch, key, progress)
		if again, ok := asRefusal(err); ok && progress.Rows() > 0 {
			return nil, again.Err // the first page had the same size
		}
	}
	return rows, err
}

func readByCursor[R any, K comparable](
	ctx context.Context, fetch func(ctx context.Context, cursor string, number int) (CursorPage[R], error), key func(R) K, progress *Progress,
) (rows []R, err error) {
	progress.rows.Store(0)
	known, cursors := make(map[K]bool), map[string]bool{"": true}
	withoutNew := 0
	for cursor, number := "", 1; ; number++ {
		page, err := fetch(ctx, cursor, number)
		if err != nil {
			return nil, err
		}
		before := len(rows)
		for _, row := range page.Rows {
			if k := key(row); !known[k] {
				known[k] = true
				rows = append(rows, row)
			}
		}
		progress.received.Add(1)
		progress.rows.Store(int64(len(rows)))
		if page.Next == "" {
			return rows, nil
		}
		if len(rows) == before {
			withoutNew++
		}
		problem := ""
		switch {
		case cursors[page.Next]:
			problem = fmt.Sprintf("the response to page %d has a cursor that came before", number)
		case withoutNew > 1:
			problem = fmt.Sprintf("page %d is the second one that has a cursor, but no new row", number)
		case number == maxCursorPages:
			problem = fmt.Sprintf("there was no end of the list at page %d", number)
		}
		if problem != "" {
			return nil, &IncompleteError{Reason: BadCursor, Page: number, Rows: len(rows), Problem: problem}
		}
		cursor, cursors[page.Next] = page.Next, true
	}
}
