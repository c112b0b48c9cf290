// Package origin is origins and sites as the HTML standard defines them, the
// two grammars in which the Origin header carries them, and the URLs and hosts
// of the URL standard that they come from.
//
// An [Origin] is a small comparable value; == is "same origin". [Parse] reads
// what a browser sends, [OfURL] takes the origin of a URL.
//
//	o, err := origin.Parse(r.Header.Get("Origin"))
//	if err == nil && o == origin.MustParse("https://app.example") { … }
//
// Sites need a public suffix list, which comes in as a [SuffixList];
// golang.org/x/net/publicsuffix's List is one. It is never consulted for
// whether two origins are the same.
//
// The package follows the URL standard at commit 6ae8486 (2026-07-02) and the
// Fetch standard at commit 586cd2a (2026-07-02).
package origin
