package explain_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/origin"
)

var epoch = time.Unix(1000, 0)

func result(t *testing.T, m *fetch.Machine) fetch.Result {
	t.Helper()
	r, err := m.Result()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An advised server is one that does what explanations say. It answers every preflight alike, and every request, except
// for one redirect.
type advised struct {
	preflight, redirect, response fetch.ResponseHead
}

// fetch lets a page fetch from the server, in a browser of its own.
func (s *advised) fetch(t *testing.T, p fetch.Profile, r fetch.Request) *fetch.Machine {
	t.Helper()
	agent := fetch.Agent{Profile: p}
	m, err := agent.Start(epoch, r)
	if err != nil {
		t.Fatal(err)
	}
	for m.Action().Kind != fetch.ActionDone {
		resp := s.response
		switch a := m.Action(); {
		case a.Kind == fetch.ActionSendPreflight:
			resp = s.preflight
		case a.URL.Pathname() == "/moved":
			resp = s.redirect
		}
		if err := m.Receive(epoch, resp); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// follow does what the explanation of the fetch says.
func (s *advised) follow(t *testing.T, m *fetch.Machine) {
	t.Helper()
	trace := m.Trace()
	e := explain.Trace(trace)
	last := trace.Exchanges[len(trace.Exchanges)-1].Action
	blocked := &s.response
	if last.URL.Pathname() == "/moved" {
		blocked = &s.redirect
	}
	var where []*fetch.ResponseHead
	switch e.Where {
	case explain.WhereResponse:
		where = []*fetch.ResponseHead{blocked}
	case explain.WherePreflight:
		where = []*fetch.ResponseHead{&s.preflight}
	case explain.WherePreflightAndResponse:
		where = []*fetch.ResponseHead{&s.preflight, &s.response}
	default:
		t.Fatalf("not for the server to mend by header lines: %s", e.Fix)
	}
	if e.Where != explain.WhereResponse != (last.Kind == fetch.ActionSendPreflight) {
		t.Fatalf("that is not the response that was blocked: %s", e.Fix)
	}
	if e.Status != 0 {
		s.preflight.Status = e.Status
	} else if len(e.Send) == 0 {
		t.Fatalf("no header line is advised:\n%s", e)
	}
	for _, resp := range where {
		for _, h := range e.Send {
			if h[0] != "Vary" {
				resp.Headers = slices.DeleteFunc(slices.Clone(resp.Headers), func(old [2]string) bool { return strings.EqualFold(old[0], h[0]) })
			}
			resp.Headers = append(resp.Headers, h)
		}
	}
}

// notForTheServer are the codes of which no header line of the server's would get the fetch through.
var notForTheServer = []fetch.Code{
	fetch.CodeOK, fetch.CodeTransportError, fetch.CodeAborted,
	// The client's request.
	fetch.CodeDisallowedByMode, fetch.CodeCORSDisabledScheme, fetch.CodeSchemeNotSupported, fetch.CodeNoCORSRedirectModeNotFollow, fetch.CodeBadPort, fetch.CodeMixedContent, fetch.CodeLocalURLsOnly,
	fetch.CodeKeepaliveQuotaExceeded, fetch.CodeCacheOnlyIfCached, fetch.CodeAuthenticationBodyNotReplayable,
	fetch.CodeRedirectModeError, fetch.CodeProxyAuthenticationRequired,
	// What comes from a service worker.
	fetch.CodeUnexpectedRangeResponse, fetch.CodeHookResponse,
	// Where to redirect to is the application's to say.
	fetch.CodeTooManyRedirects, fetch.CodeRedirectInvalidLocation, fetch.CodeRedirectDisallowedScheme, fetch.CodeRedirectContainsCredentials, fetch.CodeRedirectBodyNotReplayable,
	// It blocks nothing.
	fetch.CodeTAOCheckFailed,
}

// TestAdvice follows the advice of every code that a server can mend: the fetch is allowed at once.
func TestAdvice(t *testing.T) {
	headers := func(l ...string) (h fetch.HeaderList) {
		for i := 0; i < len(l); i += 2 {
			h = append(h, [2]string{l[i], l[i+1]})
		}
		return h
	}
	const page = "https://app.example"
	shared := headers(acao, page, acac, "true")
	get := func(*fetch.Request) {}
	include := func(r *fetch.Request) { r.Credentials = fetch.CredentialsInclude }
	put := func(r *fetch.Request) { r.Method = "PUT" }
	putIncluded := func(r *fetch.Request) { put(r); include(r) }
	full := func(r *fetch.Request) {
		r.Method, r.Headers = "PUT", headers("Authorization", "x", "Content-Type", "application/json", "X-A", "1")
	}
	fullIncluded := func(r *fetch.Request) { full(r); include(r) }
	upload := func(r *fetch.Request) { r.Method, r.UseCORSPreflight = "POST", true }
	opaque := func(r *fetch.Request) { r.Origin = origin.NewOpaque() }
	opaqueFull := func(r *fetch.Request) { full(r); opaque(r) }
	noCORS := func(r *fetch.Request) { r.Mode = fetch.ModeNoCORS; r.UnsafeRequest = false }
	embed := func(r *fetch.Request) {
		noCORS(r)
		r.EmbedderPolicy = fetch.EmbedderPolicy{Value: fetch.EmbedderPolicyRequireCORP}
	}
	script := func(r *fetch.Request) { noCORS(r); r.Destination = fetch.DestinationScript }
	moved := func(f func(*fetch.Request)) func(*fetch.Request) {
		return func(r *fetch.Request) {
			f(r)
			r.URLList = []origin.URL{origin.MustParseURL("https://api.example/moved")}
		}
	}
	followed := map[fetch.Code]bool{}
	for _, code := range notForTheServer {
		followed[code] = false
	}
	for _, tt := range []struct {
		name                          string
		code                          fetch.Code
		request                       func(*fetch.Request)
		preflight, response, redirect fetch.HeaderList
		status                        int // of the preflight
	}{
		{"nothing", fetch.CodeMissingAllowOrigin, get, nil, nil, nil, 0},
		{"nothing, credentials", fetch.CodeMissingAllowOrigin, include, nil, nil, nil, 0},
		{"nothing, opaque", fetch.CodeMissingAllowOrigin, opaque, nil, nil, nil, 0},
		{"nothing on the redirect", fetch.CodeMissingAllowOrigin, moved(get), nil, shared, nil, 0},
		{"twice", fetch.CodeMultipleAllowOriginValues, get, nil, headers(acao, "*", acao, page), nil, 0},
		{"twice, credentials", fetch.CodeMultipleAllowOriginValues, include, nil, headers(acao, page+", "+page), nil, 0},
		{"wildcard", fetch.CodeWildcardOriginNotAllowed, include, nil, headers(acao, "*"), nil, 0},
		{"slash", fetch.CodeInvalidAllowOriginValue, get, nil, headers(acao, page+"/"), nil, 0},
		{"slash, credentials", fetch.CodeInvalidAllowOriginValue, include, nil, headers(acao, page+"/", "Vary", "Accept"), nil, 0},
		{"another", fetch.CodeAllowOriginMismatch, get, nil, headers(acao, "https://b.example"), nil, 0},
		{"another, opaque", fetch.CodeAllowOriginMismatch, opaque, nil, headers(acao, page), nil, 0},
		{"true", fetch.CodeInvalidAllowCredentials, include, nil, headers(acao, page, acac, "True"), nil, 0},
		{"no credentials", fetch.CodeInvalidAllowCredentials, include, nil, headers(acao, page), nil, 0},

		{"preflight: nothing", fetch.CodePreflightMissingAllowOrigin, put, nil, nil, nil, 0},
		{"preflight: nothing, all asked", fetch.CodePreflightMissingAllowOrigin, fullIncluded, nil, nil, nil, 0},
		{"preflight: nothing, 401", fetch.CodePreflightMissingAllowOrigin, full, nil, nil, nil, 401},
		{"preflight: nothing, opaque", fetch.CodePreflightMissingAllowOrigin, opaqueFull, nil, nil, nil, 0},
		{"preflight: nothing, upload", fetch.CodePreflightMissingAllowOrigin, upload, nil, nil, nil, 0},
		{"preflight: twice", fetch.CodePreflightMultipleAllowOriginValues, put, headers(acao, "*", acao, "*"), headers(acao, "*", acao, "*"), nil, 0},
		{"preflight: wildcards", fetch.CodePreflightWildcardOriginNotAllowed, fullIncluded, headers(acao, "*", acam, "*", acah, "*"), headers(acao, "*"), nil, 0},
		{"preflight: slash", fetch.CodePreflightInvalidAllowOriginValue, full, headers(acao, page+"/", acah, "x-a"), nil, nil, 0},
		{"preflight: another", fetch.CodePreflightAllowOriginMismatch, full, headers(acao, "https://b.example", acam, "PATCH"), nil, nil, 0},
		{"preflight: another, opaque", fetch.CodePreflightAllowOriginMismatch, opaqueFull, headers(acao, page), headers(acao, page), nil, 0},
		{"preflight: no credentials", fetch.CodePreflightInvalidAllowCredentials, putIncluded, headers(acao, page), headers(acao, page), nil, 0},
		{"preflight: 405", fetch.CodePreflightInvalidStatus, full, shared, shared, nil, 405},
		{"preflight: 404 that allows", fetch.CodePreflightInvalidStatus, put, headers(acao, "*", acam, "PUT"), shared, nil, 404},
		{"preflight: 302", fetch.CodePreflightDisallowedRedirect, full, headers(acao, "*", acah, "*"), shared, nil, 302},
		{"preflight: methods malformed", fetch.CodePreflightInvalidAllowMethods, full, headers(acao, page, acam, "GET; PUT"), shared, nil, 0},
		{"preflight: methods malformed, upload", fetch.CodePreflightInvalidAllowMethods, upload, headers(acao, page, acam, "P T"), shared, nil, 0},
		{"preflight: headers malformed", fetch.CodePreflightInvalidAllowHeaders, full, headers(acao, page, acam, "PUT", acah, "x a"), shared, nil, 0},
		{"preflight: headers malformed, none asked", fetch.CodePreflightInvalidAllowHeaders, put, headers(acao, page, acam, "PUT", acah, "x a"), shared, nil, 0},
		{"preflight: both malformed", fetch.CodePreflightInvalidAllowMethods, full, headers(acao, page, acam, "GET; PUT", acah, `"x"`), shared, nil, 0},
		{"preflight: no method", fetch.CodeMethodDisallowedByPreflight, full, shared, shared, nil, 0},
		{"preflight: no method, in lower case", fetch.CodeMethodDisallowedByPreflight, func(r *fetch.Request) { r.Method = "patch" }, headers(acao, page, acam, "PATCHES"), shared, nil, 0},
		{"preflight: another method", fetch.CodeMethodDisallowedByPreflight, put, headers(acao, page, acam, "PATCH", acam, "DELETE"), shared, nil, 0},
		{"preflight: methods, credentials", fetch.CodeMethodDisallowedByPreflight, fullIncluded, append(headers(acam, "*", acah, "*"), shared...), shared, nil, 0},
		{"preflight: no headers", fetch.CodeHeaderDisallowedByPreflight, full, headers(acao, page, acam, "PUT"), shared, nil, 0},
		{"preflight: one header", fetch.CodeHeaderDisallowedByPreflight, full, headers(acao, page, acam, "PUT", acah, "Content-Type"), shared, nil, 0},
		{"preflight: two lines", fetch.CodeHeaderDisallowedByPreflight, full, headers(acao, page, acam, "PUT", acah, "Content-Type", acah, "X-B"), shared, nil, 0},
		{"preflight: empty", fetch.CodeHeaderDisallowedByPreflight, full, headers(acao, page, acam, "PUT", acah, ""), shared, nil, 0},
		{"preflight: any header", fetch.CodeAuthorizationNotCoveredByWildcard, full, headers(acao, page, acam, "*", acah, "*"), shared, nil, 0},

		{"CORP", fetch.CodeCORPNotSameOrigin, noCORS, nil, headers("Cross-Origin-Resource-Policy", "same-origin"), nil, 0},
		{"CORP, site", fetch.CodeCORPNotSameSite, noCORS, nil, headers("Cross-Origin-Resource-Policy", "same-site"), nil, 0},
		{"CORP, COEP", fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP, embed, nil, nil, nil, 0},
		{"nosniff", fetch.CodeNosniff, script, nil, headers("X-Content-Type-Options", "nosniff", "Content-Type", "text/plain"), nil, 0},
		{"type", fetch.CodeMIMETypeBlocked, script, nil, headers("Content-Type", "image/png"), nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := fetch.NewRequest("GET", "https://api.other/", origin.MustParse(page))
			if err != nil {
				t.Fatal(err)
			}
			tt.request(&r)
			s := advised{fetch.ResponseHead{Status: 200, Headers: tt.preflight}, fetch.ResponseHead{Status: 302, Headers: append(tt.redirect, [2]string{"Location", "/"})}, fetch.ResponseHead{Status: 200, Headers: tt.response}}
			if tt.status != 0 {
				s.preflight.Status = tt.status
			}
			m := s.fetch(t, fetch.ProfileStandard, r)
			if got := result(t, m).Verdict.Code; got != tt.code {
				t.Fatalf("%s, want %s", got, tt.code)
			}
			advice := explain.Trace(m.Trace())
			if strings.Count(advice.Fix, "on the response to OPTIONS") > 1 {
				t.Errorf("the advice says twice where: %s", advice.Fix)
			}
			followed[tt.code] = true
			s.follow(t, m)
			for _, p := range fetch.Profiles() {
				if v := result(t, s.fetch(t, p, r)).Verdict; !v.OK() {
					t.Errorf("%s: with what was advised it is %s, %+v:\n%s", p, v.Code, v, advice)
				}
			}
		})
	}
	for name, code := range codes(t) {
		if _, known := followed[code]; !known {
			t.Errorf("%s is neither tested here nor one that a server cannot mend", name)
		}
	}
}

// A request with credentials and the origin "null" is not to be allowed: it is to be made without them.
func TestAdviceForNullWithCredentials(t *testing.T) {
	for _, l := range []fetch.HeaderList{nil, {{acao, "*"}}, {{acao, "null"}}, {{acao, "null"}, {acac, "True"}}, {{acao, "https://a.example"}}, {{acao, "x y"}}, {{acao, "x"}}} {
		for _, method := range []string{"GET", "PUT"} {
			r, err := fetch.NewRequest(method, "https://api.example/", origin.NewOpaque())
			if err != nil {
				t.Fatal(err)
			}
			r.Credentials = fetch.CredentialsInclude
			s := advised{preflight: fetch.ResponseHead{Status: 401, Headers: l}, response: fetch.ResponseHead{Status: 200, Headers: l}}
			m := s.fetch(t, fetch.ProfileStandard, r)
			e := explain.Trace(m.Trace())
			if !e.Omit || e.URL != "" || e.Send.Contains(acac) || !strings.HasPrefix(e.Fix, "on the client, make the request without credentials") {
				t.Errorf("%s, %q: %+v", method, l, e)
			}
			s.follow(t, m)
			r.Credentials = fetch.CredentialsSameOrigin
			if v := result(t, s.fetch(t, fetch.ProfileStandard, r)).Verdict; !v.OK() {
				t.Errorf("%s, %q: with what was advised it is %s:\n%s", method, l, v.Code, e)
			}
		}
	}
	// Of a single check, it is not known what else there is.
	if e := explain.Verdict(fetch.Verdict{Code: fetch.CodeWildcardOriginNotAllowed, Step: "cors-check:4", Header: acao, Lines: 1, Value: "*", Want: "null"}); e.Where != explain.WhereClient || !e.Omit || e.Send != nil {
		t.Errorf("%+v", e)
	}
}

// However much is asked for, the advice is for people to read.
func TestAdviceIsShort(t *testing.T) {
	r, err := fetch.NewRequest("PUT", "https://api.example/", origin.MustParse("https://app.example"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10_000 {
		r.Headers = append(r.Headers, [2]string{"x-" + strings.Repeat("y", i%20) + string(rune('a'+i%26)), "1"})
	}
	for _, l := range []fetch.HeaderList{nil, {{acah, strings.Repeat("x,", 10_000)}}, {{acah, strings.Repeat("x ", 10_000)}}, {{acam, strings.Repeat("x;", 10_000)}}} {
		s := advised{preflight: fetch.ResponseHead{Status: 204, Headers: append(l, [2]string{acao, "*"})}}
		if e := explain.Trace(s.fetch(t, fetch.ProfileStandard, r).Trace()); len(e.String()) > 4000 || len(e.Send) == 0 {
			t.Errorf("%d bytes: %.3000s", len(e.String()), e)
		}
	}
}

// TestAdviceOfRandomFetches does, of fetches by every profile from servers that answer anything, what each explanation
// says, until a page reads or a server cannot mend it. Each explanation that is followed gets the fetch further, and
// none shares a response with credentials with more than the page.
func TestAdviceOfRandomFetches(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	urls := []string{"https://api.example/x", "https://cdn.example/y", "https://app.example/same", "https://api.example/z", "https://sub.app.example/v"}
	answer := func(at int, preflight bool) fetch.ResponseHead {
		head := fetch.ResponseHead{Status: []int{200, 200, 204, 404, 500, 401, 403}[random.IntN(7)]}
		add := func(name string, values ...string) {
			for random.IntN(3) == 0 {
				head.Headers = append(head.Headers, [2]string{name, pick(values...)})
			}
		}
		add(acao, "*", page, "null", page+"/", "https://b.example", "", page+", *", "HTTPS://app.example", "app.example", "https://*.example")
		add(acac, "true", "True", "false", "")
		add("Vary", "Accept", "Origin", "*")
		add("Cross-Origin-Resource-Policy", "same-origin", "same-site", "bogus")
		add("Content-Type", "text/plain", "text/html", "image/png", "")
		add("X-Content-Type-Options", "nosniff")
		if preflight {
			add(acam, "*", "PUT", "put", "GET, POST", "PUT PATCH", "", "DELETE;PUT", "patch", "PATCH")
			add(acah, "*", "x-a", "X-A, Content-Type", "authorization", "x a", "", "x-a;b", "*, authorization", ",,,x-a")
		}
		if random.IntN(6) == 0 {
			head.Status = []int{301, 302, 303, 307, 308}[random.IntN(5)]
			to := append(slices.Clone(urls[at+1:]), "http://api.example/", "https://a:b@cdn.example/", "file:///x", "https://cdn.example:25/", "https://::", "/login")
			head.Headers = append(head.Headers, [2]string{"Location", pick(to...)})
		}
		return head
	}
	allowed := 0
	for range 2000 {
		r := asks(t, pick("GET", "GET", "POST", "PUT", "patch", "PATCH"), urls[random.IntN(2)])
		for _, name := range []string{"X-A", "Content-Type", "Authorization", "Accept"} {
			if random.IntN(4) == 0 {
				r.Headers = append(r.Headers, [2]string{name, `"`})
			}
		}
		if random.IntN(3) == 0 {
			r.Credentials = fetch.CredentialsInclude
		}
		if random.IntN(8) == 0 {
			r.Origin = origin.NewOpaque()
		}
		r.UseCORSPreflight = random.IntN(6) == 0
		if random.IntN(6) == 0 {
			r.Mode, r.UnsafeRequest, r.UseCORSPreflight, r.Method, r.Headers = fetch.ModeNoCORS, false, false, "GET", nil
			r.Destination = []fetch.Destination{fetch.DestinationScript, fetch.DestinationImage, fetch.DestinationStyle}[random.IntN(3)]
			if random.IntN(2) == 0 {
				r.EmbedderPolicy.Value = fetch.EmbedderPolicyRequireCORP
			}
		}
		answers := map[string]fetch.ResponseHead{}
		for i, url := range urls {
			answers[url], answers["OPTIONS "+url] = answer(i, false), answer(i, true)
		}
		p := fetch.Profiles()[random.IntN(len(fetch.Profiles()))]
		var said []string
		for before := (fetch.Trace{}); ; {
			trace := servedTo(t, p, r, answers)
			v, n := trace.Result.Verdict, len(trace.Exchanges)
			if v.OK() {
				allowed++
				break
			}
			e := explain.Trace(trace)
			said = append(said, e.String())
			if n < len(before.Exchanges) || n == len(before.Exchanges) && v.Code == before.Result.Verdict.Code {
				t.Fatalf("%s, %+v: %q, followed, does not get it further:\n%s", p, r, said[0], strings.Join(said[1:], "\n"))
			}
			before = trace
			if e.Omit {
				r.Credentials = fetch.CredentialsOmit
			}
			credentials := r.Mode == fetch.ModeCORS && r.Credentials == fetch.CredentialsInclude
			for _, h := range e.Send {
				if h[1] == "null" || h == [2]string{acao, "*"} && credentials || h[0] == acac && (!credentials || r.Origin.IsOpaque()) {
					t.Fatalf("%s, %+v: that is not to be sent: %q\n%s", p, r, h, e)
				}
			}
			if e.URL != "" {
				elsewhere := r
				elsewhere.URLList = []origin.URL{origin.MustParseURL(e.URL)}
				if len(servedTo(t, p, elsewhere, answers).Exchanges) == 0 || elsewhere.URLList[0].IncludesCredentials() {
					t.Fatalf("%s, %+v: no page can ask for %q\n%s", p, r, e.URL, e)
				}
				if strings.HasPrefix(e.Fix, "on the client, ask for") {
					r, before = elsewhere, fetch.Trace{}
				}
			}
			if n == 0 || e.Send == nil && e.Status == 0 {
				break
			}
			url := trace.Exchanges[n-1].Action.URL.String()
			follow := func(key string) {
				head := answers[key]
				if head.Headers = slices.Clone(head.Headers); e.Status != 0 && strings.HasPrefix(key, "OPTIONS ") {
					head.Status = e.Status
				}
				for _, h := range e.Send {
					if h[0] != "Vary" {
						head.Headers.Delete(h[0])
					}
					head.Headers = append(head.Headers, h)
				}
				answers[key] = head
			}
			if e.Where == explain.WherePreflight || e.Where == explain.WherePreflightAndResponse {
				follow("OPTIONS " + url)
			}
			if e.Where == explain.WhereResponse || e.Where == explain.WherePreflightAndResponse {
				follow(url)
			}
		}
	}
	if allowed < 1000 {
		t.Errorf("%d fetches were allowed in the end", allowed)
	}
}
