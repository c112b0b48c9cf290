package weburl

import "strings"

// specialPrefix is the length of a special scheme and "://" at the start of s,
// and the scheme's default port; 0 if there is none, or it is "file".
func specialPrefix(s string) (n int, defaultPort uint16) {
	switch {
	case strings.HasPrefix(s, "https://"):
		return 8, 443
	case strings.HasPrefix(s, "http://"):
		return 7, 80
	case strings.HasPrefix(s, "wss://"):
		return 6, 443
	case strings.HasPrefix(s, "ws://"):
		return 5, 80
	case strings.HasPrefix(s, "ftp://"):
		return 6, 21
	}
	return 0, 0
}

// serializedHost is the end of the serialized host of a special URL that starts at s[i], or -1 if none does.
func serializedHost(s string, i int) int {
	start := i
	for i < len(s) && classes[s[i]].has(domainByte) {
		i++
	}
	if i == start {
		if i == len(s) || s[i] != '[' {
			return -1
		}
		n := strings.IndexByte(s[i:], ']')
		if n < 0 || !isCanonicalIPv6(s[i+1:i+n]) {
			return -1
		}
		return i + n + 1
	}
	if mayEndANumber(s[i-1]) {
		if host := s[start:i]; !isCanonicalIPv4(host) && EndsInANumber(host) {
			return -1
		}
	}
	return i
}

// serializedPort is the end of the port that starts at s[i], and its value, if
// it is one that an integer serializes to and not the default port; else -1.
func serializedPort(s string, i int, defaultPort uint16) (end int, port uint16) {
	start, v := i, 0
	for i < len(s) && i-start < 6 && classes[s[i]].has(digit) {
		v = v*10 + int(s[i]-'0')
		i++
	}
	if i == start || v > 65535 || s[start] == '0' && i-start > 1 || defaultPort != 0 && v == int(defaultPort) {
		return -1, 0
	}
	return i, uint16(v)
}

// specialHead parses the start of a URL with a special scheme other than "file", if its scheme and authority are
// serialized or have only a port too many, the default one. u goes up to the path, and s goes on at next, which is -1
// if s is not such a URL; u is of no use then.
func specialHead(s string, u *URL) (next int) {
	start, defaultPort := specialPrefix(s)
	if start == 0 || len(s) >= MaxLength {
		return -1
	}
	u.schemeEnd = uint32(start - len("://"))
	usernameEnd, hostStart := start, start
	hostEnd, next, port := hostAndPort(s, start)
	if next < 0 {
		if usernameEnd, hostStart = userinfo(s, start); hostStart == start {
			return -1
		}
		hostEnd, next, port = hostAndPort(s, hostStart)
	}
	u.usernameEnd, u.hostStart, u.hostEnd, u.pathStart = uint32(usernameEnd), uint32(hostStart), uint32(hostEnd), uint32(hostEnd)
	if next > hostEnd && port != defaultPort {
		u.port, u.hasPort, u.pathStart = port, true, uint32(next)
	}
	return next
}

// userinfo is the end of the serialized username that starts at s[start], and where the host behind it and the password
// starts; both are start if s has no username there.
func userinfo(s string, start int) (usernameEnd, hostStart int) {
	i := start
	for i < len(s) && !classes[s[i]].has(setUserinfo) {
		i++
	}
	usernameEnd = i
	if i+1 < len(s) && s[i] == ':' && s[i+1] != '@' {
		for i++; i < len(s) && !classes[s[i]].has(setUserinfo); {
			i++
		}
	}
	if i == start || i == len(s) || s[i] != '@' {
		return start, start
	}
	return usernameEnd, i + 1
}

// hostAndPort finds the end of the serialized host that starts at s[start], and of the port behind it.
func hostAndPort(s string, start int) (hostEnd, next int, port uint16) {
	if hostEnd = serializedHost(s, start); hostEnd < 0 {
		return start, -1, 0
	}
	next = hostEnd
	if next < len(s) && s[next] == ':' {
		if next, port = serializedPort(s, next+1, 0); next < 0 {
			return start, -1, 0
		}
	}
	if next < len(s) && !classes[s[next]].has(authorityEnd) {
		return start, -1, 0
	}
	return hostEnd, next, port
}

// IsSerializedPort reports whether s is how a port is serialized that is not the default one; 0 is not a default port.
func IsSerializedPort(s string, defaultPort uint16) bool {
	end, _ := serializedPort(s, 0, defaultPort)
	return end == len(s)
}

// SerializedLabels counts the labels of s, if it can stand before a dot in a serialized domain, with none of them
// empty; else it is 0. (The URL standard does not mind empty labels; no server is behind them.)
func SerializedLabels(s string) (n int) {
	before := byte('.')
	for i := 0; i < len(s); i++ {
		if s[i] == '.' {
			n++
		}
		if !classes[s[i]].has(domainByte) || s[i] == '.' && before == '.' {
			return 0
		}
		before = s[i]
	}
	if before == '.' {
		return 0
	}
	return n + 1
}

// parseSerialized parses s if it is the serialization of a URL with a scheme that is special, or an opaque path, or
// would be one with a path. Then parsing changes nothing but an empty path, whatever the base URL, and nothing else has
// to be allocated. u is the zero value before, and of no use if it is not ok.
func parseSerialized(s string, u *URL) (ok bool) {
	i := specialHead(s, u)
	if i < 0 {
		if u.schemeEnd > 0 { // of a special scheme
			return false
		}
		if i = otherHead(s, u); i < 0 {
			return false
		}
	} else if i != int(u.pathStart) {
		return false
	} else if i == len(s) || s[i] == '?' || s[i] == '#' {
		s = s[:i] + "/" + s[i:]
	}
	for i < len(s) && classes[s[i]].has(plainPath) && !u.opaquePath {
		if s[i] == '/' && i+1 < len(s) && (s[i+1] == '.' || s[i+1] == '%') && isDots(s[i+1:]) {
			return false
		}
		i++
	}
	if i < len(s) && s[i] == '?' {
		u.queryStart = uint32(i)
		for i < len(s) && classes[s[i]].has(plainQuery) {
			i++
		}
	}
	if i < len(s) && s[i] == '#' {
		u.fragmentStart = uint32(i)
		for i++; i < len(s) && classes[s[i]].has(plainFragment); {
			i++
		}
	}
	if i < len(s) {
		return false
	}
	u.href = s
	return true
}

// otherHead is specialHead for the URLs with other schemes, if their path is opaque or they have a host, and for file
// URLs without one. Of an opaque path, next is the end.
func otherHead(s string, u *URL) (next int) {
	i := serializedScheme(s)
	if i == 0 || len(s) >= MaxLength {
		return -1
	}
	u.schemeEnd = uint32(i)
	_, special := SpecialScheme(s[:i])
	i++
	if !special && !strings.HasPrefix(s[i:], "/") {
		u.opaquePath = true
		u.noHost(i)
		for i < len(s) && ' ' < s[i] && s[i] <= '~' && s[i] != '?' && s[i] != '#' {
			i++
		}
		return i
	}
	if !strings.HasPrefix(s[i:], "//") {
		return -1
	}
	i += len("//")
	u.noHost(i)
	if special {
		// Behind the slash may be a drive letter.
		if s[:u.schemeEnd] != "file" || i == len(s) || s[i] != '/' || i+2 < len(s) && s[i+2] == '|' {
			return -1
		}
		return i
	}
	for i < len(s) && classes[s[i]].has(opaqueByte) {
		i++
	}
	if i == int(u.hostStart) {
		return -1
	}
	u.hostEnd = uint32(i)
	if i < len(s) && s[i] == ':' {
		if i, u.port = serializedPort(s, i+1, 0); i < 0 {
			return -1
		}
		u.hasPort = true
	}
	if i < len(s) && s[i] != '/' && s[i] != '?' && s[i] != '#' {
		return -1
	}
	u.pathStart = uint32(i)
	return i
}

// serializedScheme is the end of the serialized scheme that s starts with, before its colon, or 0 if it does not.
func serializedScheme(s string) (end int) {
	for end < len(s) && classes[s[end]].has(schemeByte) && !classes[s[end]].has(upper) {
		end++
	}
	if end == len(s) || s[end] != ':' || !classes[s[0]].has(alpha) {
		return 0
	}
	return end
}

// isDots reports whether the path segment at the start of s is a dot segment.
func isDots(s string) bool {
	n := 0
	for n < len(s) && n <= len("%2e%2e") && s[n] != '/' && s[n] != '?' && s[n] != '#' {
		n++
	}
	return dots(s[:n]) > 0
}

// ScanOrigin says why s is not a serialization of a tuple origin, and at which
// byte; the reason is empty where it is one. It does not allocate.
//
// The schemes of tuple origins are the special ones but "file", and, with an
// opaque host, all that the URL standard says nothing about.
//
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func ScanOrigin(s string) (offset int, reason Reason) {
	start, defaultPort := specialPrefix(s)
	if start == 0 || len(s) >= MaxLength {
		return scanOpaqueOrigin(s)
	}
	i := serializedHost(s, start)
	if i < 0 {
		return whyNotHost(s, start, domainByte)
	}
	if i == len(s) {
		return 0, ""
	}
	return scanPort(s, i, defaultPort)
}

// scanOpaqueOrigin is ScanOrigin for schemes that are not special.
func scanOpaqueOrigin(s string) (int, Reason) {
	if len(s) >= MaxLength {
		return MaxLength, ReasonTooLong
	}
	if s == "" {
		return 0, ReasonOriginEmpty
	}
	if s[0] <= ' ' {
		return 0, ReasonOriginSpace
	}
	if !classes[s[0]].has(alpha) {
		return 0, ReasonOriginScheme
	}
	n := 0
	for n < len(s) && classes[s[n]].has(schemeByte) && !classes[s[n]].has(upper) {
		n++
	}
	switch s[:n] {
	case "file", "about", "blob", "data":
		if n < len(s) && s[n] == ':' {
			return 0, ReasonOriginNoTuple
		}
	}
	start := n + len("://")
	if !strings.HasPrefix(s[n:], "://") {
		return n, ReasonOriginScheme
	}
	i := start
	for i < len(s) && classes[s[i]].has(opaqueByte) {
		i++
	}
	if i == start {
		end := -1
		if i < len(s) && s[i] == '[' {
			end = strings.IndexByte(s[i:], ']')
		}
		if end < 0 || !isCanonicalIPv6(s[i+1:i+end]) {
			return whyNotHost(s, start, opaqueByte)
		}
		i += end + 1
	}
	if i == len(s) {
		return 0, ""
	}
	return scanPort(s, i, 0)
}

// scanPort is ScanOrigin from the end of the host on, where s goes on.
func scanPort(s string, i int, defaultPort uint16) (int, Reason) {
	if s[i] != ':' {
		return i, whyNotByte(s, i)
	}
	if end, _ := serializedPort(s, i+1, defaultPort); end == len(s) {
		return 0, ""
	}
	start := i + 1
	i = start
	v := 0
	for i < len(s) && classes[s[i]].has(digit) {
		v = min(v*10+int(s[i]-'0'), 1<<16)
		i++
	}
	switch {
	case i < len(s) && strings.IndexByte(s[i:], '@') >= 0:
		return start + strings.IndexByte(s[start:], '@'), ReasonOriginUserinfo
	case i < len(s) && (i > start || classes[s[i]].has(forbiddenHost)):
		return i, whyNotByte(s, i)
	case i < len(s):
		return i, ReasonPortInvalid
	case i == start:
		return i, ReasonOriginPortEmpty
	case v > 65535:
		return start, ReasonPortOutOfRange
	case s[start] == '0' && i-start > 1:
		return start, ReasonOriginPortZero
	}
	return start, ReasonOriginDefaultPort
}

// whyNotHost says what is wrong with the host that starts at s[i], where can is the class of what can stand in one.
func whyNotHost(s string, start int, can class) (int, Reason) {
	if start < len(s) && s[start] == '[' {
		n := strings.IndexByte(s[start:], ']')
		if n < 0 {
			return len(s), ReasonIPv6Unclosed
		}
		address := s[start+1 : start+n]
		if _, err := parseIPv6(address); err != nil {
			return start + 1 + err.Offset, err.Reason
		}
		return start, ReasonOriginIPv6
	}
	i := start
	for i < len(s) && classes[s[i]].has(can) {
		i++
	}
	if i > start {
		// All that is wrong with a host of allowed bytes is its last label.
		if _, err := parseIPv4(s[start:i]); err != nil {
			return start + err.Offset, err.Reason
		}
		return start, ReasonOriginIPv4
	}
	if i == len(s) {
		return i, ReasonHostMissing
	}
	return i, whyNotByte(s, i)
}

// whyNotByte says what is wrong with the byte at s[i], which is not allowed there.
func whyNotByte(s string, i int) Reason {
	switch c := s[i]; {
	case c == '@':
		return ReasonOriginUserinfo
	case c == '/' || c == '?' || c == '#' || c == '\\':
		if strings.HasSuffix(s[:i], "://") {
			return ReasonHostMissing
		}
		return ReasonOriginAfter
	case c == ':' && strings.HasSuffix(s[:i], "://"):
		return ReasonHostMissing
	case c == ' ' || '\t' <= c && c <= '\r':
		return ReasonOriginSpace
	case classes[c].has(upper):
		return ReasonOriginUpper
	case c >= 0x80:
		return ReasonOriginNonASCII
	}
	return ReasonForbiddenDomain
}
