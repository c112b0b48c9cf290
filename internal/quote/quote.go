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
// slashes, http: and the like need none, and the password ends at the last @ of an authority.
func withoutPasswords(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); i++ {
		slashes := len(s[i:]) - len(strings.TrimLeft(s[i:], `/\`))
		begins := slashes >= 2 && (i == 0 || s[i-1] <= ' ' || s[i-1] == ':' || s[i-1] == '"') || endsWithScheme(s[:i]) // and not inside a path
		if i += slashes; !begins {
			continue
		}
		authority := authority(s[i:])
		at, colon := strings.LastIndexByte(authority, '@'), strings.IndexByte(authority, ':')
		if 0 <= colon && colon+1 < at {
			b.WriteString(s[done:i+colon+1] + "***")
			done = i + at
		}
		i += max(0, len(authority)-1)
	}
	return b.String() + s[done:]
}

// endsWithScheme reports whether s ends with a colon and, before it, a scheme behind which an authority stands,
// whatever the slashes.
func endsWithScheme(s string) bool {
	if !strings.HasSuffix(s, ":") {
		return false
	}
	s = s[max(0, len(s)-len("x https:")) : len(s)-1]
	name := s[strings.LastIndexFunc(s, func(r rune) bool { return !isNameRune(r) })+1:]
	switch strings.ToLower(name) {
	case "http", "https", "ws", "wss", "ftp":
		return true
	}
	return false
}

func isNameRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '+' || r == '-' || r == '.'
}

// authority returns the authority that a text begins with. In a sentence, a space or a quote ends it, except in what
// can be nothing other than a password: it is behind a colon, not a port, and an @ with a host follows.
func authority(s string) string {
	end := strings.IndexAny(s, "/\\?# \"\t\n")
	if end < 0 {
		return s
	}
	first := s[:end]
	_, password, _ := strings.Cut(first, ":")
	start := end // of rest
	if s[start] == '\\' {
		start++ // an escaped quote
	}
	rest := s[start:min(len(s), start+longestPassword)]
	goesOn := len(rest) > 1 && rest[0] == '"' && !ends(rest[1]) || s[end] == ' ' && first != "" && !ends(first[len(first)-1])
	isPort := strings.Trim(password, "0123456789") == "" || password[0] == '[' || password == "*"
	if !goesOn || isPort || first[0] == '[' || strings.Contains(first, "@") {
		return first
	}
	if stop := strings.IndexAny(rest, "/?#\t\n"); stop >= 0 {
		rest = rest[:stop]
	}
	at := strings.IndexByte(rest, '@')
	if at < 0 {
		return first
	}
	host := rest[at+1:]
	if stop := strings.IndexAny(host, " \""); stop >= 0 {
		host = host[:stop]
	}
	if host == "" || !isNameRune(rune(host[0])) && host[0] != '[' {
		return first
	}
	return s[:start+at+1+len(host)]
}

// ends reports whether a byte beside a quote or a space is one that ends a part of a sentence.
func ends(c byte) bool { return strings.IndexByte(" \",.;:)]}", c) >= 0 }

// longestPassword is how far the end of one is looked for behind a space or a quote in it.
const longestPassword = 256

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
