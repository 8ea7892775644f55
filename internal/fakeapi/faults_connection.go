package fakeapi

import (
	"bytes"
	"net"
	"net/http"
	"strconv"
)

// Hang answers nothing until the request's context ends.
func Hang() http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
}

// Stall sends half of the real page, then nothing until the request's context
// ends.
func Stall() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sendHalf(w, r)
		<-r.Context().Done()
	}
}

// CutShort declares the length of the real page, sends half of it and drops
// the connection.
func CutShort() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sendHalf(w, r)
		panic(http.ErrAbortHandler)
	}
}

func sendHalf(w http.ResponseWriter, r *http.Request) {
	a := visitOf(r).answer()
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	answer{status: a.status, body: a.body[:len(a.body)/2]}.send(w)
	_ = http.NewResponseController(w).Flush()
}

// Reset resets the TCP connection before any answer.
//
// Go's http.Transport repeats a GET of its own accord when this happens on a
// connection that has already served a request. Such a repeat is a try.
func Reset() http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler) // HTTP/2 resets the stream for this
		}
		if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
			conn = wrapped.NetConn()
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

// Huge answers 200 with JSON that is one string without end, so many bytes of
// it, or fewer if the reader leaves before.
func Huge(size int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		chunk := []byte(`{"success":true,"errors":[],"messages":[],"result":[{"name":"`)
		for size := size; size > 0; {
			chunk = chunk[:min(int64(len(chunk)), size)]
			n, err := w.Write(chunk)
			if err != nil {
				return
			}
			size -= int64(n)
			chunk = bytes.Repeat([]byte("a"), 32<<10)
		}
	}
}
