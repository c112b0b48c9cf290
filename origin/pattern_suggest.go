package origin

import (
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/weburl"
)

// maxSuggested bounds what suggestPattern looks at.
const maxSuggested = 1024

// suggestPattern returns the pattern that is certainly meant by s, which is not one, in canonical form. Where that
// would be a guess, or would match less than what is meant or more, it returns "".
func suggestPattern(s string) string {
	if len(s) > maxSuggested {
		return ""
	}
	s = unwrap(s)
	if p, err := parsePattern(s); err == nil {
		return p.String()
	}
	scheme, rest, ok := suggestScheme(s)
	if !ok || scheme == "" && strings.IndexByte(rest, '@') >= 0 {
		return ""
	}
	authority, ok := suggestAuthority(rest)
	if !ok {
		return ""
	}
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ']'); strings.HasPrefix(authority, "[") {
		host, port = authority[:i+1], authority[i+1:]
	} else if i := strings.IndexByte(authority, ':'); i >= 0 {
		host, port = authority[:i], authority[i:]
	}
	if local, ok := strings.CutSuffix(host, "*"); ok && isLocal(local) && port == "" {
		host, port = local, ":*" // http://localhost*
	}
	if port, ok = suggestPorts(port); !ok {
		return ""
	}
	if scheme == "" {
		if scheme, ok = schemeOf(host, port); !ok {
			return ""
		}
	}
	if host, ok = suggestHost(scheme, host); !ok {
		return ""
	}
	p, err := parsePattern(scheme + "://" + host + port)
	if err != nil {
		return ""
	}
	return p.String()
}

// unwrap returns s without what stands around it: white space, quotes, a comma
// behind it, and a list in JSON that it is alone in.
func unwrap(s string) string {
	for {
		before := s
		s = strings.Trim(s, " \t\r\n\ufeff\u200b")
		s = strings.TrimRight(s, ",;")
		if n := len(s); n >= 2 && s[0] == s[n-1] && strings.IndexByte("\"'`", s[0]) >= 0 {
			s = s[1 : n-1]
		}
		if n := len(s); n >= 4 && (strings.HasPrefix(s, `["`) && strings.HasSuffix(s, `"]`) || strings.HasPrefix(s, `['`) && strings.HasSuffix(s, `']`)) {
			s = s[1 : n-1]
		}
		if s == before {
			return s
		}
	}
}

// suggestScheme splits s into the scheme, in lower case and "" if there is
// none, and what is behind "://", however that is spelled.
func suggestScheme(s string) (scheme, rest string, ok bool) {
	if strings.Count(s, "://") > 1 || strings.ContainsAny(s, " \t\r\n\x00\"'`<>|^$()+;") || strings.Contains(s, `\.`) {
		return "", "", false // Several, or a regular expression.
	}
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		return "https", rest, true
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		if scheme == "" {
			scheme = "https"
		}
		return strings.ToLower(scheme), rest, true
	}
	// One of "://" is missing or mistaken. A host comes next in either case.
	for _, scheme := range []string{"https", "http"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) && strings.IndexByte(`:/\`, s[len(scheme)]) >= 0 {
			return scheme, strings.TrimLeft(s[len(scheme):], `:/\`), true
		}
	}
	return "", s, true
}

// schemeOf returns the scheme of an origin that was written without one.
func schemeOf(host, port string) (scheme string, ok bool) {
	switch {
	case isLocal(host):
		return "http", true
	case strings.IndexByte(host, '.') <= 0 || !strings.Contains(strings.TrimSuffix(host, "."), ".") || weburl.EndsInANumber(host):
		return "", false // A word, or an address in one's own network.
	case port == "" || port == ":443":
		return "https", true
	}
	return "", false
}

// isLocal reports whether a host is the usual name of one's own machine.
func isLocal(host string) bool {
	return strings.EqualFold(host, "localhost") || host == "127.0.0.1" || host == "[::1]"
}

// suggestAuthority returns the host and port of what is behind "://": a URL has the origin that is meant.
func suggestAuthority(rest string) (authority string, ok bool) {
	authority, path := rest, ""
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	switch {
	case strings.IndexByte(path, ',') >= 0:
		return "", false // Several.
	case strings.HasPrefix(path, `\`) && len(path) > 1:
		return "", false // A regular expression.
	case len(path) > 1 && strings.Trim(path[1:], "0123456789") == "" && !isDomain(authority[:hostLength(authority)]):
		return "", false // A range of addresses.
	}
	user, host, found := strings.Cut(authority, "@")
	if !found {
		return authority, true
	}
	// Nobody knows which one is meant of https://example.com@evil.example.
	return host, !strings.ContainsAny(user, ".@") && strings.IndexByte(host, '@') < 0
}

// suggestHost returns host as browsers spell it.
func suggestHost(scheme, host string) (spelled string, ok bool) {
	if _, special := weburl.SpecialScheme(scheme); !special {
		switch {
		case scheme == "moz-extension" && (host == "*" || strings.EqualFold(host, uuidClass)):
			return uuidClass, true
		case strings.IndexByte(host, '*') >= 0:
			return "", false
		}
		return host, true
	}
	domain, below := strings.CutPrefix(host, "*.")
	if domain == "" || domain[0] == '.' || strings.IndexByte(domain, '*') >= 0 {
		return "", false
	}
	o, err := OfURL(scheme + "://" + domain)
	if err != nil || o.IsOpaque() {
		return "", false
	}
	spelled = o.Host()
	if weburl.EndsInANumber(spelled) && spelled != domain && !strings.HasPrefix(spelled, "127.") {
		return "", false // An address in a spelling that nobody means, as a rule.
	}
	return host[:len(host)-len(domain)] + spelled, !below || isDomain(spelled)
}

// maxSuggestedPorts bounds how many ports a range stands for.
const maxSuggestedPorts = 64

// suggestPorts returns what stands behind a host, with its colon, or "", as a pattern has it.
func suggestPorts(port string) (spelled string, ok bool) {
	text, ok := strings.CutPrefix(port, ":")
	switch {
	case !ok:
		return "", port == ""
	case text == "" || text == "*":
		return strings.TrimSuffix(port, ":"), true
	}
	if inside, ok := strings.CutPrefix(text, "["); ok {
		if text, ok = strings.CutSuffix(inside, "]"); !ok {
			return "", false
		}
	}
	var list []string
	for item := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(item, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.ParseUint(from, 10, 16)
		last, err2 := strconv.ParseUint(to, 10, 16)
		if err1 != nil || err2 != nil || first > last || last-first >= uint64(maxSuggestedPorts-len(list)) {
			return "", false
		}
		for ; first <= last; first++ {
			list = append(list, strconv.FormatUint(first, 10))
		}
	}
	if len(list) == 1 {
		return ":" + list[0], true
	}
	return ":[" + strings.Join(list, ",") + "]", true
}
