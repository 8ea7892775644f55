package fakeapi_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

func TestEveryRequestIsRecordedAsItArrived(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(fakeapi.Users(3, anchor()))
	s.Faults = []fakeapi.Fault{{Page: 2, Tries: -1, Do: fakeapi.HTML(502)}}

	ask(t, s, "email=a%26b")
	ask(t, s, "page=2&per_page=7")
	ask(t, s, "page=nonsense")
	send(s, newRequest(t, http.MethodPost, usersPath))
	send(s, newRequest(t, http.MethodGet, "/client/v4/user"))

	header := http.Header{"Authorization": {"Bearer " + fakeapi.Token}}
	want := []fakeapi.Request{
		{Method: "GET", Path: usersPath, Query: url.Values{"email": {"a&b"}}, Header: header, Page: 1},
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"2"}, "per_page": {"7"}}, Header: header, Page: 2},
		{Method: "GET", Path: usersPath, Query: url.Values{"page": {"nonsense"}}, Header: header},
		{Method: "POST", Path: usersPath, Query: url.Values{}, Header: header},
		{Method: "GET", Path: "/client/v4/user", Query: url.Values{}, Header: header},
	}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("Requests() (-want +got):\n%s", diff)
	}

	s.Requests()[0].Method = "changed"
	if got := s.Requests()[0].Method; got != "GET" {
		t.Errorf("Requests()[0].Method = %q after its copy was changed, want GET", got)
	}
}

func TestAGateHoldsAPageBackUntilAnotherIsAnswered(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	s := fakeapi.New(fakeapi.Users(3, anchor()))
	s.Gate = func(page int) {
		if page == 1 {
			close(arrived)
			<-release
		}
	}

	answered := make(chan int)
	request := newRequest(t, http.MethodGet, usersPath)
	go func() { answered <- send(s, request).Code }()
	<-arrived
	if got := s.Requests(); len(got) != 1 || got[0].Page != 1 {
		t.Errorf("Requests() in the gate = %v, want page 1 alone", got)
	}
	page(t, s, "page=2")
	select {
	case <-answered:
		t.Error("page 1 was answered with its gate shut")
	default:
	}
	close(release)
	if got := <-answered; got != http.StatusOK {
		t.Errorf("page 1 after its gate opened: status %d, want 200", got)
	}
}

func TestAGateIsForPagesOnly(t *testing.T) {
	t.Parallel()
	s := fakeapi.New(nil)
	s.Gate = func(page int) { t.Errorf("Gate(%d), want no call", page) }
	ask(t, s, "page=0")
	send(s, newRequest(t, http.MethodPost, usersPath))
	send(s, newRequest(t, http.MethodGet, "/client/v4/user"))
}
