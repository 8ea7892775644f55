package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// accessUserTypes are the attributes of one row of users.
func accessUserTypes() map[string]attr.Type {
	types := make(map[string]attr.Type)
	for name, attribute := range accessUserAttributes() {
		types[name] = attribute.GetType()
	}
	return types
}

// accessUserRows turns users into the rows of state: nil is null, all else
// stays as it is.
func accessUserRows(users []*cloudflare.AccessUser) types.List {
	rowTypes := accessUserTypes()
	rows := make([]attr.Value, len(users))
	for i, u := range users {
		rows[i] = types.ObjectValueMust(rowTypes, map[string]attr.Value{
			"id":                    types.StringPointerValue(u.ID),
			"email":                 types.StringPointerValue(u.Email),
			"name":                  types.StringPointerValue(u.Name),
			"uid":                   types.StringPointerValue(u.UID),
			"seat_uid":              types.StringPointerValue(u.SeatUID),
			"access_seat":           types.BoolPointerValue(u.AccessSeat),
			"gateway_seat":          types.BoolPointerValue(u.GatewaySeat),
			"active_device_count":   types.Int64PointerValue((*int64)(u.ActiveDeviceCount)),
			"created_at":            types.StringPointerValue(u.CreatedAt),
			"updated_at":            types.StringPointerValue(u.UpdatedAt),
			"last_successful_login": types.StringPointerValue(u.LastSuccessfulLogin),
		})
	}
	return types.ListValueMust(types.ObjectType{AttrTypes: rowTypes}, rows)
}
