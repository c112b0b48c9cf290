package safelist

import (
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/mime"
)

// MaxSafelistedValueLength is how many bytes the value of a CORS-safelisted request-header may have. Without a limit, a
// page could make another origin's server reject requests for their size and learn from that (whatwg/fetch #736).
const MaxSafelistedValueLength = 128

// The sets of bytes that the values of safelisted headers are checked against.
const (
	unsafeByte     = 1 << iota // CORS-unsafe request-header byte
	noLanguageByte             // not allowed in Accept-Language and Content-Language
)

// valueBytes says of each byte in which of these sets it is. Bytes from 0x80 on are not CORS-unsafe request-header
// bytes, nor are comma, slash, semicolon and equals sign.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte
var valueBytes = func() (t [256]uint8) {
	for b := range 0x20 {
		if b != '\t' {
			t[b] |= unsafeByte
		}
	}
	for _, b := range "\"():<>?@[\\]{}\x7F" {
		t[b] |= unsafeByte
	}
	for b := range t {
		switch {
		case '0' <= b && b <= '9', 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z':
		case strings.IndexByte(" *,-.;=", byte(b)) >= 0:
		default:
			t[b] |= noLanguageByte
		}
	}
	return t
}()

// IsCORSSafelistedRequestHeader reports whether a cross-origin request may carry the header (name, value) without a
// preflight, as far as this header goes.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func IsCORSSafelistedRequestHeader(name, value string) bool {
	return CheckCORSSafelistedRequestHeader(name, value).OK()
}

// CheckCORSSafelistedRequestHeader says why (name, value) is not safelisted. The rules are tried in the standard's
// order, the length of the value first. See [IsCORSSafelistedRequestHeader].
func CheckCORSSafelistedRequestHeader(name, value string) Reason {
	if len(value) > MaxSafelistedValueLength { // CORS-safelisted request-header, step 1.
		return Reason{RuleValueTooLong, MaxSafelistedValueLength}
	}
	// CORS-safelisted request-header, steps 2 and 3. Their lengths tell the five names apart, and the case in which
	// they mostly come is tried first.
	switch len(name) {
	case len("accept"):
		if name == "Accept" || header.EqualFold(name, "accept") {
			return without(value, unsafeByte, RuleValueUnsafeByte)
		}
	case len("accept-language"), len("content-language"):
		if name == "Accept-Language" || name == "Content-Language" ||
			header.EqualFold(name, "accept-language") || header.EqualFold(name, "content-language") {
			return without(value, noLanguageByte, RuleValueNotLanguageByte)
		}
	case len("content-type"):
		if name == "Content-Type" || header.EqualFold(name, "content-type") {
			return safelistedContentType(value)
		}
	case len("range"):
		if header.EqualFold(name, "range") {
			return safelistedRange(value)
		}
	}
	return Reason{RuleNameNotSafelisted, -1}
}

// without says which byte of value is in set, if one is, and that this is against the rule.
func without(value string, set uint8, rule Rule) Reason {
	if anyByte(value)&set == 0 {
		return pass() // CORS-safelisted request-header, step 3.
	}
	at := 0
	for valueBytes[value[at]]&set == 0 {
		at++
	}
	return Reason{rule, at}
}

// anyByte returns the sets that any byte of value is in. It has no branch to mispredict, and its steps can overlap.
func anyByte(value string) (sets uint8) {
	for len(value) >= 16 {
		sets |= valueBytes[value[0]] | valueBytes[value[1]] | valueBytes[value[2]] | valueBytes[value[3]] |
			valueBytes[value[4]] | valueBytes[value[5]] | valueBytes[value[6]] | valueBytes[value[7]] |
			valueBytes[value[8]] | valueBytes[value[9]] | valueBytes[value[10]] | valueBytes[value[11]] |
			valueBytes[value[12]] | valueBytes[value[13]] | valueBytes[value[14]] | valueBytes[value[15]]
		value = value[16:]
	}
	for i := 0; i < len(value); i++ {
		sets |= valueBytes[value[i]]
	}
	return sets
}

// safelistedContentType looks at the essence only, and needs no record of the MIME type: its parameters cannot make
// parsing fail.
func safelistedContentType(value string) Reason {
	// CORS-safelisted request-header, step 2, content-type, step 1.
	if reason := without(value, unsafeByte, RuleValueUnsafeByte); !reason.OK() {
		return reason
	}
	typ, subtype, fault := mime.Scan(value) // CORS-safelisted request-header, step 2, content-type, steps 2 and 3.
	if fault.Kind != mime.NoFault {
		return Reason{RuleContentTypeMalformed, fault.Byte}
	}
	switch { // CORS-safelisted request-header, step 2, content-type, step 4.
	case header.EqualFold(typ, "text") && header.EqualFold(subtype, "plain"),
		header.EqualFold(typ, "multipart") && header.EqualFold(subtype, "form-data"),
		header.EqualFold(typ, "application") && header.EqualFold(subtype, "x-www-form-urlencoded"):
		return pass() // CORS-safelisted request-header, step 3.
	}
	return Reason{RuleContentTypeNotSafelisted, -1}
}

func safelistedRange(value string) Reason {
	r, reason := parseSingleRange(value, false) // CORS-safelisted request-header, step 2, range, steps 1 and 2.
	if reason.OK() && r.Start == "" {           // CORS-safelisted request-header, step 2, range, step 3.
		return Reason{RuleRangeWithoutStart, len("bytes=")}
	}
	return reason // CORS-safelisted request-header, step 3.
}

// IsCORSNonWildcardRequestHeaderName reports whether a * in Access-Control-Allow-Headers does not cover name: whether
// it is Authorization.
//
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func IsCORSNonWildcardRequestHeaderName(name string) bool {
	return header.EqualFold(name, "Authorization")
}

// IsPrivilegedNoCORSRequestHeaderName reports whether name is Range, which a no-cors request can have from privileged
// code and loses as soon as a page changes its headers.
//
// https://fetch.spec.whatwg.org/#privileged-no-cors-request-header-name
func IsPrivilegedNoCORSRequestHeaderName(name string) bool {
	return header.EqualFold(name, "Range")
}

// IsRequestBodyHeaderName reports whether name is that of a header that describes a request's body, and so goes when a
// redirect drops the body.
//
// https://fetch.spec.whatwg.org/#request-body-header-name
func IsRequestBodyHeaderName(name string) bool { return requestBodyHeaderNames.contains(name) }

var requestBodyHeaderNames = newNameSet("Content-Encoding", "Content-Language", "Content-Location", "Content-Type")
