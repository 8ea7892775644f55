package cloudflare_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"terraform-provider-cloudflare-access/internal/cloudflare"
)

// xn returns the xn-- form of a label, also of one that no registry accepts.
func xn(t *testing.T, label string) string {
	t.Helper()
	encoded, err := idna.Punycode.ToASCII(label)
	if err != nil || encoded == label {
		t.Fatalf("ToASCII(%+q): got %q, error %v", label, encoded, err)
	}
	return encoded
}

func TestAddressKey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"Ann@Example.COM", "aNN@eXAMPLE.com", true},
		{"ann@example.com", "ann@example.com.", false},
		{"ann@example.com", "ann@example.org", false},
		{"ann@example.com", "ann+vpn@example.com", false},
		{"a.nn@example.com", "ann@example.com", false},
		{"ann@example.com", "ann@example.com ", false},
		{"ann", "ANN", true},

		// The case of other letters.
		{"\u00c9va@example.com", "\u00e9VA@example.com", true},
		{"\u0416@example.com", "\u0436@example.com", true},
		{"\u01c5@example.com", "\u01c6@example.com", true},             // title case
		{"\u1fbc@example.com", "\u1fb3@example.com", true},             // with U+0345 in NFD
		{"\u1fb3@example.com", "\u03b1\u03b9@example.com", false},      // which is no letter
		{"\u039d\u03a3@example.com", "\u03bd\u03c2@example.com", true}, // both forms of sigma
		{"\u03bd\u03c3@example.com", "\u03bd\u03c2@example.com", true}, // have one upper case,
		{"a@\u03bd\u03c3.example", "a@\u03bd\u03c2.example", false},    // but differ in domains
		{"a@\u039d\u03a3.example", "a@\u03bd\u03c3.example", true},
		{"wei\u00df@example.com", "wei\u1e9e@example.com", true}, // the capital sharp s
		{"wei\u00df@example.com", "weiss@example.com", false},
		{"wei\u00df@example.com", "WEISS@example.com", false},
		{"a@wei\u00df.example", "a@weiss.example", false},
		{"\ufb01n@example.com", "fin@example.com", false}, // a ligature
		{"zoe@example.com", "zo\u00eb@example.com", false},
		{"I\u0307@example.com", "\u0130@example.com", true},     // NFD and NFC
		{"i@example.com", "\u0130@example.com", false},          // a capital I with a dot
		{"I@example.com", "\u0131@example.com", false},          // a small i without one
		{"\u00c9va@example.com", "E\u0301va@example.com", true}, // NFC and NFD
		{"\u00e9va@example.com", "E\u0301VA@example.com", true}, // and case
		{"a@caf\u00e9.example", "a@CAFE\u0301.example", true},
		{"\u1e69@example.com", "s\u0307\u0323@example.com", true}, // marks in another order
		{"\u212b@example.com", "\u00e5@example.com", true},        // the Angstrom sign is not ASCII
		{"\uac00@example.com", "\u1100\u1161@example.com", true},  // Hangul
		{"\u1e9b@example.com", "\u1e61@example.com", false},       // U+017F with a dot
		{"\u017f\u0307@example.com", "\u1e9b@example.com", true},
		{"\u212a\u0301@example.com", "\u1e30@example.com", false}, // U+212A with an accent
		{"\u212a@example.com", "k@example.com", false},            // the Kelvin sign
		{"\u212a@example.com", "K@example.com", false},
		{"a@\u212a.example", "a@k.example", false},
		{"\u017f@example.com", "s@example.com", false}, // the long s
		{"\u017f@example.com", "S@example.com", false},
		{"a@\u017f.example", "a@s.example", false},
		{"a\u037eb@example.com", "a;b@example.com", false}, // looks like a semicolon
		{"a\u1fefb@example.com", "a`b@example.com", false}, // the Greek varia
		{"\uff41@example.com", "a@example.com", false},     // full-width letters
		{"\uff21@example.com", "\uff41@example.com", true},
		{"a@\uff45xample.com", "a@example.com", false},
		{"a\uff20example.com", "a@example.com", false}, // a full-width @
		{"a@example\u3002com", "a@example.com", false}, // other full stops
		{"a@example\uff0ecom", "a@example.com", false},
		{"a@exam\u00adple.com", "a@example.com", false},              // a soft hyphen
		{"a@exam\u200dple.com", "a@example.com", false},              // a zero width joiner
		{"a@xn--mnchen-3ya.example", "a@m\u00fcnchen.example", true}, // the forms of a domain
		{"a@XN--Mnchen-3YA.Example", "a@MU\u0308NCHEN.EXAMPLE", true},
		{"a@mail.xn--mnchen-3ya", "a@mail.m\u00fcnchen", true},
		{"a@" + xn(t, "wei\u00df") + ".example", "a@wei\u00df.example", true},
		{"a@" + xn(t, "wei\u00df") + ".example", "a@weiss.example", false},
		{"xn--mnchen-3ya@example.com", "m\u00fcnchen@example.com", false}, // in the local part
		{"a@b.xn--mnchen-3ya@c.com", "a@b.m\u00fcnchen@c.com", false},
		{"a@xn--example-.com", "a@example.com", false},   // decodes to ASCII
		{"a@xn--.com", "a@.com", false},                  // decodes to nothing
		{"a@xn--a-!.example", "a@XN--A-!.EXAMPLE", true}, // cannot be decoded
		{"a@yn--mnchen-3ya.example", "a@m\u00fcnchen.example", false},
		{"a@xn--\u00fc-abc.example", "a@XN--\u00dc-ABC.example", true},
		{"a@" + xn(t, "\u212a") + ".com", "a@k.com", false},
		{"a@" + xn(t, "\u017f") + ".com", "a@s.com", false},
		{"a@" + xn(t, "\u212a") + ".com", "a@\u212a.com", true},
		{"a@" + xn(t, "\u00fc") + ".com", "a@" + xn(t, "\u00dc") + ".com", false}, // ASCII, and not the same
		{"a@" + xn(t, "\u00e9") + ".com", "a@" + xn(t, "e\u0301") + ".com", false},
		{"a@" + xn(t, "\u03c2") + ".com", "a@" + xn(t, "\u03c3") + ".com", false},
		{"a@" + xn(t, "\u03c2") + ".com", "a@\u03c2.com", true},
		{"a@xn--ue7a.com", "a@\ud7ff.com", false},  // decodes to a surrogate
		{"a@xn--zn7c.com", "a@XN--ZN7C.com", true}, // decodes to U+FFFD, but is ASCII
		{"", "", false}, // the same as none
		{"a\ufffd@example.com", "a\ufffd@example.com", false},
		{"a@\ufffd.example", "a@\ufffd.example", false},
		{"a\xff@example.com", "a\xff@example.com", false},
	} {
		a, b := cloudflare.AddressKey(test.a), cloudflare.AddressKey(test.b)
		if got := a != "" && a == b; got != test.same {
			t.Errorf("AddressKey: got keys %+q and %+q for %+q and %+q, want the same: %t", a, b, test.a, test.b, test.same)
		}
	}
}

// TestAddressKey_runes has each character of ASCII, and each other one that has a
// case or another normal form, in the local part and in the domain: none beyond
// ASCII becomes ASCII, both normalisation forms have one key, and the key of a key
// is the key.
func TestAddressKey_runes(t *testing.T) {
	t.Parallel()
	for r := range unicode.MaxRune + 1 {
		changes := unicode.SimpleFold(r) != r || unicode.ToUpper(r) != r || unicode.ToLower(r) != r || !norm.NFD.IsNormalString(string(r))
		if r == '@' || r == '.' || r >= utf8.RuneSelf && !changes || unicode.Is(unicode.Hangul, r) {
			continue // the forms of all Hangul are made in one way
		}
		address := "a" + string(r) + "@b" + string(r)
		key := cloudflare.AddressKey(address)
		if again := cloudflare.AddressKey(key); again != key {
			t.Errorf("AddressKey(%+q): got %+q, then %+q, want the same", address, key, again)
		}
		if r < utf8.RuneSelf {
			if want := strings.ToLower(address); key != want {
				t.Errorf("AddressKey(%+q): got %+q, want %+q", address, key, want)
			}
			continue
		}
		if isASCII(key) {
			t.Errorf("AddressKey(%+q): got %+q, want a key that is not ASCII", address, key)
		}
		nfc, nfd := cloudflare.AddressKey(norm.NFC.String(address)), cloudflare.AddressKey(norm.NFD.String(address))
		if !isASCII(norm.NFC.String(string(r))) && (nfc != key || nfd != key) {
			t.Errorf("AddressKey(%+q): got %+q, in NFC %+q, in NFD %+q, want the same", address, key, nfc, nfd)
		}
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// TestAddressKey_xnLabels has all labels with three letters and digits after xn--,
// and those with a hyphen between them: no two have one key.
func TestAddressKey_xnLabels(t *testing.T) {
	t.Parallel()
	const characters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	labels, decoded := make(map[string]string), 0
	for _, a := range characters {
		for _, b := range characters {
			for _, c := range characters {
				label := "xn--" + string([]rune{a, b, c})
				key := cloudflare.AddressKey("a@" + label)
				if other, found := labels[key]; found {
					t.Errorf("AddressKey: got %+q for the labels %s and %s, want two keys", key, label, other)
				}
				labels[key] = label
				if !isASCII(key) {
					decoded++
				}
			}
		}
	}
	if decoded == 0 {
		t.Error("AddressKey: got no label that is decoded")
	}
}

// FuzzAddressKey looks for two ASCII addresses that are the same, and for keys
// that have another key.
func FuzzAddressKey(f *testing.F) {
	f.Add("Ann@Example.com", "ann@xn--mnchen-3ya.example")
	f.Add("a@xn--e-xbb.example", "a@xn--9ca.example")
	f.Add("wei\u00df@e\u0301.example", "WEISS@\u00e9.example")
	f.Fuzz(func(t *testing.T, a, b string) {
		keyA, keyB := cloudflare.AddressKey(a), cloudflare.AddressKey(b)
		if keyA != "" && keyA == keyB && isASCII(a+b) && !strings.EqualFold(a, b) {
			t.Errorf("AddressKey: got %+q for both %+q and %+q", keyA, a, b)
		}
		if again := cloudflare.AddressKey(keyA); again != keyA {
			t.Errorf("AddressKey(%+q): got %+q, then %+q, want the same", a, keyA, again)
		}
	})
}

func TestDomainOfKey(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"Ann@Example.com":            "example.com",
		"ann@xn--mnchen-3ya.example": "m\u00fcnchen.example",
		"ann@mail.example.com":       "mail.example.com",
		"ann@a.example@b.example":    "",
		"ann":                        "",
		"":                           "",
		"ann\uff20example.com":       "",
		"ann@\ufffdexample.com":      "",
		"\ufffd@example.com":         "",
		"ann@example.com.":           "example.com.",
	} {
		if got := cloudflare.DomainOfKey(cloudflare.AddressKey(address)); got != want {
			t.Errorf("DomainOfKey of %+q: got %+q, want %+q", address, got, want)
		}
	}
	if got := cloudflare.DomainKey("Example.\ufffd"); got != "" {
		t.Errorf("DomainKey with U+FFFD: got %+q, want none", got)
	}
}

func BenchmarkAddressKey(b *testing.B) {
	for _, address := range []string{"user-12345@example.com", "zo\u00eb@m\u00fcnchen.example", "zoe@xn--mnchen-3ya.example"} {
		b.Run(address, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cloudflare.AddressKey(address)
			}
		})
	}
}
