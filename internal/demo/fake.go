package main

import (
	"context"
	"net/http/httptest"
	"slices"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const fakeExports = `A fake Cloudflare API has %d users, and devices of some of them. Ctrl-C stops it. In another shell:

  export CLOUDFLARE_BASE_URL=%s
  export CLOUDFLARE_API_TOKEN=%s
  export CLOUDFLARE_ACCOUNT_ID=%s

Then run terraform with your own configuration.
`

// serveFake serves a fake API with so many users until ctx is done, and prints the
// environment with which the provider reads it.
func (d *demo) serveFake(ctx context.Context, users uint) {
	api := httptest.NewServer(newFake(int(users)))
	defer api.Close()
	d.printf(fakeExports, users, api.URL+fakeapi.BasePath, fakeapi.Token, fakeapi.AccountID)
	<-ctx.Done()
}

// newFake returns a fake API with so many users, and six devices for each five of
// them, of those who have a Gateway seat.
func newFake(count int) *fakeapi.Server {
	// An hour ago, so that nobody's last use is 90 days old to the second.
	now := time.Now().Add(-time.Hour)
	users := fakeapi.Users(count, now)
	fake := fakeapi.New(users)
	withoutGateway := func(user fakeapi.User) bool { return user["gateway_seat"] != true }
	owners := slices.DeleteFunc(slices.Clone(users), withoutGateway)
	fake.SetRegistrations(fakeapi.AccountID, fakeapi.Registrations(count*6/5, owners, now))
	return fake
}
