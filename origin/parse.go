package origin

import (
	"strings"

	"github.com/corspec/corspec/internal/weburl"
)

const reasonOutsideABNF weburl.Reason = "byte is not allowed here by the Origin header's grammar"

// Parse reads an origin as browsers send it in the Origin header: exactly what the serialization of an origin can be,
// so no default port, nothing in upper case, no trailing slash, no white space. "null" is a new opaque origin at each
// call. A tuple origin keeps s and does not allocate. Errors are of type *[ParseError].
//
// Besides http, https, ws, wss and ftp, whose hosts are domains and IP addresses, any scheme but file, about, blob and
// data is taken with a non-empty opaque host, as browser extensions have it. See [ParseStrict] for the Origin header's
// own grammar.
func Parse(s string) (Origin, error) {
	if s == "null" {
		return NewOpaque(), nil
	}
	if at, reason := weburl.ScanOrigin(s); reason != "" {
		return Origin{}, &ParseError{kind: kindOrigin, input: s, Offset: at, Reason: string(reason)}
	}
	return Origin{serialized: s}, nil
}

// ParseStrict is [Parse] for what the grammar of the Origin header allows, too. That forbids hosts that URLs can have,
// and that browsers hence send: with an underscore, an empty label, a hyphen at the edge of a label, or a dot at the
// end. It is for those who write origins, not for judging requests.
//
// https://fetch.spec.whatwg.org/#origin-header
func ParseStrict(s string) (Origin, error) {
	o, err := Parse(s)
	if err != nil {
		return Origin{}, err
	}
	if at := outsideABNF(o); at >= 0 {
		return Origin{}, &ParseError{kind: kindOrigin, input: s, Offset: at, Reason: string(reasonOutsideABNF)}
	}
	return o, nil
}

// outsideABNF is the place of the first byte of o that the grammar of the Origin header does not allow, -1 if there is
// none. Schemes, ports and IPv6 addresses always match: what is left are the labels of domains and opaque hosts.
//
// https://fetch.spec.whatwg.org/#serialized-domain
func outsideABNF(o Origin) int {
	host := o.Host()
	if strings.HasPrefix(host, "[") {
		return -1
	}
	edge := true // At the edge of a label, where a hyphen is not allowed.
	for i := range len(host) {
		c := host[i]
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			edge = false
		case c == '-' && !edge && i+1 < len(host) && host[i+1] != '.':
		case c == '.' && !edge && i+1 < len(host):
			edge = true
		default:
			return len(o.Scheme()) + len("://") + i
		}
	}
	return -1
}

// MustParse is [Parse] for origins in code; it panics where that fails.
func MustParse(s string) Origin {
	o, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return o
}
