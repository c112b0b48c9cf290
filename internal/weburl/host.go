package weburl

import (
	"strings"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/idna"
)

// ParseHost is the host parser, followed by the host serializer. The input is
// a scalar value string (valid UTF-8), not empty unless isOpaque.
//
// https://url.spec.whatwg.org/#concept-host-parser
func ParseHost(input string, isOpaque bool) (string, *Error) {
	if strings.HasPrefix(input, "[") { // Host parser, step 1.
		if !strings.HasSuffix(input, "]") {
			return "", fail(len(input), ReasonIPv6Unclosed)
		}
		address, err := parseIPv6(input[1 : len(input)-1])
		if err != nil {
			return "", err.shift(1)
		}
		var buf [41]byte
		b := append(appendIPv6(append(buf[:0], '['), address), ']')
		if string(b) == input {
			return input, nil
		}
		return string(b), nil
	}
	if isOpaque { // Step 2.
		return parseOpaqueHost(input)
	}
	if input == "" { // Step 3 asserts it.
		return "", fail(0, ReasonHostMissing)
	}
	domain := input
	if strings.IndexByte(input, '%') >= 0 { // Step 5.
		domain = percentDecode(input)
		if !utf8.ValidString(domain) {
			// UTF-8 decode without BOM makes U+FFFD of it, which no domain may hold.
			return "", fail(strings.IndexByte(input, '%'), ReasonNotUTF8)
		}
	}
	ascii, err := ParseDomain(domain, false) // Steps 6 and 7.
	if err != nil {
		if domain != input {
			err.Offset = min(err.Offset, strings.IndexByte(input, '%'))
		}
		return "", err
	}
	if EndsInANumber(ascii) { // Step 8.
		if ascii == domain && isCanonicalIPv4(ascii) {
			return ascii, nil
		}
		v4, err := parseIPv4(ascii)
		if err != nil {
			if ascii != input {
				err.Offset = 0
			}
			return "", err
		}
		var buf [15]byte
		return string(appendIPv4(buf[:0], v4)), nil
	}
	return ascii, nil // Step 9.
}

// ParseDomain is the domain parser, formerly named "domain to ASCII". The
// input is a scalar value string (valid UTF-8).
//
// https://url.spec.whatwg.org/#concept-domain-to-ascii
func ParseDomain(domain string, beStrict bool) (string, *Error) {
	if beStrict { // Domain parser, step 3.
		result, err := idna.ToASCII(domain, true)
		if err != nil {
			return "", fail(err.Offset, Reason(err.Reason))
		}
		return result, nil
	}
	var result string
	if isASCII(domain) { // Step 5.
		result = lowerASCII(domain)
	} else { // Step 6.
		r, err := idna.ToASCII(domain, false)
		if err != nil {
			return "", fail(err.Offset, Reason(err.Reason))
		}
		result = r
	}
	if result == "" { // Step 7.
		return "", fail(0, ReasonDomainEmpty)
	}
	for i := range len(result) { // Step 8.
		if classes[result[i]].has(forbiddenDomain) {
			return "", fail(forbiddenAt(domain, result[i], i), ReasonForbiddenDomain)
		}
	}
	return result, nil // Step 9.
}

// forbiddenAt finds in a domain the forbidden byte that its ASCII form has at
// place at: the same place where nothing but case changed, else the first of
// its kind, else (it came out of a mapping) the start.
func forbiddenAt(domain string, c byte, at int) int {
	if at < len(domain) && domain[at] == c {
		return at
	}
	return max(0, strings.IndexByte(domain, c))
}

// parseOpaqueHost is the opaque-host parser.
//
// https://url.spec.whatwg.org/#concept-opaque-host-parser
func parseOpaqueHost(input string) (string, *Error) {
	encode := 0
	for i := range len(input) { // Opaque-host parser, step 1.
		k := classes[input[i]]
		if k.has(forbiddenHost) {
			return "", fail(i, ReasonForbiddenHost)
		}
		if k.has(setC0) {
			encode++
		}
	}
	if encode == 0 {
		return input, nil
	}
	return string(appendEncoded(make([]byte, 0, len(input)+2*encode), input, setC0)), nil // Step 4.
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lowerASCII is ASCII lowercase; it allocates only where it changes something.
func lowerASCII(s string) string {
	for i := range len(s) {
		if classes[s[i]].has(upper) {
			b := []byte(s)
			for ; i < len(b); i++ {
				if classes[b[i]].has(upper) {
					b[i] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}
