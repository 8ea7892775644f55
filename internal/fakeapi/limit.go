package fakeapi

import (
	"net/http"
	"slices"
	"time"
)

// admit says whether MaxPerSecond lets a request through now. Those refused
// do not count.
func (s *Server) admit() bool {
	if s.MaxPerSecond <= 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	t := now()
	s.admitted = slices.DeleteFunc(s.admitted, func(earlier time.Time) bool {
		return t.Sub(earlier) >= time.Second
	})
	if len(s.admitted) >= s.MaxPerSecond {
		return false
	}
	s.admitted = append(s.admitted, t)
	return true
}

func tooManyRequests() http.HandlerFunc {
	return Header(Envelope(http.StatusTooManyRequests, Message{
		Code: 10100,
		Text: "Please wait and consider throttling your request speed",
	}), "Retry-After", "1")
}
