package header

import "strings"

// class says which of the grammar's sets a byte is in.
type class uint8

const (
	classToken class = 1 << iota
	classDigit
	classTabOrSpace
	classNewline
)

var classes = func() (t [256]class) {
	for b := '0'; b <= '9'; b++ {
		t[b] |= classToken | classDigit
	}
	for b := 'a'; b <= 'z'; b++ {
		t[b] |= classToken
		t[b-'a'+'A'] |= classToken
	}
	for _, b := range "!#$%&'*+-.^_`|~" {
		t[b] |= classToken
	}
	t['\t'] |= classTabOrSpace
	t[' '] |= classTabOrSpace
	t['\n'] |= classNewline
	t['\r'] |= classNewline
	return t
}()

// IsTokenByte reports whether b may stand in a token.
func IsTokenByte(b byte) bool { return classes[b]&classToken != 0 }

// IsDigit reports whether b is an ASCII digit.
func IsDigit(b byte) bool { return classes[b]&classDigit != 0 }

// IsAlpha reports whether b is an ASCII alpha.
func IsAlpha(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// IsHexDigit reports whether b is an ASCII hex digit.
func IsHexDigit(b byte) bool { return IsDigit(b) || 'a' <= b|0x20 && b|0x20 <= 'f' }

// Unhex returns what an ASCII hex digit stands for.
func Unhex(b byte) byte {
	if IsDigit(b) {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

// IsTabOrSpace reports whether b is an HTTP tab or space byte, 0x09 or 0x20.
//
// https://fetch.spec.whatwg.org/#http-tab-or-space
func IsTabOrSpace(b byte) bool { return classes[b]&classTabOrSpace != 0 }

// IsWhitespace reports whether b is an HTTP whitespace byte: 0x09, 0x0A, 0x0D
// or 0x20. Vertical tab and form feed are not among them.
//
// https://fetch.spec.whatwg.org/#http-whitespace
func IsWhitespace(b byte) bool { return classes[b]&(classTabOrSpace|classNewline) != 0 }

// IsToken reports whether s is a token, which is what methods and header names are: one or more of RFC 9110's tchar.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func IsToken(s string) bool { return s != "" && IndexNonToken(s) < 0 }

// IndexNonToken returns the index of the first byte of s that may not stand in a token, or -1.
func IndexNonToken(s string) int {
	for i := 0; i < len(s); i++ {
		if classes[s[i]]&classToken == 0 {
			return i
		}
	}
	return -1
}

// IsDigits reports whether s is one or more ASCII digits.
func IsDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if classes[s[i]]&classDigit == 0 {
			return false
		}
	}
	return s != ""
}

// TrimTabOrSpace removes all HTTP tab or space bytes from both ends of s.
func TrimTabOrSpace(s string) string { return trim(s, classTabOrSpace) }

// TrimWhitespace removes all HTTP whitespace bytes from both ends of s. For
// header values the standard calls this "normalize".
//
// https://fetch.spec.whatwg.org/#concept-header-value-normalize
func TrimWhitespace(s string) string { return trim(s, classTabOrSpace|classNewline) }

// TrimWhitespaceRight removes all HTTP whitespace bytes from the end of s.
func TrimWhitespaceRight(s string) string {
	for s != "" && IsWhitespace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func trim(s string, c class) string {
	for s != "" && classes[s[0]]&c != 0 {
		s = s[1:]
	}
	for s != "" && classes[s[len(s)-1]]&c != 0 {
		s = s[:len(s)-1]
	}
	return s
}

// lower maps A to Z to a to z and leaves all other bytes alone.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] = byte(i) + 'a' - 'A'
		}
	}
	return t
}()

// EqualFold reports whether a and b are a byte-case-insensitive match: only
// A to Z and a to z are folded, never anything of Unicode.
func EqualFold(a, b string) bool {
	return len(a) == len(b) && (a == b || equalFold(a, b))
}

// equalFold begins at the end, since names of one length, such as Access-Control-Allow-Methods and -Headers, mostly
// differ there.
func equalFold(a, b string) bool {
	b = b[:len(a)]
	for i := len(a) - 1; i >= 0; i-- {
		if lower[a[i]] != lower[b[i]] {
			return false
		}
	}
	return true
}

// HasPrefixFold reports whether s starts with a byte-case-insensitive match for prefix.
func HasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && EqualFold(s[:len(prefix)], prefix)
}

// Lower returns s byte-lowercased. It returns s itself if there is nothing to do.
func Lower(s string) string {
	if isLower(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		b.WriteByte(lower[s[i]])
	}
	return b.String()
}

func isLower(s string) bool {
	for i := 0; i < len(s); i++ {
		if lower[s[i]] != s[i] {
			return false
		}
	}
	return true
}
