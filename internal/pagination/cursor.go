package pagination

import "context"

// maxPages is more than any account can have: pages of 50 rows for five million rows.
const maxPages = 100_000

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
	if _, ok := asRefusal(err); ok && progress.Rows.Load() > 0 {
		rows, err = readByCursor(ctx, fetch, key, progress)
		if again, ok := asRefusal(err); ok && progress.Rows.Load() > 0 {
			return nil, again.Err // the first page had the same size
		}
	}
	return rows, err
}

func readByCursor[R any, K comparable](
	ctx context.Context, fetch func(ctx context.Context, cursor string, number int) (CursorPage[R], error), key func(R) K, progress *Progress,
) (rows []R, err error) {
	progress.Rows.Store(0)
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
		progress.Received.Add(1)
		progress.Rows.Store(int64(len(rows)))
		if page.Next == "" {
			return rows, nil
		}
		if len(rows) == before {
			withoutNew++
		}
		var reason Reason
		if number == maxPages {
			reason = NoEnd
		}
		if cursors[page.Next] {
			reason = SameCursor
		} else if withoutNew > 1 {
			reason = NoNewRows
		}
		if reason != "" {
			return nil, &IncompleteError{Problem: Problem{Reason: reason, Page: number}, Rows: len(rows)}
		}
		cursor, cursors[page.Next] = page.Next, true
	}
}
