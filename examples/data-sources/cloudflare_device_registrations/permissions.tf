# A token for each permission, if none has both.
variable "devices_token" {
  description = "API token that may read device registrations."
  type        = string
  sensitive   = true
}

provider "cloudflare" {
  alias     = "devices"
  api_token = var.devices_token
}

data "cloudflare_device_registrations" "all" {
  provider = cloudflare.devices
}
