package weburl

import (
	"strconv"
	"strings"
)

// OriginOf is the origin of the URL that s parses to without a base URL: the serialization of a tuple origin, or "" for
// an opaque one. It is not ok where s does not parse, and for some schemes that are not special: [Parse] knows more. It
// does not allocate where s starts with the origin.
//
// https://url.spec.whatwg.org/#concept-url-origin
func OriginOf(s string) (tuple string, ok bool) {
	if tuple = serializedOrigin(s); tuple != "" {
		return tuple, true
	}
	if rest, isBlob := strings.CutPrefix(s, "blob:"); isBlob {
		// The path is opaque, and ends where the authority in it does, or later.
		tuple = serializedOrigin(rest)
		return tuple, strings.HasPrefix(tuple, "http") // or https
	}
	if n := serializedScheme(s); n > 0 && len(s) < MaxLength/16 {
		if _, special := SpecialScheme(s[:n]); !special {
			n += len(":")
			return "", n == len(s) || s[n] > ' ' && s[n] != '/' // The path is opaque, with which nothing fails.
		}
	}
	return tupleOrigin(s)
}

// TupleOrigin is OriginOf for special schemes but "file", and not ok for others. Nothing behind the authority of such a
// URL can fail, so none of it is looked at.
func TupleOrigin(s string) (origin string, ok bool) {
	if origin = serializedOrigin(s); origin != "" {
		return origin, true
	}
	return tupleOrigin(s)
}

// serializedOrigin is the origin of s if s starts with it as it is serialized, except that credentials and the default
// port may be there; else "".
func serializedOrigin(s string) string {
	start, defaultPort := specialPrefix(s)
	if start == 0 || len(s) >= MaxLength/16 {
		return ""
	}
	host := start
	end, next, port := hostAndPort(s, start)
	if next < 0 {
		if _, host = userinfo(s, start); host == start {
			return ""
		}
		if end, next, port = hostAndPort(s, host); next < 0 {
			return ""
		}
	}
	if port != defaultPort {
		end = next
	}
	if host > start {
		return s[:start] + s[host:end]
	}
	return s[:end]
}

// tupleOrigin is TupleOrigin of what serializedOrigin does not find.
func tupleOrigin(s string) (origin string, ok bool) {
	if len(s) >= MaxLength/16 { // The URL may be too long, of which Parse knows.
		return parsedOrigin(s)
	}
	for s != "" && s[0] <= ' ' { // Basic URL parser, step 1.3.
		s = s[1:]
	}
	for s != "" && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	var buf [128]byte
	b := buf[:0]
	b, i, defaultPort := appendSpecialScheme(b, s)
	if i == 0 {
		return "", false
	}
	b = append(b, "://"...)
	// Special authority slashes state, special authority ignore slashes state.
	for i < len(s) && (s[i] == '/' || s[i] == '\\' || isTabOrNewline(s[i])) {
		i++
	}
	end := i
	seen := class(0)
	for end < len(s) && !classes[s[end]].has(authorityEnd) {
		seen |= classes[s[end]]
		end++
	}
	host, port := s[i:end], ""
	if seen.has(setC0) {
		host = clean(host) // Basic URL parser, step 3.
	}
	if seen.has(forbiddenDomain) {
		host = host[strings.LastIndexByte(host, '@')+1:] // Authority state.
		// Host state. Brackets are only where an IPv6 address is, or an error.
		afterIPv6 := strings.IndexByte(host, ']') + 1
		if colon := strings.IndexByte(host[afterIPv6:], ':'); colon >= 0 {
			colon += afterIPv6
			host, port = host[:colon], host[colon+1:]
		}
	}
	if host == "" { // Host state, step 2.1 and 3.1.
		return "", false
	}
	b, err := appendHost(b, host, false)
	if err != nil {
		return "", false
	}
	// Port state.
	v := 0
	for i := range len(port) {
		if !classes[port[i]].has(digit) {
			return "", false
		}
		if v = v*10 + int(port[i]-'0'); v > 65535 {
			return "", false
		}
	}
	if port != "" && v != int(defaultPort) {
		b = strconv.AppendInt(append(b, ':'), int64(v), 10)
	}
	return string(b), true
}

// parsedOrigin is TupleOrigin by way of the whole URL.
func parsedOrigin(s string) (origin string, ok bool) {
	u, err := Parse(s, nil)
	if defaultPort, _ := SpecialScheme(u.Scheme()); err != nil || defaultPort == 0 {
		return "", false
	}
	return u.Scheme() + "://" + u.HostAndPort(), true
}

// appendSpecialScheme appends the scheme that s starts with, if that is special and not "file". Next is where s goes on
// behind its colon, 0 for other schemes.
func appendSpecialScheme(b []byte, s string) (_ []byte, next int, defaultPort uint16) {
	var scheme [len("https")]byte
	n := 0
	for i := range len(s) {
		switch c := s[i]; {
		case classes[c].has(alpha) && n < len(scheme):
			scheme[n] = c | 0x20
			n++
		case c == ':':
			if defaultPort, _ = SpecialScheme(scheme[:n]); defaultPort == 0 {
				return b, 0, 0
			}
			return append(b, scheme[:n]...), i + 1, defaultPort
		case !isTabOrNewline(c):
			return b, 0, 0
		}
	}
	return b, 0, 0
}

func isTabOrNewline[T byte | rune](c T) bool { return c == '\t' || c == '\n' || c == '\r' }
