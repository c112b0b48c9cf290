package policy

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/weburl"
	"github.com/corspec/corspec/origin"
)

func (v *validator) validateOrigins() {
	const field = "origins"
	set, isSet := v.options.origins.(*origin.Set)
	if len(v.config.Origins) == 0 && (v.options.origins == nil || isSet && set.IsEmpty()) && !v.isFaulty(field, -1) {
		detail := "the policy allows nobody anything; list the origins that may read"
		if !v.config.Credentials && !v.config.Static {
			detail += `, or "*" for everybody`
		}
		v.fail(CodeNoOrigins, field, -1, "", "", detail)
	}
	v.origins, v.normal.Origins = v.patterns(field, v.config.Origins)
	v.everybody = slices.Contains(v.config.Origins, wildcard)
	v.validateMore()
}

const fieldTiming = "timingAllowOrigin"

// patterns reads a list of origin patterns. Those that are valid, and that may have the policy's credentials where that
// is what the list is about, make the set. Null is a list of its own, if it is listed and nothing covers it.
func (v *validator) patterns(field string, list []string) (set *origin.Set, null []string) {
	first := len(v.warnings)
	indexes := make([]int, 0, len(list)) // of patterns, in list
	patterns := make([]origin.Pattern, 0, len(list))
	for i, text := range list {
		if v.isFaulty(field, i) {
			continue
		}
		if text == "null" {
			if !v.config.DangerouslyAllowNull {
				v.fail(CodeNullOrigin, field, i, text, "",
					`anybody can make a browser send null, for example from a sandboxed frame; remove it, or set "dangerouslyAllowNull"`)
			} else if null != nil {
				v.warn(CodeRedundantOriginPattern, field, i, text, removeIt, "it is in the list already")
			}
			null = []string{text}
			continue
		}
		p, err := origin.ParsePattern(text)
		if e, ok := errors.AsType[*origin.PatternError](err); ok {
			v.fail(CodeInvalidOriginPattern, field, i, text, v.acceptedPattern(field, e.Suggestion), "at byte "+strconv.Itoa(e.Offset)+": "+e.Reason+advice(e))
			continue
		}
		// What else is not canonical is a list of ports.
		if behind, ok := strings.CutPrefix(text, p.String()); ok && strings.HasPrefix(behind, ":") {
			v.warn(CodeDefaultPort, field, i, text, v.acceptedPattern(field, p.String()), "browsers leave the default port out, and so does the policy")
		}
		if why, instead := deadOrigin(p); why != "" {
			v.warn(CodeDeadOriginPattern, field, i, text, v.acceptedPattern(field, instead), why)
		}
		if field == fieldTiming || v.judgeCredentials(field, i, text, p) {
			patterns, indexes = append(patterns, p), append(indexes, i)
		}
	}
	set = origin.NewSet(patterns...)
	if field != fieldTiming {
		set = v.exceptPublicSuffixes(set, patterns)
	}
	if null != nil && v.config.DangerouslyAllowNull && slices.ContainsFunc(patterns, origin.Pattern.IsAny) {
		v.warn(CodeRedundantOriginPattern, field, slices.Index(list, "null"), "null", removeIt, "* covers it")
		null = nil
	}
	redundant := set.Redundant()
	for at, p := range patterns {
		if _, found := slices.BinarySearch(redundant, at); found || set.WildcardCovers(p) {
			i := indexes[at]
			v.warn(CodeRedundantOriginPattern, field, i, list[i], removeIt, "other patterns in the list cover it")
		}
	}
	slices.SortStableFunc(v.warnings[first:], func(a, b Finding) int { return a.Index - b.Index })
	return set, null
}

// advice says what to do about a mistake that no other pattern is the remedy of.
func advice(e *origin.PatternError) string {
	_, behind, _ := strings.Cut(e.Pattern, "://")
	host, _, isPath := strings.Cut(behind, "/")
	_, isDomain := origin.PublicSuffix(host, nil)
	switch {
	case e.Suggestion != "":
		return ""
	case e.Code == origin.PatternSeveral, strings.ContainsAny(e.Pattern, " ,;") && strings.Contains(e.Pattern, "."):
		return "; write each origin by itself, in quotes of its own"
	case strings.ContainsAny(e.Pattern, `*^$()|+\{`), isPath && !isDomain:
		return "; what no pattern says, a function can: give WithOrigins an OriginsFunc"
	}
	return "; write an origin such as https://example.com, or its subdomains, https://*.example.com"
}

// acceptedPattern returns a pattern in canonical form if nothing would be found against it in field, and else "".
func (v *validator) acceptedPattern(field, pattern string) string {
	p, err := origin.ParsePattern(pattern)
	why, _ := deadOrigin(p)
	isTiming, probe := field == fieldTiming, &validator{config: v.config, options: v.options}
	if err != nil || why != "" || !isTiming && !probe.judgeCredentials(field, -1, pattern, p) || v.config.Static && isClass(p) && !(isTiming && p.IsAny()) {
		return ""
	}
	return p.String()
}

// fieldMore is what findings about what [WithOrigins] was given have for a field.
const fieldMore = "WithOrigins"

// validateMore judges what [WithOrigins] was given as the configuration's origins are, as far as it can be looked at.
func (v *validator) validateMore() {
	v.more = v.options.origins
	if v.more == nil {
		return
	}
	if v.everybody {
		v.warn(CodeRedundantOriginPattern, fieldMore, -1, "", removeIt, "the pattern * allows everybody, so that this set is never asked")
	}
	if !v.config.Credentials {
		return
	}
	set, ok := v.more.(*origin.Set)
	if !ok {
		v.warn(CodeUncheckedOrigins, fieldMore, -1, "", "", "what this set contains cannot be looked at: whether it has everybody, all that anybody can "+
			"get below a public suffix, or every extension, each of which would read with the user's credentials")
		return
	}
	patterns := set.Patterns()
	for _, p := range patterns {
		v.judgeCredentials(fieldMore, -1, p.String(), p)
	}
	v.more = v.exceptPublicSuffixes(set, patterns)
}

// exceptPublicSuffixes returns what a set of patterns is to a policy with
// credentials, and remembers what it would cover besides.
func (v *validator) exceptPublicSuffixes(set *origin.Set, patterns []origin.Pattern) *origin.Set {
	if !v.config.Credentials || v.config.DangerouslyAllowPublicSuffixes {
		return set
	}
	for _, p := range patterns {
		if p.HasSubdomains() {
			v.wildcards = append(v.wildcards, p)
		}
	}
	return set.ExceptPublicSuffixes(v.options.suffixes)
}

// judgeCredentials reports whether the origins of a pattern may have the policy's credentials, if it has any.
func (v *validator) judgeCredentials(field string, i int, text string, p origin.Pattern) bool {
	c, before := &v.config, len(v.errors)
	if !c.Credentials {
		return true
	}
	fail := func(code Code, suggestion, detail string) { v.fail(code, field, i, text, suggestion, detail) }
	if p.IsAny() {
		fail(CodeWildcardOriginWithCredentials, "", "browsers refuse * for requests with credentials, and to let everybody read with the user's credentials is not a policy; "+
			`list the origins, or leave "credentials" out`)
	}
	if !c.DangerouslyAllowInsecureOrigins && isInsecure(p.Scheme(), p.Host()) {
		fail(CodeInsecureOriginWithCredentials, v.acceptedPattern("", secureForm(p)),
			`whoever controls the network can be this origin, and would read with the user's credentials; use https, or set "dangerouslyAllowInsecureOrigins"`)
	}
	if p.HasSubdomains() && !c.DangerouslyAllowPublicSuffixes {
		host := p.Host()
		switch suffix, asked := v.suffixBelow(host); {
		case !asked:
			fail(CodeSuffixListRequired, "", "with credentials, a wildcard must not stand over a public suffix, and there is no list to tell; give New the option "+
				"WithSuffixList, or use policyhttp, which has a list")
		case len(suffix) >= len(host):
			fail(CodePublicSuffixWithCredentials, "", "anybody can get a domain below this public suffix, and would read with the user's credentials; list the origins, or set "+
				`"dangerouslyAllowPublicSuffixes"`)
		}
	}
	if p.Host() == "" && !p.IsAny() && !c.DangerouslyAllowAnyExtensions { // {uuid} is the only class of hosts
		fail(CodeAnyExtensionWithCredentials, "", "every extension that a user has installed is such an origin, whoever made it, and would read with the user's credentials; "+
			`list the extension's origin, or set "dangerouslyAllowAnyExtensions"`)
	}
	return len(v.errors) == before
}

// suffixBelow returns the public suffix of what is below domain: that is domain, if it is one itself, and more, if all
// its subdomains are (in the list's notation, *.domain). asked is false if there is no list. Public suffixes that are
// deeper are judged where an origin matches.
func (v *validator) suffixBelow(domain string) (suffix string, asked bool) {
	if weburl.IsLoopback(domain) {
		return "", true // localhost is in no list, and nobody gets a domain below it
	}
	if v.options.suffixes == nil {
		return "", false
	}
	suffix, _ = origin.PublicSuffix("corspec-probe."+domain, v.options.suffixes)
	return suffix, true
}

// secureForm returns the pattern p with a scheme that protects from the network,
// or "". Where ports are listed, nobody knows which are for which scheme.
func secureForm(p origin.Pattern) string {
	scheme := map[string]string{"http": "https", "ws": "wss"}[p.Scheme()]
	if scheme == "" || strings.Contains(p.String(), ":[") {
		return ""
	}
	return scheme + strings.TrimPrefix(p.String(), p.Scheme())
}

// isInsecure reports whether scheme does not protect from whoever is in the network, and host is reached through it.
func isInsecure(scheme, host string) bool {
	switch scheme {
	case "http", "ws", "ftp":
		return !weburl.IsLoopback(host)
	}
	return false // https and wss protect; other schemes are not of the network
}

// deadOrigin returns why no browser sends an origin that p matches, and the
// pattern that is meant, if that is certain; why is "" where there may be some.
func deadOrigin(p origin.Pattern) (why, instead string) {
	scheme, host := p.Scheme(), p.Host()
	replaced := func(old, new string) string { return strings.Replace(p.String(), old, new, 1) }
	switch scheme {
	case "http", "https", "ws", "wss", "ftp":
		return deadHost(host), ""
	case "chrome-extension", "moz-extension":
		if lower := header.Lower(host); lower != host {
			return "browsers send the host of an extension in lower case", replaced(host, lower)
		}
		return "", ""
	}
	http, https := editDistance(scheme, "http"), editDistance(scheme, "https")
	if min(http, https) > maxEdits {
		return "", ""
	}
	meant := map[bool]string{true: "http", false: "https"}[http < https]
	if http != https {
		instead = replaced(scheme, meant)
	}
	return "there are no pages with such a scheme; it is not " + meant, instead
}

// isDomainByte says which bytes are in the labels of domains that are in use.
var isDomainByte = func() (is [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyz0123456789-_") {
		is[c] = true
	}
	return is
}()

// deadHost returns why a host of a special URL, or a domain, is not one that a page can be on, or "": what the URL
// standard allows is more than what there is in the DNS.
func deadHost(host string) string {
	if host[0] == '[' {
		return ""
	}
	host = strings.TrimSuffix(host, ".")
	length := 0 // of the label
	for i := range len(host) {
		switch c := host[i]; {
		case c == '.' && length == 0:
			return "there is an empty label in this host, which no domain has"
		case c == '.':
			length = 0
		case !isDomainByte[c]:
			return "no domain holds " + strconv.Quote(host[i:i+1]) + "; write each origin by itself, and not a regular expression"
		default:
			if length++; length > 63 {
				return "a label of a domain has at most 63 bytes"
			}
		}
	}
	if len(host) > 253 {
		return "a domain has at most 253 bytes"
	}
	return ""
}
