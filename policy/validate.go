package policy

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// maxAgeCap is the longest time for which any browser keeps a preflight's
// answer, in seconds: Firefox's day. Chromium's is 7200, WebKit's 600.
const maxAgeCap = 86400

// validator judges a configuration and brings it into normal form.
type validator struct {
	config  Config
	options options

	errors   []Finding
	warnings []Finding

	origins        *origin.Set
	wildcards      []origin.Pattern // that would cover more but for public suffixes
	more           Origins
	everybody      bool
	null           bool // whether it is listed
	methods        []string
	requestHeaders []string
	exposeHeaders  []string
	timing         *origin.Set
	timingNull     bool
}

func (v *validator) fail(code Code, field string, index int, value, suggestion, detail string) {
	v.errors = append(v.errors, Finding{code, field, index, value, suggestion, detail})
}

func (v *validator) warn(code Code, field string, index int, value, suggestion, detail string) {
	v.warnings = append(v.warnings, Finding{code, field, index, value, suggestion, detail})
}

func (v *validator) validate() {
	v.validateOrigins()
	v.validateMethods()
	v.validateRequestHeaders()
	v.validateExposeHeaders()
	v.validateMaxAge()
	v.timing, v.timingNull = v.patterns("timingAllowOrigin", v.config.TimingAllowOrigin, nil)
	v.validatePreflightStatus()
	if v.config.Static {
		v.validateStatic()
	}
}

func (v *validator) validatePreflightStatus() {
	switch status := v.config.PreflightStatus; status {
	case 0, 200, 204:
	default:
		v.errors = append(v.errors, *invalidPreflightStatus(strconv.Itoa(status)))
	}
}

func invalidPreflightStatus(text string) *Finding {
	return &Finding{CodeInvalidPreflightStatus, "preflightStatus", -1, text, "leave it out for 204, or write 200", "preflights are answered with 200 or 204"}
}

// validateStatic finds what would make responses depend on the request.
func (v *validator) validateStatic() {
	const without = `, or leave "static" out`
	fail := func(field string, index int, value, suggestion, detail string) {
		v.fail(CodeNotStatic, field, index, value, suggestion, detail)
	}
	// echoed fails for a * that has to be answered with what was asked for.
	echoed := func(field string, list []string) {
		if i := slices.Index(list, wildcard); i >= 0 && v.config.Credentials {
			fail(field, i, wildcard, "list them one by one"+without, "with credentials, * has to be answered with what was asked for")
		}
	}
	const one = "list one origin, such as https://example.com" + without
	if v.options.origins != nil {
		fail("static", -1, "true", one, "WithOrigins allows origins besides the one that is named to everybody")
	}
	if i := v.indexOf(v.config.Origins, origin.Pattern.IsAny); i >= 0 {
		fail("origins", i, v.config.Origins[i], `leave "static" out`, "the responses to everybody are the same without it")
	} else if i := v.indexOf(v.config.Origins, isClass); i >= 0 {
		fail("origins", i, v.config.Origins[i], one, "this stands for more than the one origin that is named to everybody")
	} else if n := len(v.origins.Patterns()); n > 1 {
		fail("origins", -1, "", one, "there are "+strconv.Itoa(n)+" origins, and only one can be named to everybody")
	}
	if v.config.DangerouslyAllowNull {
		fail("dangerouslyAllowNull", -1, "true", "remove it"+without, "null would be allowed besides the one origin that is named to everybody")
	}
	echoed("methods", v.config.Methods)
	echoed("requestHeaders", v.config.RequestHeaders)
	isWide := func(p origin.Pattern) bool { return isClass(p) && !p.IsAny() }
	if v.indexOf(v.config.TimingAllowOrigin, origin.Pattern.IsAny) >= 0 {
		return
	}
	if i := v.indexOf(v.config.TimingAllowOrigin, isWide); i >= 0 {
		fail("timingAllowOrigin", i, v.config.TimingAllowOrigin[i], `list origins, or "*"`+without, "this stands for origins that the header cannot list")
	} else if !newTiming(v.timing, v.timingNull, true).static && !v.timing.IsEmpty() {
		fail("timingAllowOrigin", -1, "", `list fewer, or "*"`+without, "the list is longer than "+strconv.Itoa(maxTimingList)+" bytes, and not sent")
	}
}

// isClass reports whether p stands for more than one origin.
func isClass(p origin.Pattern) bool {
	_, ok := p.Exact()
	return !ok && p.IsValid()
}

// indexOf returns the index of the first in a list of patterns that is valid and
// that is so.
func (v *validator) indexOf(list []string, is func(origin.Pattern) bool) int {
	return slices.IndexFunc(list, func(text string) bool {
		p, err := origin.ParsePattern(text)
		return err == nil && is(p)
	})
}

// patterns reads a list of origin patterns. Those that are valid, and that judge
// has nothing against, if it is not nil, make the set.
func (v *validator) patterns(field string, list []string, judge func(index int, text string, p origin.Pattern) bool) (set *origin.Set, null bool) {
	first := len(v.warnings)
	indexes := make([]int, 0, len(list)) // of patterns, in list
	patterns := make([]origin.Pattern, 0, len(list))
	for i, text := range list {
		p, err := origin.ParsePattern(text)
		if e, ok := errors.AsType[*origin.PatternError](err); ok && e.Code == origin.PatternNull {
			switch {
			case !v.config.DangerouslyAllowNull:
				v.fail(CodeNullOrigin, field, i, text, `remove it, or set "dangerouslyAllowNull"`,
					"anybody can make a browser send null, for example from a sandboxed frame")
			case null:
				v.warn(CodeRedundantOriginPattern, field, i, text, "remove it", "it is in the list already")
			}
			null = true
			continue
		} else if ok {
			suggestion := e.Suggestion
			if suggestion == "" {
				suggestion = "list origins such as https://example.com or https://*.example.com"
			}
			v.fail(CodeInvalidOriginPattern, field, i, text, suggestion, "at byte "+strconv.Itoa(e.Offset)+": "+e.Reason)
			continue
		}
		// What else is not canonical is a list of ports.
		if canonical := p.String(); canonical != text && strings.HasPrefix(text, canonical+":") {
			v.warn(CodeDefaultPort, field, i, text, canonical, "browsers leave the default port out, and so does the policy")
		}
		if judge != nil && !judge(i, text, p) {
			continue
		}
		patterns, indexes = append(patterns, p), append(indexes, i)
	}
	set = origin.NewSet(patterns...)
	if judge != nil {
		set = v.exceptPublicSuffixes(set)
	}
	if null && v.config.DangerouslyAllowNull && slices.ContainsFunc(patterns, origin.Pattern.IsAny) {
		v.warn(CodeRedundantOriginPattern, field, slices.Index(list, "null"), "null", "remove it", "* covers it")
		null = false
	}
	redundant := set.Redundant()
	for at, p := range patterns {
		if _, found := slices.BinarySearch(redundant, at); found || set.WildcardCovers(p) {
			i := indexes[at]
			v.warn(CodeRedundantOriginPattern, field, i, list[i], "remove it", "other patterns in the list cover it")
		}
	}
	slices.SortStableFunc(v.warnings[first:], func(a, b Finding) int { return a.Index - b.Index })
	return set, null
}

func (v *validator) validateOrigins() {
	const field = "origins"
	set, isSet := v.options.origins.(*origin.Set)
	if len(v.config.Origins) == 0 && (v.options.origins == nil || isSet && set.IsEmpty()) {
		v.fail(CodeNoOrigins, field, -1, "", `list the origins that may read, or "*"`, "the policy allows nobody anything")
	}
	v.origins, v.null = v.patterns(field, v.config.Origins, func(i int, text string, p origin.Pattern) bool {
		v.everybody = v.everybody || p.IsAny()
		return v.judgeCredentials(field, i, text, p)
	})
	v.validateMore()
}

// fieldMore is what findings about what [WithOrigins] was given have for a field.
const fieldMore = "WithOrigins"

// validateMore judges what [WithOrigins] was given as the configuration's
// origins are, as far as it can be looked at.
func (v *validator) validateMore() {
	v.more = v.options.origins
	if !v.config.Credentials || v.more == nil {
		return
	}
	set, ok := v.more.(*origin.Set)
	if !ok {
		v.warn(CodeUncheckedOrigins, fieldMore, -1, "", "", "what this set contains cannot be looked at: whether it has everybody, all that anybody can "+
			"get below a public suffix, or every extension, each of which would read with the user's credentials")
		return
	}
	for _, p := range set.Patterns() {
		v.judgeCredentials(fieldMore, -1, p.String(), p)
	}
	v.more = v.exceptPublicSuffixes(set)
}

// exceptPublicSuffixes returns what set is to a policy with credentials, and
// remembers what it would cover besides.
func (v *validator) exceptPublicSuffixes(set *origin.Set) *origin.Set {
	if !v.config.Credentials || v.config.DangerouslyAllowPublicSuffixes {
		return set
	}
	for _, p := range set.Patterns() {
		if p.HasSubdomains() {
			v.wildcards = append(v.wildcards, p)
		}
	}
	return set.ExceptPublicSuffixes(v.options.suffixes)
}

// judgeCredentials reports whether the origins of a pattern may have
// credentials, if the policy has any.
func (v *validator) judgeCredentials(field string, i int, text string, p origin.Pattern) bool {
	if !v.config.Credentials {
		return true
	}
	before := len(v.errors)
	if p.IsAny() {
		v.fail(CodeWildcardOriginWithCredentials, field, i, text, `list the origins, or leave "credentials" out`,
			"browsers refuse * for requests with credentials, and to let everybody read with the user's credentials is no policy")
	}
	if !v.config.DangerouslyAllowInsecureOrigins && isInsecure(p.Scheme(), p.Host()) {
		suggestion := `set "dangerouslyAllowInsecureOrigins"`
		if secure, ok := secureForm(text); ok {
			suggestion = secure
		}
		v.fail(CodeInsecureOriginWithCredentials, field, i, text, suggestion,
			"whoever controls the network can be this origin, and would read with the user's credentials")
	}
	if p.HasSubdomains() && !v.config.DangerouslyAllowPublicSuffixes {
		v.judgeSuffix(field, i, text, p.Host())
	}
	if p.IsAnyExtension() && !v.config.DangerouslyAllowAnyExtensions {
		v.fail(CodeAnyExtensionWithCredentials, field, i, text, `list the extension's origin, or set "dangerouslyAllowAnyExtensions"`,
			"every extension that a user has installed is such an origin, whoever made it, and would read with the user's credentials")
	}
	return len(v.errors) == before
}

// judgeSuffix judges a wildcard over the subdomains of domain. Public suffixes
// that are deeper are judged where an origin matches.
func (v *validator) judgeSuffix(field string, index int, text, domain string) {
	if isLoopback(domain) {
		return // localhost is in no list, and nobody gets a domain below it
	}
	if v.options.suffixes == nil {
		v.fail(CodeSuffixListRequired, field, index, text, "give New a public suffix list: WithSuffixList",
			"with credentials, a wildcard must not stand over a public suffix, and there is no list to tell")
		return
	}
	// A domain is a public suffix itself, or has public suffixes for all its
	// subdomains (in the list's notation, *.domain).
	if suffix, _ := origin.PublicSuffix("corspec-probe."+domain, v.options.suffixes); len(suffix) >= len(domain) {
		v.fail(CodePublicSuffixWithCredentials, field, index, text, `list the origins, or set "dangerouslyAllowPublicSuffixes"`,
			"anybody can get a domain below the public suffix "+domain)
	}
}

// secureForm returns a pattern with a scheme that protects from the network.
func secureForm(pattern string) (string, bool) {
	for _, schemes := range [][2]string{{"http://", "https://"}, {"ws://", "wss://"}} {
		if rest, ok := strings.CutPrefix(pattern, schemes[0]); ok {
			if p, err := origin.ParsePattern(schemes[1] + rest); err == nil {
				return p.String(), true
			}
		}
	}
	return "", false
}

// isInsecure reports whether scheme does not protect from whoever is in the
// network, and host is reached through it.
func isInsecure(scheme, host string) bool {
	switch scheme {
	case "http", "ws", "ftp":
		return !isLoopback(host)
	}
	return false // https and wss protect; other schemes are not of the network
}

// isLoopback reports whether a host is the local machine's own, as browsers
// resolve it: "let localhost be localhost".
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func isLoopback(host string) bool {
	host = strings.TrimSuffix(host, ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "[::1]" {
		return true
	}
	// What ends in a number is an IPv4 address; 127.example.com is not.
	return strings.HasPrefix(host, "127.") && strings.Trim(host, "0123456789.") == ""
}

func (v *validator) validateMethods() {
	const field = "methods"
	all := false
	for i, text := range v.config.Methods {
		if text == "*" {
			all = true
			continue
		}
		method := safelist.NormalizeMethod(text)
		switch upper := upperASCII(text); {
		case !safelist.IsMethod(text):
			suggestion := strings.TrimSpace(upper)
			if !safelist.IsMethod(suggestion) {
				suggestion = "write one method, such as PUT"
			}
			v.fail(CodeInvalidMethod, field, i, text, suggestion, "this is no method: methods are tokens")
			continue
		case safelist.IsForbiddenMethod(text):
			v.fail(CodeForbiddenMethod, field, i, text, "remove it", "no page can use this method")
			continue
		case safelist.IsCORSSafelistedMethod(method):
			v.warn(CodeSafelistedMethod, field, i, text, "remove it", "GET, HEAD and POST need no permission")
			continue
		case method != upper:
			v.warn(CodeMethodCase, field, i, text, upper, "methods are case-sensitive: this is not "+upper)
		}
		v.methods = append(v.methods, method)
	}
	v.methods = normalList(v.methods, all)
}

func (v *validator) validateRequestHeaders() {
	const field = "requestHeaders"
	all, authorization := -1, false
	for i, text := range v.config.RequestHeaders {
		name := header.Lower(text)
		switch {
		case name == "*":
			if all < 0 {
				all = i
			}
			continue
		case !safelist.IsHeaderName(text):
			v.invalidName(field, i, text)
			continue
		case safelist.IsForbiddenRequestHeader(name, ""):
			v.fail(CodeForbiddenRequestHeader, field, i, text, "remove it", "no page can set this header")
			continue
		case safelist.IsCORSNonWildcardRequestHeaderName(name):
			authorization = true
		}
		v.requestHeaders = append(v.requestHeaders, name)
	}
	v.requestHeaders = normalList(v.requestHeaders, all >= 0)
	if all >= 0 && authorization {
		v.requestHeaders = append(v.requestHeaders, "authorization")
	}
	if all >= 0 && !authorization {
		v.warn(CodeAuthorizationNotCovered, field, all, v.config.RequestHeaders[all], `add "Authorization", if pages may set it`,
			"the wildcard does not cover Authorization, though some browsers behave as if it did")
	}
}

func (v *validator) validateExposeHeaders() {
	const field = "exposeHeaders"
	all := false
	for i, text := range v.config.ExposeHeaders {
		name := header.Lower(text)
		switch {
		case name == "*" && v.config.Credentials:
			v.fail(CodeWildcardExposeWithCredentials, field, i, text, "list the names", "with credentials, browsers take * for the name of a header")
		case name == "*":
			all = true
		case !safelist.IsHeaderName(text):
			v.invalidName(field, i, text)
		case safelist.IsForbiddenResponseHeaderName(name):
			v.fail(CodeForbiddenResponseHeader, field, i, text, "remove it", "no page can read this header")
		case safelist.IsCORSSafelistedResponseHeaderName(name, nil):
			v.warn(CodeSafelistedResponseHeader, field, i, text, "remove it", "pages can read this header without permission")
		default:
			v.exposeHeaders = append(v.exposeHeaders, name)
		}
	}
	v.exposeHeaders = normalList(v.exposeHeaders, all)
}

func (v *validator) invalidName(field string, index int, text string) {
	suggestion := strings.Trim(text, " \t\r\n:")
	if !safelist.IsHeaderName(suggestion) {
		suggestion = "write one header name, such as X-Example"
	}
	v.fail(CodeInvalidHeaderName, field, index, text, suggestion, "this is no header name: names are tokens")
}

func (v *validator) validateMaxAge() {
	if v.config.MaxAge == nil {
		return
	}
	switch seconds := *v.config.MaxAge; {
	case seconds < 0 || seconds > math.MaxInt32:
		v.errors = append(v.errors, *invalidMaxAge(strconv.Itoa(seconds)))
	case seconds > maxAgeCap:
		v.warn(CodeMaxAgeAboveCaps, "maxAge", -1, strconv.Itoa(seconds), strconv.Itoa(maxAgeCap),
			"no browser keeps a preflight's answer for more than a day")
	}
}

func invalidMaxAge(text string) *Finding {
	suggestion := "leave it out for the browser's 5 seconds, or write a whole number of seconds up to " + strconv.Itoa(maxAgeCap)
	if strings.HasPrefix(text, "-") {
		suggestion = "0"
	}
	return &Finding{CodeInvalidMaxAge, "maxAge", -1, text, suggestion, "this is no number of seconds; 0 forbids to keep the answer"}
}

// normalList returns list without duplicates in ascending order, or, if it
// stands for all, a single wildcard.
func normalList(list []string, all bool) []string {
	if all {
		return []string{"*"}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// upperASCII returns s with a to z in upper case.
func upperASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
