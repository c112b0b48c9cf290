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
	faulty   map[place]bool // where errors were found before

	normal    Config // with null at most of origins; what else there is, the sets have
	origins   *origin.Set
	wildcards []origin.Pattern // that would cover more if there were no public suffixes
	more      Origins
	everybody bool
	timing    *origin.Set
}

// place is where a finding is.
type place struct {
	field string
	index int
}

// removeIt is the suggestion for what does nothing.
const removeIt = "remove it"

// newValidator returns a validator of a configuration in which errors have been found already.
func newValidator(c Config, o options, found []Finding) *validator {
	v := &validator{config: c, normal: c, options: o, errors: found, faulty: map[place]bool{}}
	for _, f := range found {
		v.faulty[place{f.Field, f.Index}] = true
	}
	return v
}

// isFaulty reports whether an error was found in a place before.
func (v *validator) isFaulty(field string, index int) bool { return v.faulty[place{field, index}] }

func (v *validator) fail(code Code, field string, index int, value, suggestion, detail string) {
	v.errors = append(v.errors, Finding{code, field, index, value, suggestion, detail})
}

func (v *validator) warn(code Code, field string, index int, value, suggestion, detail string) {
	v.warnings = append(v.warnings, Finding{code, field, index, value, suggestion, detail})
}

func (v *validator) validate() {
	c := &v.config
	v.validateOrigins()
	v.normal.Methods = v.normalList("methods", len(safelistedMethods)+1, c.Methods, (*validator).judgeMethod)
	v.normal.RequestHeaders = v.normalList("requestHeaders", 0, c.RequestHeaders, (*validator).judgeRequestHeader)
	v.validateAuthorization()
	v.normal.ExposeHeaders = v.normalList("exposeHeaders", 0, c.ExposeHeaders, (*validator).judgeResponseHeader)
	v.validateMaxAge()
	v.timing, v.normal.TimingAllowOrigin = v.patterns(fieldTiming, c.TimingAllowOrigin)
	switch c.PreflightStatus {
	case 0, 200:
	case 204:
		v.normal.PreflightStatus = 0
	default:
		v.errors = append(v.errors, invalidPreflightStatus(strconv.Itoa(c.PreflightStatus)))
	}
	if c.Static {
		v.validateStatic()
	}
}

func invalidPreflightStatus(text string) Finding {
	suggestion := ""
	if n, _ := strconv.Atoi(text); n >= 200 && n <= 299 {
		suggestion = "204" // to browsers, all of these are the same
		if n == 200 {
			suggestion = "200"
		}
	}
	return Finding{CodeInvalidPreflightStatus, "preflightStatus", -1, text, suggestion, "preflights are answered with 200 or 204; leave it out for 204"}
}

// validateStatic finds what would make responses depend on the request.
func (v *validator) validateStatic() {
	fail := func(field string, index int, value, detail string) {
		v.fail(CodeNotStatic, field, index, value, "", detail+`, or leave "static" out`)
	}
	// echoed fails for a * that has to be answered with what was asked for.
	echoed := func(field string, list []string) {
		if i := slices.Index(list, wildcard); i >= 0 && v.config.Credentials {
			fail(field, i, wildcard, "with credentials, * has to be answered with what was asked for; list what is allowed")
		}
	}
	if v.options.origins != nil {
		fail("static", -1, "true", "WithOrigins allows origins besides the one that is named to everybody; go without it")
	}
	if i := slices.Index(v.config.Origins, wildcard); i >= 0 {
		v.fail(CodeNotStatic, "origins", i, wildcard, "", `the responses to everybody are static without it; leave "static" out`)
	} else if i := firstClass(v.config.Origins); i >= 0 {
		fail("origins", i, v.config.Origins[i], "this stands for more than the one origin that is named to everybody; list that one")
	} else if n := len(v.origins.Patterns()); n > 1 {
		fail("origins", -1, "", "there are "+strconv.Itoa(n)+" origins, and only one can be named to everybody; list that one")
	}
	if v.config.DangerouslyAllowNull {
		fail("dangerouslyAllowNull", -1, "true", "null would be allowed besides the one origin that is named to everybody; leave it out")
	}
	echoed("methods", v.config.Methods)
	echoed("requestHeaders", v.config.RequestHeaders)
	if timing := v.config.TimingAllowOrigin; slices.Contains(timing, wildcard) {
		return // the same for all
	} else if i := firstClass(timing); i >= 0 {
		fail(fieldTiming, i, timing[i], `this stands for origins that the header cannot list; list origins, or "*"`)
	} else if !newTiming(v.timing, v.normal.TimingAllowOrigin != nil, true).static {
		fail(fieldTiming, -1, "", "the list is longer than "+strconv.Itoa(maxTimingList)+` bytes, and not sent; list fewer, or "*"`)
	}
}

// accepted returns what to suggest in place of a method or a name: item if nothing is found against it other than that
// it is not needed, else what is suggested in its place in turn, or "". It is judged as those of its list are.
func (v *validator) accepted(item string, judge judge) string {
	if !safelist.IsMethod(item) || item == wildcard && v.config.Credentials && v.config.Static { // A name is a token, too.
		return ""
	}
	probe := &validator{config: v.config}
	judge(probe, 0, item)
	switch {
	case probe.errors != nil:
		return ""
	case probe.warnings != nil && probe.warnings[0].Suggestion != removeIt:
		return probe.warnings[0].Suggestion
	}
	return item
}

// ofWildcard returns what is said of "*" if nothing would be found against it in the list that is judged so, else "".
func (v *validator) ofWildcard(said string, judge judge) string {
	if v.accepted(wildcard, judge) == "" {
		return ""
	}
	return said
}

// isClass reports whether p stands for more than one origin.
func isClass(p origin.Pattern) bool {
	_, ok := p.Exact()
	return !ok && p.IsValid()
}

// firstClass returns the index of the first in a list of patterns that stands for more than one origin, or -1.
func firstClass(list []string) int {
	return slices.IndexFunc(list, func(text string) bool {
		p, _ := origin.ParsePattern(text)
		return isClass(p)
	})
}

// A judge says what it finds against an item of a list, and returns the item in normal form, or "" if it is of no use.
type judge func(v *validator, index int, text string) (normal string)

// maxHeaderSize is what servers and intermediaries commonly take of a line of a header.
const maxHeaderSize = 8 << 10

// normalList returns a list in normal form: what judge returns of each item, except "", each once and in ascending
// order. If one stands for all, it is that one alone. The list makes a header with so many bytes before it.
func (v *validator) normalList(field string, before int, list []string, judge judge) (normal []string) {
	for i, text := range list {
		if v.isFaulty(field, i) {
			continue
		}
		if item := judge(v, i, text); item != "" {
			normal = append(normal, item)
		}
	}
	if slices.Contains(normal, wildcard) {
		return []string{wildcard}
	}
	slices.Sort(normal)
	normal = slices.Compact(normal)
	if size := before + len(strings.Join(normal, ",")); size > maxHeaderSize {
		v.warn(CodeLongHeader, field, -1, "", "", "the list makes a header of "+strconv.Itoa(size)+" bytes, and many servers and intermediaries take no more than "+
			strconv.Itoa(maxHeaderSize)+"; list what pages need")
	}
	return normal
}

func (v *validator) judgeMethod(i int, text string) (normal string) {
	const field = "methods"
	method, upper := safelist.NormalizeMethod(text), strings.ToUpper(text)
	switch {
	case text == wildcard:
	case !safelist.IsMethod(text):
		suggestion := v.accepted(strings.Trim(text, " \t\r\n,"), (*validator).judgeMethod)
		v.fail(CodeInvalidMethod, field, i, text, safelist.NormalizeMethod(suggestion), "this is not a method, which is a token, such as PUT; write each by itself")
		return ""
	case safelist.IsForbiddenMethod(text):
		v.fail(CodeForbiddenMethod, field, i, text, removeIt, "no page can use this method")
		return ""
	case safelist.IsCORSSafelistedMethod(method):
		v.warn(CodeSafelistedMethod, field, i, text, removeIt, "GET, HEAD and POST need no permission")
		return ""
	case upper == "ALL", upper == "ANY":
		v.warn(CodeDeadMethod, field, i, text, v.accepted(wildcard, (*validator).judgeMethod), "this is a method called "+text+"; what allows all methods is *")
	case strings.ContainsAny(text, "|*^$+&"):
		v.warn(CodeDeadMethod, field, i, text, "", "no page uses such a method; write each method by itself"+v.ofWildcard(", or * for all", (*validator).judgeMethod))
	case method != upper:
		v.warn(CodeMethodCase, field, i, text, upper, "methods are case-sensitive: this is not "+upper)
	}
	return method
}

func (v *validator) judgeRequestHeader(i int, text string) (normal string) {
	const field = "requestHeaders"
	name := header.Lower(text)
	switch {
	case name == wildcard:
	case !safelist.IsHeaderName(text):
		v.invalidName(field, i, text, (*validator).judgeRequestHeader)
		return ""
	case safelist.IsForbiddenRequestHeader(name, ""):
		v.fail(CodeForbiddenRequestHeader, field, i, text, removeIt, "no page can set this header")
		return ""
	case strings.HasPrefix(name, "access-control-"):
		v.warn(CodeDeadHeaderName, field, i, text, "", "this is for responses, and the policy sends it; a page that sets it on a request does so by mistake")
	case strings.Contains(name, wildcard):
		v.warn(CodeDeadHeaderName, field, i, text, "", "a name is not a pattern; write each name by itself"+v.ofWildcard("; * alone allows all but Authorization", (*validator).judgeRequestHeader))
	}
	return name
}

// validateAuthorization looks for what a * among the request headers does not cover.
func (v *validator) validateAuthorization() {
	list := v.config.RequestHeaders
	switch all := slices.Index(list, wildcard); {
	case all < 0:
	case slices.ContainsFunc(list, safelist.IsCORSNonWildcardRequestHeaderName):
		v.normal.RequestHeaders = append(v.normal.RequestHeaders, "authorization")
	default:
		v.warn(CodeAuthorizationNotCovered, "requestHeaders", all, wildcard, "",
			`the wildcard does not cover Authorization, though some browsers behave as if it did; add "Authorization" if pages may set it`)
	}
}

func (v *validator) judgeResponseHeader(i int, text string) (normal string) {
	const field = "exposeHeaders"
	name := header.Lower(text)
	switch {
	case name == wildcard:
		if v.config.Credentials {
			v.fail(CodeWildcardExposeWithCredentials, field, i, text, "", "with credentials, browsers take * for the name of a header; list the names")
		}
	case !safelist.IsHeaderName(text):
		v.invalidName(field, i, text, (*validator).judgeResponseHeader)
		return ""
	case safelist.IsForbiddenResponseHeaderName(name):
		v.fail(CodeForbiddenResponseHeader, field, i, text, removeIt, "no page can read this header")
		return ""
	case safelist.IsCORSSafelistedResponseHeaderName(name, nil):
		v.warn(CodeSafelistedResponseHeader, field, i, text, removeIt, "pages can read this header without permission")
		return ""
	case strings.HasPrefix(name, "access-control-"):
		v.warn(CodeDeadHeaderName, field, i, text, removeIt, "this is for browsers, which obey it whether pages can read it or not")
	case strings.Contains(name, wildcard):
		v.warn(CodeDeadHeaderName, field, i, text, "", "a name is not a pattern; write each name by itself"+v.ofWildcard("; * alone exposes all", (*validator).judgeResponseHeader))
	}
	return name
}

func (v *validator) invalidName(field string, index int, text string, judge judge) {
	suggestion := v.accepted(strings.Trim(text, " \t\r\n:,"), judge)
	v.fail(CodeInvalidHeaderName, field, index, text, suggestion, "this is not the name of a header, which is a token, such as X-Example; write each by itself")
}

func (v *validator) validateMaxAge() {
	if v.config.MaxAge == nil {
		return
	}
	switch seconds := *v.config.MaxAge; {
	case seconds < 0 || seconds > math.MaxInt32:
		v.errors = append(v.errors, invalidMaxAge(strconv.Itoa(seconds)))
	case seconds > maxAgeCap:
		v.warn(CodeMaxAgeAboveCaps, "maxAge", -1, strconv.Itoa(seconds), strconv.Itoa(maxAgeCap),
			"no browser keeps a preflight's answer for more than a day")
	}
}

func invalidMaxAge(text string) Finding {
	return Finding{CodeInvalidMaxAge, "maxAge", -1, text, meantSeconds(text), "this is not a number of seconds up to " + strconv.Itoa(maxAgeCap) +
		"; leave it out for the browsers' 5 seconds, and write 0 to forbid them to keep the answer"}
}

// meantSeconds returns the number of seconds that text stands for, such as 600 for "10m", or "".
func meantSeconds(text string) string {
	if text == "" || len(text) > 64 {
		return ""
	}
	unit := map[byte]float64{'s': 1, 'm': 60, 'h': 60 * 60, 'd': 24 * 60 * 60}[text[len(text)-1]]
	number := text
	if unit > 0 {
		number = text[:len(text)-1]
	} else {
		unit = 1
	}
	n, err := strconv.ParseFloat(number, 64)
	seconds := min(max(n*unit, 0), maxAgeCap)
	if err != nil && !errors.Is(err, strconv.ErrRange) || strings.Trim(number, "0123456789.eE+-") != "" || seconds != math.Trunc(seconds) {
		return ""
	}
	return strconv.Itoa(int(seconds))
}
