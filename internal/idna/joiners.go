package idna

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// zwnj is ZERO WIDTH NON-JOINER.
const zwnj = "\u200C"

// nonJoinersInPlace reports whether every zero-width non-joiner stands where rule
// A.1 of RFC 5892 allows it, in a domain in which the module has found all that
// stands before each to be right. It does not look far enough behind them: there,
// a letter has to follow that joins to the one before, unless a virama was before.
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
