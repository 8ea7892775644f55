package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const (
	userCount   = 250
	maxPageSize = 100
)

// api is the fake Cloudflare API on a port of its own, for this machine alone.
type api struct {
	*fakeapi.Server
	baseURL string
	stop    func()
}

func startAPI(ctx context.Context) (*api, error) {
	fake := fakeapi.New(fakeapi.Users(userCount, time.Now()))
	fake.MaxPageSize = maxPageSize
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: fake, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // until it is closed
	}()
	stop := func() {
		_ = server.Close()
		<-done
	}
	return &api{Server: fake, baseURL: "http://" + listener.Addr().String() + fakeapi.BasePath, stop: stop}, nil
}
