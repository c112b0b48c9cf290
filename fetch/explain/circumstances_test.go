package explain_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

const page = "https://app.example"

// asks returns what a script on the page asks for.
func asks(t *testing.T, method, url string, headers ...string) fetch.Request {
	t.Helper()
	r, err := fetch.NewRequest(method, url, origin.MustParse(page))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Headers = append(r.Headers, [2]string{headers[i], headers[i+1]})
	}
	return r
}

func lines(l ...string) (h fetch.HeaderList) {
	for i := 0; i < len(l); i += 2 {
		h = append(h, [2]string{l[i], l[i+1]})
	}
	return h
}

// served lets the request be answered: a preflight to a URL by "OPTIONS URL", a request by "URL"; what is not there by
// an empty 200.
func served(t *testing.T, r fetch.Request, answers map[string]fetch.ResponseHead) fetch.Trace {
	t.Helper()
	return servedTo(t, fetch.ProfileStandard, r, answers)
}

// servedTo is served of a browser with that profile.
func servedTo(t *testing.T, p fetch.Profile, r fetch.Request, answers map[string]fetch.ResponseHead) fetch.Trace {
	t.Helper()
	agent := fetch.Agent{Profile: p}
	m, err := agent.Start(epoch, r)
	if err != nil {
		t.Fatal(err)
	}
	for m.Action().Kind != fetch.ActionDone {
		a := m.Action()
		key := a.URL.String()
		if a.Kind == fetch.ActionSendPreflight {
			key = "OPTIONS " + key
		}
		head, ok := answers[key]
		if !ok {
			head.Status = 200
		}
		if err := m.Receive(epoch, head); err != nil {
			t.Fatal(err)
		}
	}
	return m.Trace()
}

// TestCircumstances holds what is said beside the verdict: why it came to that, and what it looks like from outside.
func TestCircumstances(t *testing.T) {
	include := func(r fetch.Request) fetch.Request { r.Credentials = fetch.CredentialsInclude; return r }
	put, get := asks(t, "PUT", "https://api.example/x"), asks(t, "GET", "https://api.example/x")
	at := func(status int, l ...string) map[string]fetch.ResponseHead {
		return map[string]fetch.ResponseHead{"https://api.example/x": {Status: status, Headers: lines(l...)}, "OPTIONS https://api.example/x": {Status: status, Headers: lines(l...)}}
	}
	for _, tt := range []struct {
		name    string
		request fetch.Request
		answers map[string]fetch.ResponseHead
		code    fetch.Code
		want    []string // what is said
		url     string
	}{
		{"a preflight redirected without CORS", put, at(301, "Location", "/x/"), fetch.CodePreflightMissingAllowOrigin,
			[]string{"it is a redirect (status 301), which a preflight does not follow", `Or, on the client, ask for "https://api.example/x/"`}, "https://api.example/x/"},
		{"a preflight redirected with CORS", put, at(308, "Location", "https://www.api.example/x#y", acao, "*"), fetch.CodePreflightDisallowedRedirect,
			[]string{"on the client, ask for \"https://www.api.example/x\", or answer OPTIONS with 204"}, "https://www.api.example/x"},
		{"a preflight redirected, credentials", include(put), at(302, "Location", "https://api.example/y", acao, "*"), fetch.CodePreflightWildcardOriginNotAllowed,
			[]string{"it is a redirect (status 302)"}, "https://api.example/y"},
		{"a preflight redirected to a login", put, at(302, "Location", "https://login.example/oauth2/authorize?x"), fetch.CodePreflightMissingAllowOrigin,
			[]string{"what looks like a login", "carries no credentials"}, ""},
		{"a preflight redirected to mixed content", put, at(301, "Location", "http://api.example/x/"), fetch.CodePreflightMissingAllowOrigin, []string{"which a preflight does not follow"}, ""},
		{"a preflight redirected to mixed content, with CORS", put, at(301, "Location", "http://api.example/x/", acao, "*"), fetch.CodePreflightDisallowedRedirect, []string{"mind http and https"}, ""},
		{"a preflight redirected to a bad port", put, at(301, "Location", "https://api.example:25/", acao, "*"), fetch.CodePreflightDisallowedRedirect, []string{"It leads to"}, ""},
		{"a preflight redirected to a URL with a password", put, at(301, "Location", "https://u:p@api.example/y"), fetch.CodePreflightMissingAllowOrigin, []string{"It leads to"}, ""},
		{"a preflight redirected out of HTTP", put, at(301, "Location", "file:///x"), fetch.CodePreflightMissingAllowOrigin, []string{"It leads to"}, ""},
		{"a preflight redirected nowhere", put, at(302), fetch.CodePreflightMissingAllowOrigin, []string{"it is a redirect (status 302)"}, ""},
		// What a page cannot ask for is not advised.
		{"a preflight redirected to what is mixed content", put, at(301, "Location", "http://api.example/x/", acao, "*"), fetch.CodePreflightDisallowedRedirect,
			[]string{`It leads to "http://api.example/x/".`, "or have the client ask for the final URL: mind http and https"}, ""},
		{"a preflight redirected to http on this machine", put, at(301, "Location", "http://localhost:8080/", acao, "*"), fetch.CodePreflightDisallowedRedirect,
			[]string{`ask for "http://localhost:8080/"`}, "http://localhost:8080/"},
		{"a preflight redirected to a user name and password", put, at(302, "Location", "https://user:secret@b.example/"), fetch.CodePreflightMissingAllowOrigin,
			[]string{`It leads to "https://user:***@b.example/".`}, ""},
		{"a preflight redirected to a bad port", put, at(302, "Location", "https://api.example:25/"), fetch.CodePreflightMissingAllowOrigin, []string{`It leads to "https://api.example:25/".`}, ""},
		{"a preflight redirected to another scheme", put, at(302, "Location", "ftp://api.example/"), fetch.CodePreflightMissingAllowOrigin, []string{`It leads to "ftp://api.example/".`}, ""},
		{"a preflight that needs authentication", put, at(401, "WWW-Authenticate", "Basic"), fetch.CodePreflightMissingAllowOrigin, []string{"refused because it carries no credentials"}, ""},
		{"a preflight that needs authentication, with CORS", put, at(401, acao, "*"), fetch.CodePreflightInvalidStatus, []string{"refused because it carries no credentials"}, ""},
		{"a preflight that is forbidden", put, at(403), fetch.CodePreflightMissingAllowOrigin, []string{"may be authentication or a firewall"}, ""},
		{"a preflight that is not there", put, at(404), fetch.CodePreflightMissingAllowOrigin, []string{"And its status is 404, which fails as well."}, ""},

		{"404", get, at(404), fetch.CodeMissingAllowOrigin, []string{"the page for what is not there (status 404)"}, ""},
		{"500", get, at(500), fetch.CodeMissingAllowOrigin, []string{"the page of an error (status 500)"}, ""},
		{"502", get, at(502), fetch.CodeMissingAllowOrigin, []string{"the page of a proxy", "(status 502)"}, ""},
		{"304", get, at(304), fetch.CodeMissingAllowOrigin, []string{"It is a 304"}, ""},
		{"401", get, at(401), fetch.CodeMissingAllowOrigin, []string{"the page of a refusal (status 401)"}, ""},
		{"429", get, at(429), fetch.CodeMissingAllowOrigin, []string{"the page of an error (status 429)"}, ""},

		{"a cache without Vary", get, at(200), fetch.CodeMissingAllowOrigin, []string{"Sometimes: if it fails only sometimes, a cache holds a response that was made for a request without Origin"}, ""},
		{"a cache that shows itself", get, at(200, "Age", "120"), fetch.CodeMissingAllowOrigin, []string{"seems to come from one (Age: 120)"}, ""},
		{"a cache that mixes origins", get, at(200, acao, "https://b.example"), fetch.CodeAllowOriginMismatch, []string{"made for another origin: send Vary: Origin"}, ""},

		{"a pattern", get, at(200, acao, "https://*.app.example"), fetch.CodeAllowOriginMismatch, []string{"A pattern does not count"}, ""},
		{"a slash", get, at(200, acao, page+"/"), fetch.CodeInvalidAllowOriginValue, []string{"The slash at the end is too much."}, ""},
		{"a path", get, at(200, acao, page+"/x"), fetch.CodeInvalidAllowOriginValue, []string{"An origin has no path."}, ""},
		{"quotes", get, at(200, acao, `"`+page+`"`), fetch.CodeInvalidAllowOriginValue, []string{"without quotes"}, ""},
		{"upper case", get, at(200, acao, "https://App.example"), fetch.CodeInvalidAllowOriginValue, []string{"lower case"}, ""},
		{"no scheme", get, at(200, acao, "app.example"), fetch.CodeInvalidAllowOriginValue, []string{"The scheme is missing."}, ""},
		{"the default port", get, at(200, acao, page+":443"), fetch.CodeInvalidAllowOriginValue, []string{"The port is the default one"}, ""},
		{"another scheme", get, at(200, acao, "http://app.example"), fetch.CodeAllowOriginMismatch, []string{"The scheme is another one."}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trace := served(t, tt.request, tt.answers)
			e := explain.Trace(trace)
			if got := trace.Result.Verdict.Code; got != tt.code {
				t.Errorf("%s, want %s", got, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(e.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, e)
				}
			}
			if tt.url == "" && strings.Contains(e.Fix, "ask for \"") {
				t.Errorf("the client is to ask for what it cannot: %s", e.Fix)
			}
			if e.URL != tt.url {
				t.Errorf("the client is to ask for %q, want %q:\n%s", e.URL, tt.url, e)
			}
			// Followed: what is to be sent is sent, and the page reads.
			const url = "https://api.example/x"
			for _, key := range []string{"OPTIONS " + url, url} {
				head := tt.answers[key]
				preflight := key != url
				if preflight && e.Status != 0 {
					head.Status = e.Status
				} else if !preflight && safelist.IsRedirectStatus(head.Status) {
					head.Status = 200 // the preflight was at fault, not this
				}
				if e.Where == explain.WherePreflight && !preflight {
					head.Headers = lines(acao, page, acac, "true")
				} else {
					for _, h := range e.Send {
						head.Headers.Delete(h[0])
						head.Headers = append(head.Headers, h)
					}
				}
				tt.answers[key] = head
			}
			if v := served(t, tt.request, tt.answers).Result.Verdict; !v.OK() {
				t.Errorf("with what was advised it is %s:\n%s", v.Code, e)
			}
			if tt.url == "" {
				return
			}
			// Followed: at that URL, a server that does what it should lets the page read.
			r := tt.request
			r.URLList = []origin.URL{origin.MustParseURL(tt.url)}
			all := fetch.ResponseHead{Status: 200, Headers: lines(acao, page, acac, "true", acam, "PUT")}
			if v := served(t, r, map[string]fetch.ResponseHead{tt.url: all, "OPTIONS " + tt.url: all}).Result.Verdict; !v.OK() {
				t.Errorf("at %s it is %s", tt.url, v.Code)
			}
		})
	}
	// What has Vary: Origin was not made for another request.
	if e := explain.Trace(served(t, get, at(200, "Vary", "Accept, origin"))); e.Sometimes != "" {
		t.Errorf("%s", e)
	}
}

// TestNull holds that an origin that is "null" is told by its cause, and that the fix works for either.
func TestNull(t *testing.T) {
	const first, final = "https://api.example/x", "https://cdn.example/y"
	redirect := fetch.ResponseHead{Status: 307, Headers: lines("Location", final, acao, page, acac, "true")}
	for _, opaque := range []bool{false, true} {
		for _, include := range []bool{false, true} {
			for _, method := range []string{"GET", "PUT"} {
				for name, had := range map[string]fetch.HeaderList{"nothing": nil, "page": lines(acao, page, acac, "true"), "null": lines(acao, "null"), "everyone": lines(acao, "*")} {
					t.Run(fmt.Sprintf("opaque %v, include %v, %s, %s", opaque, include, method, name), func(t *testing.T) {
						r := asks(t, method, first)
						if opaque {
							r.Origin = origin.NewOpaque()
							r.URLList = []origin.URL{origin.MustParseURL(final)}
						}
						if include {
							r.Credentials = fetch.CredentialsInclude
						}
						if !include && (name == "everyone" || name == "null") {
							return // allowed
						}
						pass := fetch.ResponseHead{Status: 204, Headers: lines(acao, page, acac, "true", acam, "PUT")}
						answers := map[string]fetch.ResponseHead{"OPTIONS " + first: pass, first: redirect, "OPTIONS " + final: {Status: 200, Headers: had}, final: {Status: 200, Headers: had}}
						trace := served(t, r, answers)
						e := explain.Trace(trace)
						want := "because \"https://api.example\" redirected to \"https://cdn.example\""
						if opaque {
							want = "because the page's origin is opaque"
						}
						if trace.Result.Verdict.OK() || !strings.Contains(e.Why, want) {
							t.Fatalf("%s\nit does not say %q", e, want)
						}
						// As the fix says.
						if e.URL != "" && include {
							r.URLList = []origin.URL{origin.MustParseURL(e.URL)}
						}
						if e.Omit {
							r.Credentials = fetch.CredentialsOmit
						}
						for _, key := range []string{"OPTIONS " + final, final} {
							head := answers[key]
							for _, h := range e.Send {
								head.Headers.Delete(h[0])
								head.Headers = append(head.Headers, h)
							}
							answers[key] = head
						}
						if v := served(t, r, answers).Result.Verdict; !v.OK() {
							t.Errorf("with what was advised it is %s:\n%s", v.Code, e)
						}
						if e.Send.Contains(acac) && (opaque || e.URL != final) {
							t.Errorf("credentials for \"null\":\n%s", e)
						}
					})
				}
			}
		}
	}
}

// TestCauses holds what is said of the preflight: what forces it, as text and as data, and that it can be avoided so.
func TestCauses(t *testing.T) {
	long := strings.Repeat("a", 134)
	for _, tt := range []struct {
		name    string
		request fetch.Request
		want    string
		rule    safelist.Rule
		avoid   func(*fetch.Request)
	}{
		{"the method", asks(t, "PUT", "https://api.example/"), "the method is PUT, and only GET, HEAD and POST are safelisted", "", func(r *fetch.Request) { r.Method = "POST" }},
		{"a name", asks(t, "GET", "https://api.example/", "X-Trace", "1"), "X-Trace is not the name of a safelisted header", safelist.RuleNameNotSafelisted, func(r *fetch.Request) { r.Headers = nil }},
		{"a length", asks(t, "GET", "https://api.example/", "Accept", long), "Accept: its value has 134 bytes, and 128 are safelisted", safelist.RuleValueTooLong, func(r *fetch.Request) { r.Headers[0][1] = long[:128] }},
		{"a byte", asks(t, "GET", "https://api.example/", "Accept", `a"b`), `Accept: byte 1 of its value, "\"", is not safelisted`, safelist.RuleValueUnsafeByte, func(r *fetch.Request) { r.Headers[0][1] = "ab" }},
		{"a byte of a language", asks(t, "GET", "https://api.example/", "Accept-Language", "de_DE"), `Accept-Language: byte 2 of its value, "_", is not safelisted`, safelist.RuleValueNotLanguageByte, func(r *fetch.Request) { r.Headers[0][1] = "deDE" }},
		{"a type", asks(t, "POST", "https://api.example/", "Content-Type", "application/json"), "Content-Type is application/json, and only ", safelist.RuleContentTypeNotSafelisted, func(r *fetch.Request) { r.Headers[0][1] = "text/plain" }},
		{"no type", asks(t, "POST", "https://api.example/", "Content-Type", "json"), `Content-Type: "json" is not safelisted`, safelist.RuleContentTypeMalformed, func(r *fetch.Request) { r.Headers[0][1] = "text/plain" }},
		{"a range", asks(t, "GET", "https://api.example/", "Range", "bytes=-5"), `Range: "bytes=-5" is not safelisted`, safelist.RuleRangeWithoutStart, func(r *fetch.Request) { r.Headers[0][1] = "bytes=0-499" }},
		{"all of them", asks(t, "GET", "https://api.example/", strings.Split(strings.Repeat("Accept,"+long[:128]+",", 9), ",")[:18]...), "Accept: the safelisted values have more than 1024 bytes together", safelist.RuleValuesTooLong, func(r *fetch.Request) { r.Headers = r.Headers[:8] }},
		{"the cache", asks(t, "GET", "https://api.example/", "Cache-Control", "no-cache"), "Cache-Control is not the name", safelist.RuleNameNotSafelisted, func(r *fetch.Request) { r.Headers, r.Cache = nil, fetch.CacheModeNoStore }},
		{"revalidation", asks(t, "GET", "https://api.example/", "If-None-Match", "x"), "If-None-Match is not the name", safelist.RuleNameNotSafelisted, func(r *fetch.Request) { r.Headers = nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trace := served(t, tt.request, nil)
			e := explain.Trace(trace)
			if len(e.Causes) == 0 || !strings.HasPrefix(e.Causes[0].String(), tt.want) || e.Causes[0].Rule.Rule != tt.rule || e.Causes[0].Preflight == fetch.PreflightReasonMethod != (tt.rule == "") || e.Causes[0].Preflight == fetch.PreflightReasonHeaders != (tt.rule != "") || e.Causes[0].Avoid() == "" {
				t.Fatalf("%+v, want %q and %q", e.Causes, tt.want, tt.rule)
			}
			var b bytes.Buffer
			explain.Printer{W: &b}.Result(trace)
			if want := "     Preflight: " + e.Causes[0].String() + ". " + e.Causes[0].Avoid() + "\n"; !strings.Contains(b.String(), want) {
				t.Errorf("it prints not %q but\n%s", want, b.String())
			}
			r := tt.request
			r.Headers = append(fetch.HeaderList(nil), r.Headers...)
			tt.avoid(&r)
			if trace := served(t, r, nil); len(trace.Exchanges) != 1 || trace.Exchanges[0].Action.Kind != fetch.ActionSendRequest || explain.Trace(trace).Causes != nil {
				t.Errorf("with %q there is a preflight all the same", e.Causes[0].Avoid())
			}
		})
	}
	upload := asks(t, "POST", "https://api.example/")
	upload.UseCORSPreflight = true
	if e := explain.Trace(served(t, upload, nil)); len(e.Causes) != 1 || !strings.Contains(e.Causes[0].String(), "progress of the upload") || !strings.Contains(e.Causes[0].Avoid(), "remove the listeners") {
		t.Errorf("%+v", e.Causes)
	}
	for range 1000 {
		upload.Headers = append(upload.Headers, [2]string{"X-A", "1"})
	}
	if e := explain.Trace(served(t, upload, nil)); len(e.Causes) != 20 {
		t.Errorf("%d causes", len(e.Causes))
	}
	if s := (explain.Cause{}); s.String() != "nothing" || s.Avoid() != "" {
		t.Errorf("%q, %q", s, s.Avoid())
	}
}
