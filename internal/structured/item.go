// Package structured parses structured fields, as far as the standards of this module read any.
//
// https://www.rfc-editor.org/rfc/rfc9651
package structured

import (
	"strings"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/header"
)

// ParseTokenItem parses a field whose type is an item and whose value is a token, and returns the token and the value
// of the parameter of that name if that is a string, else "". ok is false for malformed fields and for items of other
// types, which mean the same to those who ask for a token.
//
// https://www.rfc-editor.org/rfc/rfc9651#name-parsing-an-item
func ParseTokenItem(s, parameter string) (token, value string, ok bool) {
	p := itemParser{strings.Trim(s, " ")}
	if token, ok = p.token(); !ok {
		return "", "", false
	}
	for strings.HasPrefix(p.s, ";") {
		p.s = strings.TrimLeft(p.s[1:], " ")
		key, ok := p.key()
		if !ok {
			return "", "", false
		}
		str := ""
		if strings.HasPrefix(p.s, "=") {
			p.s = p.s[1:]
			if str, ok = p.bareItem(); !ok {
				return "", "", false
			}
		}
		if key == parameter {
			value = str // the last of several of one name counts, whatever its type
		}
	}
	return token, value, p.s == ""
}

type itemParser struct{ s string }

// take removes and returns the longest prefix of bytes that satisfy f.
func (p *itemParser) take(f func(c byte) bool) string {
	i := 0
	for i < len(p.s) && f(p.s[i]) {
		i++
	}
	t := p.s[:i]
	p.s = p.s[i:]
	return t
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

func (p *itemParser) token() (string, bool) {
	if p.s == "" || !header.IsAlpha(p.s[0]) && p.s[0] != '*' {
		return "", false
	}
	return p.take(func(c byte) bool {
		return header.IsAlpha(c) || header.IsDigit(c) || strings.IndexByte("!#$%&'*+-.^_`|~:/", c) >= 0
	}), true
}

func (p *itemParser) key() (string, bool) {
	if p.s == "" || !isLower(p.s[0]) && p.s[0] != '*' {
		return "", false
	}
	return p.take(func(c byte) bool { return isLower(c) || header.IsDigit(c) || strings.IndexByte("_-.*", c) >= 0 }), true
}

// bareItem consumes a bare item and returns it if it is a string, else "".
func (p *itemParser) bareItem() (str string, ok bool) {
	if p.s == "" {
		return "", false
	}
	switch c := p.s[0]; {
	case c == '"':
		return p.string()
	case c == '?':
		ok = len(p.s) > 1 && (p.s[1] == '0' || p.s[1] == '1')
		if ok {
			p.s = p.s[2:]
		}
		return "", ok
	case c == ':':
		content, rest, closed := strings.Cut(p.s[1:], ":")
		p.s = rest
		return "", closed && isBase64(content)
	case c == '@':
		p.s = p.s[1:]
		return "", p.number(false)
	case c == '%':
		return "", p.displayString()
	case c == '-' || header.IsDigit(c):
		return "", p.number(true)
	}
	_, ok = p.token()
	return "", ok
}

// isBase64 says whether base64 decoding succeeds, with padding synthesized where it is missing.
func isBase64(s string) bool {
	data := strings.TrimRight(s, "=")
	padding := len(s) - len(data)
	return strings.Trim(data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") == "" && len(data)%4 != 1 && padding <= -len(data)&3
}

func (p *itemParser) string() (string, bool) {
	var b strings.Builder
	for i := 1; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.s = p.s[i+1:]
			return b.String(), true
		case c == '\\':
			i++
			if i == len(p.s) || p.s[i] != '"' && p.s[i] != '\\' {
				return "", false
			}
			b.WriteByte(p.s[i])
		case c < 0x20 || c > 0x7E:
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

func (p *itemParser) displayString() bool {
	if !strings.HasPrefix(p.s, `%"`) {
		return false
	}
	lowerHex := func(c byte) bool { return header.IsDigit(c) || 'a' <= c && c <= 'f' }
	var decoded []byte
	for i := 2; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.s = p.s[i+1:]
			return utf8.Valid(decoded)
		case c == '%':
			if i+2 >= len(p.s) || !lowerHex(p.s[i+1]) || !lowerHex(p.s[i+2]) {
				return false
			}
			decoded = append(decoded, header.Unhex(p.s[i+1])<<4|header.Unhex(p.s[i+2]))
			i += 2
		case c < 0x20 || c > 0x7E:
			return false
		default:
			decoded = append(decoded, c)
		}
	}
	return false
}

func (p *itemParser) number(decimals bool) bool {
	p.s = strings.TrimPrefix(p.s, "-")
	integer := p.take(header.IsDigit)
	if integer == "" {
		return false
	}
	if !strings.HasPrefix(p.s, ".") {
		return len(integer) <= 15
	}
	p.s = p.s[1:]
	fraction := p.take(header.IsDigit)
	return decimals && len(integer) <= 12 && 1 <= len(fraction) && len(fraction) <= 3
}
