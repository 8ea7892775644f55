package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

type accessSeatsDataSource struct{ accessDataSource }

// Schema has numbers, and nothing about a single user.
func (d *accessSeatsDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	number := func(description string) schema.Attribute {
		return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Counts the Zero Trust (Access) users of an account and their seats. " +
			"Each refresh reads the complete list of users, but state has the numbers only: no name, address or id. A list that may lack somebody is an error.",
		Attributes: map[string]schema.Attribute{
			"account_id":         accountIDAttribute(),
			"ignore_total_count": ignoreTotalCountAttribute(),
			"timeouts":           readTimeoutAttribute(ctx),
			"users":              number("Number of users, with and without a seat."),
			"seats":              number("Number of users with an Access seat, a Gateway seat or both: the seats in use."),
			"access_seats":       number("Number of users with an Access seat."),
			"gateway_seats":      number("Number of users with a Gateway seat."),
			"both_seats":         number("Number of users with both, who take one seat of the subscription."),
		},
	}
}

func (d *accessSeatsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var ignoreTotalCount bool
	if !d.getArguments(ctx, req, resp, map[string]any{"ignore_total_count": &ignoreTotalCount}) {
		return
	}
	ctx, cancel, rc := d.begin(ctx, req, resp, alternatives{
		noun:       "Access seats",
		otherList:  suggestion{text: "Count the users of cloudflare_access_users with another per_page, and report this to Cloudflare's support."},
		wrongCount: suggestion{path.Root("ignore_total_count"), "If the count is wrong, set ignore_total_count = true."},
	})
	defer cancel()
	resp.Diagnostics.Append(d.checkRequirements(rc)...)
	if resp.Diagnostics.HasError() {
		return
	}
	count, err := d.client.AccessSeats(ctx, rc.account.value, ignoreTotalCount)
	if err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
		return
	}
	setState(ctx, resp, map[string]any{
		"account_id": rc.account.value, "users": count.Users, "seats": count.Seats(),
		"access_seats": count.Access, "gateway_seats": count.Gateway, "both_seats": count.Both,
	})
}
