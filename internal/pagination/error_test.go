package pagination

import "testing"

func TestIncompleteError(t *testing.T) {
	t.Parallel()
	passes := []Pass{
		{Rows: 250, Linked: true, MinCount: 251, MaxCount: 252, Requests: 4},
		{Rows: 250, MinCount: 251, MaxCount: 251, Requests: 3},
	}
	const texts = " (pass 1: 250 rows, linked, total_count 251 to 252, 4 requests; pass 2: 250 rows, not linked, total_count 251, 3 requests)"
	for want, err := range map[string]IncompleteError{
		"two passes brought the same 250 rows while every page stated a total_count of 251" + texts: {Reason: CountTooLarge, Passes: passes},
		"the list kept changing during 2 passes" + texts:                                            {Reason: Changing, Passes: passes},
		"in two passes the end (pass 1: 0 rows, not linked, total_count not stated, 2 requests, the end)": {
			Reason: OtherPage, Passes: []Pass{{MinCount: NotStated, MaxCount: NotStated, Requests: 2, Problem: "the end"}},
		},
	} {
		if got, want := err.Error(), "the list is not complete: "+want; got != want {
			t.Errorf("Error: got\n%s\nwant\n%s", got, want)
		}
	}
	for want, i := range map[string]inconsistency{
		"": {},
		"the response to page 2 states that it is page 1":                    {OtherPage, 2, 1},
		"page 3 and the page before it contained only rows of earlier pages": {NoNewRows, 3, 0},
		"there was no end of the list at page 3":                             {TooManyRequests, 3, 0},
	} {
		if got := i.String(); got != want {
			t.Errorf("String of %+v: got %q, want %q", i, got, want)
		}
	}
}
