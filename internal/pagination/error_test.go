package pagination

import "testing"

func TestIncompleteError(t *testing.T) {
	t.Parallel()
	passes := []Pass{
		{Rows: 250, Linked: true, MinCount: 251, MaxCount: 252, Requests: 4},
		{Rows: 250, MinCount: 251, MaxCount: 251, Requests: 3},
	}
	const texts = " (pass 1: 250 rows, linked, total_count 251 to 252, 4 requests; pass 2: 250 rows, not linked, total_count 251, 3 requests)"
	for _, test := range []struct {
		err  IncompleteError
		want string
	}{
		{
			IncompleteError{Reason: CountTooLarge, Passes: passes},
			"the list is not complete: two passes brought the same 250 rows while every page stated a total_count of 251" + texts,
		},
		{
			IncompleteError{Reason: Changing, Passes: passes},
			"the list is not complete: the list kept changing during 2 passes" + texts,
		},
		{
			IncompleteError{Reason: OtherPage, Passes: []Pass{{
				MinCount: NotStated, MaxCount: NotStated, Requests: 2,
				Problem: inconsistency{OtherPage, 2, 1}.String(),
			}}},
			"the list is not complete: in two passes the response to page 2 states that it is page 1 " +
				"(pass 1: 0 rows, not linked, total_count not stated, 2 requests, the response to page 2 states that it is page 1)",
		},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("Error: got\n%s\nwant\n%s", got, test.want)
		}
	}
	for want, i := range map[string]inconsistency{
		"": {},
		"page 3 and the page before it contained only rows of earlier pages": {NoNewRows, 3, 0},
		"there was no end of the list at page 3":                             {TooManyRequests, 3, 0},
	} {
		if got := i.String(); got != want {
			t.Errorf("String of %+v: got %q, want %q", i, got, want)
		}
	}
}
