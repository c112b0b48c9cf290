package origin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/weburl"
)

// parsePattern is ParsePattern without the suggestion. What it calls looks at a
// part of the pattern, and returns where in that part the mistake is.
func parsePattern(s string) (Pattern, *PatternError) {
	switch s {
	case "":
		return Pattern{}, &PatternError{Code: PatternEmpty, Reason: "there is no origin"}
	case "*":
		return Pattern{class: &class{text: s, portless: portless{kind: anyOrigin}, ports: ports{any: true}}}, nil
	case "null":
		return Pattern{}, &PatternError{Code: PatternNull, Reason: `"null" is sent for every sandboxed document and by many others; it names nobody`}
	}
	// The URL standard allows * and { in hosts.
	if !strings.Contains(s, "*") && !strings.Contains(s, "{") {
		if o, err := Parse(s); err == nil {
			return Pattern{exact: o}, nil
		}
	}

	if err := checkPatternBytes(s); err != nil {
		return Pattern{}, err
	}
	scheme, authority, ok := strings.Cut(s, "://")
	if !ok || scheme == "" {
		return Pattern{}, &PatternError{Code: PatternMissingScheme, Reason: `an origin starts with a scheme and "://"`}
	}
	if err := checkPatternScheme(scheme); err != nil {
		return Pattern{}, err
	}
	start := len(scheme) + len("://")
	host, port, err := splitPatternAuthority(authority)
	if err != nil {
		return Pattern{}, err.behind(start)
	}
	c := &class{portless: portless{scheme: scheme}, ports: ports{null: true}}
	if err := c.setHost(host); err != nil {
		return Pattern{}, err.behind(start)
	}
	if port != "" {
		if err := c.setPorts(port[1:]); err != nil {
			return Pattern{}, err.behind(start + len(host) + 1)
		}
	}

	c.text = string(c.ports.appendTo([]byte(s[:start+len(host)]), scheme))
	if c.kind == oneHost && c.ports.len() == 1 {
		return Pattern{exact: Origin{serialized: c.text}}, nil
	}
	return Pattern{class: c}, nil
}

// checkPatternBytes returns what no part of a pattern can hold.
func checkPatternBytes(s string) *PatternError {
	for i := range len(s) {
		switch {
		case s[i] >= 0x80:
			return &PatternError{Code: PatternNotASCII, Offset: i, Reason: "browsers send hosts in ASCII (punycode)"}
		case s[i] <= ' ' || s[i] == 0x7F:
			return &PatternError{Code: PatternWhiteSpace, Offset: i,
				Reason: "an origin holds no white space and no control characters; there is one origin in a pattern"}
		}
	}
	return nil
}

func checkPatternScheme(scheme string) *PatternError {
	for i := range len(scheme) {
		c := scheme[i]
		switch {
		case 'a' <= c && c <= 'z':
		case 'A' <= c && c <= 'Z':
			return &PatternError{Code: PatternUpperCase, Offset: i, Reason: "browsers send schemes in lower case"}
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return &PatternError{Code: PatternInvalidScheme, Offset: i,
				Reason: "a scheme is a letter, and then letters, digits, plus signs, hyphens and dots; there are no wildcards for it"}
		}
	}
	switch scheme {
	case "file":
		return &PatternError{Code: PatternOpaqueScheme, Reason: "origins of file: URLs are opaque: browsers send null for them, some webviews file://, and both are sent " +
			"for every file of every user, so that they name nobody; serve the page from an origin of its own, as with http://localhost or the app's own scheme"}
	case "data", "blob", "about":
		return &PatternError{Code: PatternOpaqueScheme, Reason: "origins of " + scheme + ": URLs are opaque: browsers send null for them"}
	}
	return nil
}

// splitPatternAuthority returns the host, and the port with its colon, or "", of what is behind "://".
func splitPatternAuthority(authority string) (host, port string, err *PatternError) {
	end := strings.IndexAny(authority, `/?#\`)
	if end < 0 {
		end = len(authority)
	}
	first, others, _ := strings.Cut(authority, ",")
	switch {
	case strings.Contains(authority[:end], "@"):
		return "", "", &PatternError{Code: PatternUserinfo, Reason: "an origin holds no user name and no password"}
	case strings.Contains(others, "://"):
		return "", "", &PatternError{Code: PatternSeveral, Offset: len(first), Reason: "there is one origin in a pattern"}
	case end < len(authority):
		return "", "", &PatternError{Code: PatternPath, Offset: end, Reason: "an origin ends with its host or port: no slash, path, query or fragment"}
	}

	n := strings.IndexByte(authority, ':')
	switch {
	case strings.HasPrefix(authority, "*.["):
		return "", "", &PatternError{Code: PatternWildcardHost, Reason: "an address has no subdomains"}
	case strings.HasPrefix(authority, "["): // An IPv6 address has colons.
		n = strings.IndexByte(authority, ']') + 1
		if n == 0 {
			return "", "", &PatternError{Code: PatternInvalidHost, Reason: "the bracket is not closed"}
		}
		if n < len(authority) && authority[n] != ':' {
			return "", "", &PatternError{Code: PatternInvalidHost, Offset: n, Reason: "after an IPv6 address comes a port or nothing"}
		}
	case n < 0:
		n = len(authority)
	}
	if n == 0 {
		return "", "", &PatternError{Code: PatternMissingHost, Reason: "an origin has a host"}
	}
	return authority[:n], authority[n:], nil
}

// setHost says of a class, whose scheme is there, which hosts are in it.
func (c *class) setHost(host string) *PatternError {
	_, special := weburl.SpecialScheme(c.scheme)
	if brace := strings.IndexByte(host, '{'); brace >= 0 {
		reason := "the only class of hosts is " + uuidClass
		switch {
		case host != uuidClass:
		case special:
			reason = "hosts of such URLs are domains and addresses, not UUIDs"
		case c.scheme == "chrome-extension":
			reason = "the host of an extension of Chrome is its id, 32 letters from a to p, the same for everybody, and not a UUID"
		default:
			c.kind = anyUUID
			return nil
		}
		return &PatternError{Code: PatternInvalidClass, Offset: brace, Reason: reason}
	}

	domain, below := strings.CutPrefix(host, "*.")
	if star := strings.LastIndexByte(domain, '*'); star >= 0 {
		return &PatternError{Code: PatternMisplacedWildcard, Offset: len(host) - len(domain) + star,
			Reason: `a wildcard is "*." before a domain, ":*" behind a host, or the whole pattern`}
	}
	c.kind, c.host = oneHost, host
	if !below {
		return checkPatternHost(c.scheme, host, "")
	}
	if !special {
		return &PatternError{Code: PatternWildcardHost, Reason: "hosts of such a scheme are opaque: they have no subdomains"}
	}
	c.kind, c.host = subdomains, domain
	if domain == "" || domain[0] == '.' {
		return &PatternError{Code: PatternInvalidHost, Offset: len("*."), Reason: `a domain comes behind "*."`}
	}
	err := checkPatternHost(c.scheme, domain, "a.") // Any label will do in place of the wildcard.
	if err == nil {
		return nil
	}
	if checkPatternHost(c.scheme, domain, "") == nil {
		return &PatternError{Code: PatternWildcardHost, Reason: "an address has no subdomains"}
	}
	return err.behind(len("*."))
}

// checkPatternHost returns what is wrong with host, behind labels.
func checkPatternHost(scheme, host, labels string) *PatternError {
	before := scheme + "://" + labels
	at, reason := weburl.ScanOrigin(before + host)
	if reason == "" {
		return nil
	}
	upper := strings.IndexFunc(host, func(r rune) bool { return 'A' <= r && r <= 'Z' })
	if _, special := weburl.SpecialScheme(scheme); special && upper >= 0 {
		return &PatternError{Code: PatternUpperCase, Offset: upper, Reason: "browsers send hosts in lower case"}
	}
	return &PatternError{Code: PatternInvalidHost, Offset: max(at-len(before), 0), Reason: "this is not a host as browsers serialize it"}
}

// setPorts says of a class, whose hosts are there, which ports are in it: text is what stands behind the colon.
func (c *class) setPorts(text string) *PatternError {
	defaultPort, hasDefault := weburl.SpecialScheme(c.scheme)
	mistake := func(at int, reason string) *PatternError {
		return &PatternError{Code: PatternInvalidPort, Offset: at, Reason: reason}
	}
	switch {
	case c.kind == anyUUID:
		return mistake(-1, "origins of extensions have no port")
	case text == "*":
		c.ports = ports{any: true}
		return nil
	}
	c.ports = ports{}
	at, list := 0, []string{text}
	if rest, ok := strings.CutPrefix(text, "["); ok {
		if rest, ok = strings.CutSuffix(rest, "]"); !ok {
			return mistake(0, "the list of ports is not closed")
		}
		at, list = 1, strings.Split(rest, ",")
	}
	for _, digits := range list {
		port, err := strconv.ParseUint(digits, 10, 16)
		switch {
		case digits == "":
			return mistake(at, "a number is missing behind the colon or a comma")
		case err != nil:
			return mistake(at, "a port is a number from 0 to 65535, a list of them in brackets, or *")
		case len(digits) > 1 && digits[0] == '0':
			return mistake(at, "a port has no leading zeros")
		case hasDefault && uint16(port) == defaultPort:
			c.ports.null = true
		default:
			c.ports.list = append(c.ports.list, uint16(port))
		}
		at += len(digits) + len(",")
	}
	slices.Sort(c.ports.list)
	c.ports.list = slices.Compact(c.ports.list)
	return nil
}
