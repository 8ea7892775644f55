package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// An accessUserAttribute is one attribute of a user: its name in the schema,
// which is also the API's, and its value, a *string, *bool or *int64, of which
// nil is null.
type accessUserAttribute struct {
	name, description string
	value             func(*cloudflare.AccessUser) any
}

// accessUserAttributes returns all attributes of a user, in the alphabetical
// order that an encoded object requires.
func accessUserAttributes() []accessUserAttribute {
	return []accessUserAttribute{
		{
			"access_seat", "Whether the user has an Access seat, that is, has authenticated with Cloudflare Access.",
			func(u *cloudflare.AccessUser) any { return u.AccessSeat },
		},
		{
			"active_device_count", "Number of active devices registered to the user.",
			func(u *cloudflare.AccessUser) any { return (*int64)(u.ActiveDeviceCount) },
		},
		{
			"created_at", "Time at which the user was created, in RFC 3339.",
			func(u *cloudflare.AccessUser) any { return u.CreatedAt },
		},
		{
			"email", "Email address, in the API's spelling.",
			func(u *cloudflare.AccessUser) any { return u.Email },
		},
		{
			"gateway_seat", "Whether the user has a Gateway seat, that is, has logged in to the WARP client.",
			func(u *cloudflare.AccessUser) any { return u.GatewaySeat },
		},
		{
			"id", "UUID of the user.",
			func(u *cloudflare.AccessUser) any { return u.ID },
		},
		{
			"last_successful_login", "Time of the user's last successful login, in RFC 3339. Null does not mean that the user is inactive: see the guide about seats.",
			func(u *cloudflare.AccessUser) any { return u.LastSuccessfulLogin },
		},
		{
			"name", "Name of the user. May be empty.",
			func(u *cloudflare.AccessUser) any { return u.Name },
		},
		{
			"seat_uid", "Unique identifier of the user's Zero Trust seat.",
			func(u *cloudflare.AccessUser) any { return u.SeatUID },
		},
		{
			"uid", "Unique identifier of the user.",
			func(u *cloudflare.AccessUser) any { return u.UID },
		},
		{
			"updated_at", "Time at which the user was last changed, in RFC 3339.",
			func(u *cloudflare.AccessUser) any { return u.UpdatedAt },
		},
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

// newAccessUserEncoder returns a function that encodes a user as an object of
// accessUserSchema, about 350 bytes. It is safe for concurrent use.
func newAccessUserEncoder() func(*cloudflare.AccessUser) []byte {
	encoders, attributes := newObjectEncoderPool(), accessUserAttributes()
	return func(u *cloudflare.AccessUser) []byte {
		return encoders.object(len(attributes), func(e *objectEncoder) {
			for _, a := range attributes {
				e.encode(a.name, a.value(u))
			}
		})
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
