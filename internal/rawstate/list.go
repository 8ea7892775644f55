// Package rawstate writes long lists of objects into Terraform's state. The
// framework's own ways cost more than everything else that a data source does.
// For 10,000 objects with eleven attributes, on two cores:
//
//	State.Set                               1.4 s    890 MB allocated
//	State.Raw                               0.39 s   240 MB
//	MessagePack inserted into the response  0.022 s   17 MB
//
// So a data source describes its objects by an Object, encodes them with its
// Encoder, sets everything but the list in the usual way, and passes the encoded
// objects to SetList. A Server inserts them into the framework's response. The
// bytes are those of State.Set.
package rawstate

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"
)

// MaxResponseMiB is the largest response that the gRPC server of
// terraform-plugin-go sends (grpcMaxMessageSize in its package tf6server).
// Terraform itself accepts 2 GiB.
const MaxResponseMiB = 256

const defaultMaxListBytes = (MaxResponseMiB - 1) << 20

// A TooLargeError reports that a list does not fit into a response.
type TooLargeError struct {
	Elements, Bytes int
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%d elements take %d bytes", e.Elements, e.Bytes)
}

// A list is the value of an attribute.
type list struct {
	attribute string   // "" if none was set
	elements  [][]byte // encoded in MessagePack
	maxBytes  int      // limit for all elements together; 0 is the default
}

type contextKey struct{}

// SetList sets a list attribute of the state to these elements, encoded by an
// Encoder. Call it once for each Read, with the context of Read or one that is
// derived from it, after everything else was set. The elements must not be used
// afterwards.
//
// If the provider is served by a Server, that inserts the list after Read.
// Otherwise, the list is decoded into state.Raw. The error is a *TooLargeError,
// or about a state that does not have the attribute.
func SetList(ctx context.Context, state *tfsdk.State, attribute string, elements [][]byte) error {
	passed, served := ctx.Value(contextKey{}).(*list)
	if !served {
		passed = new(list)
	}
	if size := totalSize(elements); size > cmp.Or(passed.maxBytes, defaultMaxListBytes) {
		return &TooLargeError{Elements: len(elements), Bytes: size}
	}
	passed.attribute, passed.elements = attribute, elements
	if served {
		return nil
	}
	typ := state.Schema.Type().TerraformType(ctx)
	object, err := tfprotov6.NewDynamicValue(typ, state.Raw)
	if err != nil {
		return err
	}
	if object.MsgPack, err = passed.insertInto(object.MsgPack); err != nil {
		return err
	}
	state.Raw, err = object.Unmarshal(typ)
	return err
}

// releaseAbove is the size in bytes above which a list is worth two collections:
// of what its creation left, which goes back to the operating system before the copy,
// and of the elements after it, whose memory gRPC's copy of the response can use.
const releaseAbove = 4 << 20

// insertInto replaces the attribute's value in an encoded object by the list.
func (l *list) insertInto(object []byte) ([]byte, error) {
	start, end, err := findAttribute(object, l.attribute)
	if err != nil {
		return nil, fmt.Errorf("finding %s in the state: %w", l.attribute, err)
	}
	size := totalSize(l.elements)
	if size > releaseAbove {
		debug.FreeOSMemory()
	}
	var result bytes.Buffer
	const maxListHeader = 5 // bytes, in MessagePack
	result.Grow(len(object) + maxListHeader + size)
	result.Write(object[:start])
	must(msgpack.NewEncoder(&result).EncodeArrayLen(len(l.elements)))
	for _, element := range l.elements {
		result.Write(element)
	}
	result.Write(object[end:])
	clear(l.elements)
	if size > releaseAbove {
		runtime.GC()
	}
	return result.Bytes(), nil
}

func totalSize(elements [][]byte) (n int) {
	for _, element := range elements {
		n += len(element)
	}
	return n
}

// findAttribute returns where the value of an attribute starts and ends.
func findAttribute(object []byte, attribute string) (start, end int, err error) {
	reader := bytes.NewReader(object)
	position := func() int { return len(object) - reader.Len() }
	decoder := msgpack.NewDecoder(reader)
	count, err := decoder.DecodeMapLen()
	for range count {
		name, err := decoder.DecodeString()
		if err != nil {
			return 0, 0, err
		}
		start = position()
		if err := decoder.Skip(); err != nil {
			return 0, 0, err
		}
		if name == attribute {
			return start, position(), nil
		}
	}
	if err == nil {
		err = errors.New("there is no such attribute")
	}
	return 0, 0, err
}

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
