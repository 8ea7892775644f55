package cloudflare

import (
	"context"
	"fmt"
)

// A ListError says that every page was answered but the pages make no list.
type ListError struct {
	Page   int    // where two reads in a row went wrong alike; 0 when each was different
	Reads  int    // how often the list was read
	Reason string // what was wrong, as half a sentence
}

func (e *ListError) Error() string {
	return fmt.Sprintf("no complete list after %d reads: %s", e.Reads, e.Reason)
}

// An InterruptedError says that a list's context ended before it was read.
type InterruptedError struct {
	Pages int   // that had come
	Of    int   // as far as the counters told; 0 where they had not
	Err   error // the context's
}

func (e *InterruptedError) Error() string {
	if e.Of == 0 {
		return fmt.Sprintf("ended after %d pages: %v", e.Pages, e.Err)
	}
	return fmt.Sprintf("ended after %d of %d pages: %v", e.Pages, e.Of, e.Err)
}

// Unwrap gives the context's error.
func (e *InterruptedError) Unwrap() error { return e.Err }

// interrupted counts the pages that came before ctx ended, those among them
// of the last request.
func (r *reading[R]) interrupted(ctx context.Context, pages []page[R]) *InterruptedError {
	e := &InterruptedError{Pages: r.pages, Of: r.expected, Err: context.Cause(ctx)}
	for _, p := range pages {
		if p.number > 0 {
			e.Pages++
		}
	}
	return e
}

// A flaw is what makes a read unsound.
type flaw struct {
	kind flawKind
	page int
	got  int
	want int
}

type flawKind int

const (
	otherPage   flawKind = iota + 1 // the answer is for another page
	samePage                        // a page brings nothing new
	unevenPages                     // rows follow a page that was short
	doubleRow                       // a row came twice
	countMoved                      // pages state different counts
	otherCount                      // more or fewer rows came than were counted
)

// lasting flaws are of the server's making, not of the moment's, once they
// show in the same place twice. A list that only changes shows the others.
func (f *flaw) lasting() bool {
	return f != nil && (f.kind == otherPage || f.kind == samePage || f.kind == unevenPages)
}

func (f *flaw) String() string {
	switch f.kind {
	case otherPage:
		return fmt.Sprintf("the answer to page %d says it is page %d", f.page, f.got)
	case samePage:
		return fmt.Sprintf("page %d brought only entries of earlier pages", f.page)
	case unevenPages:
		return fmt.Sprintf("page %d has entries although the page before it was not full", f.page)
	case doubleRow:
		return fmt.Sprintf("page %d brought an entry of an earlier page again", f.page)
	case countMoved:
		return fmt.Sprintf("page %d stated another total_count than page 1", f.page)
	default:
		return fmt.Sprintf("%d entries came where total_count is %d", f.got, f.want)
	}
}
