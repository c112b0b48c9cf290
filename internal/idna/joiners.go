package idna

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// zwnj is ZERO WIDTH NON-JOINER.
const zwnj = "\u200C"

// nonJoinersInPlace reports whether rule A.1 of RFC 5892 holds for every zero-width non-joiner of a domain that the
// module has validated. That leaves what follows one: unless a virama is before it, a letter that joins to the one
// before.
//
// https://www.rfc-editor.org/rfc/rfc5892#appendix-A.1
func nonJoinersInPlace(domain string) bool {
	for {
		before, after, found := strings.Cut(domain, zwnj)
		if !found {
			return true
		}
		if last, _ := utf8.DecodeLastRuneInString(before); !unicode.Is(virama, last) {
			next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(after, isTransparent))
			if !unicode.Is(joinsBefore, next) {
				return false
			}
		}
		domain = after
	}
}

// isTransparent reports whether a code point of a valid label has joining type T.
func isTransparent(r rune) bool {
	return r == 0x1E94B || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) && r != '\u200C' && r != '\u200D'
}
