package fetch

import (
	"strings"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/header"
)

// An EmbedderPolicy is a client's embedder policy.
//
// https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy
type EmbedderPolicy struct {
	Value, ReportOnly                           EmbedderPolicyValue
	ReportingEndpoint, ReportOnlyReportEndpoint string
}

// ObtainEmbedderPolicy returns the embedder policy that a document or worker with these response headers has. A header that
// is malformed, or there twice, is ignored; so are all in a context that is not secure. Only tokens are values: a string
// "require-corp" in quotes is none.
//
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-an-embedder-policy
func ObtainEmbedderPolicy(l HeaderList, secureContext bool) EmbedderPolicy {
	var p EmbedderPolicy
	if !secureContext {
		return p
	}
	p.Value, p.ReportingEndpoint = embedderPolicyItem(l, "Cross-Origin-Embedder-Policy")
	p.ReportOnly, p.ReportOnlyReportEndpoint = embedderPolicyItem(l, "Cross-Origin-Embedder-Policy-Report-Only")
	return p
}

func embedderPolicyItem(l HeaderList, name string) (EmbedderPolicyValue, string) {
	v, ok := l.Get(name)
	if !ok {
		return EmbedderPolicyUnsafeNone, ""
	}
	token, reportTo, ok := parseItem(v, "report-to")
	switch {
	case ok && token == "require-corp":
		return EmbedderPolicyRequireCORP, reportTo
	case ok && token == "credentialless":
		return EmbedderPolicyCredentialless, reportTo
	}
	return EmbedderPolicyUnsafeNone, ""
}

// parseItem parses a structured field item whose bare item is a token, and returns the token and the value of the string
// parameter of that name. ok is false for anything else: other bare items and malformed fields mean the same here, no
// policy.
//
// https://www.rfc-editor.org/rfc/rfc9651#name-parsing-an-item
func parseItem(s, parameter string) (token, value string, ok bool) {
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
		str, isString := "", false
		if strings.HasPrefix(p.s, "=") {
			p.s = p.s[1:]
			if str, isString, ok = p.bareItem(); !ok {
				return "", "", false
			}
		}
		if key == parameter {
			// The last of several parameters of one name counts, whatever its type.
			value = ""
			if isString {
				value = str
			}
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

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

func (p *itemParser) token() (string, bool) {
	if p.s == "" || !isAlpha(p.s[0]) && p.s[0] != '*' {
		return "", false
	}
	return p.take(func(c byte) bool {
		return isAlpha(c) || header.IsDigit(c) || strings.IndexByte("!#$%&'*+-.^_`|~:/", c) >= 0
	}), true
}

func (p *itemParser) key() (string, bool) {
	if p.s == "" || !isLower(p.s[0]) && p.s[0] != '*' {
		return "", false
	}
	return p.take(func(c byte) bool { return isLower(c) || header.IsDigit(c) || strings.IndexByte("_-.*", c) >= 0 }), true
}

// bareItem consumes a bare item and returns it if it is a string.
func (p *itemParser) bareItem() (str string, isString, ok bool) {
	if p.s == "" {
		return "", false, false
	}
	switch c := p.s[0]; {
	case c == '"':
		str, ok = p.string()
		return str, true, ok
	case c == '?':
		ok = len(p.s) > 1 && (p.s[1] == '0' || p.s[1] == '1')
		if ok {
			p.s = p.s[2:]
		}
		return "", false, ok
	case c == ':':
		i := strings.IndexByte(p.s[1:], ':')
		if i < 0 {
			return "", false, false
		}
		content := p.s[1 : 1+i]
		p.s = p.s[i+2:]
		return "", false, strings.Trim(content, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == ""
	case c == '@':
		p.s = p.s[1:]
		return "", false, p.number(false)
	case c == '%':
		return "", false, p.displayString()
	case c == '-' || header.IsDigit(c):
		return "", false, p.number(true)
	}
	_, ok = p.token()
	return "", false, ok
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
			decoded = append(decoded, unhex(p.s[i+1])<<4|unhex(p.s[i+2]))
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
