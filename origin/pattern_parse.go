package origin

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/internal/weburl"
)

// A PatternCode says what kind of mistake is in a pattern. Codes are stable.
type PatternCode string

// The mistakes in patterns.
const (
	// PatternEmpty: there is nothing.
	PatternEmpty PatternCode = "empty"
	// PatternNull: "null" is how every opaque origin is serialized; it names none of them.
	PatternNull PatternCode = "null"
	// PatternMissingScheme: there is no scheme with "://" behind it.
	PatternMissingScheme PatternCode = "missing-scheme"
	// PatternInvalidScheme: what stands before "://" is no scheme.
	PatternInvalidScheme PatternCode = "invalid-scheme"
	// PatternOpaqueScheme: the origins of such URLs are opaque (file, data, blob, about).
	PatternOpaqueScheme PatternCode = "opaque-scheme"
	// PatternUserinfo: there is a user name or a password.
	PatternUserinfo PatternCode = "userinfo"
	// PatternPath: there is a slash, a path, a query or a fragment behind the host.
	PatternPath PatternCode = "path"
	// PatternMissingHost: there is no host.
	PatternMissingHost PatternCode = "missing-host"
	// PatternInvalidHost: the host is none, or not spelled as it is serialized.
	PatternInvalidHost PatternCode = "invalid-host"
	// PatternUpperCase: browsers send schemes and hosts in lower case.
	PatternUpperCase PatternCode = "upper-case"
	// PatternNotASCII: browsers send hosts in punycode.
	PatternNotASCII PatternCode = "not-ascii"
	// PatternWhiteSpace: there is white space or another control character.
	PatternWhiteSpace PatternCode = "white-space"
	// PatternSeveral: there is more than one origin.
	PatternSeveral PatternCode = "several-origins"
	// PatternMisplacedWildcard: a * that is not the first label of the host, nor the whole port, nor the whole pattern.
	PatternMisplacedWildcard PatternCode = "misplaced-wildcard"
	// PatternWildcardHost: "*." stands before what has no subdomains.
	PatternWildcardHost PatternCode = "wildcard-host"
	// PatternInvalidClass: the only class of hosts is {uuid}, for schemes with opaque hosts.
	PatternInvalidClass PatternCode = "invalid-class"
	// PatternInvalidPort: the port is no number up to 65535 in its shortest form, no list of those, and not *.
	PatternInvalidPort PatternCode = "invalid-port"
)

// A PatternError says why a string is not a pattern.
type PatternError struct {
	Pattern    string // what was given
	Code       PatternCode
	Offset     int    // of the first byte at fault in Pattern
	Reason     string // the same as Code, for people
	Suggestion string // a pattern that is valid and may have been meant, or ""
}

// Error returns the pattern, the byte at fault, the reason, and the suggestion.
func (e *PatternError) Error() string {
	b := make([]byte, 0, 128)
	b = append(b, "origin pattern "...)
	b = append(b, quote.Quote(e.Pattern)...)
	b = append(b, ", byte "...)
	b = strconv.AppendInt(b, int64(e.Offset), 10)
	b = append(b, ": "...)
	b = append(b, e.Reason...)
	if e.Suggestion != "" {
		b = append(b, "; did you mean "...)
		b = append(b, quote.Quote(e.Suggestion)...)
		b = append(b, '?')
	}
	return string(b)
}

func parsePattern(s string) (Pattern, *PatternError) {
	fail := func(code PatternCode, offset int, reason string) (Pattern, *PatternError) {
		return Pattern{}, &PatternError{Pattern: s, Code: code, Offset: offset, Reason: reason}
	}
	switch s {
	case "":
		return fail(PatternEmpty, 0, "there is no origin")
	case "*":
		return Pattern{class: &class{text: s, portless: portless{kind: anyOrigin}, ports: ports{any: true}}}, nil
	case "null":
		return fail(PatternNull, 0, `"null" is sent for every sandboxed document and by many others; it names nobody`)
	}
	// The URL standard allows * and { in hosts, so these come first.
	if strings.IndexByte(s, '*') < 0 && strings.IndexByte(s, '{') < 0 {
		if o, err := Parse(s); err == nil {
			return Pattern{exact: o}, nil
		}
	}

	for i := 0; i < len(s); i++ {
		switch {
		case s[i] >= 0x80:
			return fail(PatternNotASCII, i, "browsers send hosts in ASCII (punycode)")
		case s[i] <= ' ' || s[i] == 0x7F:
			return fail(PatternWhiteSpace, i, "an origin holds no white space and no control characters; there is one origin in a pattern")
		}
	}

	// The scheme.
	end := strings.Index(s, "://")
	if end <= 0 {
		return fail(PatternMissingScheme, 0, `an origin starts with a scheme and "://"`)
	}
	scheme := s[:end]
	for i := 0; i < len(scheme); i++ {
		c := scheme[i]
		switch {
		case 'a' <= c && c <= 'z':
		case 'A' <= c && c <= 'Z':
			return fail(PatternUpperCase, i, "browsers send schemes in lower case")
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return fail(PatternInvalidScheme, i, "a scheme is a letter, and then letters, digits, plus signs, hyphens and dots; there are no wildcards for it")
		}
	}
	switch scheme {
	case "file", "data", "blob", "about":
		return fail(PatternOpaqueScheme, 0, "origins of "+scheme+": URLs are opaque: browsers send null for them")
	}

	// What lies around the host.
	start := end + len("://")
	authority := s[start:]
	behind := strings.IndexAny(authority, `/?#\`)
	if behind < 0 {
		behind = len(authority)
	}
	if at := strings.IndexByte(authority[:behind], '@'); at >= 0 {
		return fail(PatternUserinfo, start, "an origin holds no user name and no password")
	}
	if comma := strings.IndexByte(authority, ','); comma >= 0 && strings.Contains(authority[comma:], "://") {
		return fail(PatternSeveral, start+comma, "there is one origin in a pattern")
	}
	if behind < len(authority) {
		return fail(PatternPath, start+behind, "an origin ends with its host or port: no slash, path, query or fragment")
	}

	// The host and where it ends.
	var hostEnd int
	if strings.HasPrefix(authority, "[") {
		hostEnd = strings.IndexByte(authority, ']') + 1
		if hostEnd == 0 {
			return fail(PatternInvalidHost, start, "the bracket is not closed")
		}
		if hostEnd < len(authority) && authority[hostEnd] != ':' {
			return fail(PatternInvalidHost, start+hostEnd, "after an IPv6 address comes a port or nothing")
		}
	} else if strings.HasPrefix(authority, "*.[") {
		return fail(PatternWildcardHost, start, "an address has no subdomains")
	} else if hostEnd = strings.IndexByte(authority, ':'); hostEnd < 0 {
		hostEnd = len(authority)
	}
	host := authority[:hostEnd]
	if host == "" {
		return fail(PatternMissingHost, start, "an origin has a host")
	}

	// The port.
	c := &class{portless: portless{oneHost, scheme, host}, ports: ports{null: true}}
	standard, special := weburl.SpecialScheme(scheme)
	if hostEnd < len(authority) {
		at, reason := c.ports.parse(authority[hostEnd+1:], standard, special)
		if reason != "" {
			return fail(PatternInvalidPort, start+hostEnd+1+at, reason)
		}
	}

	// The wildcards of hosts.
	probe, shift := s[:start+hostEnd], 0 // an origin that is valid if the host is
	switch star := strings.IndexByte(host, '*'); {
	case host == uuidClass:
		if special {
			return fail(PatternInvalidClass, start, "hosts of "+scheme+" are domains and addresses, not UUIDs")
		}
		if scheme == "chrome-extension" {
			return fail(PatternInvalidClass, start, "an extension's host is 32 letters from a to p in Chrome, the same for everybody, and no UUID: write that")
		}
		if hostEnd < len(authority) {
			return fail(PatternInvalidPort, start+hostEnd, "origins of extensions have no port")
		}
		c.kind, c.host, c.text = anyUUID, "", s
		return Pattern{class: c}, nil
	case strings.IndexByte(host, '{') >= 0:
		return fail(PatternInvalidClass, start+strings.IndexByte(host, '{'), "the only class of hosts is "+uuidClass)
	case star >= 0:
		if star > 0 || !strings.HasPrefix(host, "*.") || strings.IndexByte(host[1:], '*') >= 0 {
			if star == 0 {
				star = max(0, strings.LastIndexByte(host, '*'))
			}
			return fail(PatternMisplacedWildcard, start+star, `a wildcard is "*." before a domain, ":*" behind a host, or the whole pattern`)
		}
		if !special {
			return fail(PatternWildcardHost, start, "hosts of "+scheme+" are opaque: they have no subdomains")
		}
		c.kind, c.host = subdomains, host[2:]
		if c.host == "" || c.host[0] == '.' {
			return fail(PatternInvalidHost, start+2, `a domain comes behind "*."`)
		}
		// Any label will do in place of the wildcard.
		probe, shift = scheme+"://a."+c.host, -len("*")+len("a")
	}
	if _, err := Parse(probe); err != nil {
		offset := start
		if e, ok := errors.AsType[*ParseError](err); ok && e.Offset > start {
			offset = min(e.Offset-shift, start+hostEnd)
		}
		if i := strings.IndexFunc(host, isUpper); i >= 0 && special {
			return fail(PatternUpperCase, start+i, "browsers send hosts in lower case")
		}
		if c.kind == subdomains {
			if _, err := Parse(scheme + "://" + c.host); err == nil || c.host[0] == '[' {
				return fail(PatternWildcardHost, start, "an address has no subdomains")
			}
		}
		return fail(PatternInvalidHost, offset, "this is no host as browsers serialize it")
	}

	b := append(make([]byte, 0, len(s)), s[:start+hostEnd]...)
	c.text = string(c.ports.appendTo(b, standard, special))
	if c.kind == oneHost && !c.ports.any && (len(c.ports.list) == 0 || len(c.ports.list) == 1 && !c.ports.null) {
		o, err := Parse(c.text)
		if err != nil { // not to be expected: host and port have been judged
			return fail(PatternInvalidHost, start, "this is no host as browsers serialize it")
		}
		return Pattern{exact: o}, nil
	}
	return Pattern{class: c}, nil
}

func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }

// parse reads what stands behind the colon. Where that is wrong, it says where
// and why.
func (s *ports) parse(text string, defaultPort uint16, hasDefault bool) (offset int, reason string) {
	if text == "*" {
		*s = ports{any: true}
		return 0, ""
	}
	*s = ports{}
	rest, at := text, 0
	list := strings.HasPrefix(text, "[")
	if list {
		if !strings.HasSuffix(text, "]") {
			return 0, "the list of ports is not closed"
		}
		rest, at = text[1:len(text)-1], 1
	}
	for more := true; more; {
		var digits string
		if list {
			digits, rest, more = strings.Cut(rest, ",")
		} else {
			digits, more = rest, false
		}
		port, err := strconv.ParseUint(digits, 10, 16)
		switch {
		case digits == "":
			return at, "a number is missing behind the colon or a comma"
		case err != nil || digits[0] == '+':
			return at, "a port is a number from 0 to 65535, a list of them in brackets, or *"
		case len(digits) > 1 && digits[0] == '0':
			return at, "a port has no leading zeros"
		case hasDefault && uint16(port) == defaultPort:
			s.null = true
		default:
			s.list = append(s.list, uint16(port))
		}
		at += len(digits) + 1
	}
	slices.Sort(s.list)
	s.list = slices.Compact(s.list)
	return 0, ""
}

// maxSuggested bounds what suggestPattern looks at.
const maxSuggested = 1024

// suggestPattern guesses what was meant by s, which is no pattern. It returns
// a pattern in canonical form, or "".
func suggestPattern(s string) string {
	s = strings.Trim(s, " \t\r\n\"'")
	if s == "" || s == "null" || len(s) > maxSuggested {
		return ""
	}
	scheme, rest, ok := strings.Cut(s, "://")
	scheme = strings.ToLower(scheme)
	switch {
	case !ok && strings.ContainsAny(s, "/^$()|+"):
		return "" // more likely a regular expression
	case !ok:
		scheme, rest = "https", s
		if strings.HasPrefix(s, "localhost") || strings.HasPrefix(s, "127.") || strings.HasPrefix(s, "[::1]") {
			scheme = "http"
		}
	case scheme == "*" || scheme == "":
		scheme = "https"
	}
	if comma := strings.IndexByte(rest, ','); comma >= 0 && strings.Contains(rest[comma:], "://") {
		rest = rest[:comma]
	}
	if i := strings.IndexAny(rest, "/?#\\ \t"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]

	host, port := rest, ""
	if i := strings.LastIndexByte(rest, ']'); i > 0 && strings.HasPrefix(rest, "[") {
		host, port = rest[:i+1], rest[i+1:]
	} else if i := strings.IndexByte(rest, ':'); i >= 0 {
		host, port = rest[:i], rest[i:]
	}
	host, port = suggestHost(scheme, host), suggestPort(port)
	if base, isPrefix := strings.CutSuffix(host, "*"); ok && isPrefix && base != "" && port == "" && !strings.HasSuffix(base, ".") {
		host, port = base, ":*" // http://localhost*
	}
	for _, candidate := range []string{scheme + "://" + host + port, scheme + "://" + host} {
		if !ok && !strings.HasSuffix(candidate, port) {
			break // data:x means no host called data
		}
		if p, err := parsePattern(candidate); err == nil {
			return p.String()
		}
	}
	return ""
}

// suggestHost returns host as browsers would spell it, with a leading wildcard
// put right, or host itself where that fails.
func suggestHost(scheme, host string) string {
	prefix, probe := "", ""
	base := host
	if strings.HasPrefix(host, "*") {
		prefix, probe = "*.", "a."
		base = strings.TrimLeft(host[1:], ".")
	}
	if strings.IndexByte(base, '*') >= 0 {
		return host
	}
	if o, err := OfURL(scheme + "://" + probe + base); err == nil && !o.IsOpaque() && o.IsValid() {
		return prefix + strings.TrimPrefix(o.Host(), probe)
	}
	return prefix + strings.ToLower(base)
}

// suggestPort returns port, which starts with a colon or is empty, without
// leading zeros.
func suggestPort(port string) string {
	if digits := strings.TrimLeft(strings.TrimPrefix(port, ":"), "0"); digits != "" && strings.Trim(digits, "0123456789") == "" {
		return ":" + digits
	}
	return port
}
