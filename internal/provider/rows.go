package provider

import (
	"bytes"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
)

// An object is one row being encoded as Terraform's protocol has it, by the
// library that plugin-go itself uses.
type object struct {
	*msgpack.Encoder
	buffer bytes.Buffer
}

// rowEncoder gives a function that encodes rows and is safe for concurrent use.
func rowEncoder[T any](encode func(*object, T)) func(T) []byte {
	objects := sync.Pool{New: func() any {
		row := new(object)
		row.Encoder = msgpack.NewEncoder(&row.buffer)
		return row
	}}
	return func(v T) []byte {
		row, _ := objects.Get().(*object)
		defer objects.Put(row)
		row.buffer.Reset()
		encode(row, v)
		return bytes.Clone(row.buffer.Bytes())
	}
}

// written is for what cannot fail: a bytes.Buffer takes everything.
func written(err error) {
	if err != nil {
		panic(err)
	}
}

func (o *object) begin(attributes int) { written(o.EncodeMapLen(attributes)) }

func (o *object) string(name string, s *string) {
	written(o.EncodeString(name))
	if s == nil {
		written(o.EncodeNil())
		return
	}
	written(o.EncodeString(*s))
}

func (o *object) bool(name string, b *bool) {
	written(o.EncodeString(name))
	if b == nil {
		written(o.EncodeNil())
		return
	}
	written(o.EncodeBool(*b))
}

func (o *object) int(name string, n *int64) {
	written(o.EncodeString(name))
	if n == nil {
		written(o.EncodeNil())
		return
	}
	written(o.EncodeInt(*n))
}
