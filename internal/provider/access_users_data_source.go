package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-cloudflare-access/internal/cloudflare"
	"terraform-provider-cloudflare-access/internal/rawstate"
)

type accessUsersDataSource struct{ accessDataSource }

func (d *accessUsersDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads all Zero Trust (Access) users of an account, or those that are selected. " +
			"Each refresh reads the complete list, each user once. A list that may lack somebody is an error.",
		Attributes: map[string]schema.Attribute{
			"account_id": accountIDAttribute(),
			"email": stringArgument(rule(validateEmailFilter), "Cloudflare's filter by email address. A response with an address that does not contain the value, ignoring case, is an error. "+
				"Conflicts with `emails`, which selects exactly."),
			"name":   stringArgument(rule(validateFilter), "Cloudflare's filter by name. A response with a name that does not contain the value, ignoring case, is a warning."),
			"search": stringArgument(rule(validateFilter), "Cloudflare's search over the other filters. The response cannot be checked."),
			"emails": listArgument(validateEmail, "Select the users who have one of these email addresses, ignoring case. An empty list selects nobody. "+
				"Addresses that no user has are in `emails_not_found`. Conflicts with `email`."),
			"email_domains": listArgument(validateDomain, "Select the users whose email address has one of these domains. Subdomains are other domains. "+
				"An empty list selects nobody."),
			"has_seat":     boolArgument("Select the users who have an Access seat, a Gateway seat or both, or with `false` neither."),
			"access_seat":  boolArgument("Select the users whose `access_seat` is true, or with `false` all others."),
			"gateway_seat": boolArgument("Select the users whose `gateway_seat` is true, or with `false` all others."),
			"per_page": perPageArgument("Users to request in one page, 5 to 1000. Default: 1000. Cloudflare may return fewer; the list is complete either way. " +
				"If Cloudflare refuses a page of this size, or fails for it, the read begins again with pages of 250, 100, 50 and at last 20. " +
				"Use a multiple of 50: Cloudflare is reported to refuse other sizes than multiples of 5, and with small pages of other sizes a busy account takes more requests."),
			"ignore_total_count": ignoreTotalCountAttribute(),
			"timeouts":           readTimeoutAttribute(ctx),
			"users": schema.ListNestedAttribute{
				MarkdownDescription: "The users, sorted by email, then id, in byte order.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: accessUserObject().Schema()},
			},
			"emails_not_found": schema.ListAttribute{
				MarkdownDescription: "The entries of `emails` that no user has, sorted, once each.",
				ElementType:         types.StringType,
				Computed:            true,
			},
		},
	}
}

func (d *accessUsersDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.Conflicting(path.MatchRoot("email"), path.MatchRoot("emails"))}
}

func (d *accessUsersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	query := cloudflare.AccessUsersQuery{PerPage: cloudflare.DefaultPerPage}
	var selection selection
	var emails, domains []string
	if !d.getArguments(ctx, req, resp, map[string]any{
		"email": &query.Email, "name": &query.Name, "search": &query.Search,
		"per_page": &query.PerPage, "ignore_total_count": &query.IgnoreTotalCount,
		"has_seat": &selection.hasSeat, "access_seat": &selection.accessSeat, "gateway_seat": &selection.gatewaySeat,
		"emails": &emails, "email_domains": &domains,
	}) {
		return
	}
	selection.setKeys(emails, domains)
	ctx, cancel, rc := d.begin(ctx, req, resp, accessUsersAlternatives(query), slices.Collect(maps.Values(query.Filters()))...)
	defer cancel()
	if !selection.isEmpty() {
		resp.Diagnostics.Append(d.checkRequirements(rc)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	query.AccountID = rc.account.value
	var rows []*cloudflare.AccessUserRow
	if !selection.isEmpty() {
		var mismatch *cloudflare.FilterError
		var err error
		if rows, mismatch, err = d.client.AccessUsers(ctx, query, selection.needs); err != nil {
			resp.Diagnostics.Append(rc.diagnose(err))
			return
		}
		if mismatch != nil {
			resp.Diagnostics.Append(nameMismatch(mismatch))
		}
	}
	users, notFound := selection.apply(rows)
	setState(ctx, resp, map[string]any{"account_id": rc.account.state(), "emails_not_found": notFound})
	if err := rawstate.SetList(ctx, &resp.State, "users", users); err != nil {
		resp.Diagnostics.Append(rc.diagnose(err))
	}
}

func accessUsersAlternatives(query cloudflare.AccessUsersQuery) alternatives {
	otherList := fmt.Sprintf("Set another per_page (it is %d), and report this to Cloudflare's support.", query.PerPage)
	if len(query.Filters()) > 0 {
		otherList = "Remove the filter and select users in Terraform."
	}
	return alternatives{
		noun:         "Access users",
		smallerPages: smallerPages(query.PerPage),
		otherPages:   suggestion{path.Root("per_page"), fmt.Sprintf("Set another per_page (it is %d), or a filter (email, name or search) that matches fewer users.", query.PerPage)},
		otherList:    suggestion{text: otherList},
		wrongCount:   suggestion{path.Root("ignore_total_count"), "If the count is wrong, set ignore_total_count = true."},
		fewerRows:    "Select fewer users with emails, email_domains, has_seat, access_seat, gateway_seat or a filter (email, name, search).",
	}
}
