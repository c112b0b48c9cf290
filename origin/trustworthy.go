package origin

import "github.com/corspec/corspec/internal/weburl"

// IsPotentiallyTrustworthy reports whether o is a potentially trustworthy origin: one that nobody on the network can
// speak for. That is https and wss, whatever the host, and the machine's own loopback addresses and localhost names,
// whatever the scheme. An opaque origin is not, and neither is one whose scheme a user agent takes for authenticated by
// itself, such as an extension's.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func (o Origin) IsPotentiallyTrustworthy() bool {
	if !o.isTuple() { // Is origin potentially trustworthy, step 1.
		return false
	}
	if s := o.Scheme(); s == "https" || s == "wss" { // Is origin potentially trustworthy, step 3.
		return true
	}
	// Is origin potentially trustworthy, steps 4 and 5. An opaque host may look like an IPv4 address, which it is not.
	host := o.Host()
	return weburl.IsLoopback(host) && !(weburl.EndsInANumber(host) && o.hasOpaqueHost())
}

// IsPotentiallyTrustworthy reports whether u is a potentially trustworthy URL: about:blank, about:srcdoc, a data: or
// file: URL, or one whose origin is potentially trustworthy.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func (u URL) IsPotentiallyTrustworthy() bool {
	switch u.Scheme() {
	case "https", "wss":
		return true // Is url potentially trustworthy, step 3. Whatever the host, the origin is.
	case "about":
		_, query := u.Query() // Is url potentially trustworthy, step 1.
		return u.Pathname() == "blank" || u.Pathname() == "srcdoc" && !query
	case "data":
		return true // Is url potentially trustworthy, step 2.
	case "file":
		// AD-HOC: the origin of a file: URL is opaque here, so that its algorithm, which means it, cannot see it (Is
		// origin potentially trustworthy, step 6; https://github.com/whatwg/html/issues/3099).
		return true
	}
	return u.Origin().IsPotentiallyTrustworthy() // Is url potentially trustworthy, step 3.
}
