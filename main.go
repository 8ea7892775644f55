// Terraform-provider-cloudflare-access reads every Zero Trust (Access) user of
// a Cloudflare account into Terraform state. Terraform starts it.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"

	"terraform-provider-cloudflare-access/internal/provider"
)

// version is set when a release is built.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve a debugger: print what to set in Terraform's environment, and wait")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *showVersion {
		_, _ = fmt.Fprintln(os.Stdout, version)
		return
	}
	err := providerserver.Serve(context.Background(),
		func() frameworkprovider.Provider {
			return provider.New(provider.Options{Version: version, Getenv: os.Getenv})
		},
		providerserver.ServeOpts{Address: provider.Address, Debug: *debug, ProtocolVersion: 6})
	if err != nil {
		log.Fatal(err)
	}
}
