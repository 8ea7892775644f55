package cloudflare

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// AddressKey returns a text that two email addresses have in common if they are
// the same: if they differ only by the case of letters, by normalisation form
// (NFC, NFD), or by the Unicode and the xn-- form of the domain. It returns "" for
// an address that is the same as none: an empty one, and one with U+FFFD in it,
// which stands for text that was lost.
//
// A selection can give somebody access, so a doubtful match is none. ß is not ss,
// and no character beyond ASCII equals an ASCII one, although case folding and
// normalisation equate U+017F with s, U+212A with k and U+037E with a semicolon.
// Two different ASCII addresses are never the same.
func AddressKey(address string) string {
	if strings.ContainsRune(address, utf8.RuneError) {
		return ""
	}
	domain := strings.LastIndexByte(address, '@') + 1
	return canonical(address[:domain], foldRune) + DomainKey(address[domain:])
}

// DomainKey returns what AddressKey returns for the domain of an address.
func DomainKey(domain string) string {
	if strings.ContainsRune(domain, utf8.RuneError) {
		return ""
	}
	labels := strings.Split(domain, ".")
	for i, label := range labels {
		labels[i] = labelKey(label)
	}
	return strings.Join(labels, ".")
}

// DomainOfKey returns the key of the domain in the key of an address. An address
// without an @, or with several, has none.
func DomainOfKey(key string) string {
	_, domain, _ := strings.Cut(key, "@")
	if strings.Contains(domain, "@") {
		return ""
	}
	return domain
}

// labelKey decodes a label in xn-- form if it is the only xn-- form of what it
// decodes to: not if it decodes to ASCII, to upper case or to text that is not in
// NFC. Otherwise, two ASCII labels could have one key.
//
// The profiles of idna that map are not used: they turn full-width letters and
// ideographic full stops into ASCII.
func labelKey(label string) string {
	// In domains, the two lower-case forms of sigma are different letters.
	key := canonical(label, lowerRune)
	if !strings.HasPrefix(key, "xn--") {
		return key
	}
	decoded, _ := idna.Punycode.ToUnicode(key) // key itself if it cannot be decoded
	decoded = canonical(decoded, lowerRune)
	if encoded, err := idna.Punycode.ToASCII(decoded); err != nil || encoded != key {
		return key
	}
	return decoded
}

// canonical returns the text in NFC, with each rune of its NFD replaced. A
// character whose normal form is ASCII stays as it is.
func canonical(s string, replace func(rune) rune) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.ToLower(s) // takes a quarter of the time
	}
	var b strings.Builder
	rest := 0 // where the text begins that b lacks
	normalise := func(end int) {
		b.WriteString(norm.NFC.String(strings.Map(replace, norm.NFD.String(s[rest:end]))))
	}
	for i, r := range s {
		if r >= utf8.RuneSelf && len(norm.NFD.PropertiesString(s[i:]).Decomposition()) == 1 {
			normalise(i)
			b.WriteRune(r)
			rest = i + utf8.RuneLen(r)
		}
	}
	normalise(len(s))
	return b.String()
}

// lowerRune returns the letter in lower case, except U+212A, of which that is ASCII.
func lowerRune(r rune) rune {
	if lower := unicode.ToLower(r); r < utf8.RuneSelf || lower >= utf8.RuneSelf {
		return lower
	}
	return r
}

// foldRune returns the same rune for letters that differ only by case: the lower
// case of the upper case, which equates the two forms of sigma. That of some is
// ASCII, such as U+017F, and that of the combining U+0345 is a letter: they stay.
func foldRune(r rune) rune {
	if folded := lowerRune(unicode.ToUpper(r)); r < utf8.RuneSelf || folded >= utf8.RuneSelf && !unicode.IsMark(r) {
		return folded
	}
	return lowerRune(r)
}
