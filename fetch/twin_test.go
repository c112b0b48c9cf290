package fetch_test

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// This file has the twin of the machine: the algorithms as the standard has them, calling each other and waiting for
// the network, one function for each, with every step that this package knows in its order. It shares the safelists,
// the readers of headers and URLs, and no other code of this package.

// A twin is one user agent and its fetches.
type twin struct {
	cache      cacheTwin
	hooks      fetch.Hooks
	now        time.Time
	request    *fetch.Request // of the fetch that runs
	workers    bool           // its service-workers mode is "all"
	sent       bool           // its body has been sent once
	reached    bool
	log        []fetch.Action
	timing     [][]string // navigation timing allow values list
	violations []string
	network    func(fetch.Action) (resp fetch.Response, end fetch.Code)
}

// A twinResponse is a response; a network error has the verdict that it comes from.
type twinResponse struct {
	fetch.Response
	why fetch.Verdict
}

func networkError(code fetch.Code, step fetch.Step) *twinResponse {
	return &twinResponse{Response: fetch.Response{Type: fetch.ResponseTypeError}, why: fetch.Verdict{Code: code, Step: step}}
}

func (r *twinResponse) isError() bool { return r.Type == fetch.ResponseTypeError }

// inner is "internal response, if it is a filtered response".
func (r *twinResponse) inner() *fetch.Response {
	if r.Internal != nil {
		return r.Internal
	}
	return &r.Response
}

func (t *twin) fetch(r fetch.Request) *twinResponse {
	r.URLList, r.Headers = slices.Clone(r.URLList), slices.Clone(r.Headers)
	t.request, t.workers, t.sent, t.reached, t.log, t.timing, t.violations = &r, true, false, false, nil, nil, nil
	if _, ok := getTwin(r.Headers, "Accept"); !ok {
		value := "*/*"
		switch r.Destination {
		case fetch.DestinationDocument, fetch.DestinationFrame, fetch.DestinationIframe:
			value = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
		case fetch.DestinationImage:
			value = "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
		case fetch.DestinationJSON:
			value = "application/json,*/*;q=0.5"
		case fetch.DestinationStyle:
			value = "text/css,*/*;q=0.1"
		case fetch.DestinationText:
			value = "text/plain,*/*;q=0.5"
		}
		if r.Initiator == fetch.InitiatorPrefetch {
			value = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
		}
		r.Headers = append(r.Headers, [2]string{"Accept", value})
	}
	return t.mainFetch(false)
}

func (t *twin) mainFetch(recursive bool) *twinResponse {
	r := t.request
	u := func() origin.URL { return r.URLList[len(r.URLList)-1] }
	// 2
	var response *twinResponse
	// 3
	if r.LocalURLsOnly && !slices.Contains([]string{"about", "blob", "data"}, u().Scheme()) {
		response = networkError(fetch.CodeLocalURLsOnly, "main-fetch:3")
	}
	// 5
	if h := t.hooks.UpgradeInsecure; h != nil && u().Scheme() == "http" && h(r) {
		r.URLList[len(r.URLList)-1] = u().UpgradeToHTTPS()
	}
	// 6, and mixed content in 7
	restricts := r.MixedContent == fetch.MixedContentRestricted || r.MixedContent == fetch.MixedContentByOrigin && strings.HasPrefix(r.Origin.String(), "https://")
	mixed := restricts && strings.HasPrefix(u().String(), "http://") && !u().IsPotentiallyTrustworthy() && (t.hooks.AllowMixedContent == nil || !t.hooks.AllowMixedContent(r))
	_, domain := origin.PublicSuffix(u().Hostname(), nil)
	media := r.Destination == fetch.DestinationImage && r.Initiator != fetch.InitiatorImageset || r.Destination == fetch.DestinationAudio || r.Destination == fetch.DestinationVideo
	if mixed && domain && media {
		r.URLList[len(r.URLList)-1], mixed = u().UpgradeToHTTPS(), false
	}
	mixed = mixed && r.Destination != fetch.DestinationDocument && (r.Mode != fetch.ModeNavigate || r.Destination != fetch.DestinationEmpty)
	// 7
	if port, ok := u().Port(); response == nil && ok && isHTTPTwin(u()) && fetch.IsBadPort(port) {
		response = networkError(fetch.CodeBadPort, "port-blocking:2")
	}
	if mixed && response == nil {
		response = networkError(fetch.CodeMixedContent, "should-block-fetch:2")
	}
	if h := t.hooks.BlockRequest; response == nil && h != nil {
		if v := h(r); v.Evaluated() && !v.OK() {
			response = networkError(v.Code, v.Step)
		}
	}
	// 8
	if r.ReferrerPolicy == fetch.ReferrerPolicyEmpty {
		r.ReferrerPolicy = fetch.ReferrerPolicyStrictOriginWhenCrossOrigin
	}
	// 9
	r.Referrer = determineReferrerTwin(r)
	// 10
	if h := t.hooks.KnownHSTSHost; h != nil && u().Scheme() == "http" {
		if s, ok := origin.PublicSuffix(u().Hostname(), nil); ok && s != "localhost" && s != "localhost." && h(u().Hostname()) {
			r.URLList[len(r.URLList)-1] = u().UpgradeToHTTPS()
		}
	}
	// 12
	if response == nil {
		response = t.mainFetchSwitch()
	}
	// 13
	if recursive {
		return response
	}
	// 14
	if !response.isError() && response.Type == fetch.ResponseTypeDefault {
		inner := response.Response
		if r.ResponseTainting == fetch.TaintingCORS {
			names, state := header.ExtractListValues(inner.Headers, aceh)
			switch {
			case r.Credentials != fetch.CredentialsInclude && slices.Contains(names, "*"):
				for _, h := range inner.Headers {
					if !slices.ContainsFunc(inner.ExposedHeaderNames, func(n string) bool { return strings.EqualFold(n, h[0]) }) {
						inner.ExposedHeaderNames = append(inner.ExposedHeaderNames, h[0])
					}
				}
			case state == header.List: // neither null nor failure
				inner.ExposedHeaderNames = names
			}
		}
		response = filteredTwin(&inner, []fetch.ResponseType{fetch.ResponseTypeBasic, fetch.ResponseTypeCORS, fetch.ResponseTypeOpaque}[r.ResponseTainting])
	}
	// 15
	inner := response.inner()
	// 16
	if len(inner.URLList) == 0 {
		inner.URLList = slices.Clone(r.URLList)
	}
	// 18
	switch r.Destination {
	case fetch.DestinationDocument, fetch.DestinationEmbed, fetch.DestinationFrame, fetch.DestinationIframe, fetch.DestinationObject:
		inner.SetNavigationTimingAllowValues(t.timing)
	}
	// 19
	if !r.TimingAllowFailed {
		inner.TimingAllowPassed = true
	}
	// 20
	if !response.isError() {
		if h := t.hooks.BlockResponse; h != nil {
			if v := h(r, inner); v.Evaluated() && !v.OK() {
				return networkError(v.Code, v.Step)
			}
		}
		mime, err := safelist.ExtractMIMEType(inner.Headers)
		if e := mime.Essence(); err == nil && isScriptLikeTwin(r.Destination) && (strings.HasPrefix(e, "audio/") || strings.HasPrefix(e, "image/") ||
			strings.HasPrefix(e, "video/") || e == "text/csv") {
			return networkError(fetch.CodeMIMETypeBlocked, "should-response-to-request-be-blocked-due-to-mime-type?:4")
		}
		if header.DetermineNosniff(inner.Headers) {
			if isScriptLikeTwin(r.Destination) && (err != nil || !mime.IsJavaScript()) {
				return networkError(fetch.CodeNosniff, "should-response-to-request-be-blocked-due-to-nosniff?:4")
			}
			if r.Destination == fetch.DestinationStyle && (err != nil || mime.Essence() != "text/css") {
				return networkError(fetch.CodeNosniff, "should-response-to-request-be-blocked-due-to-nosniff?:5")
			}
		}
	}
	// 21
	if _, ranged := getTwin(r.Headers, "Range"); response.Type == fetch.ResponseTypeOpaque && (inner.Status == 206 || inner.Status == 416) && inner.RangeRequested() && !ranged {
		return networkError(fetch.CodeUnexpectedRangeResponse, "main-fetch:21")
	}
	// 22
	if !response.isError() && (r.Method == "HEAD" || r.Method == "CONNECT" || slices.Contains([]int{101, 103, 204, 205, 304}, inner.Status)) {
		inner.NullBody = true
	}
	// 24
	return response
}

func (t *twin) mainFetchSwitch() *twinResponse {
	r := t.request
	u := r.URLList[len(r.URLList)-1]
	switch {
	case u.Origin() == r.Origin && r.ResponseTainting == fetch.TaintingBasic,
		u.Scheme() == "data",
		r.Mode == fetch.ModeNavigate, r.Mode == fetch.ModeWebSocket, r.Mode == fetch.ModeWebTransport:
		r.ResponseTainting = fetch.TaintingBasic
		return t.overrideFetch(t.schemeFetch)
	case r.Mode == fetch.ModeSameOrigin:
		return networkError(fetch.CodeDisallowedByMode, "main-fetch:12")
	case r.Mode == fetch.ModeNoCORS:
		if r.Redirect != fetch.RedirectFollow {
			return networkError(fetch.CodeNoCORSRedirectModeNotFollow, "main-fetch:12")
		}
		r.ResponseTainting = fetch.TaintingOpaque
		return t.overrideFetch(t.schemeFetch)
	case !isHTTPTwin(u):
		return networkError(fetch.CodeCORSDisabledScheme, "main-fetch:12")
	case r.UseCORSPreflight,
		r.UnsafeRequest && (!slices.Contains([]string{"GET", "HEAD", "POST"}, r.Method) || len(safelist.UnsafeRequestHeaderNames(r.Headers)) > 0):
		r.ResponseTainting = fetch.TaintingCORS
		response := t.overrideFetch(func() *twinResponse { return t.httpFetch(true) })
		if response.isError() {
			t.cache.clear(r)
		}
		return response
	}
	r.ResponseTainting = fetch.TaintingCORS
	return t.overrideFetch(func() *twinResponse { return t.httpFetch(false) })
}

func (t *twin) overrideFetch(run func() *twinResponse) *twinResponse {
	if h := t.hooks.OverrideFetch; h != nil {
		if resp, ok := h(t.request); ok {
			return hookTwin(resp, "override-fetch:3")
		}
	}
	return run()
}

// hookTwin is a response that comes from a hook.
func hookTwin(resp fetch.Response, step fetch.Step) *twinResponse {
	response := &twinResponse{Response: resp}
	if response.isError() {
		response.why = fetch.Verdict{Code: fetch.CodeHookResponse, Step: step}
	} else if resp.Internal != nil {
		inner := *resp.Internal
		response.Internal = &inner
	}
	return response
}

func (t *twin) schemeFetch() *twinResponse {
	r := t.request
	u := r.URLList[len(r.URLList)-1]
	switch u.Scheme() {
	case "about":
		if u.Pathname() == "blank" {
			return &twinResponse{Response: fetch.Response{Status: 200, StatusMessage: "OK", Headers: headers("Content-Type", "text/html;charset=utf-8")}}
		}
	case "blob":
		if r.Method != "GET" {
			return networkError(fetch.CodeSchemeNotSupported, "scheme-fetch:3")
		}
		t.log = append(t.log, fetch.Action{Kind: fetch.ActionFetchLocal, Method: r.Method, URL: u, Headers: slices.Clone(r.Headers), Own: len(r.Headers)})
		response := t.answer()
		if _, ok := getTwin(r.Headers, "Range"); ok {
			response.SetRangeRequested(true)
		}
		return response
	case "data":
		if !strings.Contains(u.String(), ",") {
			return networkError(fetch.CodeSchemeNotSupported, "scheme-fetch:3")
		}
		return &twinResponse{Response: fetch.Response{Status: 200, StatusMessage: "OK", Headers: headers("Content-Type", "text/html")}} // the only one in these tests
	case "file":
		return networkError(fetch.CodeSchemeNotSupported, "scheme-fetch:3")
	case "http", "https":
		return t.httpFetch(false)
	}
	return networkError(fetch.CodeSchemeNotSupported, "scheme-fetch:4")
}

func (t *twin) httpFetch(makeCORSPreflight bool) *twinResponse {
	r := t.request
	var response *twinResponse
	// 3
	if h := t.hooks.HandleFetch; h != nil && t.workers {
		if resp, ok := h(r); ok {
			response = hookTwin(resp, "http-fetch:3.5.7")
			if resp.Type == fetch.ResponseTypeError ||
				r.Mode == fetch.ModeSameOrigin && resp.Type == fetch.ResponseTypeCORS ||
				r.Mode != fetch.ModeNoCORS && resp.Type == fetch.ResponseTypeOpaque ||
				r.Redirect != fetch.RedirectManual && resp.Type == fetch.ResponseTypeOpaqueRedirect ||
				r.Redirect != fetch.RedirectFollow && len(resp.URLList) > 1 {
				return networkError(fetch.CodeHookResponse, "http-fetch:3.5.7")
			}
		}
	}
	// 4
	if response == nil {
		// 4.1
		if makeCORSPreflight && !t.cache.covers(r, safelist.UnsafeRequestHeaderNames(r.Headers), t.now) {
			if v := t.preflightFetch(); v.isError() {
				return v
			}
		}
		// 4.2
		if r.Redirect == fetch.RedirectFollow {
			t.workers = false
		}
		// 4.3
		response = t.networkOrCacheFetch(false, false, "")
		if response.isError() {
			return response // what the checks below say of it is the same
		}
		// 4.4
		if r.ResponseTainting == fetch.TaintingCORS {
			if code, step := corsCheckVerdictTwin(r, response.Headers); step != "" {
				return networkError(code, step)
			}
		}
		// 4.5
		if !taoCheckTwin(r, response.Headers) {
			r.TimingAllowFailed = true
		}
	}
	inner := response.inner()
	// 5
	if r.ResponseTainting == fetch.TaintingOpaque || response.Type == fetch.ResponseTypeOpaque {
		if code := t.corpTwin(inner); code != "" {
			return networkError(code, "cross-origin-resource-policy-internal-check:5")
		}
	}
	// 6
	if slices.Contains([]int{301, 302, 303, 307, 308}, inner.Status) {
		// 6.1
		switch r.Destination {
		case fetch.DestinationDocument, fetch.DestinationEmbed, fetch.DestinationFrame, fetch.DestinationIframe, fetch.DestinationObject:
			t.timing = append(t.timing, header.GetDecodeAndSplit(inner.Headers, "Timing-Allow-Origin"))
		}
		// 6.3
		switch r.Redirect {
		case fetch.RedirectError:
			response = networkError(fetch.CodeRedirectModeError, "http-fetch:6.3")
		case fetch.RedirectManual:
			if r.Mode != fetch.ModeNavigate {
				response = filteredTwin(inner, fetch.ResponseTypeOpaqueRedirect)
			}
		case fetch.RedirectFollow:
			response = t.redirectFetch(response)
		}
	}
	return response
}

func (t *twin) redirectFetch(response *twinResponse) *twinResponse {
	r := t.request
	inner := response.inner()
	current := r.URLList[len(r.URLList)-1]
	// 3
	var locations []string
	for _, h := range inner.Headers {
		if strings.EqualFold(h[0], "Location") {
			locations = append(locations, h[1])
		}
	}
	// 4
	if locations == nil {
		return response
	}
	// 5
	var base *origin.URL
	if n := len(inner.URLList); n > 0 {
		base = &inner.URLList[n-1]
	}
	location, err := origin.ParseURL(strings.ReplaceAll(locations[0], "\xc3\xa9", "%C3%A9"), base)
	if len(locations) > 1 || err != nil {
		return networkError(fetch.CodeRedirectInvalidLocation, "http-redirect-fetch:5")
	}
	if _, ok := location.Fragment(); !ok {
		if f, ok := current.Fragment(); ok {
			location = location.WithFragment(f)
		}
	}
	// 6
	if !isHTTPTwin(location) {
		return networkError(fetch.CodeRedirectDisallowedScheme, "http-redirect-fetch:6")
	}
	// 7
	if r.RedirectCount == 20 {
		return networkError(fetch.CodeTooManyRedirects, "http-redirect-fetch:7")
	}
	// 8
	r.RedirectCount++
	// 9
	if r.Mode == fetch.ModeCORS && location.IncludesCredentials() && r.Origin != location.Origin() {
		return networkError(fetch.CodeRedirectContainsCredentials, "http-redirect-fetch:9")
	}
	// 10
	if r.ResponseTainting == fetch.TaintingCORS && location.IncludesCredentials() {
		return networkError(fetch.CodeRedirectContainsCredentials, "http-redirect-fetch:10")
	}
	// 11
	if inner.Status != 303 && r.Body == fetch.BodyStream {
		return networkError(fetch.CodeRedirectBodyNotReplayable, "http-redirect-fetch:11")
	}
	// 12
	if (inner.Status == 301 || inner.Status == 302) && r.Method == "POST" || inner.Status == 303 && r.Method != "GET" && r.Method != "HEAD" {
		r.Method, r.Body = "GET", fetch.BodyNull
		for _, name := range []string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"} {
			r.Headers.Delete(name)
		}
	}
	// 13
	if current.Origin() != location.Origin() {
		r.Headers.Delete("Authorization")
	}
	// 14
	if r.Body == fetch.BodyStream {
		return networkError(fetch.CodeRedirectBodyNotReplayable, "http-redirect-fetch:14")
	}
	// 18
	r.URLList = append(r.URLList, location)
	// 19
	if _, ok := getTwin(inner.Headers, "Referrer-Policy"); ok { // the only one in these tests
		r.ReferrerPolicy = fetch.ReferrerPolicyNoReferrer
	}
	// 22
	return t.mainFetch(true)
}

// answer is what the network says to the action that was logged last.
func (t *twin) answer() *twinResponse {
	resp, end := t.network(t.log[len(t.log)-1])
	if end != "" {
		return networkError(end, "")
	}
	return &twinResponse{Response: fetch.Response{Status: resp.Status, Headers: resp.Headers}}
}

// networkOrCacheFetch is an authentication fetch with what a person has given, or else what the URL has, or none; and
// one on a connection of its own or not.
func (t *twin) networkOrCacheFetch(authentication, newConnection bool, given string) *twinResponse {
	r := t.request
	// 8.3
	includeCredentials := r.Credentials == fetch.CredentialsInclude || r.Credentials == fetch.CredentialsSameOrigin && r.ResponseTainting == fetch.TaintingBasic
	// 8.4
	if r.Mode == fetch.ModeNoCORS && r.EmbedderPolicy.Value == fetch.EmbedderPolicyCredentialless &&
		!(r.Origin == r.URLList[len(r.URLList)-1].Origin() && redirectTaintTwin(r) == fetch.RedirectTaintSameOrigin) {
		includeCredentials = false
	}
	// 8.10
	if r.Keepalive && r.Body == fetch.BodyBytes && r.BodyLength > 65536-r.InflightKeepaliveBytes {
		return networkError(fetch.CodeKeepaliveQuotaExceeded, "http-network-or-cache-fetch:8.10")
	}
	// 8.11 to 8.19
	mode, l := r.Cache, t.fetchingAdds(r, slices.Clone(r.Headers))
	if mode == fetch.CacheModeDefault && len(l) > 0 {
		for _, name := range []string{"If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range"} {
			if _, ok := getTwin(r.Headers, name); ok {
				mode = fetch.CacheModeNoStore
			}
		}
	}
	_, pragma := getTwin(l, "Pragma")
	_, control := getTwin(l, "Cache-Control")
	if mode == fetch.CacheModeNoCache && !control {
		l = append(l, [2]string{"Cache-Control", "max-age=0"})
	}
	if noStore := mode == fetch.CacheModeNoStore || mode == fetch.CacheModeReload; noStore && !pragma {
		l = append(l, [2]string{"Pragma", "no-cache"})
	}
	if noStore := mode == fetch.CacheModeNoStore || mode == fetch.CacheModeReload; noStore && !control {
		l = append(l, [2]string{"Cache-Control", "no-cache"})
	}
	if _, ok := getTwin(r.Headers, "Range"); ok {
		l = append(l, [2]string{"Accept-Encoding", "identity"})
	}
	// 8.21
	u := r.URLList[len(r.URLList)-1]
	if _, ok := getTwin(r.Headers, "Authorization"); includeCredentials && authentication && !ok {
		if given == "" && u.IncludesCredentials() {
			given = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+u.Password())) // without "%" in these tests
		}
		if given != "" {
			l = append(l, [2]string{"Authorization", given})
		}
	}
	// 11.1
	if mode == fetch.CacheModeOnlyIfCached {
		return networkError(fetch.CodeCacheOnlyIfCached, "http-network-or-cache-fetch:11.1")
	}
	a := fetch.Action{Kind: fetch.ActionSendRequest, Method: r.Method, URL: u, Headers: l, Own: len(r.Headers), IncludeCredentials: includeCredentials,
		Authentication: authentication, NewConnection: newConnection}
	if r.Body != fetch.BodyNull {
		a.Body = fetch.BodyActionSend
		if t.sent {
			a.Body = fetch.BodyActionReplay
		}
		t.sent = true
	}
	t.log = append(t.log, a)
	// 11
	response := t.answer()
	if response.isError() {
		return response
	}
	t.reached = true
	// 12
	response.URLList = slices.Clone(r.URLList)
	// 13
	_, ranged := getTwin(r.Headers, "Range")
	response.SetRangeRequested(ranged)
	// 14
	response.RequestExcludedCredentials = !includeCredentials
	// 15
	fromURL := r.UseURLCredentials && !authentication && u.IncludesCredentials()
	if ask := t.hooks.Authenticate; response.Status == 401 && r.ResponseTainting != fetch.TaintingCORS && includeCredentials && (ask != nil || fromURL) {
		if r.Body == fetch.BodyStream {
			return networkError(fetch.CodeAuthenticationBodyNotReplayable, "http-network-or-cache-fetch:15.2")
		}
		if fromURL {
			return t.networkOrCacheFetch(true, false, "")
		}
		if given, ok := ask(r, fetch.ResponseHead{Status: response.Status, Headers: response.Headers}); ok {
			return t.networkOrCacheFetch(true, false, given)
		}
	}
	// 16
	if response.Status == 407 {
		return networkError(fetch.CodeProxyAuthenticationRequired, "http-network-or-cache-fetch:16.1")
	}
	// 17
	if h := t.hooks.Misdirected; response.Status == 421 && !newConnection && r.Body != fetch.BodyStream && h != nil && h(r) {
		return t.networkOrCacheFetch(authentication, true, given)
	}
	return response
}

func (t *twin) preflightFetch() *twinResponse {
	r := t.request
	// 1 to 5
	l := headers("Accept", "*/*", "Access-Control-Request-Method", r.Method)
	unsafe := safelist.UnsafeRequestHeaderNames(r.Headers)
	if len(unsafe) > 0 {
		l = append(l, [2]string{"Access-Control-Request-Headers", strings.Join(unsafe, ",")})
	}
	own := len(l)
	preflight := *r
	preflight.Mode, preflight.ResponseTainting, preflight.UserActivation, preflight.UserInitiated = fetch.ModeCORS, fetch.TaintingCORS, false, false
	l = t.fetchingAdds(&preflight, l)
	reason := fetch.PreflightReasonHeaders
	switch {
	case r.UseCORSPreflight:
		reason = fetch.PreflightReasonFlag
	case !slices.Contains([]string{"GET", "HEAD", "POST"}, r.Method):
		reason = fetch.PreflightReasonMethod
	}
	// 6
	t.log = append(t.log, fetch.Action{Kind: fetch.ActionSendPreflight, Reason: reason, Method: "OPTIONS", URL: r.URLList[len(r.URLList)-1], Headers: l, Own: own})
	response := t.answer()
	if response.isError() {
		return response
	}
	if response.Status == 407 {
		return networkError(fetch.CodeProxyAuthenticationRequired, "http-network-or-cache-fetch:16.1")
	}
	// 7
	if code, step := corsCheckVerdictTwin(r, response.Headers); step != "" {
		return networkError("preflight-"+code, step)
	}
	if response.Status < 200 || response.Status > 299 {
		// 8
		if slices.Contains([]int{301, 302, 303, 307, 308}, response.Status) {
			return networkError(fetch.CodePreflightDisallowedRedirect, "cors-preflight-fetch:8")
		}
		return networkError(fetch.CodePreflightInvalidStatus, "cors-preflight-fetch:8")
	}
	// 7.1 to 7.3
	methods, state := header.ExtractListValues(response.Headers, acam)
	if state == header.Failure {
		return networkError(fetch.CodePreflightInvalidAllowMethods, "cors-preflight-fetch:7.3")
	}
	names, nameState := header.ExtractListValues(response.Headers, acah)
	if nameState == header.Failure {
		return networkError(fetch.CodePreflightInvalidAllowHeaders, "cors-preflight-fetch:7.3")
	}
	// 7.4
	if state == header.Null && r.UseCORSPreflight {
		methods = []string{r.Method}
	}
	// 7.5
	include := r.Credentials == fetch.CredentialsInclude
	if !slices.Contains(methods, r.Method) && !slices.Contains([]string{"GET", "HEAD", "POST"}, r.Method) && (include || !slices.Contains(methods, "*")) {
		return networkError(fetch.CodeMethodDisallowedByPreflight, "cors-preflight-fetch:7.5")
	}
	lists := func(name string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	// 7.6
	if _, ok := getTwin(r.Headers, "Authorization"); ok && !lists("authorization") {
		if !include && lists("*") {
			return networkError(fetch.CodeAuthorizationNotCoveredByWildcard, "cors-preflight-fetch:7.6")
		}
		return networkError(fetch.CodeHeaderDisallowedByPreflight, "cors-preflight-fetch:7.6")
	}
	// 7.7
	for _, name := range unsafe {
		if !lists(name) && (include || !lists("*")) {
			return networkError(fetch.CodeHeaderDisallowedByPreflight, "cors-preflight-fetch:7.7")
		}
	}
	// 7.8 to 7.10
	age := int64(5)
	if values, state := header.ExtractListValues(response.Headers, acma); state == header.List {
		age, _ = strconv.ParseInt(values[0], 10, 64)
	}
	// 7.12 to 7.15
	t.cache.store(r, fetch.PreflightGrant{Methods: methods, HeaderNames: names, MaxAge: age}, t.now)
	return response
}

func isHTTPTwin(u origin.URL) bool { return u.Scheme() == "http" || u.Scheme() == "https" }

func redirectTaintTwin(r *fetch.Request) fetch.RedirectTaint {
	taint := fetch.RedirectTaintSameOrigin
	var last *origin.URL
	for _, u := range r.URLList {
		if last == nil {
			last = &u
			continue
		}
		if !origin.SameSite(u.Origin(), last.Origin(), nil) && !origin.SameSite(r.Origin, last.Origin(), nil) {
			return fetch.RedirectTaintCrossSite
		}
		if u.Origin() != last.Origin() && r.Origin != last.Origin() {
			taint = fetch.RedirectTaintSameSite
		}
		last = &u
	}
	return taint
}

func serializeOriginTwin(r *fetch.Request) string {
	if redirectTaintTwin(r) != fetch.RedirectTaintSameOrigin {
		return "null"
	}
	return r.Origin.String()
}

// fetchingAdds appends Referer, Origin and what Fetch Metadata has.
func (t *twin) fetchingAdds(r *fetch.Request, l fetch.HeaderList) fetch.HeaderList {
	if r.Referrer.IsValid() {
		l = append(l, [2]string{"Referer", r.Referrer.String()})
	}
	l = appendOriginTwin(r, l)
	if r.URLList[len(r.URLList)-1].IsPotentiallyTrustworthy() {
		worst := 0
		for _, u := range r.URLList {
			switch {
			case u.Origin() == r.Origin:
			case origin.SameSite(u.Origin(), r.Origin, nil):
				worst = max(worst, 1)
			default:
				worst = 2
			}
		}
		navigation := slices.Contains([]string{"document", "embed", "frame", "iframe", "object"}, r.Destination.String())
		site := []string{"same-origin", "same-site", "cross-site"}[worst]
		if navigation && r.UserInitiated {
			site = "none"
		}
		l = append(l, [2]string{"Sec-Fetch-Dest", cmp.Or(r.Destination.String(), "empty")}, [2]string{"Sec-Fetch-Mode", r.Mode.String()}, [2]string{"Sec-Fetch-Site", site})
		if navigation && r.UserActivation {
			l = append(l, [2]string{"Sec-Fetch-User", "?1"})
		}
	}
	if r.Initiator == fetch.InitiatorPrefetch {
		l = append(l, [2]string{"Sec-Purpose", "prefetch"})
	}
	return l
}

// determineReferrerTwin is determine request's referrer by the table of its policies.
func determineReferrerTwin(r *fetch.Request) origin.URL {
	full, bare := r.Referrer.StripForReferrer(false), r.Referrer.StripForReferrer(true)
	if len(full.String()) > 4096 {
		full = bare
	}
	current := r.URLList[len(r.URLList)-1]
	column := 1
	switch {
	case full.Origin() == current.Origin():
		column = 0
	case full.IsPotentiallyTrustworthy() && !current.IsPotentiallyTrustworthy():
		column = 2
	}
	switch map[string]string{
		"no-referrer": "---", "origin": "ooo", "unsafe-url": "fff", "strict-origin": "oo-", "strict-origin-when-cross-origin": "fo-",
		"same-origin": "f--", "origin-when-cross-origin": "foo", "no-referrer-when-downgrade": "ff-",
	}[r.ReferrerPolicy.String()][column] {
	case 'o':
		return bare
	case 'f':
		return full
	}
	return origin.URL{}
}

func appendOriginTwin(r *fetch.Request, l fetch.HeaderList) fetch.HeaderList {
	value := serializeOriginTwin(r)
	u := r.URLList[len(r.URLList)-1]
	switch {
	case r.ResponseTainting == fetch.TaintingCORS || r.Mode == fetch.ModeWebSocket || r.Mode == fetch.ModeWebTransport:
	case r.Method != "GET" && r.Method != "HEAD":
		if r.Mode != fetch.ModeCORS {
			switch r.ReferrerPolicy {
			case fetch.ReferrerPolicyNoReferrer:
				value = "null"
			case fetch.ReferrerPolicyNoReferrerWhenDowngrade, fetch.ReferrerPolicyStrictOrigin, fetch.ReferrerPolicyStrictOriginWhenCrossOrigin:
				if !r.Origin.IsOpaque() && r.Origin.Scheme() == "https" && u.Scheme() != "https" {
					value = "null"
				}
			case fetch.ReferrerPolicySameOrigin:
				if r.Origin != u.Origin() {
					value = "null"
				}
			}
		}
	default:
		return l
	}
	return append(l, [2]string{"Origin", value})
}

func corsCheckVerdictTwin(r *fetch.Request, l fetch.HeaderList) (fetch.Code, fetch.Step) {
	ok, step := corsCheckTwin(r, l)
	if ok {
		return fetch.CodeOK, ""
	}
	return corsCheckCodeTwin(l, step), step
}

func taoCheckTwin(r *fetch.Request, l fetch.HeaderList) bool {
	if r.TimingAllowFailed {
		return false
	}
	values := header.GetDecodeAndSplit(l, "Timing-Allow-Origin")
	if slices.Contains(values, "*") || slices.Contains(values, serializeOriginTwin(r)) {
		return true
	}
	if r.Mode == fetch.ModeNavigate && r.URLList[len(r.URLList)-1].Origin() != r.Origin {
		return false
	}
	return r.ResponseTainting == fetch.TaintingBasic
}

// corpTwin is the cross-origin resource policy check; "" is allowed.
func (t *twin) corpTwin(resp *fetch.Response) fetch.Code {
	r := t.request
	check := func(value fetch.EmbedderPolicyValue) fetch.Code {
		policy, _ := getTwin(resp.Headers, "Cross-Origin-Resource-Policy")
		code := map[string]fetch.Code{"same-origin": fetch.CodeCORPNotSameOrigin, "same-site": fetch.CodeCORPNotSameSite}[policy]
		if policy != "same-origin" && policy != "same-site" && policy != "cross-origin" {
			policy = ""
		}
		if policy == "" && (value == fetch.EmbedderPolicyRequireCORP || value == fetch.EmbedderPolicyCredentialless && !resp.RequestExcludedCredentials) {
			policy, code = "same-origin", fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP
		}
		var u origin.URL
		if n := len(resp.URLList); n > 0 {
			u = resp.URLList[n-1]
		}
		switch policy {
		case "same-origin":
			if !u.IsValid() || r.Origin != u.Origin() {
				return code
			}
		case "same-site":
			if !u.IsValid() || !origin.SchemelesslySameSite(r.Origin, u.Origin(), nil) || r.Origin.Scheme() != "https" && u.Scheme() == "https" {
				return code
			}
		}
		return ""
	}
	report := func(disposition string) {
		t.violations = append(t.violations, "corp-violation-"+disposition+" "+fetch.SerializeResponseURLForReporting(resp))
	}
	if code := check(fetch.EmbedderPolicyUnsafeNone); code != "" {
		return code
	}
	if check(r.EmbedderPolicy.ReportOnly) != "" {
		report("reporting")
	}
	code := check(r.EmbedderPolicy.Value)
	if code != "" {
		report("enforce")
	}
	return code
}

// filteredTwin makes a filtered response; its concepts that no filter mentions are read from the internal response when
// the fetch is done.
func filteredTwin(inner *fetch.Response, kind fetch.ResponseType) *twinResponse {
	return &twinResponse{Response: fetch.Response{Type: kind, Internal: inner}}
}

// seen is what the page sees of the response.
func (r *twinResponse) seen() fetch.Response {
	if r.isError() {
		return fetch.Response{Type: fetch.ResponseTypeError}
	}
	inner := r.inner()
	seen := *inner
	seen.Type, seen.Internal, seen.Headers = r.Type, inner, nil
	for _, h := range inner.Headers {
		name := strings.ToLower(h[0])
		exposed := slices.Contains([]string{"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}, name) ||
			slices.ContainsFunc(inner.ExposedHeaderNames, func(n string) bool { return strings.EqualFold(n, name) })
		if name != "set-cookie" && name != "set-cookie2" && (r.Type == fetch.ResponseTypeBasic || r.Type == fetch.ResponseTypeCORS && exposed) {
			seen.Headers = append(seen.Headers, h)
		}
	}
	if r.Type == fetch.ResponseTypeOpaque || r.Type == fetch.ResponseTypeOpaqueRedirect {
		seen.Status, seen.StatusMessage, seen.NullBody = 0, "", true
	}
	if r.Type == fetch.ResponseTypeOpaque {
		seen.URLList = nil
	}
	return seen
}

func isScriptLikeTwin(d fetch.Destination) bool {
	switch d.String() {
	case "audioworklet", "paintworklet", "script", "serviceworker", "sharedworker", "worker":
		return true
	}
	return false
}
