// Package quote shows text from outside to people: cut where it is long, and without anything that a terminal would
// obey.
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
	shown := cut(s, most)
	return strconv.Quote(shown) + rest(s, shown)
}

// Line returns s without quotes and on one line, with escapes for what is not printable and for what is not UTF-8; of
// one of more than most bytes the beginning, and its length.
func Line(s string, most int) string {
	shown := cut(s, most)
	if clean(shown) {
		return shown + rest(s, shown)
	}
	quoted := strconv.Quote(shown)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`) + rest(s, shown)
}

// cut returns no more than most bytes of s, and no part of a character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for i := most - 1; i >= 0 && i > most-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			if _, size := utf8.DecodeRuneInString(s[i:]); i+size > most {
				return s[:i]
			}
			break
		}
	}
	return s[:most]
}

// rest says how long s is where not all of it is shown.
func rest(s, shown string) string {
	if len(shown) == len(s) {
		return ""
	}
	return "… (" + strconv.Itoa(len(s)) + " bytes)"
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
