package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"
)

// Long lists do not pass through the framework, whose own ways cost more than
// everything else. For 10,000 users on two cores:
//
//	State.Set                          1.4 s    890 MB allocated
//	State.Raw, made with tftypes       0.39 s   240 MB
//	MessagePack put into the response  0.022 s   17 MB
//
// So a data source sets everything but its list in the usual way, and passes
// the encoded elements of the list to this server, which puts them into the
// framework's response. The bytes are the same as those of State.Set.

// NewServer returns the provider's protocol server.
func NewServer(options Options) tfprotov6.ProviderServer {
	return &server{providerserver.NewProtocol6(&accessProvider{options})(), defaultMaxListBytes}
}

type server struct {
	tfprotov6.ProviderServer

	maxListBytes int // less than the default in tests
}

// maxResponseMiB is the largest response that the gRPC server of
// terraform-plugin-go sends (grpcMaxMessageSize in its package tf6server).
// Terraform itself accepts 2 GiB.
const maxResponseMiB = 256

// defaultMaxListBytes leaves one MiB for the rest of the response.
const defaultMaxListBytes = (maxResponseMiB - 1) << 20

// A passedList is a list that a data source passes to the server.
type passedList struct {
	attribute string
	elements  [][]byte // encoded in MessagePack; nil if none was passed
	maxBytes  int      // limit for all elements together
}

type passedListKey struct{}

// A listTooLargeError reports that a list does not fit into a response.
type listTooLargeError struct {
	elements, bytes int
}

func (e *listTooLargeError) Error() string {
	return fmt.Sprintf("%d elements take %d bytes", e.elements, e.bytes)
}

// passList passes the value of a list attribute to the server that called
// Read with this context. The state must have null for the attribute. The
// error is a *listTooLargeError. The server takes over the elements.
func passList(ctx context.Context, attribute string, elements [][]byte) error {
	list, _ := ctx.Value(passedListKey{}).(*passedList)
	if size := totalSize(elements); size > list.maxBytes {
		return &listTooLargeError{elements: len(elements), bytes: size}
	}
	list.attribute, list.elements = attribute, elements
	return nil
}

// ReadDataSource puts the list that the data source passed into the response.
func (s *server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	list := passedList{maxBytes: s.maxListBytes}
	resp, err := s.ProviderServer.ReadDataSource(context.WithValue(ctx, passedListKey{}, &list), req)
	if err != nil || list.elements == nil || resp.State == nil {
		return resp, err
	}
	resp.State.MsgPack, err = list.insertInto(resp.State.MsgPack)
	return resp, err
}

// insertInto replaces the attribute's value in an encoded object by the list.
func (l passedList) insertInto(object []byte) ([]byte, error) {
	start, end, err := findAttribute(object, l.attribute)
	if err != nil {
		return nil, fmt.Errorf("finding %s in the framework's response: %w", l.attribute, err)
	}
	var result bytes.Buffer
	result.Grow(len(object) + maxListHeader + totalSize(l.elements))
	result.Write(object[:start])
	must(msgpack.NewEncoder(&result).EncodeArrayLen(len(l.elements)))
	for i, element := range l.elements {
		result.Write(element)
		l.elements[i] = nil // frees the memory early
	}
	result.Write(object[end:])
	return result.Bytes(), nil
}

// maxListHeader is the size of the longest header of a list in MessagePack.
const maxListHeader = 5

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
