package weburl

import (
	"strings"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/idna"
)

// ParseHost is the host parser, followed by the host serializer. The input is a scalar value string (valid UTF-8), not
// empty unless isOpaque. It does not allocate where the host is serialized and of common length.
//
// https://url.spec.whatwg.org/#concept-host-parser
func ParseHost(input string, isOpaque bool) (string, *Error) {
	var buf [64]byte
	b, err := appendHost(buf[:0], input, isOpaque)
	if err != nil {
		return "", err
	}
	if string(b) == input {
		return input, nil
	}
	return string(b), nil
}

// appendHost appends what ParseHost returns.
//
// https://url.spec.whatwg.org/#concept-host-parser
func appendHost(b []byte, input string, isOpaque bool) ([]byte, *Error) {
	if strings.HasPrefix(input, "[") { // Host parser, step 1.
		if !strings.HasSuffix(input, "]") {
			return nil, fail(len(input), ReasonIPv6Unclosed)
		}
		address, err := parseIPv6(input[1 : len(input)-1])
		if err != nil {
			return nil, err.shift(1)
		}
		return append(appendIPv6(append(b, '['), address), ']'), nil
	}
	if isOpaque { // Host parser, step 2.
		return appendOpaqueHost(b, input)
	}
	if input == "" { // Host parser, step 3, asserts it.
		return nil, fail(0, ReasonHostMissing)
	}
	start := len(b)
	domain, err := appendDomain(b, input) // Host parser, steps 6 and 7.
	if err != nil {
		percent := strings.IndexByte(input, '%')
		if percent < 0 {
			return nil, err
		}
		decoded := PercentDecode(input) // Host parser, step 5. Until then, what holds a "%" is not a domain.
		if !utf8.ValidString(decoded) { // Host parser, step 7, in the end:
			// UTF-8 decode without BOM makes U+FFFD of it, which no domain may hold.
			return nil, fail(percent, ReasonNotUTF8)
		}
		if domain, err = appendDomain(b, decoded); err != nil {
			if decoded != input {
				err.Offset = min(err.Offset, percent)
			}
			return nil, err
		}
	}
	b = domain
	if !mayEndANumber(b[len(b)-1]) {
		return b, nil // Host parser, step 9.
	}
	if ascii := string(b[start:]); EndsInANumber(ascii) { // Host parser, step 8.
		v4, err := parseIPv4(ascii)
		if err != nil {
			if ascii != input {
				err.Offset = 0
			}
			return nil, err
		}
		return appendIPv4(b[:start], v4), nil
	}
	return b, nil // Host parser, step 9.
}

// ParseDomain is the domain parser, formerly named "domain to ASCII". The input is a scalar value string (valid UTF-8).
//
// https://url.spec.whatwg.org/#concept-domain-to-ascii
func ParseDomain(domain string, beStrict bool) (string, *Error) {
	var buf [128]byte
	b := buf[:0]
	if beStrict { // Domain parser, step 3.
		ascii, err := idna.AppendToASCII(b, domain, true)
		if err != nil {
			return "", fail(err.Offset, Reason(err.Reason))
		}
		b = ascii
	} else if ascii, err := appendDomain(b, domain); err != nil {
		return "", err
	} else {
		b = ascii
	}
	if string(b) == domain {
		return domain, nil
	}
	return string(b), nil
}

// appendDomain appends what the domain parser returns where it is not strict.
//
// https://url.spec.whatwg.org/#concept-domain-to-ascii
func appendDomain(b []byte, domain string) ([]byte, *Error) {
	start := len(b)
	b = append(b, domain...)
	seen := class(0)
	for i, c := range b[start:] { // Domain parser, step 5.
		if seen |= classes[c]; classes[c].has(upper) {
			b[start+i] = c | 0x20
		}
	}
	if seen.has(setC0) && !isASCII(domain) { // Domain parser, step 6.
		ascii, err := idna.AppendToASCII(b[:start], domain, false)
		if err != nil {
			return nil, fail(err.Offset, Reason(err.Reason))
		}
		b, seen = ascii, forbiddenDomain
	}
	if len(b) == start { // Domain parser, step 7.
		return nil, fail(0, ReasonDomainEmpty)
	}
	for i := start; i < len(b) && seen.has(forbiddenDomain); i++ { // Domain parser, step 8.
		if classes[b[i]].has(forbiddenDomain) {
			return nil, fail(forbiddenAt(domain, b[i], i-start), ReasonForbiddenDomain)
		}
	}
	return b, nil // Domain parser, step 9.
}

// forbiddenAt finds in a domain the forbidden byte that its ASCII form has at place at: the same place where nothing
// but case changed, else the first of its kind, else (it came out of a mapping) the start.
func forbiddenAt(domain string, c byte, at int) int {
	if at < len(domain) && domain[at] == c {
		return at
	}
	return max(0, strings.IndexByte(domain, c))
}

// appendOpaqueHost appends what the opaque-host parser returns.
//
// https://url.spec.whatwg.org/#concept-opaque-host-parser
func appendOpaqueHost(b []byte, input string) ([]byte, *Error) {
	for i := range len(input) { // Opaque-host parser, step 1.
		if classes[input[i]].has(forbiddenHost) {
			return nil, fail(i, ReasonForbiddenHost)
		}
	}
	return appendEncoded(b, input, setC0), nil // Opaque-host parser, step 4.
}

// IsLoopback reports whether a serialized host, not an opaque one, is the machine's own: a loopback address, or a name
// of localhost, which browsers resolve to one ("let localhost be localhost"). An IPv4-mapped address is not in ::1/128.
// What only looks like an address is not one.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func IsLoopback(host string) bool {
	// Is origin potentially trustworthy, step 4.
	if host == "[::1]" || strings.HasPrefix(host, "127.") && isCanonicalIPv4(host) {
		return true
	}
	// Is origin potentially trustworthy, step 5.
	host = strings.TrimSuffix(host, ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
