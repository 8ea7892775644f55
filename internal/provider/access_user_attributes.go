package provider

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// An accessUserAttribute is one attribute of a user: its name in the schema,
// which is also the API's, and its value, a *string, *bool or *int64, of which
// nil is null.
type accessUserAttribute struct {
	name        string
	value       func(*cloudflare.AccessUser) any
	description string
}

// accessUserAttributes returns all attributes of a user, in the alphabetical
// order that an encoded object requires.
func accessUserAttributes() []accessUserAttribute {
	type user = *cloudflare.AccessUser
	return []accessUserAttribute{
		{"access_seat", func(u user) any { return u.AccessSeat }, "Whether the user has an Access seat, that is, has authenticated with Cloudflare Access."},
		{"active_device_count", func(u user) any { return (*int64)(u.ActiveDeviceCount) }, "Number of active devices registered to the user."},
		{"created_at", func(u user) any { return u.CreatedAt }, "Time at which the user was created, in RFC 3339."},
		{"email", func(u user) any { return u.Email }, "Email address, in the API's spelling."},
		{"gateway_seat", func(u user) any { return u.GatewaySeat }, "Whether the user has a Gateway seat, that is, has logged in to the WARP client."},
		{"id", func(u user) any { return u.ID }, "UUID of the user."},
		{"last_successful_login", func(u user) any { return u.LastSuccessfulLogin }, "Time of the user's last successful login, in RFC 3339. Null does not mean that the user is inactive: see the guide about seats."},
		{"name", func(u user) any { return u.Name }, "Name of the user. May be empty."},
		{"seat_uid", func(u user) any { return u.SeatUID }, "Unique identifier of the user's Zero Trust seat."},
		{"uid", func(u user) any { return u.UID }, "Unique identifier of the user."},
		{"updated_at", func(u user) any { return u.UpdatedAt }, "Time at which the user was last changed, in RFC 3339."},
	}
}

// accessUserSchema returns the schema of a user's attributes.
func accessUserSchema() map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute)
	for _, a := range accessUserAttributes() {
		switch v := a.value(&cloudflare.AccessUser{}).(type) {
		case *string:
			attributes[a.name] = schema.StringAttribute{MarkdownDescription: a.description, Computed: true}
		case *bool:
			attributes[a.name] = schema.BoolAttribute{MarkdownDescription: a.description, Computed: true}
		case *int64:
			attributes[a.name] = schema.Int64Attribute{MarkdownDescription: a.description, Computed: true}
		default:
			panic(fmt.Sprintf("%s is a %T, which has no attribute type", a.name, v))
		}
	}
	return attributes
}

// An objectEncoder encodes objects for Terraform's protocol, with the library
// that terraform-plugin-go uses.
type objectEncoder struct {
	msgpack *msgpack.Encoder
	buffer  bytes.Buffer
}

// newAccessUserEncoder returns a function that encodes a user as an object of
// accessUserSchema, about 350 bytes. It is safe for concurrent use.
func newAccessUserEncoder() func(*cloudflare.AccessUser) []byte {
	attributes := accessUserAttributes()
	encoders := sync.Pool{New: func() any {
		e := new(objectEncoder)
		e.msgpack = msgpack.NewEncoder(&e.buffer)
		return e
	}}
	return func(u *cloudflare.AccessUser) []byte {
		e, _ := encoders.Get().(*objectEncoder)
		defer encoders.Put(e)
		e.buffer.Reset()
		must(e.msgpack.EncodeMapLen(len(attributes)))
		for _, a := range attributes {
			must(e.msgpack.EncodeString(a.name))
			must(e.encode(a.value(u)))
		}
		return bytes.Clone(e.buffer.Bytes())
	}
}

// encode adds the value of an attribute.
func (e *objectEncoder) encode(value any) error {
	switch v := value.(type) {
	case *string:
		if v != nil {
			return e.msgpack.EncodeString(*v)
		}
	case *bool:
		if v != nil {
			return e.msgpack.EncodeBool(*v)
		}
	case *int64:
		if v != nil {
			return e.msgpack.EncodeInt(*v)
		}
	}
	return e.msgpack.EncodeNil()
}

// must panics on errors of a bytes.Buffer, which has none.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// decodeAccessUser returns the attributes of an encoded user.
func decodeAccessUser(ctx context.Context, encoded []byte) (map[string]tftypes.Value, error) {
	object := tftypes.Object{AttributeTypes: make(map[string]tftypes.Type)}
	for name, attribute := range accessUserSchema() {
		object.AttributeTypes[name] = attribute.GetType().TerraformType(ctx)
	}
	value, err := tfprotov6.DynamicValue{MsgPack: encoded}.Unmarshal(object)
	if err != nil {
		return nil, err
	}
	var attributes map[string]tftypes.Value
	return attributes, value.As(&attributes)
}
