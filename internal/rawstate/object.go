package rawstate

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/vmihailenco/msgpack/v5"
)

// An Object describes objects that are made of a T: their attributes, in any
// order.
type Object[T any] []Attribute[T]

// An Attribute is one computed attribute of an Object. Create it with String,
// Bool, Int64 or SingleNested. Their value functions return nil for null.
type Attribute[T any] struct {
	name   string
	schema schema.Attribute
	value  func(*T) any
	encode func(*msgpack.Encoder, *T) error
}

func newAttribute[T, V any](name string, schema schema.Attribute, value func(*T) *V, encode func(*msgpack.Encoder, *V) error) Attribute[T] {
	return Attribute[T]{name, schema, func(of *T) any { return value(of) }, func(e *msgpack.Encoder, of *T) error {
		if v := value(of); v != nil {
			return encode(e, v)
		}
		return e.EncodeNil()
	}}
}

// String returns an attribute that is a string.
func String[T any](name string, value func(*T) *string, description string) Attribute[T] {
	return newAttribute(name, schema.StringAttribute{MarkdownDescription: description, Computed: true}, value,
		func(e *msgpack.Encoder, s *string) error { return e.EncodeString(*s) })
}

// Bool returns an attribute that is a boolean.
func Bool[T any](name string, value func(*T) *bool, description string) Attribute[T] {
	return newAttribute(name, schema.BoolAttribute{MarkdownDescription: description, Computed: true}, value,
		func(e *msgpack.Encoder, b *bool) error { return e.EncodeBool(*b) })
}

// Int64 returns an attribute that is a whole number.
func Int64[T any](name string, value func(*T) *int64, description string) Attribute[T] {
	return newAttribute(name, schema.Int64Attribute{MarkdownDescription: description, Computed: true}, value,
		func(e *msgpack.Encoder, n *int64) error { return e.EncodeInt(*n) })
}

// SingleNested returns an attribute that is an object.
func SingleNested[T, U any](name string, value func(*T) *U, object Object[U], description string) Attribute[T] {
	nested := schema.SingleNestedAttribute{MarkdownDescription: description, Computed: true, Attributes: object.Schema()}
	return newAttribute(name, nested, value, object.sorted().encode)
}

// Schema returns the attributes for a schema. The map is the caller's.
func (o Object[T]) Schema() map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute)
	for _, a := range o {
		attributes[a.name] = a.schema
	}
	return attributes
}

// Values returns the attributes of one object: pointers, which are nil for null.
func (o Object[T]) Values(of *T) map[string]any {
	values := make(map[string]any)
	for _, a := range o {
		values[a.name] = a.value(of)
	}
	return values
}

// Encoder returns a function that encodes one object in MessagePack, as
// terraform-plugin-go encodes a value of the schema. It is safe for concurrent
// use.
func (o Object[T]) Encoder() func(*T) []byte {
	o = o.sorted()
	encoders := sync.Pool{New: func() any {
		e := new(bufferedEncoder)
		e.msgpack = msgpack.NewEncoder(&e.buffer)
		return e
	}}
	return func(of *T) []byte {
		e, _ := encoders.Get().(*bufferedEncoder)
		defer encoders.Put(e)
		e.buffer.Reset()
		must(o.encode(e.msgpack, of))
		return bytes.Clone(e.buffer.Bytes())
	}
}

type bufferedEncoder struct {
	msgpack *msgpack.Encoder
	buffer  bytes.Buffer
}

// sorted returns the attributes in the order in which an object is encoded.
func (o Object[T]) sorted() Object[T] {
	return slices.SortedFunc(slices.Values(o), func(a, b Attribute[T]) int { return strings.Compare(a.name, b.name) })
}

func (o Object[T]) encode(e *msgpack.Encoder, of *T) error {
	if err := e.EncodeMapLen(len(o)); err != nil {
		return err
	}
	for _, a := range o {
		if err := e.EncodeString(a.name); err != nil {
			return err
		}
		if err := a.encode(e, of); err != nil {
			return err
		}
	}
	return nil
}

// must panics on errors of a bytes.Buffer, which has none.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
