package origin

import "github.com/corspec/corspec/internal/weburl"

// URL is a parsed URL. Its parts are as the URL standard serializes them, so percent-encoded, and cost nothing to take.
// URLs are equal when they are ==. The zero value is not a URL.
//
// https://url.spec.whatwg.org/#concept-url
type URL struct{ u weburl.URL }

// ParseURL is the URL parser. Base may be nil, in which case s has to be an absolute URL. It does not allocate where
// s is serialized already (which [URL.String] returns) and has the scheme http, https, ws, wss or ftp, or an opaque
// path as data: URLs have. Its errors are of type *[ParseError].
//
// https://url.spec.whatwg.org/#concept-url-parser
func ParseURL(s string, base *URL) (URL, error) {
	var b *weburl.URL
	if base != nil {
		b = &base.u
	}
	u, err := weburl.Parse(s, b)
	if err != nil {
		return URL{}, &ParseError{kind: kindURL, input: s, Offset: err.Offset, Reason: string(err.Reason)}
	}
	return URL{u}, nil
}

// MustParseURL is [ParseURL] without a base for URLs in code; it panics where that fails.
func MustParseURL(s string) URL {
	u, err := ParseURL(s, nil)
	if err != nil {
		panic(err)
	}
	return u
}

// String is the URL serializer.
//
// https://url.spec.whatwg.org/#concept-url-serializer
func (u URL) String() string { return u.u.Href() }

// IsValid reports whether u is a URL, that is, not the zero value.
func (u URL) IsValid() bool { return u.u.IsValid() }

// Scheme is the scheme, in lower case and without a colon.
func (u URL) Scheme() string { return u.u.Scheme() }

// Username is the username.
func (u URL) Username() string { return u.u.Username() }

// Password is the password.
func (u URL) Password() string { return u.u.Password() }

// IncludesCredentials reports whether the username or the password is not empty.
//
// https://url.spec.whatwg.org/#include-credentials
func (u URL) IncludesCredentials() bool { return u.u.IncludesCredentials() }

// Hostname is the serialized host, an IPv6 address in brackets. It is empty where the host is empty or null.
func (u URL) Hostname() string {
	host, _ := u.u.Host()
	return host
}

// Port is the port; ok is false where it is null, which it is for the scheme's default port.
func (u URL) Port() (port uint16, ok bool) { return u.u.Port() }

// Pathname is the serialized path.
func (u URL) Pathname() string { return u.u.Path() }

// Query is the query without its question mark; ok is false where it is null.
func (u URL) Query() (query string, ok bool) { return u.u.Query() }

// Fragment is the fragment without its "#"; ok is false where it is null.
func (u URL) Fragment() (fragment string, ok bool) { return u.u.Fragment() }

// WithoutFragment is u with a null fragment.
func (u URL) WithoutFragment() URL { return URL{u.u.WithoutFragment()} }

// WithFragment is u with another fragment, which is serialized already, as [URL.Fragment] returns it. A redirect whose
// Location has no fragment passes the request's on.
func (u URL) WithFragment(fragment string) URL { return URL{u.u.WithFragment(fragment)} }

// StripForReferrer is u as a Referer header may tell it: without credentials and fragment, and with originOnly without
// path and query as well, which leaves a slash behind the origin. A URL with a local scheme is not told at all: that is
// the zero URL.
//
// https://w3c.github.io/webappsec-referrer-policy/#strip-url
func (u URL) StripForReferrer(originOnly bool) URL {
	// Strip url for use as a referrer, steps 1 and 2.
	switch u.Scheme() {
	case "about", "blob", "data":
		return URL{}
	}
	if !u.IsValid() {
		return URL{}
	}
	// Strip url for use as a referrer, steps 3 to 5.
	stripped := u.u.WithoutCredentials().WithoutFragment()
	// Strip url for use as a referrer, step 6.
	if originOnly {
		stripped = stripped.WithoutPath()
	}
	return URL{stripped}
}

// UpgradeToHTTPS is u with https in place of http, and wss in place of ws. A
// port that is now the default becomes null. Other URLs stay as they are.
func (u URL) UpgradeToHTTPS() URL {
	switch u.Scheme() {
	case "http":
		return URL{u.u.WithScheme("https")}
	case "ws":
		return URL{u.u.WithScheme("wss")}
	}
	return u
}

// Origin is the origin of a URL. That of a blob URL is the origin of the http or https URL inside, since this
// package has no blob URL store. Those of http, https, ws, wss and ftp URLs are tuples; every other URL has a new
// opaque origin at each call. The zero URL has the zero origin.
//
// https://url.spec.whatwg.org/#concept-url-origin
func (u URL) Origin() Origin {
	if !u.IsValid() {
		return Origin{}
	}
	return ofURL(u.u)
}

// ParseHost is the host parser for the host of a special URL, followed by the
// host serializer. Its errors are of type *[ParseError].
//
// https://url.spec.whatwg.org/#concept-host-parser
func ParseHost(s string) (string, error) {
	host, err := weburl.ParseHost(validUTF8(s), false)
	if err != nil {
		return "", hostError(kindHost, s, err)
	}
	return host, nil
}

// DomainToASCII is the domain parser, formerly called "domain to ASCII". Its errors are of type *[ParseError].
//
// https://url.spec.whatwg.org/#concept-domain-to-ascii
func DomainToASCII(domain string, beStrict bool) (string, error) {
	ascii, err := weburl.ParseDomain(validUTF8(domain), beStrict)
	if err != nil {
		return "", hostError(kindDomain, domain, err)
	}
	return ascii, nil
}
