package fetch_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// TestVerdicts holds all that verdicts say: of vectors, only code and step are compared.
func TestVerdicts(t *testing.T) {
	const (
		preflight = "cors-preflight-fetch:"
		nosniff   = "should-response-to-request-be-blocked-due-to-nosniff?:"
		mimeType  = "should-response-to-request-be-blocked-due-to-mime-type?:4"
		corp      = "cross-origin-resource-policy-internal-check:5"
	)
	response := func(status int, namesAndValues ...string) *fetch.Response {
		return &fetch.Response{Status: status, Headers: headers(namesAndValues...), URLList: []origin.URL{urlB}}
	}
	ok := func(namesAndValues ...string) *fetch.Response { return response(200, namesAndValues...) }
	put := checkRequest(fetch.CredentialsOmit)
	put.Method, put.UnsafeRequest, put.Headers = "PUT", true, headers("X-A", "1")
	authorized := put
	authorized.Headers = headers("authoriZation", "1")
	include := checkRequest(fetch.CredentialsInclude)
	omit := checkRequest(fetch.CredentialsOmit)
	to := func(d fetch.Destination) *fetch.Request { return &fetch.Request{Destination: d} }
	check := func(r fetch.Request, resp *fetch.Response) fetch.Verdict {
		v, grant := fetch.PreflightCheck(&r, resp)
		if grant.Methods != nil || grant.HeaderNames != nil || grant.MaxAge != 0 {
			t.Errorf("a preflight that is refused with %s grants %+v", v.Code, grant)
		}
		return v
	}
	tao := func(resp *fetch.Response) fetch.Verdict {
		r := omit
		r.ResponseTainting = fetch.TaintingCORS
		return fetch.TAOCheck(&r, resp)
	}
	embed := func(policy fetch.EmbedderPolicyValue, resp *fetch.Response) fetch.Verdict {
		v, _ := fetch.CORPCheck(pageA, fetch.EmbedderPolicy{Value: policy}, resp, false, nil)
		return v
	}
	redirected := func(mode fetch.RedirectMode, namesAndValues ...string) fetch.Verdict {
		r := omit
		r.Redirect = mode
		m := start(t, new(fetch.Agent), r)
		receive(t, m, 302, append([]string{acao, "*"}, namesAndValues...)...)
		return result(t, m).Verdict
	}
	for _, tt := range []struct{ got, want fetch.Verdict }{
		{fetch.CORSCheck(&omit, ok()), fetch.Verdict{Code: fetch.CodeMissingAllowOrigin, Step: "cors-check:2", Header: acao, Want: "https://a.com"}},
		{fetch.CORSCheck(&include, ok(acao, "*")), fetch.Verdict{Code: fetch.CodeWildcardOriginNotAllowed, Step: "cors-check:4", Header: acao, Lines: 1, Value: "*", Want: "https://a.com"}},
		{fetch.CORSCheck(&omit, ok(acao, "x", acao, "y")), fetch.Verdict{Code: fetch.CodeMultipleAllowOriginValues, Step: "cors-check:4", Header: acao, Lines: 2, Value: "x", Want: "https://a.com"}},
		{fetch.CORSCheck(&include, ok(acao, "https://a.com", acac, "TRUE", acac, "true")), fetch.Verdict{Code: fetch.CodeInvalidAllowCredentials, Step: "cors-check:8", Header: acac, Lines: 2, Value: "TRUE", Want: "true"}},
		{fetch.CORSCheck(&include, ok(acao, "https://a.com")), fetch.Verdict{Code: fetch.CodeInvalidAllowCredentials, Step: "cors-check:8", Header: acac, Want: "true"}},
		{check(put, ok(acao, "https://b.com")), fetch.Verdict{Code: fetch.CodePreflightAllowOriginMismatch, Step: "cors-check:4", Header: acao, Lines: 1, Value: "https://b.com", Want: "https://a.com"}},
		{check(put, response(404, acao, "*")), fetch.Verdict{Code: fetch.CodePreflightInvalidStatus, Step: preflight + "8", Value: "404"}},
		{check(put, response(301, acao, "*", "Location", "/y")), fetch.Verdict{Code: fetch.CodePreflightDisallowedRedirect, Step: preflight + "8", Value: "301"}},
		{check(put, ok(acao, "*", acam, "P UT", acam, "x")), fetch.Verdict{Code: fetch.CodePreflightInvalidAllowMethods, Step: preflight + "7.3", Header: acam, Lines: 2, Value: "P UT", Want: "PUT"}},
		{check(put, ok(acao, "*", acah, "x a")), fetch.Verdict{Code: fetch.CodePreflightInvalidAllowHeaders, Step: preflight + "7.3", Header: acah, Lines: 1, Value: "x a"}},
		{check(put, ok(acao, "*", acam, "GET", acah, "*")), fetch.Verdict{Code: fetch.CodeMethodDisallowedByPreflight, Step: preflight + "7.5", Header: acam, Lines: 1, Value: "GET", Want: "PUT"}},
		{check(authorized, ok(acao, "*", acam, "PUT", acah, "x-b")), fetch.Verdict{Code: fetch.CodeHeaderDisallowedByPreflight, Step: preflight + "7.6", Header: acah, Lines: 1, Value: "x-b", Want: "authorization"}},
		{check(authorized, ok(acao, "*", acam, "PUT", acah, "*")), fetch.Verdict{Code: fetch.CodeAuthorizationNotCoveredByWildcard, Step: preflight + "7.6", Header: acah, Lines: 1, Value: "*", Want: "authorization"}},
		{check(put, ok(acao, "*", acam, "PUT", acah, "x-b", acah, "x-c")), fetch.Verdict{Code: fetch.CodeHeaderDisallowedByPreflight, Step: preflight + "7.7", Header: acah, Lines: 2, Value: "x-b", Want: "x-a"}},
		{fetch.BlockNosniff(to(fetch.DestinationScript), ok("X-Content-Type-Options", "nosniff", "Content-Type", "text/plain", "Content-Type", "x/")),
			fetch.Verdict{Code: fetch.CodeNosniff, Step: nosniff + "4", Header: "Content-Type", Lines: 2, Value: "text/plain", Want: "text/javascript"}},
		{fetch.BlockNosniff(to(fetch.DestinationScript), ok("X-Content-Type-Options", "nosniff")), fetch.Verdict{Code: fetch.CodeNosniff, Step: nosniff + "4", Header: "Content-Type", Want: "text/javascript"}},
		{fetch.BlockNosniff(to(fetch.DestinationScript), ok("X-Content-Type-Options", "nosniff", "Content-Type", "text/javascript/")),
			fetch.Verdict{Code: fetch.CodeNosniff, Step: nosniff + "4", Header: "Content-Type", Lines: 1, Value: "text/javascript/", Want: "text/javascript"}},
		{fetch.BlockNosniff(to(fetch.DestinationStyle), ok("X-Content-Type-Options", "nosniff", "Content-Type", "text/html")),
			fetch.Verdict{Code: fetch.CodeNosniff, Step: nosniff + "5", Header: "Content-Type", Lines: 1, Value: "text/html", Want: "text/css"}},
		{fetch.BlockMIMEType(to(fetch.DestinationScript), ok("Content-Type", "image/png", "content-type", "text/csv")),
			fetch.Verdict{Code: fetch.CodeMIMETypeBlocked, Step: mimeType, Header: "Content-Type", Lines: 2, Value: "image/png", Want: "text/javascript"}},
		{embed(fetch.EmbedderPolicyUnsafeNone, ok("Cross-Origin-Resource-Policy", "same-origin")),
			fetch.Verdict{Code: fetch.CodeCORPNotSameOrigin, Step: corp, Header: "Cross-Origin-Resource-Policy", Lines: 1, Value: "same-origin", Want: "cross-origin"}},
		{embed(fetch.EmbedderPolicyUnsafeNone, ok("Cross-Origin-Resource-Policy", "same-site")),
			fetch.Verdict{Code: fetch.CodeCORPNotSameSite, Step: corp, Header: "Cross-Origin-Resource-Policy", Lines: 1, Value: "same-site", Want: "cross-origin"}},
		{embed(fetch.EmbedderPolicyRequireCORP, ok("Cross-Origin-Resource-Policy", "same-site", "Cross-Origin-Resource-Policy", "cross-origin")),
			fetch.Verdict{Code: fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP, Step: corp, Header: "Cross-Origin-Resource-Policy", Lines: 2, Value: "same-site", Want: "cross-origin"}},
		{embed(fetch.EmbedderPolicyRequireCORP, ok()), fetch.Verdict{Code: fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP, Step: corp, Header: "Cross-Origin-Resource-Policy", Want: "cross-origin"}},
		{tao(ok("Timing-Allow-Origin", "https://b.com", "Timing-Allow-Origin", "null")),
			fetch.Verdict{Code: fetch.CodeTAOCheckFailed, Step: "tao-check:8", Header: "Timing-Allow-Origin", Lines: 2, Value: "https://b.com", Want: "https://a.com"}},
		{redirected(fetch.RedirectError, "Location", "/y"), fetch.Verdict{Code: fetch.CodeRedirectModeError, Step: "http-fetch:6.3", Header: "Location", Lines: 1, Value: "/y", Want: "https://b.com/x"}},
		{redirected(fetch.RedirectFollow, "Location", "/y", "location", "/z"), fetch.Verdict{Code: fetch.CodeRedirectInvalidLocation, Step: "http-redirect-fetch:5", Header: "Location", Lines: 2, Value: "/y"}},
		{redirected(fetch.RedirectFollow, "Location", "data:,x"), fetch.Verdict{Code: fetch.CodeRedirectDisallowedScheme, Step: "http-redirect-fetch:6", Header: "Location", Lines: 1, Value: "data:,x", Want: "data:,x"}},
		{redirected(fetch.RedirectFollow, "Location", "//u@c.com/"), fetch.Verdict{Code: fetch.CodeRedirectContainsCredentials, Step: "http-redirect-fetch:9", Header: "Location", Lines: 1, Value: "//u@c.com/", Want: "https://u@c.com/"}},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.want.Code, diff)
		}
	}
	navigated := ok()
	navigated.SetNavigationTimingAllowValues([][]string{{"https://a.com", "https://b.com"}, {"null"}})
	if got, want := fetch.NavigationTAOCheck(navigated, pageA), (fetch.Verdict{Code: fetch.CodeTAOCheckFailed, Step: "navigation-tao-check:1.3", Header: "Timing-Allow-Origin", Want: "https://a.com"}); got != want {
		t.Errorf("%+v", got)
	}
}

// The standard tells these not apart; their codes do.
func TestAllowOriginFaults(t *testing.T) {
	r := checkRequest(fetch.CredentialsInclude)
	for _, tt := range []struct {
		code   fetch.Code
		values []string
	}{
		{fetch.CodeMultipleAllowOriginValues, []string{"https://a.com,https://b.com"}},
		{fetch.CodeMultipleAllowOriginValues, []string{"https://a.com\thttps://b.com"}},
		{fetch.CodeMultipleAllowOriginValues, []string{"https://a.com\vhttps://b.com"}},
		{fetch.CodeMultipleAllowOriginValues, []string{"https://a.com\fhttps://b.com"}},
		{fetch.CodeMultipleAllowOriginValues, []string{"*, x"}},
		{fetch.CodeMultipleAllowOriginValues, []string{"*", "*"}},
		{fetch.CodeMultipleAllowOriginValues, []string{"", "x", "", "y"}},
		{fetch.CodeMultipleAllowOriginValues, []string{"a b c d"}},
		{fetch.CodeMultipleAllowOriginValues, []string{",a", "", "b,"}},
		{fetch.CodeInvalidAllowOriginValue, []string{"x", ""}},
		{fetch.CodeInvalidAllowOriginValue, []string{"", "x"}},
		{fetch.CodeInvalidAllowOriginValue, []string{"https://b.com", ","}},
		{fetch.CodeInvalidAllowOriginValue, []string{"null", ""}},
		{fetch.CodeInvalidAllowOriginValue, []string{"*", ""}},
		{fetch.CodeInvalidAllowOriginValue, []string{"", ""}},
		{fetch.CodeInvalidAllowOriginValue, []string{",*"}},
		{fetch.CodeInvalidAllowOriginValue, []string{"https://b.com\x00https://c.com"}},
		{fetch.CodeAllowOriginMismatch, []string{"https://b.com,"}}, // a comma may be in a host
		{fetch.CodeInvalidAllowOriginValue, []string{""}},
		{fetch.CodeInvalidAllowOriginValue, []string{"https://b.com/"}},
		{fetch.CodeInvalidAllowOriginValue, []string{"NULL"}},
		{fetch.CodeAllowOriginMismatch, []string{"null"}},
		{fetch.CodeAllowOriginMismatch, []string{"https://b.com"}},
		{fetch.CodeAllowOriginMismatch, []string{"http://a.com"}},
		{fetch.CodeWildcardOriginNotAllowed, []string{"*"}},
	} {
		var l fetch.HeaderList
		for _, v := range tt.values {
			l = append(l, [2]string{"X-A", "a, b"}, [2]string{"access-control-allow-origin", v})
		}
		if v := fetch.CORSCheck(&r, &fetch.Response{Headers: append(l, [2]string{"X-B", "a, b"})}); v.Code != tt.code || v.Lines != len(tt.values) || v.Value != tt.values[0] {
			t.Errorf("%q: %+v", tt.values, v)
		}
	}
}

// TestEvents goes through what machines note, by the outcomes, each of which comes about once at least.
func TestEvents(t *testing.T) {
	image := request(t, "GET", "http://b.com/x")
	image.Destination, image.Mode = fetch.DestinationImage, fetch.ModeNoCORS
	manual := request(t, "GET", "https://a.com/x")
	manual.Redirect = fetch.RedirectManual
	opaque := request(t, "GET", "https://b.com/x")
	opaque.Mode, opaque.Credentials, opaque.EmbedderPolicy.ReportOnly = fetch.ModeNoCORS, fetch.CredentialsInclude, fetch.EmbedderPolicyRequireCORP
	enforced := opaque
	enforced.EmbedderPolicy = fetch.EmbedderPolicy{Value: fetch.EmbedderPolicyRequireCORP}
	own := request(t, "GET", "https://a.com/x")
	unrestricted := request(t, "GET", "http://b.com/x")
	unrestricted.MixedContent = fetch.MixedContentUnrestricted
	upload := request(t, "POST", "https://b.com/x")
	upload.UseCORSPreflight = true
	answer := func(r *fetch.Request) (fetch.Response, bool) {
		return fetch.Response{Status: 200, URLList: []origin.URL{r.CurrentURL()}}, true
	}
	for _, tt := range []struct {
		name   string
		r      fetch.Request
		hooks  fetch.Hooks
		status []int
		want   string
	}{
		{"simple", request(t, "GET", "https://b.com/x"), fetch.Hooks{}, []int{200},
			"main-fetch:12 tainting-cors; main-fetch:12 no-preflight; http-fetch:4.4 cors-check-passed; http-fetch:4.5 tao-check-failed; main-fetch:14 filtered-cors"},
		{"preflight for headers", request(t, "GET", "https://b.com/x", "X-A", "1"), fetch.Hooks{}, []int{200, 200},
			"main-fetch:12 tainting-cors; main-fetch:12 preflight-for-headers; cors-preflight-fetch:7 preflight-passed; http-fetch:4.4 cors-check-passed; http-fetch:4.5 tao-check-failed; main-fetch:14 filtered-cors"},
		{"preflight for the flag", upload, fetch.Hooks{}, []int{200, 200},
			"main-fetch:12 tainting-cors; main-fetch:12 preflight-for-use-cors-preflight; cors-preflight-fetch:7 preflight-passed; http-fetch:4.4 cors-check-passed; http-fetch:4.5 tao-check-failed; main-fetch:14 filtered-cors"},
		{"same origin", own, fetch.Hooks{}, []int{200}, "main-fetch:12 tainting-basic; main-fetch:14 filtered-basic"},
		{"opaque, reported", opaque, fetch.Hooks{}, []int{200},
			"main-fetch:12 tainting-opaque; http-fetch:4.5 tao-check-failed; cross-origin-resource-policy-check:4 corp-violation-reporting https://b.com/x; main-fetch:14 filtered-opaque"},
		{"opaque, refused", enforced, fetch.Hooks{}, []int{200},
			"main-fetch:12 tainting-opaque; http-fetch:4.5 tao-check-failed; cross-origin-resource-policy-check:6 corp-violation-enforce https://b.com/x; cross-origin-resource-policy-internal-check:5 corp-not-same-origin-after-defaulted-by-coep cross-origin"},
		{"manual redirect", manual, fetch.Hooks{}, []int{302}, "main-fetch:12 tainting-basic; http-fetch:6.3 filtered-opaqueredirect"},
		{"redirect", own, fetch.Hooks{}, []int{302, 200},
			"main-fetch:12 tainting-basic; http-redirect-fetch:22 redirected https://a.com/y; main-fetch:12 tainting-basic; main-fetch:14 filtered-basic"},
		{"upgraded image", image, fetch.Hooks{}, []int{200}, "main-fetch:6 upgraded-to-https; main-fetch:12 tainting-opaque; http-fetch:4.5 tao-check-failed; main-fetch:14 filtered-opaque"},
		{"HSTS", unrestricted, fetch.Hooks{KnownHSTSHost: func(string) bool { return true }}, []int{200},
			"main-fetch:10 upgraded-to-https; main-fetch:12 tainting-cors; main-fetch:12 no-preflight; http-fetch:4.4 cors-check-passed; http-fetch:4.5 tao-check-failed; main-fetch:14 filtered-cors"},
		{"upgraded by policy", unrestricted, fetch.Hooks{UpgradeInsecure: func(*fetch.Request) bool { return true }}, []int{200},
			"main-fetch:5 upgraded-to-https; main-fetch:12 tainting-cors; main-fetch:12 no-preflight; http-fetch:4.4 cors-check-passed; http-fetch:4.5 tao-check-failed; main-fetch:14 filtered-cors"},
		{"cached preflight", request(t, "PUT", "https://b.com/cached"), fetch.Hooks{}, []int{200},
			"main-fetch:12 tainting-cors; main-fetch:12 preflight-for-method; http-fetch:4.1 preflight-cached; http-fetch:4.4 cors-check-passed; http-fetch:4.5 tao-check-failed; main-fetch:14 filtered-cors"},
		{"overridden", own, fetch.Hooks{OverrideFetch: answer}, nil, "main-fetch:12 tainting-basic; override-fetch:3 overridden; main-fetch:14 filtered-basic"},
		{"service worker", own, fetch.Hooks{HandleFetch: answer}, nil, "main-fetch:12 tainting-basic; http-fetch:3.5 service-worker; main-fetch:14 filtered-basic"},
		{"stored", own, fetch.Hooks{StoredResponse: func(*fetch.Request) (fetch.ResponseHead, bool) { return fetch.ResponseHead{Status: 200}, true }}, nil,
			"main-fetch:12 tainting-basic; http-network-or-cache-fetch:8.26 stored-response; main-fetch:14 filtered-basic"},
		{"authentication", own, fetch.Hooks{Authenticate: func(*fetch.Request, fetch.ResponseHead) (string, bool) { return "Basic eA==", true }}, []int{401, 200},
			"main-fetch:12 tainting-basic; http-network-or-cache-fetch:15.4 authentication; main-fetch:14 filtered-basic"},
		{"new connection", own, fetch.Hooks{Misdirected: func(*fetch.Request) bool { return true }}, []int{421, 200},
			"main-fetch:12 tainting-basic; http-network-or-cache-fetch:17.2 new-connection; main-fetch:14 filtered-basic"},
	} {
		agent := &fetch.Agent{Hooks: tt.hooks}
		cached := request(t, "PUT", "https://b.com/cached")
		agent.Cache.Store(&cached, fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 60}, epoch)
		m := start(t, agent, tt.r)
		for _, status := range tt.status {
			receive(t, m, status, acao, "*", acah, "*", "Location", "/y")
		}
		result(t, m)
		var got []string
		for _, e := range m.Trace().Events {
			got = append(got, strings.TrimSpace(string(e.Step)+" "+string(e.Outcome)+" "+e.Subject))
		}
		if got := strings.Join(got, "; "); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
