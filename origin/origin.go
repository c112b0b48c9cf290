package origin

import (
	"strings"

	"github.com/corspec/corspec/internal/weburl"
)

// Origin is an origin: a tuple of scheme, host and port, or opaque. Two origins are same origin when they are ==. The
// zero value is not an origin, and not == to one.
//
// It carries no document.domain; see [SameOriginDomain].
//
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin
type Origin struct {
	serialized string // of a tuple origin, else empty
	opaque     *token // of an opaque origin, else nil
}

// token is what makes an opaque origin itself. It is not of size zero, so that no two have one address.
type token struct{ _ byte }

// NewOpaque returns a new opaque origin, which is the same as no other.
//
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
func NewOpaque() Origin { return Origin{opaque: new(token)} }

// IsValid reports whether o is an origin, that is, not the zero value.
func (o Origin) IsValid() bool { return o.serialized != "" || o.opaque != nil }

// IsOpaque reports whether o is an opaque origin.
func (o Origin) IsOpaque() bool { return o.opaque != nil }

func (o Origin) isTuple() bool { return o.serialized != "" }

// Scheme is the scheme of a tuple origin, else empty.
func (o Origin) Scheme() string {
	scheme, _ := o.split()
	return scheme
}

// Host is the serialized host of a tuple origin, an IPv6 address in brackets; else empty.
func (o Origin) Host() string {
	_, hostPort := o.split()
	return hostPort[:hostLength(hostPort)]
}

// Port is the port of a tuple origin; ok is false where it is null, which it is for the scheme's default port.
func (o Origin) Port() (port uint16, ok bool) {
	colonPort := o.colonPort()
	return portOf(colonPort), colonPort != ""
}

func (o Origin) colonPort() string {
	_, hostPort := o.split()
	return hostPort[hostLength(hostPort):]
}

// portOf is the number of a port with a colon before it, 0 of nothing.
func portOf(colonPort string) (port uint16) {
	for i := 1; i < len(colonPort); i++ {
		port = port*10 + uint16(colonPort[i]-'0')
	}
	return port
}

func (o Origin) split() (scheme, hostPort string) {
	if rest, ok := strings.CutPrefix(o.serialized, "https://"); ok {
		return "https", rest
	}
	scheme, hostPort, _ = strings.Cut(o.serialized, "://")
	return scheme, hostPort
}

// hostLength is the length of the host in a serialized host and port.
func hostLength(hostPort string) int {
	i := len(hostPort)
	for i > 0 && '0' <= hostPort[i-1] && hostPort[i-1] <= '9' {
		i--
	}
	if i > 0 && hostPort[i-1] == ':' {
		return i - 1
	}
	return len(hostPort) // the digits at the end are the host's
}

// String is the serialization of an origin, "null" for every opaque one. It is "invalid origin" for the zero value.
// Compare origins, not their serializations: no two opaque origins are the same.
//
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func (o Origin) String() string {
	switch {
	case o.opaque != nil: // Serialization of an origin, step 1.
		return "null"
	case o.serialized == "":
		return "invalid origin"
	}
	return o.serialized
}

// MarshalText implements [encoding.TextMarshaler]: the serialization, empty for the zero value.
func (o Origin) MarshalText() ([]byte, error) {
	if !o.IsValid() {
		return []byte{}, nil
	}
	return []byte(o.String()), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]. It reads what [Parse] reads, and the empty text as the zero
// value. Each "null" becomes a new opaque origin.
func (o *Origin) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*o = Origin{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*o = parsed
	return nil
}

// SameOrigin reports whether a and b are same origin. It is a == b, except that
// the zero value is same origin with nothing, itself included.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-origin
func SameOrigin(a, b Origin) bool {
	return a == b && a.IsValid() // Same origin, steps 1 to 3.
}

// SameOriginDomain reports whether two origins with domains, as set through document.domain, are same origin-domain. A
// domain is a serialized host, "" where it is null.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-origin-domain
func SameOriginDomain(a Origin, aDomain string, b Origin, bDomain string) bool {
	if !a.isTuple() || !b.isTuple() { // Same origin-domain, steps 1 and 3.
		return SameOrigin(a, b)
	}
	if aDomain != "" || bDomain != "" { // Same origin-domain, step 2.1.
		return aDomain == bDomain && a.Scheme() == b.Scheme()
	}
	return a == b // Same origin-domain, step 2.2.
}

// OfURL parses an absolute URL and returns its origin. It fails where [ParseURL] does, with the same error, but takes
// less time, and does not allocate where s starts with its origin. See [URL.Origin].
func OfURL(s string) (Origin, error) {
	if tuple, ok := weburl.OriginOf(s); ok {
		if tuple == "" {
			return NewOpaque(), nil
		}
		return Origin{serialized: tuple}, nil
	}
	u, err := ParseURL(s, nil)
	if err != nil {
		return Origin{}, err
	}
	return u.Origin(), nil
}

// ofURL is the origin of a URL.
//
// https://url.spec.whatwg.org/#concept-url-origin
func ofURL(u weburl.URL) Origin {
	switch u.Scheme() {
	case "blob":
		// Origin, steps 1 to 4, of a blob: URL whose blob URL entry is null, since this package has no store of them.
		// What fails, and what is not a tuple, is opaque.
		if tuple, ok := weburl.TupleOrigin(u.Path()); ok && (strings.HasPrefix(tuple, "http://") || strings.HasPrefix(tuple, "https://")) {
			return Origin{serialized: tuple}
		}
		return NewOpaque() // Origin, steps 3 and 5.
	case "https", "http", "wss", "ws", "ftp":
		if u.IncludesCredentials() {
			return Origin{serialized: u.Scheme() + "://" + u.HostAndPort()}
		}
		return Origin{serialized: u.BeforePath()}
	}
	// The standard leaves a file URL's origin open: "when in doubt" opaque.
	return NewOpaque()
}
