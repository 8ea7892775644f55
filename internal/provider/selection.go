package provider

import (
	"slices"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// A selection is what the provider selects from the complete list.
type selection struct {
	emails  map[string][]string // entries of emails by cloudflare.AddressKey; nil if not set
	domains map[string]bool     // cloudflare.DomainKey of email_domains; nil if not set

	hasSeat, accessSeat, gatewaySeat *bool
}

// setKeys sets what the lists emails and email_domains select; nil is not set.
func (s *selection) setKeys(emails, domains []string) {
	if emails != nil {
		s.emails = make(map[string][]string, len(emails))
	}
	for _, email := range emails {
		key := cloudflare.AddressKey(email)
		s.emails[key] = append(s.emails[key], email)
	}
	if domains != nil {
		s.domains = make(map[string]bool, len(domains))
	}
	for _, domain := range domains {
		s.domains[cloudflare.DomainKey(domain)] = true
	}
}

// isEmpty reports whether nobody can be selected, nor an address be missing, so
// that the list need not be read.
func (s *selection) isEmpty() bool {
	if s.emails != nil {
		return len(s.emails) == 0
	}
	return s.domains != nil && len(s.domains) == 0
}

// needs reports whether apply needs the user. With emails, it needs all users of
// these addresses, whatever else is selected, to tell which addresses no user has.
func (s *selection) needs(row *cloudflare.AccessUserRow) bool {
	if s.emails == nil {
		return s.selects(row)
	}
	key := cloudflare.AddressKey(row.Email)
	return key != "" && s.emails[key] != nil
}

// selects reports whether everything but emails selects the user.
func (s *selection) selects(row *cloudflare.AccessUserRow) bool {
	return equals(s.hasSeat, row.AccessSeat || row.GatewaySeat) &&
		equals(s.accessSeat, row.AccessSeat) && equals(s.gatewaySeat, row.GatewaySeat) &&
		(s.domains == nil || s.hasDomain(row.Email))
}

func (s *selection) hasDomain(email string) bool {
	domain := cloudflare.DomainOfKey(cloudflare.AddressKey(email))
	return domain != "" && s.domains[domain]
}

// equals reports whether an argument is not set, or has this value.
func equals(argument *bool, value bool) bool { return argument == nil || *argument == value }

// apply returns the selected users, encoded, and the entries of emails that no
// user has, sorted.
func (s *selection) apply(rows []*cloudflare.AccessUserRow) (users [][]byte, notFound []string) {
	users, notFound = make([][]byte, 0, len(rows)), []string{}
	listed := make(map[string]bool)
	for _, row := range rows {
		if s.emails != nil {
			listed[cloudflare.AddressKey(row.Email)] = true
		}
		if s.selects(row) {
			users = append(users, row.Encoded)
		}
	}
	for key, entries := range s.emails {
		if !listed[key] {
			notFound = append(notFound, entries...)
		}
	}
	slices.Sort(notFound)
	return users, slices.Compact(notFound)
}
