# No request is sent, and no credentials are needed.
variables {
  unused_since = "2026-01-01T00:00:00Z"
  holders = [
    # Used: by login, by a device, by a device that only the address finds.
    { id = "login", email = null, seat_uid = null, gateway_seat = false, last_successful_login = "2026-01-01T00:00:00Z" },
    { id = "device", email = null, seat_uid = null, gateway_seat = true, last_successful_login = "2025-01-01T00:00:00Z" },
    { id = "address", email = "Jane@Example.com", seat_uid = null, gateway_seat = true, last_successful_login = null },
    # Unused: an old login without a Gateway seat, old devices, an old device found by id
    # although the address has a recent one.
    { id = "old-login", email = null, seat_uid = null, gateway_seat = false, last_successful_login = "2025-12-31T23:59:59.9Z" },
    { id = "old-devices", email = null, seat_uid = "seat", gateway_seat = true, last_successful_login = null },
    { id = "by-id", email = "jane@example.com", seat_uid = null, gateway_seat = true, last_successful_login = "2025-01-01T00:00:00Z" },
    # Unknown: no time at all, a Gateway user without a device, a device never seen.
    { id = "never", email = "nobody@example.com", seat_uid = null, gateway_seat = false, last_successful_login = null },
    { id = "no-device", email = "", seat_uid = null, gateway_seat = true, last_successful_login = "2025-01-01T00:00:00Z" },
    { id = "seat-unknown", email = null, seat_uid = null, gateway_seat = null, last_successful_login = "2025-01-01T00:00:00Z" },
    { id = "never-seen", email = null, seat_uid = null, gateway_seat = true, last_successful_login = "2025-01-01T00:00:00Z" },
  ]
  registrations = [
    { last_seen_at = "2025-05-01T00:00:00Z", user = { id = "device", email = null } },
    { last_seen_at = "2026-02-01T00:00:00.5+02:00", user = { id = "device", email = null } },
    { last_seen_at = "2026-02-01T00:00:00Z", user = { id = "another id", email = "jane@EXAMPLE.com" } },
    { last_seen_at = "2025-02-01T00:00:00Z", user = { id = "old-devices", email = null } },
    { last_seen_at = "2025-03-01T00:00:00Z", user = { id = "old-devices", email = "" } },
    { last_seen_at = "2025-02-01T00:00:00Z", user = { id = "by-id", email = null } },
    { last_seen_at = null, user = { id = "never-seen", email = null } },
    { last_seen_at = "2026-02-01T00:00:00Z", user = null }, # of a service token
    { last_seen_at = "2026-02-01T00:00:00Z", user = { id = null, email = null } },
  ]
}

run "decides" {
  command = plan

  assert {
    condition     = join(" ", output.to_review[*].id) == "old-login old-devices by-id" && output.unused == 3
    error_message = "Other seats are unused: ${nonsensitive(join(" ", output.to_review[*].id))}."
  }

  assert {
    condition     = output.unknown == 4
    error_message = "${output.unknown} seats are unknown."
  }

  assert {
    condition     = output.to_review[1].last_seen == "2025-03-01T00:00:00Z"
    error_message = "The last time must be shown."
  }
}

run "without_devices" {
  command = plan

  variables {
    registrations = []
  }

  assert {
    condition     = join(" ", output.to_review[*].id) == "old-login"
    error_message = "A Gateway user must not be judged by the login alone."
  }
}
