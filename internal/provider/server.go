package provider

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"
)

// The rows of a list go around the framework. Its State.Set, checks, copies
// and encoding take 1.9 s and 1.1 GB of allocations for 10,000 users; beyond
// 100,000, a provider needs more memory than many runners have. So Read lets
// the framework do everything but the rows. It leaves their attribute null and
// carries them, encoded, to here, where they take the place of that null. Users
// of a computed attribute see no difference: the bytes are the same.

// NewServer makes the protocol server: the framework's, with rows carried
// around it.
func NewServer(options Options) tfprotov6.ProviderServer {
	return &server{providerserver.NewProtocol6(New(options))(), cmp.Or(options.MaxRowsBytes, defaultMaxRowsBytes)}
}

type server struct {
	tfprotov6.ProviderServer

	maxRowsBytes int
}

// rows are what a data source's Read leaves for the server.
type rows struct {
	attribute string
	encoded   [][]byte // one object each, in MessagePack; nil where Read failed
	maxBytes  int      // of all objects together
}

type rowsKey struct{}

// defaultMaxRowsBytes leaves a MiB of the 256 that Terraform takes in one
// answer to everything but the rows.
const defaultMaxRowsBytes = 255 << 20

// A tooLargeError says that rows are more than an answer can hold.
type tooLargeError struct {
	rows, bytes int
}

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("%d rows take %d MiB", e.rows, e.bytes>>20)
}

// carry hands rows to the server that called Read, unless they are too large.
func carry(ctx context.Context, attribute string, encoded [][]byte) error {
	holder, ok := ctx.Value(rowsKey{}).(*rows)
	if !ok {
		return errors.New("the provider is not served by NewServer")
	}
	if size := size(encoded); size > holder.maxBytes {
		return &tooLargeError{rows: len(encoded), bytes: size}
	}
	holder.attribute, holder.encoded = attribute, encoded
	return nil
}

// ReadDataSource puts the rows that Read carried into the framework's answer.
func (s *server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	carried := rows{maxBytes: s.maxRowsBytes}
	resp, err := s.ProviderServer.ReadDataSource(context.WithValue(ctx, rowsKey{}, &carried), req)
	if err != nil || carried.encoded == nil || resp.State == nil {
		return resp, err
	}
	resp.State.MsgPack, err = carried.into(resp.State.MsgPack)
	return resp, err
}

// into replaces the attribute's value in an encoded object by the rows.
func (r rows) into(object []byte) ([]byte, error) {
	start, end, err := findAttribute(object, r.attribute)
	if err != nil {
		return nil, fmt.Errorf("finding %s in the framework's answer: %w", r.attribute, err)
	}
	var answer bytes.Buffer
	answer.Grow(len(object) + listHeader + size(r.encoded))
	answer.Write(object[:start])
	if err := msgpack.NewEncoder(&answer).EncodeArrayLen(len(r.encoded)); err != nil {
		return nil, err
	}
	for i, row := range r.encoded {
		answer.Write(row)
		r.encoded[i] = nil // so that the memory can be used for what is left to do
	}
	answer.Write(object[end:])
	return answer.Bytes(), nil
}

// listHeader is the most that the header of a list takes.
const listHeader = 5

func size(encoded [][]byte) (n int) {
	for _, row := range encoded {
		n += len(row)
	}
	return n
}

// findAttribute tells where an attribute's value starts and ends in an object.
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
		err = errors.New("it is not there")
	}
	return 0, 0, err
}
