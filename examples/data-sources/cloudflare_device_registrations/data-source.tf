# Active registrations that have not been seen for 90 days.
data "cloudflare_device_registrations" "old" {
  seen_before = timeadd(plantimestamp(), "-2160h")
}

output "old_registrations" {
  sensitive = true
  value = [
    for r in data.cloudflare_device_registrations.old.registrations : {
      device    = try(r.device.name, null)
      user      = try(r.user.email, null) # devices of service tokens have none
      last_seen = r.last_seen_at
    }
  ]
}
