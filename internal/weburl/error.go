package weburl

// A Reason says in words why an input is not a URL or host. Reasons are constant
// strings, so that making one costs nothing.
type Reason string

// The reasons for which parsing fails. Those that correspond to a validation error of the standard are named after it.
const (
	ReasonMissingScheme         Reason = "relative URL without a base URL"                     // missing-scheme-non-relative-URL
	ReasonHostMissing           Reason = "host is missing"                                     // host-missing
	ReasonPortInvalid           Reason = "port is not a number"                                // port-invalid
	ReasonPortOutOfRange        Reason = "port is greater than 65535"                          // port-out-of-range
	ReasonTooLong               Reason = "input is too long"                                   // a limit of this package
	ReasonForbiddenDomain       Reason = "forbidden code point in a domain"                    // domain-invalid-code-point
	ReasonForbiddenHost         Reason = "forbidden code point in an opaque host"              // host-invalid-code-point
	ReasonNotUTF8               Reason = "percent-encoded bytes in a domain are not UTF-8"     // domain-to-ASCII
	ReasonDomainEmpty           Reason = "domain is empty after mapping"                       // domain-to-ASCII
	ReasonIPv4TooManyParts      Reason = "IPv4 address has more than four parts"               // IPv4-too-many-parts
	ReasonIPv4NonNumericPart    Reason = "host ends in a number but is not an IPv4 address"    // IPv4-non-numeric-part
	ReasonIPv4OutOfRange        Reason = "IPv4 address part is out of range"                   // IPv4-out-of-range-part
	ReasonIPv6Unclosed          Reason = "IPv6 address lacks its closing bracket"              // IPv6-unclosed
	ReasonIPv6Compression       Reason = "IPv6 address starts with a single colon"             // IPv6-invalid-compression
	ReasonIPv6TooManyPieces     Reason = "IPv6 address has more than eight pieces"             // IPv6-too-many-pieces
	ReasonIPv6Multiple          Reason = "IPv6 address is compressed twice"                    // IPv6-multiple-compression
	ReasonIPv6InvalidCodePoint  Reason = "IPv6 address has an invalid code point"              // IPv6-invalid-code-point
	ReasonIPv6TooFewPieces      Reason = "IPv6 address has fewer than eight pieces"            // IPv6-too-few-pieces
	ReasonIPv6v4TooManyPieces   Reason = "IPv4 address in an IPv6 address starts too late"     // IPv4-in-IPv6-too-many-pieces
	ReasonIPv6v4InvalidCodeUnit Reason = "IPv4 address in an IPv6 address is malformed"        // IPv4-in-IPv6-invalid-code-point
	ReasonIPv6v4OutOfRange      Reason = "IPv4 address in an IPv6 address has a part over 255" // IPv4-in-IPv6-out-of-range-part
	ReasonIPv6v4TooFewParts     Reason = "IPv4 address in an IPv6 address lacks parts"         // IPv4-in-IPv6-too-few-parts
)

// The reasons for which a string is not a serialized origin, besides those above.
const (
	ReasonOriginEmpty       Reason = "origin is empty"
	ReasonOriginScheme      Reason = "origin has no scheme in lower case, followed by ://"
	ReasonOriginNoTuple     Reason = "scheme has no origin of its own"
	ReasonOriginUpper       Reason = "host is not in lower case"
	ReasonOriginNonASCII    Reason = "host is not in ASCII"
	ReasonOriginUserinfo    Reason = "origin has a user name or password"
	ReasonOriginAfter       Reason = "origin has something after its host and port"
	ReasonOriginSpace       Reason = "origin has white space"
	ReasonOriginIPv4        Reason = "IPv4 address is not in its serialized form"
	ReasonOriginIPv6        Reason = "IPv6 address is not in its serialized form"
	ReasonOriginDefaultPort Reason = "port is the scheme's default"
	ReasonOriginPortZero    Reason = "port has a leading zero"
	ReasonOriginPortEmpty   Reason = "port is empty"
)

// An Error is a failure of a parser: the reason, and the byte of the input where it was found.
type Error struct {
	Offset int
	Reason Reason
}

func (e *Error) Error() string { return string(e.Reason) }

func fail(offset int, r Reason) *Error { return &Error{Offset: offset, Reason: r} }

// shift moves an error found in a part of the input to the part's place.
func (e *Error) shift(by int) *Error {
	e.Offset += by
	return e
}
