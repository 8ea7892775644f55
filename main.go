// Terraform-provider-cloudflare-access reads all Zero Trust (Access) users of
// a Cloudflare account into Terraform state. Terraform runs it as a plugin.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"terraform-provider-cloudflare-access/internal/provider"
)

// version is set by the linker (-X main.version).
var version = "dev"

func main() {
	isDebugged := flag.Bool("debug", false, "run under a debugger: print the value of TF_REATTACH_PROVIDERS and wait for Terraform")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *showVersion {
		_, _ = fmt.Fprintln(os.Stdout, version)
		return
	}
	debug.SetGCPercent(50) // fresh memory costs more time than collections do
	var options []tf6server.ServeOpt
	if *isDebugged {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve(provider.Address, func() tfprotov6.ProviderServer {
		return provider.NewServer(provider.Options{Version: version, Getenv: os.Getenv})
	}, options...)
	if err != nil {
		log.Fatal(err)
	}
}
