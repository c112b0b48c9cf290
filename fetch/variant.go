package fetch

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// This file holds what engines do otherwise than the standard. Each function is called only where a profile has
// differences, and each difference stands at its place by its name.

// A variantState is what a machine has to remember for a profile that differs.
type variantState struct {
	headers    HeaderList // as the page gave them
	preflight  bool       // those headers or the method at the first other origin need a preflight
	policy     ReferrerPolicy
	sentOrigin string // the Origin that went out last
	refusal    Verdict
}

// startVariant prepares the request as the engine sees it.
func (m *Machine) startVariant() {
	p, r := m.agent.Profile, &m.req
	if p.Has(UserAgentForbidden) {
		r.Headers = withoutNames(r.Headers, func(name string) bool { return header.EqualFold(name, "User-Agent") })
	}
	if p.Has(RequestHeadersCombined) {
		r.Headers = combined(r.Headers)
	}
	if p.Has(StreamModeBecomesCORS) && r.Body == BodyStream && r.Mode == ModeSameOrigin {
		r.Mode = ModeCORS
	}
	if p.Has(CredentiallessUnknown) {
		for _, value := range []*EmbedderPolicyValue{&r.EmbedderPolicy.Value, &r.EmbedderPolicy.ReportOnly} {
			if *value == EmbedderPolicyCredentialless {
				*value = EmbedderPolicyUnsafeNone
			}
		}
	}
	if p.Has(BodilessUploadNotObserved) && r.Body == BodyNull {
		r.UseCORSPreflight = false
	}
	m.variant = variantState{headers: slices.Clone(r.Headers), policy: r.ReferrerPolicy}
	if m.variant.policy == ReferrerPolicyEmpty {
		m.variant.policy = ReferrerPolicyStrictOriginWhenCrossOrigin
	}
	m.variant.preflight = r.UnsafeRequest && len(p.unsafeRequestHeaderNames(r.Headers)) > 0
	if p.Has(FontsWithoutCORS) && r.Destination == DestinationFont {
		r.Mode, r.Credentials = ModeNoCORS, CredentialsInclude
	}
}

// combined returns l with one header for each name, at its first place, with all values joined.
func combined(l HeaderList) HeaderList {
	values := map[string][]string{}
	var out HeaderList
	for _, h := range l {
		name := header.Lower(h[0])
		if values[name] == nil {
			out = append(out, h)
		}
		values[name] = append(values[name], h[1])
	}
	for i := range out {
		out[i][1] = strings.Join(values[header.Lower(out[i][0])], ", ")
	}
	return out
}

// variantMainFetch reports whether the engine refuses what main fetch would not.
func (m *Machine) variantMainFetch() bool {
	p, r := m.agent.Profile, &m.req
	if p.Has(NoCORSRedirectModeFirst) && r.Mode == ModeNoCORS && r.Redirect != RedirectFollow && r.CurrentURL().Scheme() == "data" {
		m.fail(Verdict{Code: CodeNoCORSRedirectModeNotFollow, Step: "main-fetch:12", Want: r.CurrentURL().String()})
		return true
	}
	return false
}

// isRedirect reports whether the profile takes the response for a redirect.
func (p Profile) isRedirect(r *Request, resp *Response) bool {
	if !safelist.IsRedirectStatus(resp.Status) {
		return false
	}
	if p.Has(RedirectErrorNeedsLocation) && r.Redirect == RedirectError {
		value, _ := resp.Headers.Get("Location")
		return value != ""
	}
	return true
}

// blockBadPort is BlockBadPort for the profile.
func (p Profile) blockBadPort(r *Request) Verdict {
	if port, ok := r.CurrentURL().Port(); ok && (port == 4190 || port == 6679) && p.Has(NewerBadPortsAllowed) {
		return allowed
	}
	return BlockBadPort(r)
}

// variantPreflightReason is preflightReason for the machine's profile.
func (m *Machine) variantPreflightReason() (PreflightReason, []string) {
	p, r := m.agent.Profile, &m.req
	headers := r.Headers
	if p.Has(HeadersRestoredOnRedirect) {
		headers = m.variant.headers
	}
	reason, names := p.preflightReason(r, headers)
	if reason == PreflightReasonNone && m.variant.preflight && p.Has(PreflightAfterPreflight) {
		reason = PreflightReasonMethod
	}
	m.variant.preflight = m.variant.preflight || reason != PreflightReasonNone
	return reason, names
}

func (p Profile) preflightReason(r *Request, headers HeaderList) (PreflightReason, []string) {
	if !r.UseCORSPreflight && !r.UnsafeRequest {
		return PreflightReasonNone, nil
	}
	names := p.unsafeRequestHeaderNames(headers)
	return reasonWith(r, names), names
}

// unsafeRequestHeaderNames is safelist.UnsafeRequestHeaderNames for the profile.
func (p Profile) unsafeRequestHeaderNames(headers HeaderList) []string {
	var names []string
	size := 0
	for _, h := range headers {
		if p.isSafelisted(h) {
			size += len(h[1])
		} else {
			names = append(names, h[0])
		}
	}
	if !p.Has(SumOfValuesUnlimited) && size > safelist.MaxSafelistedValuesLength {
		names = names[:0]
		for _, h := range headers {
			names = append(names, h[0])
		}
	}
	for i := range names {
		names[i] = header.Lower(names[i])
	}
	slices.Sort(names)
	if !p.Has(UnsafeNamesRepeated) {
		names = slices.Compact(names)
	}
	return names
}

// clientHints are what ClientHintsSafelisted is about.
var clientHints = []string{"device-memory", "downlink", "dpr", "ect", "intervention", "rtt", "save-data", "viewport-width", "width"}

func (p Profile) isSafelisted(h [2]string) bool {
	name, value := header.Lower(h[0]), h[1]
	safe := safelist.IsCORSSafelistedRequestHeader(name, value)
	if p.Has(ClientHintsSafelisted) && len(value) <= safelist.MaxSafelistedValueLength && slices.Contains(clientHints, name) {
		safe = true
	}
	if p.Has(NonASCIIValuesUnsafe) && strings.IndexFunc(value, func(r rune) bool { return r > 0x7F }) >= 0 {
		safe = false
	}
	if name == "range" {
		if p.Has(RangeUnitIgnoresCase) {
			value = header.Lower(value)
		}
		if unit, first, ok := strings.Cut(value, "="); ok && p.Has(RangeIntegersMayHaveSign) {
			value = unit + "=" + strings.TrimPrefix(first, "+")
		}
		safe = safelist.IsCORSSafelistedRequestHeader(name, value)
		if p.Has(MalformedRangeIntegers) && hasHugeInteger(value) {
			safe = false
		}
	}
	return safe
}

// hasHugeInteger reports whether there is a number in s that does not fit into 63 bits.
func hasHugeInteger(s string) bool {
	for s != "" {
		i := 0
		for i < len(s) && header.IsDigit(s[i]) {
			i++
		}
		digits := strings.TrimLeft(s[:i], "0")
		if len(digits) > 19 || len(digits) == 19 && digits > "9223372036854775807" {
			return true
		}
		s = s[max(i, 1):]
	}
	return false
}

// appendVariantOrigin is AppendOriginHeader for the machine's profile.
func (m *Machine) appendVariantOrigin(l HeaderList) HeaderList {
	p := m.agent.Profile
	r := m.req // what is changed here is not the fetch's
	if p.Has(OriginForElements) && r.Mode == ModeCORS && r.Destination != DestinationEmpty {
		r.ResponseTainting = TaintingCORS
	}
	if p.Has(OriginIgnoresReferrerPolicy) {
		r.ReferrerPolicy = ReferrerPolicyUnsafeURL
	}
	if p.Has(OriginIgnoresRedirectPolicy) {
		r.ReferrerPolicy = m.variant.policy
	}
	value, ok := RequestOriginHeader(&r)
	if p.Has(NoCORSRedirectHidesOrigin) && ok && r.Mode == ModeNoCORS && leavesOrigin(&r) {
		value = "null"
	}
	if p.Has(OriginKeptOnRedirect) && !ok && m.variant.sentOrigin != "" {
		value, ok = m.variant.sentOrigin, true
	}
	if !ok {
		return l
	}
	m.variant.sentOrigin = value
	return append(l, [2]string{"Origin", value})
}

// leavesOrigin reports whether some redirect led from one origin to another.
func leavesOrigin(r *Request) bool {
	for i := 1; i < len(r.URLList); i++ {
		if r.URLList[i].Origin() != r.URLList[i-1].Origin() {
			return true
		}
	}
	return false
}

// singleHeaders are what OneOfSingleHeaders is about, besides Content-Type.
var singleHeaders = []string{"authorization", "content-disposition", "from", "if-modified-since", "if-unmodified-since", "location",
	"max-forwards", "user-agent"}

// variantHeaders are the headers of the request as they go out.
func (m *Machine) variantHeaders() HeaderList {
	l := m.req.Headers
	if m.agent.Profile.Has(OneOfSingleHeaders) {
		place := map[string]int{}
		var kept HeaderList
		for _, h := range l {
			name := header.Lower(h[0])
			i, again := place[name]
			switch {
			case again && slices.Contains(singleHeaders, name):
				kept[i][1] = h[1]
			case !again || name != "content-type":
				place[name] = len(kept)
				kept = append(kept, h)
			}
		}
		l = kept
	}
	if m.agent.Profile.Has(RequestValuesAsUTF8) {
		l = slices.Clone(l)
		for i := range l {
			l[i][1] = latin1ToUTF8(l[i][1])
		}
	}
	return l
}

// latin1ToUTF8 takes each byte of s for a code point and returns those in UTF-8.
func latin1ToUTF8(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// variantCORSCheck is CORSCheck for the machine's profile.
func (m *Machine) variantCORSCheck(resp *Response) Verdict {
	v := CORSCheck(&m.req, resp)
	if m.agent.Profile.Has(RedirectCheckedWithCredentials) && v.OK() && safelist.IsRedirectStatus(resp.Status) {
		r := m.req
		if r.Credentials == CredentialsSameOrigin && r.URLList[0].Origin() == r.Origin {
			r.Credentials = CredentialsInclude
		}
		m.variant.refusal = CORSCheck(&r, resp) // it counts once the preflight of the next hop is done
	}
	return v
}

// preflightRequest is preflightRequest for the profile.
func (p Profile) preflightRequest(r *Request, names []string) Request {
	if !p.Has(PreflightShowsOwnOrigin) {
		return preflightRequest(r, names)
	}
	own := *r
	own.URLList = r.URLList[len(r.URLList)-1:]
	return preflightRequest(&own, names)
}

// variantPreflightCheck is preflightCheck and what is cached of it, for the machine's profile.
func (m *Machine) variantPreflightCheck(resp *Response) (v Verdict, grant PreflightGrant, cached bool) {
	p := m.agent.Profile
	r := m.req // what is changed here is not the fetch's
	if p.Has(PreflightShowsOwnOrigin) {
		r.URLList = r.URLList[len(r.URLList)-1:]
	}
	if p.Has(UploadMethodMustBeListed) {
		r.UseCORSPreflight = false
	}
	if p.Has(HeadersRestoredOnRedirect) {
		r.Headers = m.variant.headers
	}
	v, grant = preflightCheck(&r, resp, m.names)
	if v.Code == CodeAuthorizationNotCoveredByWildcard && p.Has(WildcardCoversAuthorization) {
		r.Headers = withoutNames(r.Headers, safelist.IsCORSNonWildcardRequestHeaderName)
		v, grant = preflightCheck(&r, resp, m.names)
	}
	cached = v.OK()
	if p.Has(CachedBeforeChecked) {
		switch v.Code {
		case CodeMethodDisallowedByPreflight, CodeHeaderDisallowedByPreflight, CodeAuthorizationNotCoveredByWildcard:
			grant, cached = newPreflightGrant(resp), true
		}
	}
	if p.Has(NegativeMaxAgeIsZero) {
		if value, _ := resp.Headers.Get(maxAge); strings.HasPrefix(value, "-") {
			grant.MaxAge = 0
		}
	}
	if p.Has(MalformedMaxAgeNotCached) {
		if value, _ := resp.Headers.Get(maxAge); strings.IndexFunc(value, func(r rune) bool { return r < '0' || r > '9' }) >= 0 {
			grant.MaxAge = 0
		}
	}
	return v, grant, cached
}

// newPreflightGrant returns what a response grants, whatever was asked for.
func newPreflightGrant(resp *Response) PreflightGrant {
	methods, _ := header.ExtractListValues(resp.Headers, allowMethods)
	names, _ := header.ExtractListValues(resp.Headers, allowHeaders)
	return PreflightGrant{Methods: methods, HeaderNames: names, MaxAge: extractMaxAge(resp.Headers)}
}

// includeVariantCredentials is includeCredentials for the machine's profile.
func (m *Machine) includeVariantCredentials() bool {
	r := &m.req
	if m.agent.Profile.Has(NoCORSRedirectKeepsCredentials) && r.Mode == ModeNoCORS && r.Credentials == CredentialsSameOrigin &&
		r.URLList[0].Origin() == r.Origin {
		return EmbedderPolicyAllowsCredentials(r)
	}
	return includeCredentials(r)
}

// embedderPolicy returns the embedder policy that counts for a response.
func (p Profile) embedderPolicy(r *Request, resp *Response) EmbedderPolicy {
	if p.Has(UnknownResourcePolicyPasses) {
		switch value, _ := resp.Headers.Get(resourcePolicy); value {
		case "", "same-origin", "same-site", "cross-origin":
		default:
			return EmbedderPolicy{}
		}
	}
	return r.EmbedderPolicy
}

// location returns the response with the Location that the engine sees.
func (p Profile) location(resp *Response) *Response {
	value, lines := firstLine(resp.Headers, "Location")
	if lines == 0 {
		return resp
	}
	joined, _ := resp.Headers.Get("Location")
	equal := !slices.ContainsFunc(resp.Headers, func(h [2]string) bool { return isLocation(h[0]) && h[1] != value })
	other := *resp
	other.Headers = slices.Clip(withoutNames(resp.Headers, isLocation))
	switch {
	case value == "" && lines == 1 && p.Has(EmptyLocationIgnored):
		return &other
	case value == "" && lines == 1 && p.Has(EmptyLocationFails):
		value = "http://" // which is no URL
	case lines > 1 && p.Has(LocationsJoined):
		value = joined
	case lines > 1 && !(equal && p.Has(EqualLocationsAllowed)):
		return resp
	}
	if p.Has(LocationReencoded) && strings.IndexFunc(value, func(r rune) bool { return r > 0x7F }) >= 0 {
		value = latin1ToUTF8(strings.ToValidUTF8(value, "\uFFFD"))
	}
	other.Headers = append(other.Headers, [2]string{"Location", value})
	return &other
}

func isLocation(name string) bool { return header.EqualFold(name, "Location") }

// variantRedirect is redirect for the machine's profile.
func (m *Machine) variantRedirect(resp *Response) (v Verdict, follow bool) {
	p, r := m.agent.Profile, &m.req
	resp = p.location(resp.internal())
	from := r.CurrentURL()
	u, kind := LocationURL(resp, "", false)
	if kind == LocationIsURL && p.Has(RedirectUserinfoBlocked) && isHTTP(u.Scheme()) && u.IncludesCredentials() {
		v := Verdict{Code: CodeRedirectContainsCredentials, Step: "http-redirect-fetch:9", Header: "Location", Want: u.String()}
		v.Value, v.Lines = firstLine(resp.Headers, "Location")
		return v, false
	}
	if kind == LocationIsURL && p.Has(HeadersRestoredOnRedirect) && (from.Origin() != r.Origin || u.Origin() != r.Origin) {
		gone := !slices.ContainsFunc(r.Headers, func(h [2]string) bool { return safelist.IsCORSNonWildcardRequestHeaderName(h[0]) })
		if r.Headers = m.variant.headers; gone {
			r.Headers = withoutNames(r.Headers, safelist.IsCORSNonWildcardRequestHeaderName)
		}
	}
	if v, follow = redirect(r, resp); !follow {
		return v, follow
	}
	if p.Has(DELETEBecomesGET) && r.Method == "DELETE" && from.Origin() != r.CurrentURL().Origin() {
		r.Method, r.Body = "GET", BodyNull
	}
	return v, follow
}

// variantManualRedirect reports whether the engine fails at a redirect that the page wants to see as such.
func (m *Machine) variantManualRedirect(resp *Response) bool {
	if !m.agent.Profile.Has(RedirectManualNeedsURL) {
		return false
	}
	if _, kind := LocationURL(m.agent.Profile.location(resp), "", false); kind != LocationFailure {
		return false
	}
	v := Verdict{Code: CodeRedirectInvalidLocation, Step: "http-redirect-fetch:5", Header: "Location"}
	v.Value, v.Lines = firstLine(resp.Headers, "Location")
	m.fail(v)
	return true
}

// variantExposedHeaderNames is ExposedHeaderNames for the machine's profile, given what that returned.
func (m *Machine) variantExposedHeaderNames() []string {
	names := m.internal.ExposedHeaderNames
	if !m.agent.Profile.Has(ExposeWildcardBeforeMalformed) || names != nil || m.req.Credentials == CredentialsInclude {
		return names
	}
	value, _ := m.internal.Headers.Get(exposeHeaders)
	for element := range strings.SplitSeq(value, ",") {
		switch element = header.TrimTabOrSpace(element); {
		case element == "*":
			for _, h := range m.internal.Headers {
				names = append(names, h[0])
			}
			return names
		case element != "" && !header.IsToken(element):
			return nil
		}
	}
	return nil
}

// typed returns the response with the Content-Type that the engine sees.
func (p Profile) typed(resp *Response) *Response {
	if !p.Has(FirstContentTypeCounts) {
		return resp
	}
	value, lines := firstLine(resp.Headers, "Content-Type")
	if lines == 0 {
		return resp
	}
	value, _, _ = strings.Cut(value, ",")
	other := *resp
	other.Headers = withoutNames(resp.Headers, func(name string) bool { return header.EqualFold(name, "Content-Type") })
	other.Headers = append(other.Headers, [2]string{"Content-Type", value})
	return &other
}

// blockMIMEType is what the profile blocks as BlockMIMEType does and that does not.
func (p Profile) blockMIMEType(r *Request, resp *Response) Verdict {
	if !r.Destination.IsScriptLike() || !p.Has(MalformedTypesBlocked) && !p.Has(CSVTypesBlocked) {
		return allowed
	}
	value, _ := resp.Headers.Get("Content-Type")
	value, _, _ = strings.Cut(value, ";")
	value = header.Lower(header.TrimTabOrSpace(value))
	malformed := true
	if t, err := safelist.ExtractMIMEType(resp.Headers); err == nil {
		value, malformed = t.Essence(), false
	}
	blocked := p.Has(CSVTypesBlocked) && strings.HasPrefix(value, "text/csv")
	for _, prefix := range [...]string{"audio/", "image/", "video/"} {
		blocked = blocked || malformed && p.Has(MalformedTypesBlocked) && strings.HasPrefix(value, prefix)
	}
	if !blocked {
		return allowed
	}
	v := Verdict{Code: CodeMIMETypeBlocked, Step: "should-response-to-request-be-blocked-due-to-mime-type?:4", Header: "Content-Type", Want: "text/javascript"}
	v.Value, v.Lines = firstLine(resp.Headers, "Content-Type")
	return v
}

// cacheable says whether the profile's cache has anything to do with the request.
func (p Profile) cacheable(r *Request) bool {
	return !(p.Has(NullOriginNotCached) && r.Origin.IsOpaque() || p.Has(TaintedOriginNotCached) && tainted(r))
}

// cacheKey is keyOf for the profile.
func (p Profile) cacheKey(r *Request) cacheKey {
	k := keyOf(r)
	if p.Has(PreflightShowsOwnOrigin) {
		k.origin = r.Origin.String()
	}
	if p.Has(CacheKeyHasFragment) {
		k.url = r.CurrentURL().String()
	}
	k.credentials = p.Has(CacheKeyHasCredentials) && r.Credentials == CredentialsInclude
	return k
}

// exemptInCache says whether a cached preflight covers the method without listing it.
func (p Profile) exemptInCache(method string) bool {
	return safelist.IsCORSSafelistedMethod(method) && !(method == "HEAD" && p.Has(HEADNotExemptInCache))
}

// wildcardMatches says whether a cached "*" may match other names.
func (p Profile) wildcardMatches(m map[cacheName]cacheLife) bool {
	if p.Has(WildcardsNotCached) {
		return false
	}
	_, withCredentials := m[cacheName{"*", true}]
	return !(p.Has(CachedWildcardKeepsCredentials) && withCredentials)
}
