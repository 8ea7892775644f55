package cloudflare

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// TestClient_accessSeatsShared counts seats while another call reads all users of
// the account: the next read serves both, and converts no user for the count.
func TestClient_accessSeatsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListServer()
		client := &Client{lists: s.lists, config: Config{EncodeAccessUser: func(*AccessUser) []byte { return []byte{} }}}
		var ended atomic.Int32
		count := func() {
			n, err := client.AccessSeats(t.Context(), "x", true)
			if want := (AccessSeatCount{Users: 1}); n != want || err != nil {
				t.Errorf("AccessSeats: got %+v, error %v, want %+v", n, err, want)
			}
			ended.Add(1)
		}
		users := func() {
			q := AccessUsersQuery{AccountID: "x", PerPage: DefaultPerPage, IgnoreTotalCount: true}
			_, _, err := client.AccessUsers(t.Context(), q, func(row *AccessUserRow) bool { return row.Email == "b" })
			if err != nil {
				t.Errorf("AccessUsers: got error %v", err)
			}
			ended.Add(1)
		}
		go count()
		synctest.Wait()
		go count()
		go users()
		synctest.Wait()
		s.end(nil)
		s.end(nil)
		if ended.Load() != 3 || s.reads != 2 || len(s.encoded) != 1 {
			t.Errorf("got %d calls, %d reads and the users %q, want 3, 2 and 2b", ended.Load(), s.reads, s.encoded)
		}
	})
}
