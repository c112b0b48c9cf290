package main

import (
	"strings"
	"unicode/utf8"
)

// A jsonScanner reads a JSON text from front to back, and makes nothing of what nobody asks for: a HAR file is mostly
// bodies. It takes the texts that encoding/json takes (TestJSONScannerTwin, FuzzJSONScanner), and stops for good at the
// first byte that is not JSON. Texts without escapes are parts of the input.
type jsonScanner struct {
	data   string
	pos    int
	depth  int
	failed bool
	again  bool // the text has been read before, without failing
}

// deepest is how deep values may stand in each other, as in encoding/json.
const deepest = 10_000

func (s *jsonScanner) fail() { s.failed = true }

// next goes past white space and returns the byte behind it, or 0 at the end.
func (s *jsonScanner) next() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// kind returns the byte that the next value begins with.
func (s *jsonScanner) kind() byte {
	if s.failed {
		return 0
	}
	return s.next()
}

// take goes past that byte, or fails.
func (s *jsonScanner) take(c byte) {
	if s.failed || s.next() != c || s.pos >= len(s.data) {
		s.fail()
		return
	}
	s.pos++
}

// end fails if there is anything behind the value.
func (s *jsonScanner) end() {
	if s.next(); s.pos < len(s.data) {
		s.fail()
	}
}

// skip goes past a value.
func (s *jsonScanner) skip() {
	switch c := s.kind(); {
	case c == '{':
		s.object(func(string) { s.skip() })
	case c == '[':
		s.array(func() { s.skip() })
	case c == '"' && s.again:
		s.skipText()
	case c == '"':
		s.rawText()
	case c == 't':
		s.word("true")
	case c == 'f':
		s.word("false")
	case c == 'n':
		s.word("null")
	default:
		s.number()
	}
}

// skipText goes past a string that has been read before: to the first quotation mark without a backslash of its own.
func (s *jsonScanner) skipText() {
	s.take('"')
	for backslashes := 1; backslashes%2 != 0; {
		s.pos += strings.IndexByte(s.data[s.pos:], '"') + 1
		for backslashes = 0; s.data[s.pos-2-backslashes] == '\\'; {
			backslashes++
		}
	}
}

func (s *jsonScanner) word(w string) {
	if !strings.HasPrefix(s.data[s.pos:], w) {
		s.fail()
		return
	}
	s.pos += len(w)
}

// object goes through an object. For each member f is called with its name, and has to read or skip the value.
func (s *jsonScanner) object(f func(name string)) {
	s.list('{', '}', func() {
		name := s.text()
		s.take(':')
		if !s.failed {
			f(name)
		}
	})
}

// array goes through a list. For each element f is called, and has to read or skip it.
func (s *jsonScanner) array(f func()) { s.list('[', ']', f) }

func (s *jsonScanner) list(open, close byte, f func()) {
	s.take(open)
	if s.depth++; s.depth > deepest {
		s.fail()
	}
	defer func() { s.depth-- }()
	if s.kind() == close && s.pos < len(s.data) {
		s.pos++
		return
	}
	for !s.failed {
		f()
		if s.kind() != ',' {
			s.take(close)
			return
		}
		s.pos++
	}
}

// text reads a string.
func (s *jsonScanner) text() string {
	raw, plain := s.rawText()
	if plain || s.failed {
		return raw
	}
	return unescape(raw)
}

// rawText goes past a string and returns what is between the quotation marks, and whether that is what it means.
func (s *jsonScanner) rawText() (raw string, plain bool) {
	s.take('"')
	if s.failed {
		return "", false
	}
	start := s.pos
	plain = true
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return s.data[start:i], plain
		case c == '\\':
			plain = false
			if i++; !isEscape(s.data[i:]) {
				s.pos = i
				s.fail()
				return "", false
			}
		case c < ' ':
			s.pos = i
			s.fail()
			return "", false
		case c >= utf8.RuneSelf:
			plain = false // it may not be UTF-8
		}
	}
	s.pos = len(s.data)
	s.fail()
	return "", false
}

// isEscape reports whether a text begins with what may follow a backslash.
func isEscape(s string) bool {
	if s == "" {
		return false
	}
	if s[0] != 'u' {
		return strings.IndexByte(`"\/bfnrt`, s[0]) >= 0
	}
	_, ok := hex4(s[1:])
	return ok
}

// hex4 returns the number that the first four bytes spell.
func hex4(s string) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for i := range 4 {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// unescape returns what a string with escapes means. What is not UTF-8, and half a surrogate pair, is U+FFFD.
func unescape(raw string) string {
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			r, size := utf8.DecodeRuneInString(raw[i:])
			b.WriteRune(r)
			i += size
			continue
		}
		switch c := raw[i+1]; c {
		case 'u':
			r, _ := hex4(raw[i+2:])
			i += 6
			if low, ok := lowSurrogate(raw[i:]); ok && 0xD800 <= r && r < 0xDC00 {
				r = 0x10000 + (r-0xD800)<<10 + low - 0xDC00
				i += 6
			}
			b.WriteRune(r) // U+FFFD for a surrogate
		default:
			if at := strings.IndexByte("bfnrt", c); at >= 0 {
				c = "\b\f\n\r\t"[at]
			}
			b.WriteByte(c)
			i += 2
		}
	}
	return b.String()
}

// lowSurrogate returns the second half of a surrogate pair that a text begins with.
func lowSurrogate(s string) (r rune, ok bool) {
	if !strings.HasPrefix(s, `\u`) {
		return 0, false
	}
	r, ok = hex4(s[2:])
	return r, ok && 0xDC00 <= r && r < 0xE000
}

// number reads a number and returns how it is spelled.
func (s *jsonScanner) number() string {
	s.next()
	start := s.pos
	if s.at() == '-' {
		s.pos++
	}
	if s.at() == '0' {
		s.pos++
	} else {
		s.digits()
	}
	if s.at() == '.' {
		s.pos++
		s.digits()
	}
	if s.at()|0x20 == 'e' {
		s.pos++
		if c := s.at(); c == '+' || c == '-' {
			s.pos++
		}
		s.digits()
	}
	if s.failed {
		return ""
	}
	return s.data[start:s.pos]
}

// at returns the byte that comes next, or 0.
func (s *jsonScanner) at() byte {
	if s.failed || s.pos >= len(s.data) {
		return 0
	}
	return s.data[s.pos]
}

// digits goes past one or more digits.
func (s *jsonScanner) digits() {
	if c := s.at(); c < '0' || c > '9' {
		s.fail()
	}
	for c := s.at(); '0' <= c && c <= '9'; c = s.at() {
		s.pos++
	}
}

// The following take any value for what is asked for. What it is not is skipped, and as if it were absent.

// members goes through the value, if it is an object.
func (s *jsonScanner) members(f func(name string)) {
	if s.kind() == '{' {
		s.object(f)
	} else {
		s.skip()
	}
}

// elements goes through the value, if it is a list.
func (s *jsonScanner) elements(f func()) {
	if s.kind() == '[' {
		s.array(f)
	} else {
		s.skip()
	}
}

// scalar returns a string, or the spelling of a number.
func (s *jsonScanner) scalar() (text string, ok bool) {
	switch c := s.kind(); {
	case c == '"':
		text = s.text()
	case c == '-' || '0' <= c && c <= '9':
		text = s.number()
	default:
		s.skip()
		return "", false
	}
	return text, !s.failed
}

// filled goes past a value and reports whether it is a string, a list or an object with something in it.
func (s *jsonScanner) filled() (filled bool) {
	switch s.kind() {
	case '"':
		raw, _ := s.rawText()
		return raw != ""
	case '[':
		s.array(func() { filled = true; s.skip() })
	case '{':
		s.object(func(string) { filled = true; s.skip() })
	default:
		s.skip()
	}
	return filled
}

// isTrue goes past a value and reports whether it is true.
func (s *jsonScanner) isTrue() bool {
	start := s.pos
	s.skip()
	text := strings.TrimSpace(s.data[start:s.pos])
	return text == "true" || text == `"true"` || text == "1"
}
