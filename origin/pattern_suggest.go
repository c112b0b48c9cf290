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
	p, err := parsePattern(s)
	if err != nil {
		p, err = parsePattern(respell(s))
	}
	if err != nil {
		return ""
	}
	return p.String()
}

// wrappings are what stands before and behind a text in quotes, and one alone in a list in JSON.
var wrappings = [...][2]string{{`"`, `"`}, {"'", "'"}, {"`", "`"}, {`["`, `"]`}, {`['`, `']`}}

// unwrap returns s without what stands around it: white space, quotes, a comma behind it, and a list.
func unwrap(s string) string {
	for {
		before := s
		s = strings.TrimRight(strings.Trim(s, " \t\r\n\ufeff\u200b"), ",;")
		for _, w := range wrappings {
			if inside, ok := strings.CutPrefix(s, w[0]); ok && strings.HasSuffix(inside, w[1]) {
				s = strings.TrimSuffix(inside, w[1])
			}
		}
		if s == before {
			return s
		}
	}
}

// respell returns s as a pattern has it. What cannot be one, and what may mean several things, is left with a mistake:
// this function and those that it calls need not look for what parsePattern finds.
func respell(s string) string {
	if strings.Count(s, "://") > 1 || strings.ContainsAny(s, " \t\r\n\x00\"'`<>|^$()+;") || strings.Contains(s, `\.`) {
		return "" // Several, or a regular expression.
	}
	scheme, rest := respellScheme(s)
	if scheme == "" && strings.Contains(rest, "@") {
		return "" // An address of mail.
	}
	authority := respellAuthority(rest)
	end := strings.IndexByte(authority, ':')
	if strings.HasPrefix(authority, "[") {
		end = strings.LastIndexByte(authority, ']') + 1
	}
	host, port := authority, ""
	if end >= 0 {
		host, port = authority[:end], authority[end:]
	}
	if local, ok := strings.CutSuffix(host, "*"); ok && port == "" && isLocal(local) {
		host, port = local, ":*" // http://localhost*
	}
	port = respellPorts(port)
	if scheme == "" {
		scheme = schemeOf(host, port)
	}
	return scheme + "://" + respellHost(scheme, host) + port
}

// respellScheme splits s into the scheme, in lower case, or "" if it has none, and what is behind "://", however that
// is spelled.
func respellScheme(s string) (scheme, rest string) {
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(s, ":"), "//"); ok {
		return "https", rest
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		return strings.ToLower(scheme), rest
	}
	// One of "://" is missing or mistaken. A host comes next in either case.
	if i := strings.IndexAny(s, `:/\`); i >= 0 {
		if scheme := strings.ToLower(s[:i]); scheme == "https" || scheme == "http" {
			return scheme, strings.TrimLeft(s[i:], `:/\`)
		}
	}
	return "", s
}

// schemeOf returns the scheme of an origin that was written without one, if it is certain.
func schemeOf(host, port string) string {
	switch {
	case isLocal(host):
		return "http"
	case !strings.Contains(strings.Trim(host, "."), ".") || strings.HasPrefix(host, "[") || weburl.EndsInANumber(host):
		return "" // A word, or an address in one's own network.
	case port == "" || port == ":443":
		return "https"
	}
	return ""
}

// isLocal reports whether a host is the usual name of one's own machine.
func isLocal(host string) bool {
	return strings.EqualFold(host, "localhost") || host == "127.0.0.1" || host == "[::1]"
}

// respellAuthority returns the host and port of what is behind "://": a URL has the origin that is meant.
func respellAuthority(rest string) string {
	end := strings.IndexAny(rest, `/?#\`)
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	user, hostPort, found := strings.Cut(authority, "@")
	if !found {
		hostPort = authority
	}
	host, port, _ := strings.Cut(hostPort, ":")
	switch {
	case strings.Contains(path, ","):
		return "" // Several.
	case strings.HasPrefix(path, `\`) && path != `\`:
		return "" // A regular expression.
	case strings.HasPrefix(path, "?") && !strings.Contains(path, "=") && (port != "" || strings.Contains(path, ".")):
		return "" // Any one character, as in https://app?.example.com, and not a query.
	case len(path) > 1 && strings.Trim(path[1:], "0123456789") == "" && !isDomain(host):
		return "" // A range of addresses.
	case found && (strings.Contains(user, ".") || strings.Contains(hostPort, "@")):
		return "" // Nobody knows which one is meant of https://example.com@evil.example.
	}
	return hostPort
}

// respellHost returns host as browsers spell it.
func respellHost(scheme, host string) string {
	if _, special := weburl.SpecialScheme(scheme); !special {
		if scheme == "moz-extension" && (host == "*" || strings.EqualFold(host, uuidClass)) {
			return uuidClass
		}
		return host
	}
	domain, _ := strings.CutPrefix(host, "*.")
	o, err := OfURL(scheme + "://" + domain)
	spelled := o.Host()
	switch {
	case err != nil:
		return host
	case strings.HasPrefix(spelled, ".") || strings.Contains(spelled, "*"):
		return "" // The first label has been forgotten, or is not written as a wildcard.
	case spelled == "http" || spelled == "https":
		return "" // A second scheme, behind //, or with one of :// missing.
	case weburl.EndsInANumber(spelled) && spelled != domain && !strings.HasPrefix(spelled, "127."):
		return "" // An address in a spelling that nobody means, as a rule.
	}
	return host[:len(host)-len(domain)] + spelled
}

// maxSuggestedPorts bounds how many ports a range stands for.
const maxSuggestedPorts = 64

// respellPorts returns what stands behind a host, with its colon, or "", as a pattern has it.
func respellPorts(port string) string {
	text, ok := strings.CutPrefix(port, ":")
	switch {
	case !ok:
		return port
	case text == "":
		return ""
	case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"):
		text = text[1 : len(text)-1]
	}
	var list []string
	for item := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(item, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || first > last || last-first >= maxSuggestedPorts-len(list) {
			return port
		}
		for ; first <= last; first++ {
			list = append(list, strconv.Itoa(first))
		}
	}
	if len(list) == 1 {
		return ":" + list[0]
	}
	return ":[" + strings.Join(list, ",") + "]"
}
