package origin

import (
	"strconv"

	"github.com/corspec/corspec/internal/quote"
)

// A PatternCode says what kind of mistake is in a pattern. Codes are stable.
type PatternCode string

// The mistakes in patterns.
const (
	PatternEmpty             PatternCode = "empty"              // the text is empty
	PatternNull              PatternCode = "null"               // every opaque origin is serialized so; it names none
	PatternMissingScheme     PatternCode = "missing-scheme"     // it does not begin with a scheme and "://"
	PatternInvalidScheme     PatternCode = "invalid-scheme"     // what stands before "://" is not a scheme
	PatternOpaqueScheme      PatternCode = "opaque-scheme"      // origins of file, data, blob and about URLs are opaque
	PatternUserinfo          PatternCode = "userinfo"           // it has a user name or a password
	PatternPath              PatternCode = "path"               // a slash, path, query or fragment follows the host
	PatternMissingHost       PatternCode = "missing-host"       // nothing stands where the host should
	PatternInvalidHost       PatternCode = "invalid-host"       // the host is not one, or not spelled as it is serialized
	PatternUpperCase         PatternCode = "upper-case"         // browsers send schemes and hosts in lower case
	PatternNotASCII          PatternCode = "not-ascii"          // browsers send hosts in punycode
	PatternWhiteSpace        PatternCode = "white-space"        // there is white space or another control character
	PatternSeveral           PatternCode = "several-origins"    // there is more than one origin
	PatternMisplacedWildcard PatternCode = "misplaced-wildcard" // a * is neither first label, whole port nor whole pattern
	PatternWildcardHost      PatternCode = "wildcard-host"      // "*." stands before what has no subdomains
	PatternInvalidClass      PatternCode = "invalid-class"      // the only class is {uuid}, where hosts can be UUIDs
	PatternInvalidPort       PatternCode = "invalid-port"       // not a number to 65535, written shortest, a list or *
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
