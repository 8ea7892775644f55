package rawstate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// A Server is a protocol server of the framework that puts the lists of SetList
// into its responses.
type Server struct {
	frameworkServer

	// MaxListBytes limits the encoded elements of a list. 0 means 255 MiB,
	// which leaves 1 MiB of a response for everything else.
	MaxListBytes int
}

// A frameworkServer has everything that Terraform can call. terraform-plugin-go
// looks for some of it by type assertion, and would not find it behind an
// embedded tfprotov6.ProviderServer.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// NewServer returns a *Server around a protocol server of the framework, such as
// providerserver.NewProtocol6 creates. If that lacks a part of the protocol, it
// is returned as it is: everything works without a Server, only lists are slow.
func NewServer(framework tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	complete, ok := framework.(frameworkServer)
	if !ok {
		return framework
	}
	return &Server{frameworkServer: complete}
}

// ReadDataSource puts the list that the data source passed to SetList into the
// response.
func (s *Server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	l := list{maxBytes: s.MaxListBytes}
	resp, err := s.frameworkServer.ReadDataSource(context.WithValue(ctx, contextKey{}, &l), req)
	if err != nil || l.attribute == "" || resp.State == nil {
		return resp, err
	}
	resp.State.MsgPack, err = l.insertInto(resp.State.MsgPack)
	return resp, err
}
