terraform {
  required_version = ">= 1.5"

  required_providers {
    cloudflare = {
      source  = "local/cloudflare-access"
      version = "~> 0.1"
    }
  }
}

# The API token comes from the environment variable CLOUDFLARE_API_TOKEN.
provider "cloudflare" {
  account_id = "023e105f4ecef8ad9ca31a8372d0c353"
}
