package fetch

import (
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A variant is the engine of a profile: the standard, except for its differences. Each stands where it matters by its
// name.
type variant struct {
	standard
	name   string
	maxAge time.Duration
	has    []bool // by the index of a difference
}

// A variantState is what a machine has to remember for a variant.
type variantState struct {
	headers    HeaderList // of the request as it was at first
	policy     ReferrerPolicy
	preflight  bool       // the method or those headers needed a preflight
	sentOrigin string     // the Origin that went out last
	referrer   origin.URL // of the first hop, once it is determined
	untight    origin.URL // the referrer of this hop, before its policy was tightened
}

func (v *variant) populate(m *Machine) {
	r := &m.req
	if v.has[userAgentForbidden] {
		r.Headers = withoutNames(r.Headers, func(name string) bool { return header.EqualFold(name, "User-Agent") })
	}
	if v.has[requestHeadersCombined] {
		r.Headers = combined(r.Headers)
	}
	if v.has[streamModeBecomesCORS] && r.Body == BodyStream && r.Mode == ModeSameOrigin {
		r.Mode = ModeCORS
	}
	if v.has[credentiallessUnknown] {
		for _, value := range []*EmbedderPolicyValue{&r.EmbedderPolicy.Value, &r.EmbedderPolicy.ReportOnly} {
			if *value == EmbedderPolicyCredentialless {
				*value = EmbedderPolicyUnsafeNone
			}
		}
	}
	if v.has[bodilessUploadNotObserved] && r.Body == BodyNull {
		r.UseCORSPreflight = false
	}
	m.variant = &variantState{headers: r.Headers, policy: r.ReferrerPolicy}
	if r.ReferrerPolicy == ReferrerPolicyEmpty {
		m.variant.policy = ReferrerPolicyStrictOriginWhenCrossOrigin
	}
	m.variant.preflight = v.has[preflightAfterPreflight] && r.UnsafeRequest && len(v.unsafeRequestHeaderNames(r.Headers)) > 0
	if v.has[fontsWithoutCORS] && r.Destination == DestinationFont {
		r.Mode, r.Credentials = ModeNoCORS, CredentialsInclude
	}
}

// combined returns l with one header for each name, at its first place, with all values joined.
func combined(l HeaderList) HeaderList {
	return merged(l, func(string) bool { return true }, func(_ string, values []string) string { return strings.Join(values, ", ") })
}

// oneOfSingle returns l with one of the headers of each name that HTTP allows once.
func oneOfSingle(l HeaderList) HeaderList {
	single := func(name string) bool { return name == "content-type" || slices.Contains(singleHeaders, name) }
	return merged(l, single, func(name string, values []string) string {
		if name == "content-type" {
			return values[0]
		}
		return values[len(values)-1]
	})
}

// singleHeaders are what oneOfSingleHeaders is about, besides Content-Type.
var singleHeaders = []string{"authorization", "content-disposition", "from", "if-modified-since", "if-unmodified-since", "location",
	"max-forwards", "user-agent"}

// merged returns l with one header, at its first place, for each of those names that stands there more than once. Its
// value is what join makes of all. The names that both are given are in lowercase.
func merged(l HeaderList, those func(name string) bool, join func(name string, values []string) string) HeaderList {
	values := repeated(l, those)
	if len(values) == 0 {
		return l
	}
	for _, h := range l {
		name := header.Lower(h[0])
		if of, again := values[name]; again {
			values[name] = append(of, h[1])
		}
	}
	out := make(HeaderList, 0, len(l))
	for _, h := range l {
		name := header.Lower(h[0])
		switch of, again := values[name]; {
		case !again:
			out = append(out, h)
		case of != nil:
			out = append(out, [2]string{h[0], join(name, of)})
			values[name] = nil
		}
	}
	return out
}

// repeated returns those of the names that stand in l more than once, in lowercase and without values.
func repeated(l HeaderList, those func(name string) bool) map[string][]string {
	if len(l) <= nameSetSearched && !slices.ContainsFunc(l, func(h [2]string) bool {
		i := header.Index(l, h[0], 0)
		return header.Index(l, h[0], i+1) >= 0
	}) {
		return nil
	}
	names := make([]string, len(l))
	for i, h := range l {
		names[i] = header.Lower(h[0])
	}
	slices.Sort(names)
	again := map[string][]string{}
	for i, name := range names {
		if i > 0 && name == names[i-1] && those(name) {
			again[name] = nil
		}
	}
	return again
}

func (v *variant) upgradesMixedContent(m *Machine) bool {
	return !v.has[imagesAsMixedContent] && !(v.has[redirectedImagesAsMixedContent] && leadsToMixedContent(m)) && UpgradesMixedContent(&m.req)
}

// leadsToMixedContent reports whether the request was for https at first, and has been redirected.
func leadsToMixedContent(m *Machine) bool {
	return m.result.Hop > 0 && m.start.CurrentURL().Scheme() == "https"
}

func (v *variant) blockMixedContent(m *Machine) Verdict {
	r := &m.req
	verdict := BlockMixedContent(r)
	switch {
	case v.has[imagesAsMixedContent] && isUpgradeable(r),
		v.has[redirectedImagesAsMixedContent] && leadsToMixedContent(m) && UpgradesMixedContent(r):
		return allowed
	case v.has[loopbackIsMixedContent] && r.CurrentURL().Scheme() == "http" && restrictsMixedContent(r) && !(isUpgradeable(r) && m.result.Hop == 0) && r.Mode != ModeNavigate && r.Destination != DestinationDocument:
		verdict = r.fault(CodeMixedContent, "should-block-fetch:2")
	}
	if v.has[mixedContentAfterPreflight] && !verdict.OK() && m.result.Hop > 0 {
		m.refusal = &verdict
		return allowed
	}
	return verdict
}

func (v *variant) allowsPort(port uint16) bool {
	return (port == 4190 || port == 6679) && v.has[newerBadPortsAllowed]
}

func (v *variant) determineReferrer(m *Machine) origin.URL {
	r := m.req // what is changed here is not the fetch's
	if v.has[laxReferrerPoliciesTightened] {
		if m.variant.untight.IsValid() {
			r.Referrer, m.variant.untight = m.variant.untight, origin.URL{}
		}
		switch r.ReferrerPolicy {
		case ReferrerPolicyNoReferrerWhenDowngrade, ReferrerPolicyOriginWhenCrossOrigin, ReferrerPolicyUnsafeURL:
			if !origin.SchemelesslySameSite(r.Origin, m.where.current, m.agent.SuffixList) {
				m.variant.untight, r.ReferrerPolicy = r.Referrer, ReferrerPolicyStrictOriginWhenCrossOrigin
			}
		}
	}
	var referrer origin.URL
	if v.has[referrerDowngradedByScheme] {
		referrer = determineReferrer(&r, r.Referrer.Scheme() == "https" && r.CurrentURL().Scheme() != "https")
	} else {
		referrer = DetermineReferrer(&r)
	}
	if m.result.Hop == 0 {
		m.variant.referrer = referrer
	}
	return referrer
}

func (v *variant) mainFetchTainting(m *Machine) (Tainting, Verdict) {
	r := &m.req
	if v.has[noCORSRedirectModeFirst] && r.Mode == ModeNoCORS && r.Redirect != RedirectFollow && r.CurrentURL().Scheme() == "data" {
		return TaintingBasic, r.fault(CodeNoCORSRedirectModeNotFollow, "main-fetch:12")
	}
	return v.standard.mainFetchTainting(m)
}

func (v *variant) preflightReason(m *Machine) (reason PreflightReason) {
	r := m.req // what is changed here is not the fetch's
	r.Headers = v.headers(m)
	reason, m.names = preflightReason(&r, v.unsafeRequestHeaderNames)
	if reason == PreflightReasonNone && m.variant.preflight {
		reason = PreflightReasonMethod
	}
	m.variant.preflight = v.has[preflightAfterPreflight] && reason != PreflightReasonNone
	return reason
}

// headers are the request's headers as they count for a preflight.
func (v *variant) headers(m *Machine) HeaderList {
	if v.has[headersRestoredOnRedirect] {
		return m.variant.headers
	}
	return m.req.Headers
}

// unsafeRequestHeaderNames is safelist.UnsafeRequestHeaderNames.
func (v *variant) unsafeRequestHeaderNames(headers [][2]string) []string {
	var names []string
	size := 0
	for i, h := range headers {
		if v.isSafelisted(h) {
			size += len(h[1])
			continue
		}
		if names == nil {
			names = make([]string, 0, len(headers)-i)
		}
		names = append(names, header.Lower(h[0]))
	}
	if size > safelist.MaxSafelistedValuesLength && !v.has[sumOfValuesUnlimited] {
		names = make([]string, 0, len(headers))
		for _, h := range headers {
			names = append(names, header.Lower(h[0]))
		}
	}
	slices.Sort(names)
	if !v.has[unsafeNamesRepeated] {
		names = slices.Compact(names)
	}
	return names
}

// isClientHint reports whether clientHintsSafelisted is about the header, whose value is as it should be.
func isClientHint(name, value string) bool {
	switch header.Lower(name) {
	case "device-memory", "downlink", "dpr":
		whole, fraction, point := strings.Cut(value, ".")
		return header.IsDigits(whole) && (!point || header.IsDigits(fraction))
	case "rtt", "viewport-width", "width":
		return header.IsDigits(value)
	case "ect":
		return slices.Contains([]string{"slow-2g", "2g", "3g", "4g"}, value)
	case "save-data":
		return header.EqualFold(value, "on")
	case "intervention":
		return true
	}
	return false
}

func (v *variant) isSafelisted(h [2]string) bool {
	name, value := h[0], h[1]
	if header.EqualFold(name, "Range") {
		return v.isSafelistedRange(value)
	}
	if v.has[nonASCIIValuesUnsafe] && !isASCII(value) {
		return false
	}
	return safelist.IsCORSSafelistedRequestHeader(name, value) || v.has[clientHintsSafelisted] &&
		len(value) <= safelist.MaxSafelistedValueLength && isClientHint(name, value)
}

func (v *variant) isSafelistedRange(value string) bool {
	if v.has[rangeUnitIgnoresCase] {
		value = header.Lower(value)
	}
	if unit, numbers, ok := strings.Cut(value, "="); ok && v.has[rangeIntegersMayHaveSign] {
		if start, end, ok := strings.Cut(numbers, "-"); ok {
			value = unit + "=" + trimInteger(start) + "-" + trimInteger(end)
		}
	}
	// What does not fit into 64 bits is one difference, what fits into them and not into 63 another.
	malformed := v.has[longRangeIntegersMalformed] && hasIntegerAbove(value, "9223372036854775806")
	if hasIntegerAbove(value, "18446744073709551615") {
		malformed = v.has[malformedRangeIntegers]
	}
	return safelist.IsCORSSafelistedRequestHeader("range", value) && !malformed
}

// trimInteger returns s without form feeds and vertical tabs around it, and without a plus sign ahead of a digit.
func trimInteger(s string) string {
	s = strings.Trim(s, "\f\v")
	if len(s) > 1 && s[0] == '+' && header.IsDigit(s[1]) {
		s = s[1:]
	}
	return s
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7F }) < 0
}

// hasIntegerAbove reports whether there is a number in s that is greater than most, which starts with no zero.
func hasIntegerAbove(s, most string) bool {
	for s != "" {
		i := 0
		for i < len(s) && header.IsDigit(s[i]) {
			i++
		}
		digits := strings.TrimLeft(s[:i], "0")
		if len(digits) > len(most) || len(digits) == len(most) && digits > most {
			return true
		}
		s = s[max(i, 1):]
	}
	return false
}

func (v *variant) clearedKey(m *Machine, verdict Verdict) (cacheKey, bool) {
	clears := m.preflighted
	asked := m
	if v.has[anyFailureClearsCache] {
		switch verdict.Code {
		case CodeAborted, CodeNosniff, CodeMIMETypeBlocked, CodeUnexpectedRangeResponse:
		case CodeRedirectModeError:
			clears = false
		default:
			clears = clears || m.last != nil && m.req.ResponseTainting == TaintingCORS
			if n := m.result.Hop; n > 0 && m.last.Action.Hop < n {
				before := *m // the redirect is refused before the URL is the request's
				before.req.URLList = m.req.URLList[:len(m.req.URLList)-1]
				asked = &before
			}
		}
	}
	if !clears || v.has[failureKeepsCache] {
		return cacheKey{}, false
	}
	key, _ := v.cacheKey(asked)
	return key, true
}

func (v *variant) exposedHeaderNames(r *Request, resp *Response) []string {
	names := ExposedHeaderNames(r, resp)
	if !v.has[exposeWildcardBeforeMalformed] || names != nil || r.Credentials == CredentialsInclude {
		return names
	}
	value, _ := resp.Headers.Get(exposeHeaders)
	for element := range strings.SplitSeq(value, ",") {
		switch element = header.TrimTabOrSpace(element); {
		case element == "*":
			for _, h := range resp.Headers {
				names = append(names, h[0])
			}
			return names
		case element != "" && !header.IsToken(element):
			return nil
		}
	}
	return nil
}

// withHeader returns the response with that header instead of those of its name.
func withHeader(resp *Response, name, value string) *Response {
	other := *resp
	other.Headers = slices.Clone(resp.Headers)
	other.Headers.Set(name, value)
	return &other
}

func (v *variant) blockType(r *Request, resp *Response) Verdict {
	if !r.Destination.isScriptLike() && r.Destination != DestinationStyle {
		return allowed
	}
	if value, lines := firstLine(resp.Headers, "Content-Type"); lines > 0 && v.has[firstContentTypeCounts] {
		value, _, _ = strings.Cut(value, ",")
		resp = withHeader(resp, "Content-Type", value)
	}
	if r.Destination.isScriptLike() && v.blocksScript(resp) {
		return blockedMIMEType(resp)
	}
	return v.standard.blockType(r, resp)
}

// blocksScript says whether the engine blocks a script by a type that the standard lets pass.
func (v *variant) blocksScript(resp *Response) bool {
	value, _ := resp.Headers.Get("Content-Type")
	value, _, _ = strings.Cut(value, ";")
	value = header.Lower(header.TrimTabOrSpace(value))
	malformed := true
	if t, err := safelist.ExtractMIMEType(resp.Headers); err == nil {
		value, malformed = t.Essence(), false
	}
	return v.has[csvTypesBlocked] && strings.HasPrefix(value, "text/csv") || malformed && v.has[malformedTypesBlocked] && isMedia(value)
}

func (v *variant) fetchesAboutBlank() bool { return !v.has[aboutBlankNotFetched] }

func (v *variant) skipsPreflightCache(m *Machine) bool {
	switch v.cacheMode(m, &m.req) {
	case CacheModeNoStore, CacheModeReload:
		return v.has[cacheModeSkipsPreflightCache]
	case CacheModeNoCache:
		return v.has[noCacheSkipsPreflightCache]
	}
	return false
}

func (v *variant) corsCheck(m *Machine) Verdict {
	verdict := v.standard.corsCheck(m)
	if !verdict.OK() {
		return verdict
	}
	if r := m.req; v.has[redirectCheckedWithCredentials] && v.isRedirect(&r, &m.internal) {
		if r.Credentials == CredentialsSameOrigin && r.URLList[0].Origin() == r.Origin {
			r.Credentials = CredentialsInclude
		}
		m.refusal = nil
		if refusal := corsCheck(m.shown(), &r, &m.internal); !refusal.OK() {
			m.refusal = &refusal // it counts once the preflight of the next hop is done
		}
	}
	return verdict
}

func (v *variant) embedderPolicy(r *Request, resp *Response) EmbedderPolicy {
	if v.has[unknownResourcePolicyPasses] {
		switch value, _ := resp.Headers.Get(resourcePolicy); value {
		case "", "same-origin", "same-site", "cross-origin":
		default:
			return EmbedderPolicy{}
		}
	}
	return r.EmbedderPolicy
}

func (v *variant) isRedirect(r *Request, resp *Response) bool {
	value, located := resp.Headers.Get("Location")
	if v.redirectsUnassigned(resp.Status) {
		return located
	}
	return safelist.IsRedirectStatus(resp.Status) && !(r.Redirect == RedirectError && value == "" && v.has[redirectErrorNeedsLocation])
}

// redirectsUnassigned reports whether the status is one of those that unassignedStatusesRedirect is about.
func (v *variant) redirectsUnassigned(status int) bool {
	return v.has[unassignedStatusesRedirect] && 309 <= status && status <= 399
}

func (v *variant) blockManualRedirect(resp *Response) Verdict {
	if v.has[redirectManualNeedsURL] {
		if _, _, err := locationURL(v.located(resp), "", false); err != nil {
			return fault(CodeRedirectInvalidLocation, "http-redirect-fetch:5", resp, "Location", "")
		}
	}
	return allowed
}

func (v *variant) located(resp *Response) *Response {
	if v.redirectsUnassigned(resp.Status) {
		other := *resp
		other.Status = 307
		resp = &other
	}
	value, lines := firstLine(resp.Headers, "Location")
	seen := value
	switch {
	case lines == 0:
		return resp
	case value == "" && lines == 1 && v.has[emptyLocationIgnored]:
		return &Response{} // which does not redirect
	case value == "" && lines == 1 && v.has[emptyLocationFails]:
		seen = "http://" // which is not a URL
	case lines > 1 && v.has[locationsJoined]:
		seen, _ = resp.Headers.Get("Location")
	case lines > 1 && !(v.has[equalLocationsAllowed] && !slices.ContainsFunc(resp.Headers, func(h [2]string) bool { return header.EqualFold(h[0], "Location") && h[1] != value })):
		return resp
	}
	if v.has[locationReencoded] && !isASCII(seen) {
		seen = latin1ToUTF8(strings.ToValidUTF8(seen, "\uFFFD"))
	}
	if lines == 1 && seen == value {
		return resp
	}
	return withHeader(resp, "Location", seen)
}

func (v *variant) blockRedirect(m *Machine, location origin.URL) Verdict {
	r := &m.req
	if v.has[redirectUserinfoBlocked] && isHTTP(location.Scheme()) && location.IncludesCredentials() {
		resp := v.located(m.internal.internal())
		location, _, _ = locationURL(resp, "", false) // with its own fragment
		return fault(CodeRedirectContainsCredentials, "http-redirect-fetch:9", resp, "Location", location.String())
	}
	if v.has[headersRestoredOnRedirect] && (m.where.current != r.Origin || location.Origin() != r.Origin) {
		gone := !slices.ContainsFunc(r.Headers, func(h [2]string) bool { return safelist.IsCORSNonWildcardRequestHeaderName(h[0]) })
		if r.Headers = m.variant.headers; gone {
			r.Headers = withoutNames(r.Headers, safelist.IsCORSNonWildcardRequestHeaderName)
		}
	}
	return allowed
}

func (v *variant) redirected(m *Machine, from origin.Origin) {
	var brought Request
	if setReferrerPolicyOnRedirect(&brought, m.internal.internal()); brought.ReferrerPolicy != ReferrerPolicyEmpty {
		m.variant.untight = origin.URL{}
	}
	if r := &m.req; v.has[deleteBecomesGET] && r.Method == "DELETE" && from != m.where.current {
		r.Method, r.Body = "GET", BodyNull
	}
}

// preflightOrigin is the origin that a preflight shows.
func (v *variant) preflightOrigin(m *Machine) string {
	if v.has[preflightShowsOwnOrigin] {
		return m.req.Origin.String()
	}
	return m.shown()
}

func (v *variant) preflightCheck(m *Machine) (verdict Verdict, grant PreflightGrant, cached bool) {
	r, resp, shown := m.req, &m.internal, v.preflightOrigin(m) // what is changed in r is not the fetch's
	if v.has[uploadMethodMustBeListed] {
		r.UseCORSPreflight = false
	}
	r.Headers = v.headers(m)
	verdict, grant = preflightCheck(shown, &r, m.names, resp)
	if verdict.Code == CodeAuthorizationNotCoveredByWildcard && v.has[wildcardCoversAuthorization] {
		r.Headers = withoutNames(r.Headers, safelist.IsCORSNonWildcardRequestHeaderName)
		verdict, grant = preflightCheck(shown, &r, m.names, resp)
	}
	cached = verdict.OK() && !(v.has[noStorePreflightsNotCached] && r.Cache == CacheModeNoStore)
	if v.has[cachedBeforeChecked] {
		switch verdict.Code {
		case CodeMethodDisallowedByPreflight, CodeHeaderDisallowedByPreflight, CodeAuthorizationNotCoveredByWildcard:
			methods, _ := header.ExtractListValues(resp.Headers, allowMethods)
			names, _ := header.ExtractListValues(resp.Headers, allowHeaders)
			grant, cached = PreflightGrant{Methods: methods, HeaderNames: names, MaxAge: extractMaxAge(resp.Headers)}, true // whatever was asked for
		}
	}
	grant.MaxAge = v.maxAgeOf(resp, grant.MaxAge)
	return verdict, grant, cached
}

// maxAgeOf is the max-age of a response, given what it is by the standard, in seconds.
func (v *variant) maxAgeOf(resp *Response, seconds int64) int64 {
	value, _ := resp.Headers.Get(maxAge)
	if v.has[maxAgeTrimmed] {
		value = strings.Trim(value, "\f\v")
	}
	sign, digits := "", value
	if value != "" && strings.IndexByte("+-", value[0]) >= 0 {
		sign, digits = value[:1], value[1:]
	}
	switch {
	case v.has[malformedMaxAgeNotCached] && value != "" && !header.IsDigits(value):
		return 0
	case !header.IsDigits(digits) || sign == "-" && !v.has[negativeMaxAgeIsZero] || sign == "+" && !v.has[maxAgeMayHavePlus]:
		return seconds
	case v.has[longMaxAgeMalformed] && hasIntegerAbove(digits, "9223372036854775807"):
		return maxAgeDefault
	case sign == "-":
		return 0
	}
	return header.DeltaSeconds(digits)
}

func (v *variant) includeCredentials(r *Request) bool {
	if v.has[noCORSRedirectKeepsCredentials] && r.Mode == ModeNoCORS && r.Credentials == CredentialsSameOrigin &&
		r.URLList[0].Origin() == r.Origin {
		return embedderPolicyAllowsCredentials(r)
	}
	return includeCredentials(r)
}

func (v *variant) appendRequestHeaders(l HeaderList, r *Request) HeaderList {
	headers := r.Headers
	if v.has[oneOfSingleHeaders] {
		headers = oneOfSingle(headers)
	}
	if v.has[requestLinesCombined] {
		headers = combined(headers)
	}
	l = append(l, headers...)
	if v.has[requestValuesAsUTF8] {
		for i := range l {
			if !isASCII(l[i][1]) {
				l[i][1] = latin1ToUTF8(l[i][1])
			}
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

func (v *variant) requestOriginHeader(m *Machine, of *Request) (value string, ok bool) {
	if of != &m.req {
		return v.preflightOrigin(m), true
	}
	r := *of // what is changed here is not the fetch's
	if v.has[originForElements] && r.Mode == ModeCORS && r.Destination != DestinationEmpty {
		r.ResponseTainting = TaintingCORS
	}
	if v.has[originIgnoresReferrerPolicy] {
		r.ReferrerPolicy = ReferrerPolicyUnsafeURL
	}
	if v.has[originIgnoresRedirectPolicy] {
		r.ReferrerPolicy = m.variant.policy
	}
	value, ok = requestOriginHeader(m.shown(), &r)
	if v.has[noCORSRedirectHidesOrigin] && ok && r.Mode == ModeNoCORS &&
		slices.ContainsFunc(r.URLList, func(u origin.URL) bool { return u.Origin() != r.URLList[0].Origin() }) {
		value = "null"
	}
	if v.has[originKeptOnRedirect] && !ok && m.variant.sentOrigin != "" {
		value, ok = m.variant.sentOrigin, true
	}
	if ok {
		m.variant.sentOrigin = value
	}
	return value, ok
}

func (v *variant) cacheMode(m *Machine, r *Request) CacheMode {
	if v.has[preflightHasCacheMode] {
		r = &m.req
	}
	mode := cacheModeOf(r)
	switch {
	case v.has[credentiallessSkipsCache] && !embedderPolicyAllowsCredentials(r):
		return CacheModeReload
	case v.has[conditionalRequestsRevalidate] && mode != r.Cache:
		return CacheModeNoCache
	case v.has[onlyIfCachedIsSent] && mode == CacheModeOnlyIfCached:
		return CacheModeForceCache
	}
	return mode
}

func (v *variant) addedHeaders(m *Machine, r *Request, l HeaderList, own int) HeaderList {
	added, preflight, referrer, n := l[own:], r != &m.req, r.Referrer, len(r.URLList)
	if preflight && v.has[preflightHasFirstReferrer] {
		referrer = m.variant.referrer
	}
	if v.has[crossSiteReferrersCut] && !origin.SchemelesslySameSite(r.Origin, m.where.current, m.agent.SuffixList) {
		referrer = referrer.StripForReferrer(true)
	}
	if referrer.IsValid() && referrer != r.Referrer {
		added.Set("Referer", referrer.String())
	}
	if site, ok := added.Get("Sec-Fetch-Site"); ok && site != "none" {
		added.Set("Sec-Fetch-Site", v.site(m, preflight).String())
	}
	if preflight && v.has[preflightModeAlwaysSent] {
		added.Set("Sec-Fetch-Mode", "cors")
	}
	if v.has[preflightMetadataLikeFirst] && preflight && !r.URLList[0].IsPotentiallyTrustworthy() ||
		v.has[addedHeadersLostOnRedirect] && !preflight && r.Mode == ModeCORS && n > 1 && r.URLList[n-2].Origin() != r.URLList[n-1].Origin() {
		added = slices.DeleteFunc(added, func(h [2]string) bool { return h[0] != "Origin" && h[0] != "Referer" })
	}
	if v.has[webSocketsWithoutMetadata] && r.Mode == ModeWebSocket {
		added = slices.DeleteFunc(added, func(h [2]string) bool { return strings.HasPrefix(h[0], "Sec-Fetch-") })
	}
	return append(l[:own], added...)
}

// site is what Sec-Fetch-Site says.
func (v *variant) site(m *Machine, preflight bool) site {
	if preflight && v.has[taintedPreflightsCrossSite] && m.where.tainted {
		return siteCrossSite
	}
	urls, own, s, http := m.req.URLList, m.req.Origin, siteSameOrigin, false
	switch {
	case preflight && v.has[preflightSiteOfCurrentURL]:
		urls = urls[len(urls)-1:]
	case !v.has[siteIgnoresScheme] && !v.has[httpRedirectsCrossSite]:
		return m.where.site
	}
	for i, u := range urls {
		o := u.Origin()
		if v.has[siteIgnoresScheme] && o != own && own.IsPotentiallyTrustworthy() && origin.SchemelesslySameSite(own, o, m.agent.SuffixList) {
			s = max(s, siteSameSite)
		} else {
			s = s.and(own, o, m.agent.SuffixList)
		}
		http = http || i+1 < len(urls) && u.Scheme() == "http"
	}
	if s == siteSameSite && http && v.has[httpRedirectsCrossSite] {
		return siteCrossSite
	}
	return s
}

func (v *variant) returnsProxyAuthentication() bool { return v.has[proxyAuthenticationIsResponse] }

func (v *variant) cacheKey(m *Machine) (k cacheKey, ok bool) {
	r := &m.req
	k = keyOf(m.shown(), r)
	if v.has[preflightShowsOwnOrigin] {
		k.origin = r.Origin.String()
	}
	if len(r.URLList) == 1 && v.has[emptyFragmentNotInKey] {
		k.url = strings.TrimSuffix(k.url, "#")
	}
	k.credentials = v.has[cacheKeyHasCredentials] && r.Credentials == CredentialsInclude
	return k, !(v.has[nullOriginNotCached] && r.Origin.IsOpaque() || v.has[taintedOriginNotCached] && m.where.tainted)
}

func (v *variant) methodToMatch(r *Request) string {
	safe := safelist.IsCORSSafelistedMethod(r.Method) && !(r.Method == "HEAD" && v.has[headNotExemptInCache])
	if safe && (!r.UseCORSPreflight || v.has[uploadMethodExemptInCache]) {
		return ""
	}
	return r.Method
}

func (v *variant) wildcardMatches(entries map[cacheName]cacheLife, headerName string) bool {
	_, withCredentials := entries[cacheName{"*", true}]
	return !v.has[wildcardsNotCached] && !(v.has[cachedWildcardKeepsCredentials] && withCredentials) &&
		(v.has[cachedWildcardCoversAuthorization] || v.standard.wildcardMatches(entries, headerName))
}

func (v *variant) replacesEntries() bool { return v.has[cacheEntriesReplaced] }
func (v *variant) remembersPreflights() bool {
	return v.has[preflightAfterPreflight] || v.has[uploadMethodExemptInCache]
}
func (v *variant) maxAgeLimit() time.Duration { return v.maxAge }
