// Package origin has what the web's standards say of origins: who is behind a
// page, as servers and browsers write it down and compare it.
//
// An [Origin] is a small comparable value, and two are same origin when they are ==. [Parse] reads what a browser sends
// in the Origin header, and [ParseStrict] what that header's own grammar allows.
//
//	o, err := origin.Parse(r.Header.Get("Origin"))
//	if err == nil && o == origin.MustParse("https://app.example") { … }
//
// A [Pattern] names several origins, such as https://*.example.com, and a [Set] is made of many patterns, among which
// looking an origin up costs no more than among few.
//
//	allowed := origin.MustParseSet("https://app.example", "http://localhost:*")
//	_, ok := allowed.Match(r.Header.Get("Origin"))
//
// A [URL] is parsed as browsers parse it, and has an origin; [OfURL] takes it at
// once. [ParseHost] and [DomainToASCII] do the same for hosts.
//
// [SameSite] tells whether two origins are of one [Site], and [PublicSuffix] what a site ends with. These need a public
// suffix list, which comes in as a [SuffixList]: golang.org/x/net/publicsuffix's List is one. Whether two origins are
// same origin does not depend on it.
//
// Errors are of type [*ParseError] or [*PatternError], and say where the mistake is and what to do.
//
// The package follows the URL Standard at commit 6ae8486 (2026-07-02) and the
// Fetch Standard at commit 586cd2a (2026-07-02).
package origin
