package origin

import (
	"strconv"

	"github.com/corspec/corspec/internal/quote"
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
	// PatternInvalidScheme: what stands before "://" is not a scheme.
	PatternInvalidScheme PatternCode = "invalid-scheme"
	// PatternOpaqueScheme: the origins of such URLs are opaque (file, data, blob, about).
	PatternOpaqueScheme PatternCode = "opaque-scheme"
	// PatternUserinfo: there is a user name or a password.
	PatternUserinfo PatternCode = "userinfo"
	// PatternPath: there is a slash, a path, a query or a fragment behind the host.
	PatternPath PatternCode = "path"
	// PatternMissingHost: there is no host.
	PatternMissingHost PatternCode = "missing-host"
	// PatternInvalidHost: the host is not one, or not spelled as it is serialized.
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
	// PatternInvalidClass: the only class of hosts is {uuid}, for schemes whose hosts can be UUIDs.
	PatternInvalidClass PatternCode = "invalid-class"
	// PatternInvalidPort: the port is not a number up to 65535 in its shortest form, not a list of those, and not *.
	PatternInvalidPort PatternCode = "invalid-port"
)

// A PatternError says why a string is not a pattern.
type PatternError struct {
	Pattern    string // what was given
	Code       PatternCode
	Offset     int    // of the first byte at fault in Pattern
	Reason     string // the same as Code, for people
	Suggestion string // the pattern that is certainly meant, in canonical form, or ""
}

// Error returns the pattern, the byte at fault, the reason, and the suggestion.
func (e *PatternError) Error() string {
	msg := "origin: pattern " + quote.Quote(e.Pattern) + ", byte " + strconv.Itoa(e.Offset) + ": " + e.Reason
	if e.Suggestion != "" {
		msg += "; did you mean " + quote.Quote(e.Suggestion) + "?"
	}
	return msg
}

// behind returns e for a text that has n bytes before what was read.
func (e *PatternError) behind(n int) *PatternError {
	e.Offset += n
	return e
}
