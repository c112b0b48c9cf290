package explain_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// An answer is what a server sends: a status, and names and values of headers in turn.
func answer(status int, l ...string) fetch.ResponseHead {
	return fetch.ResponseHead{Status: status, Headers: lines(l...)}
}

// with changes a request.
func with(r fetch.Request, change func(*fetch.Request)) fetch.Request {
	change(&r)
	return r
}

// caseFetches returns the fetches that no vector makes: of servers' error pages and caches, of long values, of agents
// with hooks, of engines.
func caseFetches(t *testing.T) (all []named) {
	t.Helper()
	const url = "https://api.example/x"
	include := func(r *fetch.Request) { r.Credentials = fetch.CredentialsInclude }
	get, put := asks(t, "GET", url), asks(t, "PUT", url)
	getIncluded, putIncluded := with(get, include), with(put, include)
	opaque := func(r *fetch.Request) { r.Origin = origin.NewOpaque() }
	plain := with(get, func(r *fetch.Request) { r.Origin = origin.MustParse("http://app.example") })
	noCORS := with(get, func(r *fetch.Request) { r.Mode, r.UnsafeRequest = fetch.ModeNoCORS, false })
	shared := answer(200, acao, page, acac, "true", acam, "PUT", acah, "X-A")
	moved := func(to string) fetch.ResponseHead { return answer(307, "Location", to, acao, page, acac, "true") }

	// run adds a fetch. The answers are given one after another; then the connection fails.
	runs := func(name string, agent *fetch.Agent, requests []fetch.Request, answers ...fetch.ResponseHead) {
		n, at := named{name: name}, epoch
		for _, r := range requests {
			m, err := agent.Start(at, r)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for m.Action().Kind != fetch.ActionDone {
				if len(answers) == 0 {
					m.Fail(fmt.Errorf("closed"))
				} else {
					at = at.Add(time.Second)
					m.Receive(at, answers[0])
					answers = answers[1:]
				}
			}
			n.traces = append(n.traces, m.Trace())
		}
		if len(answers) > 0 {
			t.Errorf("%s: nothing asks for %v", name, answers)
		}
		all = append(all, n)
	}
	run := func(name string, r fetch.Request, answers ...fetch.ResponseHead) {
		runs(name, new(fetch.Agent), []fetch.Request{r}, answers...)
	}
	as := func(p fetch.Profile, name string, r fetch.Request, answers ...fetch.ResponseHead) {
		runs(name+", in "+p.String(), &fetch.Agent{Profile: p}, []fetch.Request{r}, answers...)
	}

	// Pages of errors, whose words follow the status.
	for _, status := range []int{303, 304, 305, 399, 400, 401, 402, 403, 404, 405, 409, 410, 411, 499, 500, 501, 502, 503, 504, 505} {
		if status != 303 {
			run(fmt.Sprint("status ", status), get, answer(status))
		}
		run(fmt.Sprint("preflight with status ", status), put, answer(status))
	}
	run("an error with another origin", get, answer(404, acao, "https://b.example"))
	run("an error without credentials", getIncluded, answer(503, acao, page))
	run("a preflight with status 403 that asks for a password", put, answer(403, "WWW-Authenticate", "Basic"))
	run("a preflight with status 404 that asks for a password", put, answer(404, "WWW-Authenticate", "Basic"))
	run("a preflight with status 200 and a Location", put, answer(200, "Location", "/y"))
	run("a preflight redirected to what is not a URL", put, answer(302, "Location", "http://["))
	run("a preflight redirected by an empty Location", put, answer(302, "Location", ""))
	for _, to := range []string{"/x/", "/login", "/user/LOGON", "https://signin.example/", "/sign-in", "/a_sso_b", "/auth.php", "/oauth", "/oauth2/x", "/authorize?y",
		"/authenticate", "/saml", "/saml2", "/cas", "/oidc#z", "/authors", "/x?login", "/blogin", "/casa", "/cas2", "/logins"} {
		run("a preflight redirected to "+to, put, answer(302, "Location", to))
	}
	for _, n := range []int{1000, 1001} {
		to := "https://api.example/" + strings.Repeat("a", n-len("https://api.example/"))
		run(fmt.Sprint("a preflight redirected to a URL of bytes ", n), put, answer(302, "Location", to, acao, page))
		run(fmt.Sprint("tainted at a URL of bytes ", n), get, moved(to), moved("https://c.example/"+strings.Repeat("a", n-len("https://c.example/"))), answer(200))
	}

	// Caches.
	for _, vary := range []string{"*", "Origin", "origin", "Accept, ORIGIN", "Accept", "Origins"} {
		run("no header, Vary: "+vary, get, answer(200, "Vary", vary))
		run("another origin, Vary: "+vary, get, answer(200, "Vary", vary, acao, "https://b.example"))
	}
	run("two lines of Vary", get, answer(200, "Vary", "Origin", "Vary", "Accept"))
	for _, name := range []string{"Age", "x-cache", "CF-Cache-Status", "X-Cache-Status", "X-Served-By", "X-Cached"} {
		run("from a cache with "+name, get, answer(200, name, "HIT\x1b"))
	}
	run("from two caches", get, answer(200, "X-Served-By", "b", "Age", strings.Repeat("1", 120)))
	run("from a cache with a long value", get, answer(200, "Age", strings.Repeat("1", 121)))

	// Values that are not the origin.
	for _, value := range []string{"https://*", "*.example", "https://app.*, https://b.example", "* *", "*\thttps://app.example", "https://*\x00", "", "<https://app.example>", "'https://app.example'", "https://app.example//", "https://app.example/x/y",
		"HTTPS://APP.EXAMPLE", "app.example", "https://app.example:443", "https://app.example:80", "http://app.example", "https://app.example:443/", "wss://app.example", "https://app.example/ ", "app", "//app.example"} {
		run(fmt.Sprintf("for https: %q", value), get, answer(200, acao, value))
	}
	for _, value := range []string{"http://app.example:80", "http://app.example:443", "https://app.example", "https://app.example:443", "http://app.example/", "app.example:80"} {
		run(fmt.Sprintf("for http: %q", value), plain, answer(200, acao, value))
	}
	run("two lines, the first of upper case", get, answer(200, acao, "HTTPS://app.example", acao, page))

	// What an origin that is "null" is because of, and what to do.
	run("opaque", with(get, opaque), answer(200))
	run("opaque, in a preflight", with(put, opaque), answer(403))
	run("opaque, with credentials", with(getIncluded, opaque), answer(200, acao, "null"))
	run("opaque, with credentials, in a preflight", with(putIncluded, opaque), answer(200, acao, "*"))
	run("opaque, and a method", with(put, opaque), answer(200, acao, "*"))
	run("tainted", get, moved("https://b.example/"), answer(200))
	run("tainted, with credentials", getIncluded, moved("https://b.example/#y"), answer(200, acao, "*"))
	run("tainted in a preflight", put, shared, moved("https://b.example/"), answer(200))
	run("tainted in a preflight, with credentials", putIncluded, shared, moved("https://b.example/"), answer(500, acao, "*"))
	run("tainted after a preflight", put, shared, moved("https://b.example/"), answer(204, acao, "*", acam, "*"), answer(200))
	run("tainted after a preflight, by POST that becomes GET", with(asks(t, "POST", url, "X-A", "1"), func(r *fetch.Request) { r.Body = fetch.BodyBytes }), shared, answer(303, "Location", "https://b.example/", acao, page), answer(204, acao, "*", acah, "*"), answer(200))
	run("tainted at a URL that was asked before", putIncluded, answer(200, acao, page, acac, "true", acam, "PUT", "Access-Control-Max-Age", "0"), moved("https://b.example/"), answer(200, acao, "null", acac, "true", acam, "PUT"), answer(307, "Location", url, acao, "null", acac, "true"), answer(200))
	run("tainted, from home", with(get, func(r *fetch.Request) { r.URLList = []origin.URL{origin.MustParseURL(page + "/x")} }), moved(page+"/y"), moved("https://b.example/1"), moved("https://b.example/2"), moved("https://c.example/3"), answer(200))
	run("tainted, and back", get, moved("https://app.example/"), answer(200))
	run("tainted, and blocked by another rule", get, moved("https://b.example/"), answer(302, "Location", "data:,x", acao, "*"))
	run("untainted, from home", with(get, func(r *fetch.Request) { r.URLList = []origin.URL{origin.MustParseURL(page + "/x")} }), moved("https://b.example/1"), answer(200))

	// Advice that has to be complete.
	many := asks(t, "PUT", url, "X-B", "1", "X-C", "2", "Authorization", "3")
	run("nothing is allowed", many, answer(200))
	run("nothing is allowed, with credentials", with(many, include), answer(401, acao, "*"))
	run("the origin is allowed", many, answer(200, acao, page))
	run("the origin and everything are allowed", many, answer(200, acao, "*", acam, "*", acah, "*"))
	run("some are allowed", many, answer(200, acao, page, acam, "PUT", acah, "X-D", acah, "X-E"))
	run("all but one", many, answer(200, acao, page, acam, "PUT", acah, "x-b, X-C"))
	run("both are malformed", many, answer(404, acao, page, acam, "GET; PUT; GET", acah, "X B,\x80\x7f\xff, \x7e, \u0141"))
	run("the method is malformed twice", many, answer(200, acao, page, acam, "GET PUT", acam, "A B"))
	run("a redirect, and both are malformed", many, answer(302, "Location", "/y", acao, page, acam, "P T", acah, "X B"))
	run("a method in lower case", asks(t, "patch", url), answer(200, acao, page, acam, "PATCH"))
	run("a method in lower case, and 404", asks(t, "patch", url), answer(404))
	run("credentials are not allowed", putIncluded, answer(200, acao, page))
	run("credentials are not allowed, and an empty list", putIncluded, answer(200, acao, page, acac, "true", acam, ""))
	run("the preflight needs a proxy's password", many, answer(407))
	for _, n := range []int{996, 997, 998, 1000, 1001} {
		list := strings.Repeat("x", n)
		run(fmt.Sprint("a list of bytes ", n), asks(t, "GET", url, "X-A", "1"), answer(200, acao, page, acah, list))
		run(fmt.Sprint("a malformed list of bytes ", n), asks(t, "GET", url, "X-A", "1"), answer(200, acao, page, acah, "@ x-a "+list[6:]))
	}
	for _, n := range []int{982, 983, 984} {
		run(fmt.Sprint("headers that are not listed, the first of bytes ", n), asks(t, "GET", url, strings.Repeat("x", n), "1", "y-12345678", "1", "y-z", "1"), answer(200, acao, page))
	}
	run("another rule than CORS", noCORS, answer(200, "Cross-Origin-Resource-Policy", "same-origin"))

	// What makes a preflight.
	for _, h := range [][2]string{{"Accept", strings.Repeat("a", 129)}, {"Accept", "\"a:"}, {"Accept-Language", "de_AT"}, {"Accept-Language", "_"}, {"Content-Language", "a\x80"}, {"Content-Type", "application/json; x=" + strings.Repeat("y", 100)},
		{"Content-Type", "application/" + strings.Repeat("y", 108)}, {"Content-Type", "application/" + strings.Repeat("y", 109)}, {"Content-Type", "text"}, {"Content-Type", "text/plain;x=(\")"}, {"Range", "bytes"}, {"Range", "bytes=-5"}, {"Range", "bytes=5-4"},
		{"authorization", "x"}, {"Cache-Control", "no-cache"}, {"PRAGMA", "no-cache"}, {"If-None-Match", "x"}, {"If-Modified-Since", "x"}, {"If-Match", "x"}, {strings.Repeat("X", 120), "1"}, {strings.Repeat("X", 121), "1"}} {
		run(fmt.Sprintf("because of %s: %q", h[0], h[1]), asks(t, "GET", url, h[0], h[1]), shared)
	}
	long := get
	for range 9 {
		long.Headers = append(long.Headers, [2]string{"Accept", strings.Repeat("a", 120)})
	}
	run("because of all values together", long, shared)
	run("because of a stream", with(get, func(r *fetch.Request) { r.Method, r.Body, r.UseCORSPreflight = "POST", fetch.BodyStream, true }), shared)

	// What a page sees.
	run("hidden headers", get, answer(200, acao, "*", "Connection", "x", "Date", "x", "Keep-Alive", "x", "Server", "x", "Transfer-Encoding", "x", "Vary", "x", "Content-Type", "x", "Allow", "GET", "X-A\x1b", "1", "x-a", "2", "X-B", "3",
		"Access-Control-Expose-Headers", "x-b"))
	run("hidden headers of pages", get, answer(200, acao, "*", "Date", "x"))
	run("timing", get, answer(200, acao, "*", "Timing-Allow-Origin", "*"))
	run("timing of one's own", with(get, func(r *fetch.Request) { r.URLList = []origin.URL{origin.MustParseURL(page)} }), answer(200))
	run("opaque response", noCORS, fetch.ResponseHead{Status: 404, StatusMessage: "Not\tFound"})
	run("opaque redirect", with(get, func(r *fetch.Request) { r.Redirect = fetch.RedirectManual }), moved("/y"))
	run("no response", get)
	run("no response to the preflight", put)
	run("no response after a redirect", get, moved("/y"))
	run("a header with a space after its name", get, answer(200, "Access-Control-Allow-Origin ", "*"))
	run("long values", with(asks(t, "GET", url, "X-A", strings.Repeat("a", 300), "X-B", strings.Repeat("b", 301)), func(r *fetch.Request) {
		r.Method = strings.Repeat("M", 301)
		r.URLList = []origin.URL{origin.MustParseURL(url + "?" + strings.Repeat("q", 301))}
	}), fetch.ResponseHead{Status: 405, StatusMessage: strings.Repeat("m", 301), Headers: lines("Allow", strings.Repeat("v", 301))})

	// Engines.
	as(fetch.ProfileWebKitGTK, "credentials that the standard does not send", with(noCORS, func(r *fetch.Request) {
		r.Destination, r.URLList = fetch.DestinationImage, []origin.URL{origin.MustParseURL(page + "/x")}
		r.Credentials = fetch.CredentialsSameOrigin
	}), answer(302, "Location", "https://b.example/"), answer(200))
	run("credentials that WebKitGTK sends", with(noCORS, func(r *fetch.Request) {
		r.Destination, r.URLList = fetch.DestinationImage, []origin.URL{origin.MustParseURL(page + "/x")}
		r.Credentials = fetch.CredentialsSameOrigin
	}), answer(302, "Location", "https://b.example/"), answer(200))
	script := with(get, func(r *fetch.Request) {
		r.Destination, r.UnsafeRequest, r.URLList = fetch.DestinationScript, false, []origin.URL{origin.MustParseURL(page + "/x")}
	})
	run("an Origin that two engines send", script, answer(200))
	as(fetch.ProfileChromium, "an Origin that the standard does not send", script, answer(200))
	font := with(get, func(r *fetch.Request) { r.Destination, r.UnsafeRequest = fetch.DestinationFont, false })
	run("a font", font, answer(200))
	as(fetch.ProfileWebKitGTK, "a font", font, answer(200))
	run("a redirect mode with another type", with(get, func(r *fetch.Request) { r.Redirect = fetch.RedirectManual }), answer(302, "Location", "", acao, "*"))
	run("a redirect mode that fails", with(get, func(r *fetch.Request) { r.Redirect = fetch.RedirectManual }), answer(302, "Location", "http://[", acao, "*"))
	run("a stream to one's own origin", with(get, func(r *fetch.Request) {
		r.Method, r.Mode, r.Body, r.UseCORSPreflight = "POST", fetch.ModeSameOrigin, fetch.BodyStream, true
	}))
	as(fetch.ProfileChromium, "a stream to one's own origin", with(get, func(r *fetch.Request) {
		r.Method, r.Mode, r.Body, r.UseCORSPreflight = "POST", fetch.ModeSameOrigin, fetch.BodyStream, true
	}), shared, shared)
	run("a redirect with another type", with(get, func(r *fetch.Request) { r.Redirect = fetch.RedirectManual }), answer(309, "Location", "/y", acao, "*"))
	run("a fragment that WebKitGTK reads otherwise", get, moved("/y#\xc3\xa9"), shared)
	run("DELETE that becomes GET", asks(t, "DELETE", url), answer(200, acao, page, acam, "DELETE"), moved("https://b.example/"), answer(200, acao, "*", acam, "DELETE"), answer(200, acao, "*"))
	run("a type that all engines block", with(noCORS, func(r *fetch.Request) { r.Destination = fetch.DestinationScript }), answer(200, "Content-Type", "image/"))
	runs("of the same name", &fetch.Agent{Profile: fetch.ProfileFirefox.Without("images-as-mixed-content")}, []fetch.Request{with(noCORS, func(r *fetch.Request) {
		r.Destination, r.URLList = fetch.DestinationImage, []origin.URL{origin.MustParseURL("http://b.example/")}
	})}, answer(200))
	runs("an Accept-Language that makes a preflight", &fetch.Agent{AcceptLanguage: strings.Repeat("a", 129)}, []fetch.Request{get}, answer(200, acao, page, acah, "accept-language"), answer(200, acao, page))
	run("a long URL that engines send", asks(t, "GET", url+"?"+strings.Repeat("q", 300), "Authorization", "x"), answer(200, acao, page, acah, "*"))
	run("a long method", with(asks(t, "GET", url, "Authorization", "x"), func(r *fetch.Request) { r.Method = strings.Repeat("M", 301) }), answer(200, acao, page, acam, "*", acah, "*"))

	// The preflight cache.
	stored := answer(200, acao, page, acac, "true", acam, "PUT", acah, "X-A, Authorization", "Access-Control-Max-Age", "600")
	withA := asks(t, "PUT", url, "X-A", "1")
	runs("a cached preflight", new(fetch.Agent), []fetch.Request{withA, withA}, stored, shared, shared)
	runs("a cached preflight, with credentials", new(fetch.Agent), []fetch.Request{with(withA, include), with(withA, include)}, stored, shared, shared)
	twoNames := asks(t, "PUT", url, "X-A", "1", "Authorization", "1")
	runs("a cached preflight for two names", new(fetch.Agent), []fetch.Request{twoNames, twoNames}, stored, shared, shared)
	runs("a cached preflight for one hop", new(fetch.Agent), []fetch.Request{withA, withA}, stored, shared, moved("/y"), stored, shared)
	combined := asks(t, "PUT", url, "Accept", strings.Repeat("a", 100), "Accept", strings.Repeat("b", 100))
	runs("a cached preflight that does not have what an engine asks for", new(fetch.Agent), []fetch.Request{combined, combined}, answer(200, acao, page, acam, "PUT"), answer(200, acao, page), answer(200, acao, page))
	runs("an age that the agent limits", func() *fetch.Agent { a := new(fetch.Agent); a.Cache.MaxAgeLimit = 1; return a }(), []fetch.Request{withA}, stored, moved("https://api.example/x"), stored, shared)

	// Hooks, of which it is known what they did and not asked again.
	hooks := func(name string, set func(*fetch.Hooks), r fetch.Request, answers ...fetch.ResponseHead) {
		agent := new(fetch.Agent)
		set(&agent.Hooks)
		runs(name, agent, []fetch.Request{r}, answers...)
	}
	insecure := func(r fetch.Request) fetch.Request {
		r.URLList = []origin.URL{origin.MustParseURL("http://api.example/x")}
		return r
	}
	image := with(noCORS, func(r *fetch.Request) { r.Destination = fetch.DestinationImage })
	own := fetch.Verdict{Code: "csp-blocked", Want: "https://b.example/"}
	second := func(r *fetch.Request) bool { return len(r.URLList) > 1 }
	upgrade := func(h *fetch.Hooks) { h.UpgradeInsecure = second }
	hooks("the second hop is upgraded", upgrade, image, answer(302, "Location", "http://api.example/y"), answer(200))
	hooks("an image is not upgraded at first", func(h *fetch.Hooks) {
		h.UpgradeInsecure = second
		h.AllowMixedContent = func(*fetch.Request) bool { return true }
	}, insecure(image), answer(302, "Location", "http://api.example/y"), answer(200))
	hooks("mixed content is allowed at first", func(h *fetch.Hooks) {
		h.AllowMixedContent = func(r *fetch.Request) bool { return !second(r) }
	}, insecure(get), moved("http://api.example/y"))
	hooks("a known host, asked for by https afterwards", func(h *fetch.Hooks) {
		h.KnownHSTSHost = func(string) bool { return true }
		h.AllowMixedContent = func(*fetch.Request) bool { return true }
	}, insecure(get), moved("https://api.example/y"), shared)
	hooks("the second request is blocked", func(h *fetch.Hooks) {
		h.BlockRequest = func(r *fetch.Request) fetch.Verdict {
			if second(r) {
				return own
			}
			return fetch.Verdict{}
		}
	}, get, moved("/y"))
	hooks("the second response is blocked", func(h *fetch.Hooks) {
		h.BlockResponse = func(r *fetch.Request, _ *fetch.Response) fetch.Verdict {
			if second(r) {
				return own
			}
			return fetch.Verdict{}
		}
	}, get, moved("/y"), shared)
	never := func(h *fetch.Hooks) {
		h.BlockRequest = func(*fetch.Request) fetch.Verdict { return fetch.Verdict{} }
		h.BlockResponse = func(*fetch.Request, *fetch.Response) fetch.Verdict { return fetch.Verdict{} }
	}
	hooks("another rule blocks the request", never, insecure(get))
	hooks("another rule blocks the port", never, with(get, func(r *fetch.Request) { r.URLList = []origin.URL{origin.MustParseURL("https://api.example:4190/")} }))
	hooks("another rule blocks all but local URLs", never, with(get, func(r *fetch.Request) { r.LocalURLsOnly = true }))
	hooks("another rule blocks the type", never, with(noCORS, func(r *fetch.Request) { r.Destination = fetch.DestinationScript }), answer(200, "Content-Type", "image/png, text/javascript", "X-Content-Type-Options", "x"))
	hooks("another rule blocks the first type", never, with(noCORS, func(r *fetch.Request) { r.Destination = fetch.DestinationScript }), answer(200, "Content-Type", "text/javascript, image/png"))
	hooks("another rule blocks what is not sniffed", never, with(noCORS, func(r *fetch.Request) { r.Destination = fetch.DestinationScript }), answer(200, "Content-Type", "text/javascript, text/plain", "X-Content-Type-Options", "nosniff"))
	hooks("a service worker answers", func(h *fetch.Hooks) {
		h.HandleFetch = func(*fetch.Request) (fetch.Response, bool) { return fetch.Response{Status: 200}, true }
	}, with(withA, func(r *fetch.Request) { r.Headers = lines("Authorization", "x") }))
	hooks("what stands for the network answers, filtered", func(h *fetch.Hooks) {
		h.OverrideFetch = func(*fetch.Request) (fetch.Response, bool) {
			return fetch.Response{Status: 200, Type: fetch.ResponseTypeCORS}, true
		}
	}, get)
	hooks("a part that was not asked for", func(h *fetch.Hooks) {
		h.HandleFetch = func(*fetch.Request) (fetch.Response, bool) {
			return fetch.Response{Status: 206, Type: fetch.ResponseTypeOpaque, Internal: &fetch.Response{Status: 206}}, true
		}
		never(h)
	}, noCORS)
	secure := with(noCORS, func(r *fetch.Request) {
		r.Destination, r.Credentials, r.UseURLCredentials = fetch.DestinationImage, fetch.CredentialsInclude, true
		r.URLList = []origin.URL{origin.MustParseURL("https://u:p@api.example/x")}
	})
	password := func(h *fetch.Hooks) {
		h.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) { return "Basic eA==", true }
	}
	hooks("the URL's password does", password, secure, answer(401), answer(200))
	unsaid := secure
	unsaid.URLList = []origin.URL{origin.MustParseURL("https://api.example/x")}
	hooks("the URL has no password, and a person has", password, unsaid, answer(401), answer(200))
	run("the URL's password needs nobody", secure, answer(401), answer(200))
	hooks("the URL's password does not", password, secure, answer(401), answer(401), answer(200))
	run("a stream, and nobody to give a password", with(noCORS, func(r *fetch.Request) {
		r.Method, r.Body, r.Credentials = "POST", fetch.BodyStream, fetch.CredentialsInclude
	}), answer(401))
	hooks("the URL's password does not, and nobody gives one", func(h *fetch.Hooks) {
		h.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) { return "", false }
	}, secure, answer(401), answer(401))
	hooks("a hook's own verdict by a step of the CORS check", func(h *fetch.Hooks) {
		h.BlockResponse = func(*fetch.Request, *fetch.Response) fetch.Verdict {
			return fetch.Verdict{Code: "own", Step: "cors-check:9"}
		}
	}, getIncluded, shared)
	hooks("the first hop of a request that was redirected before", func(h *fetch.Hooks) {
		h.UpgradeInsecure = func(r *fetch.Request) bool { return r.RedirectCount == 3 }
	}, with(insecure(get), func(r *fetch.Request) { r.RedirectCount = 3 }), shared)
	hooks("a hook's word for a type", func(h *fetch.Hooks) {
		h.BlockResponse = func(*fetch.Request, *fetch.Response) fetch.Verdict {
			return fetch.Verdict{Code: fetch.CodeTAOCheckFailed, Header: "Timing-Allow-Origin", Want: "\x1b" + strings.Repeat("w", 3999-len("Timing-Allow-Origin"))}
		}
	}, get, shared)
	return all
}
