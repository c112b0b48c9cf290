package origin

import (
	"strconv"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/idna"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/internal/weburl"
)

// ParseError says why a string is not an origin, URL, host or domain, and where.
type ParseError struct {
	Offset int    // the byte where the mistake was found, at most the length
	Reason string // what is wrong
	input  string // the string, whole
	kind   kind   // what it was to be; a string of it would make the error a third larger
}

type kind uint8

const (
	kindOrigin kind = iota
	kindURL
	kindHost
	kindDomain
)

var kinds = [...]string{kindOrigin: "origin", kindURL: "URL", kindHost: "host", kindDomain: "domain"}

// Error says what is wrong, where, and what to do.
func (e *ParseError) Error() string {
	msg := "origin: invalid " + kinds[e.kind] + " " + quote.Quote(e.input) + ", byte " + strconv.Itoa(e.Offset) + ": " + e.Reason
	if hint := e.Hint(); hint != "" {
		msg += " (" + hint + ")"
	}
	return msg
}

// Hint says what to do.
func (e *ParseError) Hint() string { return hints[weburl.Reason(e.Reason)] }

const (
	hintIPv4 = "write four decimal numbers from 0 to 255, or a last label that is not a number"
	hintIPv6 = "write an address such as [2001:db8::1], without a zone"
)

// hints says what to do about each reason.
var hints = map[weburl.Reason]string{
	reasonOutsideABNF: "write a host of letters, digits, and hyphens within labels",

	weburl.ReasonMissingScheme:         "write an absolute URL, such as https://example.com/",
	weburl.ReasonHostMissing:           "write a host after the scheme, such as https://example.com/",
	weburl.ReasonPortInvalid:           "write a decimal port, or none",
	weburl.ReasonPortOutOfRange:        "write a port from 0 to 65535",
	weburl.ReasonTooLong:               "write at most 1 GiB",
	weburl.ReasonForbiddenDomain:       "remove the code point",
	weburl.ReasonForbiddenHost:         "remove the code point or percent-encode it",
	weburl.ReasonNotUTF8:               "write the domain in its ASCII form, with xn--",
	weburl.ReasonDomainEmpty:           "write a domain that is not of invisible code points alone",
	weburl.ReasonIPv4TooManyParts:      hintIPv4,
	weburl.ReasonIPv4NonNumericPart:    hintIPv4,
	weburl.ReasonIPv4OutOfRange:        hintIPv4,
	weburl.ReasonIPv6Unclosed:          "close the bracket",
	weburl.ReasonIPv6Compression:       hintIPv6,
	weburl.ReasonIPv6TooManyPieces:     hintIPv6,
	weburl.ReasonIPv6Multiple:          hintIPv6,
	weburl.ReasonIPv6InvalidCodePoint:  hintIPv6,
	weburl.ReasonIPv6TooFewPieces:      hintIPv6,
	weburl.ReasonIPv6v4TooManyPieces:   hintIPv6,
	weburl.ReasonIPv6v4InvalidCodeUnit: hintIPv6,
	weburl.ReasonIPv6v4OutOfRange:      hintIPv6,
	weburl.ReasonIPv6v4TooFewParts:     hintIPv6,

	idna.ReasonTooLong:    "write the domain in its ASCII form, with xn--",
	idna.ReasonDisallowed: "remove the code point",
	idna.ReasonPunycode:   "write the label in Unicode, or its Punycode as it is registered",
	idna.ReasonLabel:      "write the label as it is registered",
	idna.ReasonHyphens:    "remove the hyphens, or do not be strict",
	idna.ReasonSTD3:       "remove the code point, or do not be strict",
	idna.ReasonDNSLength:  "write labels of 1 to 63 bytes, 253 together, without a dot at the end",

	weburl.ReasonOriginEmpty:       "write a scheme, :// and a host, such as https://example.com",
	weburl.ReasonOriginScheme:      "write a scheme, :// and a host, such as https://example.com",
	weburl.ReasonOriginNoTuple:     "origins of such URLs are opaque; browsers send null",
	weburl.ReasonOriginUpper:       "write the host in lower case",
	weburl.ReasonOriginNonASCII:    "write the domain in its ASCII form, with xn--",
	weburl.ReasonOriginUserinfo:    "remove all up to the @",
	weburl.ReasonOriginAfter:       "remove what follows the host and port; an origin has no slash at its end",
	weburl.ReasonOriginSpace:       "remove the white space; the header holds one origin",
	weburl.ReasonOriginIPv4:        "write four decimal numbers without leading zeros",
	weburl.ReasonOriginIPv6:        "write the address compressed, in lower case, and without leading zeros",
	weburl.ReasonOriginDefaultPort: "leave the port out",
	weburl.ReasonOriginPortZero:    "leave the leading zeros out",
	weburl.ReasonOriginPortEmpty:   "leave the colon out",
}

// validUTF8 is s as a scalar value string: each byte that is not UTF-8 becomes U+FFFD.
func validUTF8(s string) string { return string([]rune(s)) }

// hostError is the error for a host or domain s that was parsed as validUTF8(s).
func hostError(kind kind, s string, err *weburl.Error) error {
	at, n := len(s), 0
	for i, r := range s {
		if n >= err.Offset {
			at = i
			break
		}
		n += utf8.RuneLen(r)
	}
	return &ParseError{kind: kind, input: s, Offset: at, Reason: string(err.Reason)}
}
