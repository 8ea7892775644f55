package provider

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
)

// An objectEncoder encodes one object for Terraform's protocol, with the
// library that terraform-plugin-go uses.
type objectEncoder struct {
	msgpack *msgpack.Encoder
	buffer  bytes.Buffer
}

// encode adds an attribute: a *string, *bool or *int64, of which nil is null.
func (e *objectEncoder) encode(name string, value any) {
	must(e.msgpack.EncodeString(name))
	switch v := value.(type) {
	case *string:
		if v != nil {
			must(e.msgpack.EncodeString(*v))
			return
		}
	case *bool:
		if v != nil {
			must(e.msgpack.EncodeBool(*v))
			return
		}
	case *int64:
		if v != nil {
			must(e.msgpack.EncodeInt(*v))
			return
		}
	default:
		panic(fmt.Sprintf("%s is a %T, which objectEncoder does not support", name, value))
	}
	must(e.msgpack.EncodeNil())
}

// must panics on errors of a bytes.Buffer, which has none.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// An objectEncoderPool reuses encoders. It is safe for concurrent use.
type objectEncoderPool struct {
	pool sync.Pool
}

func newObjectEncoderPool() *objectEncoderPool {
	return &objectEncoderPool{sync.Pool{New: func() any {
		e := new(objectEncoder)
		e.msgpack = msgpack.NewEncoder(&e.buffer)
		return e
	}}}
}

// object returns an encoded object. The function must encode that number of
// attributes: all that the schema has, in alphabetical order.
func (p *objectEncoderPool) object(attributes int, encode func(*objectEncoder)) []byte {
	e, _ := p.pool.Get().(*objectEncoder)
	defer p.pool.Put(e)
	e.buffer.Reset()
	must(e.msgpack.EncodeMapLen(attributes))
	encode(e)
	return bytes.Clone(e.buffer.Bytes())
}
