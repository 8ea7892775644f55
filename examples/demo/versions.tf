terraform {
  required_version = ">= 1.5"

  required_providers {
    cloudflare = {
      source = "local/cloudflare-access"
    }
  }
}

# Settings come from CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.
provider "cloudflare" {}
