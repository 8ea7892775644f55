# No request is sent, and no credentials are needed.
mock_provider "cloudflare" {}

override_module {
  target = module.access_users
  outputs = {
    seat_holders = [
      { id = "1", email = "Jane@Example.com" },
      { id = "2", email = "omar@example.com" },
      { id = "3", email = null },
    ]
  }
}

run "counts_seat_holders_by_domain" {
  assert {
    condition     = output.seat_holders_by_domain["example.com"] == 2
    error_message = "Addresses must be counted case-insensitively."
  }

  assert {
    condition     = output.seat_holders_by_domain["none"] == 1
    error_message = "Users without an address must be counted."
  }
}
