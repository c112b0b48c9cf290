// Package quote shows text from outside to people: cut where it is long, without anything that a terminal would obey,
// and with *** for the passwords of URLs.
package quote

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// most is how many bytes of a text Quote shows.
const most = 120

// Quote returns s in quotes, as Go writes strings; of one of more than 120 bytes the beginning, and its length.
func Quote(s string) string {
	shown, rest := cut(s, most)
	return strconv.Quote(shown) + rest
}

// Line returns s without quotes and on one line, with escapes for what is not printable and for what is not UTF-8; of
// one of more than most bytes the beginning, and its length.
func Line(s string, most int) string {
	shown, rest := cut(s, most)
	if clean(shown) {
		return shown + rest
	}
	quoted := strconv.Quote(shown)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`) + rest
}

// cut returns no more than most bytes of s, without its passwords and no part of a character, and how long s is where
// that is not all of it.
func cut(s string, most int) (shown, rest string) {
	length := len(s)
	if s = withoutPasswords(s); len(s) <= most {
		return s, ""
	}
	end := most
	for i := most - 1; i >= 0 && i > most-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			if _, size := utf8.DecodeRuneInString(s[i:]); i+size > most {
				end = i
			}
			break
		}
	}
	return s[:end], "… (" + strconv.Itoa(length) + " bytes)"
}

// withoutPasswords returns s with *** for the password of each URL in it. As parsers of URLs have it, backslashes are
// slashes, and the password ends at the last @ of an authority. In a sentence, a space or a quote ends the authority.
func withoutPasswords(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); i++ {
		slashes := len(s[i:]) - len(strings.TrimLeft(s[i:], `/\`))
		begins := slashes >= 2 && (i == 0 || s[i-1] <= ' ' || s[i-1] == ':' || s[i-1] == '"') // and not inside a path
		if i += slashes; !begins {
			continue
		}
		authority := s[i:]
		if end := strings.IndexAny(authority, "/\\?# \"\t\n"); end >= 0 {
			authority = authority[:end]
		}
		at, colon := strings.LastIndexByte(authority, '@'), strings.IndexByte(authority, ':')
		if 0 <= colon && colon+1 < at {
			b.WriteString(s[done:i+colon+1] + "***")
			done = i + at
		}
		i += len(authority) - 1
	}
	return b.String() + s[done:]
}

func clean(s string) bool {
	for i, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return false
			}
		}
	}
	return true
}
