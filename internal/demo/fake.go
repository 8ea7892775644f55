package main

import (
	"context"
	"net/http/httptest"
	"time"

	"terraform-provider-cloudflare-access/internal/fakeapi"
)

const fakeExports = `A fake Cloudflare API has %d users. Ctrl-C stops it. In another shell:

  export CLOUDFLARE_BASE_URL=%s
  export CLOUDFLARE_API_TOKEN=%s
  export CLOUDFLARE_ACCOUNT_ID=%s

Then run terraform with your own configuration.
`

// serveFake serves a fake API with so many users until ctx is done, and prints the
// environment with which the provider reads it.
func (d *demo) serveFake(ctx context.Context, users uint) {
	api := httptest.NewServer(fakeapi.New(fakeapi.Users(int(users), time.Now().Add(-time.Hour))))
	defer api.Close()
	d.printf(fakeExports, users, api.URL+fakeapi.BasePath, fakeapi.Token, fakeapi.AccountID)
	<-ctx.Done()
}
