package policyhttp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// What follows has gone wrong in some CORS library, and must not here. The
// names say in which, and where that is written down.
func TestDefectsOfOthers(t *testing.T) {
	const (
		acao = "Access-Control-Allow-Origin"
		acam = "Access-Control-Allow-Methods"
		acrm = "Access-Control-Request-Method"
		acrh = "Access-Control-Request-Headers"
		app  = "https://app.example.com"
	)
	// answer serves one request under a configuration, with a handler that says hello.
	answer := func(t *testing.T, c policy.Config, method string, headers ...string) *httptest.ResponseRecorder {
		t.Helper()
		return serve(middleware(t, c).Wrap(hello), method, headers...)
	}
	// reflects fails for each of values that gets an Access-Control-Allow-Origin.
	reflects := func(t *testing.T, c policy.Config, values ...string) {
		t.Helper()
		for _, value := range values {
			if got := answer(t, c, "GET", "Origin", value).Header().Get(acao); got != "" {
				t.Errorf("%q gets %q", value, got)
			}
		}
	}
	allows := func(t *testing.T, c policy.Config, values ...string) {
		t.Helper()
		for _, value := range values {
			if got := answer(t, c, "GET", "Origin", value).Header().Get(acao); got != value {
				t.Errorf("%q gets %q", value, got)
			}
		}
	}
	errs := func(t *testing.T, c policy.Config, code policy.Code) {
		t.Helper()
		_, err := policyhttp.New(c)
		if e, ok := errors.AsType[*policy.ConfigError](err); !ok || e.Errors[0].Code != code {
			t.Errorf("%+v: %v, want %s", c, err, code)
		}
	}
	warns := func(t *testing.T, c policy.Config, code policy.Code) {
		t.Helper()
		for _, f := range middleware(t, c).Load().Warnings() {
			if f.Code == code && f.Detail != "" {
				return
			}
		}
		t.Errorf("%+v: no warning %s", c, code)
	}
	exact := func(origins ...string) policy.Config { return policy.Config{Origins: origins, Credentials: true} }
	called := func(t *testing.T, w *httptest.ResponseRecorder) {
		t.Helper()
		if w.Body.String() != "hello" {
			t.Errorf("the handler did not run: %d %v", w.Code, w.Header())
		}
	}
	preflight := func(t *testing.T, c policy.Config, o, method string, names ...string) *httptest.ResponseRecorder {
		t.Helper()
		headers := []string{"Origin", o, acrm, method}
		for _, line := range names {
			headers = append(headers, acrh, line)
		}
		return answer(t, c, "OPTIONS", headers...)
	}
	// What is far beyond the budget is not read: its length makes no difference.
	quick := func(t *testing.T, c policy.Config, lines ...string) {
		t.Helper()
		h := middleware(t, c).Wrap(hello)
		answered := func(lines []string) *httptest.ResponseRecorder {
			r := httptest.NewRequest("OPTIONS", "/", nil)
			r.Header["Origin"], r.Header[acrm], r.Header[acrh] = []string{app}, []string{"PUT"}, lines
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		lineartest.CheckTime(t, func(size int) func() {
			repeated := slices.Repeat(lines, 1+size/(1<<16))
			return func() {
				if w := answered(repeated); w.Code != http.StatusForbidden && w.Code != http.StatusNoContent {
					t.Errorf("status %d", w.Code)
				}
			}
		})
	}

	for _, d := range []struct {
		name string
		test func(*testing.T)
	}{
		{"jub0bs/cors: Config loses the brackets of IPv6 addresses", func(t *testing.T) {
			m := middleware(t, exact("http://[::1]:9090", "https://[2001:db8::1]"))
			p, err := policyhttp.NewPolicy(m.Load().Config())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(m.Load().Config(), p.Config()); diff != "" {
				t.Error(diff)
			}
		}},
		{"jub0bs/cors: what is not an origin is reflected", func(t *testing.T) {
			reflects(t, exact("https://a.com", "https://*.b.com"), "https://[a.com]", "https://evil.com/.b.com", "https://evil.com?.b.com", "https://evil.com:80.b.com", "\x00.b.com")
		}},
		{"jub0bs/cors: origins that browsers send are refused", func(t *testing.T) {
			allows(t, exact("https://r3---sn-abc.example.com", "https://-edge-.example.com", "https://a_b.example.com", "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6"),
				"https://r3---sn-abc.example.com", "https://-edge-.example.com", "https://a_b.example.com", "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6")
			allows(t, policy.Config{Origins: []string{"moz-extension://{uuid}"}}, "moz-extension://0f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6", "moz-extension://af4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6")
		}},
		{"jub0bs/cors: dead configurations are accepted without a word", func(t *testing.T) {
			errs(t, exact("ht_tp://example.com"), policy.CodeInvalidOriginPattern)
			for _, o := range []string{"wss://example.com:443", "https://example.com:443"} {
				warns(t, exact(o), policy.CodeDefaultPort)
			}
			for _, o := range []string{"ws://example.com:80", "ftp://example.com:21"} {
				warns(t, policy.Config{Origins: []string{o}}, policy.CodeDefaultPort)
			}
			warns(t, policy.Config{Origins: []string{app}, Methods: []string{"patch"}}, policy.CodeMethodCase)
		}},
		{"jub0bs/cors, rs/cors #174 #180: lists of headers are refused for white space, order or case", func(t *testing.T) {
			for _, list := range []string{"x-foo,   content-type", "X-Foo,Content-Type", "x-foo \t \t,\t content-type", "x-foo,x-foo"} {
				if w := preflight(t, matrixConfig, app, "PUT", list); w.Code != 204 {
					t.Errorf("%q: %d", list, w.Code)
				}
			}
		}},
		{"jub0bs/cors, expressjs/cors #233: nobody says why", func(t *testing.T) {
			m := middleware(t, matrixConfig)
			for _, r := range []policy.Request{
				{Method: "GET", Origin: "https://evil.com"},
				{Method: "OPTIONS", Origin: app, RequestMethod: "DELETE"},
				{Method: "OPTIONS", Origin: app, RequestMethod: "PUT", RequestHeaders: "x-evil"},
			} {
				if d := m.Load().Evaluate(r); d.Code() == "" || !strings.Contains(m.Load().Explain(r), "does not allow") {
					t.Errorf("%+v: %s: %s", r, d.Code(), m.Load().Explain(r))
				}
			}
		}},
		{"jub0bs/cors: response slices are the request's", func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Origin", app)
			w := httptest.NewRecorder()
			middleware(t, matrixConfig).Wrap(hello).ServeHTTP(w, r)
			w.Header()[acao][0] = "changed"
			if r.Header.Get("Origin") != app {
				t.Error("a handler changed the request")
			}
		}},
		{"jub0bs/cors GHSA-vhxv-fg4m-p2w8: parts of two origins make a third", func(t *testing.T) {
			reflects(t, exact("https://foo.com", "https://bar.com"), "https://barfoo.com", "https://foobar.com", "https://bar.com.foo.com")
			reflects(t, exact("https://*.foo.com", "https://*.bar.com"), "https://barfoo.com", "https://x.barfoo.com")
		}},
		{"jub0bs/cors #12: allowed origins get lost", func(t *testing.T) {
			var origins []string
			for _, host := range []string{"a", "ab", "abc", "b", "ba", "bab", "c.a", "ca", "cab", "a.b.c"} {
				origins = append(origins, "https://"+host+".com", "https://"+host+".com:8080", "https://*."+host+".org")
			}
			for _, o := range origins {
				allows(t, exact(origins...), strings.Replace(o, "*", "x", 1))
			}
		}},
		{"jub0bs/cors #15: allowed headers are refused", func(t *testing.T) {
			for n := 1; n < 40; n++ {
				c := policy.Config{Origins: []string{app}}
				for i := range n {
					c.RequestHeaders = append(c.RequestHeaders, fmt.Sprintf("x-%d", i*7919%101))
				}
				for _, name := range c.RequestHeaders {
					d := middleware(t, c).Load().Evaluate(policy.Request{Method: "OPTIONS", Origin: app, RequestMethod: "GET", RequestHeaders: strings.ToUpper(name)})
					if !d.Allowed() {
						t.Errorf("%d names: %s is refused", n, name)
					}
				}
			}
		}},
		{"jub0bs/cors 0.13.1: the file scheme", func(t *testing.T) { errs(t, exact("file://a"), policy.CodeInvalidOriginPattern) }},
		{"jub0bs/cors 0.12.2, gin-contrib/cors: max-age 0 cannot be said or read back", func(t *testing.T) {
			c := policy.Config{Origins: []string{app}, MaxAge: new(0)}
			if got := preflight(t, c, app, "PUT").Header().Get("Access-Control-Max-Age"); got != "0" {
				t.Errorf("Access-Control-Max-Age: %q", got)
			}
			if got := middleware(t, c).Load().Config().MaxAge; got == nil || *got != 0 {
				t.Errorf("read back: %v", got)
			}
		}},

		{"rs/cors, go-chi/cors, gorilla/handlers: safelisted methods need to be listed", func(t *testing.T) {
			c := policy.Config{Origins: []string{app}, Methods: []string{"PUT"}, RequestHeaders: []string{"x-a"}}
			for _, method := range []string{"GET", "HEAD", "POST"} {
				if got := answer(t, c, method, "Origin", app).Header().Get(acao); got != app {
					t.Errorf("%s: %q", method, got)
				}
				if d := middleware(t, c).Load().Evaluate(policy.Request{Method: "OPTIONS", Origin: app, RequestMethod: method, RequestHeaders: "x-a"}); !d.Allowed() {
					t.Errorf("preflight for %s: %s", method, d.Code())
				}
			}
		}},
		{"rs/cors, expressjs/cors: OPTIONS without Origin is a preflight", func(t *testing.T) {
			called(t, answer(t, matrixConfig, "OPTIONS", acrm, "PUT"))
		}},
		{"rs/cors, go-chi/cors #37: OPTIONS is always allowed", func(t *testing.T) {
			if d := middleware(t, matrixConfig).Load().Evaluate(policy.Request{Method: "OPTIONS", Origin: app, RequestMethod: "OPTIONS"}); d.Code() != policy.CodeMethodNotAllowed {
				t.Errorf("OPTIONS: %q", d.Code())
			}
		}},
		{"rs/cors: * among the methods is a method", func(t *testing.T) {
			c := policy.Config{Origins: []string{app}, Methods: []string{"*"}}
			if got := preflight(t, c, app, "PURGE").Header().Get(acam); got != "*" {
				t.Errorf("%q", got)
			}
		}},
		{"rs/cors #197, go-chi/cors, gin-contrib/cors CVE-2019-25211: * anywhere matches anything", func(t *testing.T) {
			for _, pattern := range []string{"h*", "https://*", "https://*example.com", "https://example.*", "http://localhost*", "https://ex*ple.com", "https://*.*.com"} {
				errs(t, exact(pattern), policy.CodeInvalidOriginPattern)
			}
			reflects(t, exact("http://localhost:*"), "http://localhost:.evil.com", "http://localhost:80.evil.com", "http://localhost:x", "http://localhost.evil.com")
		}},
		{"rs/cors: no origins mean all", func(t *testing.T) { errs(t, policy.Config{Credentials: true}, policy.CodeNoOrigins) }},
		{"rs/cors, fiber, echo, Spring: origins are compared without regard to case", func(t *testing.T) {
			reflects(t, exact(app), "https://APP.example.com", "HTTPS://app.example.com", "Https://App.Example.Com")
		}},
		{"rs/cors #198: header slices are shared between requests", func(t *testing.T) {
			m := middleware(t, policy.Config{Origins: []string{"*"}, ExposeHeaders: []string{"x-a"}, TimingAllowOrigin: []string{"*"}})
			h := m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, values := range w.Header() {
					values[0] += "!"
				}
			}))
			first, second := serve(h, "GET", "Origin", app).Header(), serve(h, "GET", "Origin", app).Header()
			if diff := cmp.Diff(first, second); diff != "" {
				t.Error(diff)
			}
		}},
		{"rs/cors, echo, Spring: Vary where nothing varies", func(t *testing.T) {
			if got := answer(t, policy.Config{Origins: []string{"*"}}, "GET", "Origin", app).Header().Values("Vary"); len(got) > 0 {
				t.Errorf("%q", got)
			}
			if got := answer(t, matrixConfig, "GET", "Origin", app).Header().Get("Vary"); got != "Origin" {
				t.Errorf("GET: %q", got)
			}
		}},
		{"rs/cors CVE-2018-20744, fiber CVE-2024-25124, express, gin, gorilla CVE-2017-20146: * with credentials", func(t *testing.T) {
			errs(t, exact("*"), policy.CodeWildcardOriginWithCredentials)
			errs(t, exact(app, "*"), policy.CodeWildcardOriginWithCredentials)
		}},
		{"rs/cors GO-2024-2883, go-chi/cors #36, gorilla/handlers: a long list of headers costs", func(t *testing.T) {
			for _, c := range []policy.Config{matrixConfig, {Origins: []string{app}, Credentials: true, RequestHeaders: []string{"*"}}, {Origins: []string{"*"}, RequestHeaders: []string{"*"}}} {
				quick(t, c, strings.Repeat(",", 1<<20))
				quick(t, c, strings.Repeat("x-foo,", 1<<20/6))
				quick(t, c, strings.Repeat("x", 1<<20))
				quick(t, c, strings.Repeat(" ", 1<<20))
				quick(t, c, strings.Split(strings.Repeat(strings.Repeat(",", 1023)+"\n", 1024), "\n")...)
			}
		}},
		{"rs/cors #184 #141, go-chi/cors, gorilla/handlers, tower-http: only the first line of headers is read", func(t *testing.T) {
			if w := preflight(t, matrixConfig, app, "PUT", "x-foo", "content-type"); w.Code != 204 {
				t.Errorf("two lines: %d", w.Code)
			}
			d := middleware(t, matrixConfig).Load().Evaluate(policy.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PUT", RequestHeaders: policy.Join([]string{"x-foo", "x-evil"})})
			if d.Code() != policy.CodeHeaderNotAllowed {
				t.Errorf("second line: %q", d.Code())
			}
			echo := policy.Config{Origins: []string{app}, Credentials: true, RequestHeaders: []string{"*"}}
			if got := preflight(t, echo, app, "PUT", "x-a", "x-b").Header()["Access-Control-Allow-Headers"]; !cmp.Equal(got, []string{"x-a, x-b"}) {
				t.Errorf("echo: %q", got)
			}
		}},
		{"rs/cors #157, go-chi/cors #23: answers of a callback poison caches", func(t *testing.T) {
			m, err := policyhttp.New(policy.Config{}, policy.WithOrigins(origin.MustParseSet(app)))
			if err != nil {
				t.Fatal(err)
			}
			for _, headers := range [][]string{nil, {"Origin", app}, {"Origin", "https://evil.com"}} {
				if got := serve(m.Wrap(hello), "GET", headers...).Header().Get("Vary"); got != "Origin" {
					t.Errorf("%q: Vary %q", headers, got)
				}
			}
		}},

		{"gin-contrib/cors #159, gotify/server #1052, sanic-cors CVE-2026-37737: regular expressions", func(t *testing.T) {
			for _, pattern := range []string{`/https://example\.com/`, `/^https://\D+\.example\.com$/`, `^https://.*\.example\.com$`, `https://(a|b).example.com`, `https://.*`, `https://.+\.example\.com`} {
				errs(t, exact(pattern), policy.CodeInvalidOriginPattern)
			}
		}},
		{"gin-contrib/cors, Spring, echo #2732: actual requests are blocked", func(t *testing.T) {
			for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS"} {
				called(t, answer(t, matrixConfig, method, "Origin", "https://evil.com"))
			}
		}},
		{"gin-contrib/cors: same-origin requests behind a proxy are blocked", func(t *testing.T) {
			called(t, answer(t, matrixConfig, "POST", "Origin", "http://api.example.com"))
		}},
		{"gin-contrib/cors, gorilla/handlers #248, express: no Vary without an Origin, or with a refused one", func(t *testing.T) {
			for _, c := range []policy.Config{matrixConfig, exact(app), {Origins: []string{"https://*.example.com"}}} {
				for _, headers := range [][]string{nil, {"Origin", "https://api.example.com"}, {"Origin", "https://evil.com"}, {"Origin", "x"}} {
					if got := answer(t, c, "GET", headers...).Header().Get("Vary"); got != "Origin" {
						t.Errorf("%q: Vary %q", headers, got)
					}
				}
			}
		}},
		{"gin-contrib/cors, gorilla/handlers, tuupola/cors #93: Vary is clobbered", func(t *testing.T) {
			h := middleware(t, matrixConfig).Wrap(hello)
			for _, method := range []string{"GET", "OPTIONS"} {
				r := httptest.NewRequest(method, "/", nil)
				r.Header.Set("Origin", app)
				r.Header.Set(acrm, "PUT")
				w := httptest.NewRecorder()
				w.Header()["Vary"] = []string{"Accept-Encoding", "Cookie"}
				h.ServeHTTP(w, r)
				if got := w.Header()["Vary"]; len(got) != 3 || got[0] != "Accept-Encoding" || got[1] != "Cookie" || !strings.HasPrefix(got[2], "Origin") {
					t.Errorf("%s: %q", method, got)
				}
			}
		}},
		{"gin-contrib/cors, gorilla/handlers, echo #2534, tower-http #497, express: OPTIONS that is not a preflight is swallowed", func(t *testing.T) {
			w := answer(t, matrixConfig, "OPTIONS", "Origin", app)
			called(t, w)
			if got := w.Header().Get(acao); got != app {
				t.Errorf("Access-Control-Allow-Origin: %q", got)
			}
			called(t, answer(t, matrixConfig, "OPTIONS"))
			called(t, answer(t, matrixConfig, "OPTIONS", acrm, "PUT"))
		}},
		{"go-chi/cors: methods are answered in another case than they were configured in", func(t *testing.T) {
			if got := preflight(t, policy.Config{Origins: []string{app}, Methods: []string{"patch"}}, app, "patch").Header().Get(acam); got != "GET,HEAD,POST,patch" {
				t.Errorf("%q", got)
			}
		}},
		{"gorilla/handlers, warp #564, tower-http #272, fiber #2882, Spring: mistakes are dropped, panic, or show at the first request", func(t *testing.T) {
			_, err := policyhttp.New(policy.Config{Origins: []string{"https://a.com/", "b.com"}, Methods: []string{"TRACE"}, MaxAge: new(-1)})
			if e, ok := errors.AsType[*policy.ConfigError](err); !ok || len(e.Errors) != 4 {
				t.Errorf("%v", err)
			}
		}},
		{"gorilla/handlers: the maximum age is capped in silence", func(t *testing.T) {
			c := policy.Config{Origins: []string{app}, MaxAge: new(100000)}
			warns(t, c, policy.CodeMaxAgeAboveCaps)
			if got := preflight(t, c, app, "PUT").Header().Get("Access-Control-Max-Age"); got != "100000" {
				t.Errorf("%q", got)
			}
		}},
		{"echo: the origin is answered as it was configured, not as it was sent", func(t *testing.T) {
			errs(t, exact("https://EXAMPLE.com"), policy.CodeInvalidOriginPattern)
		}},
		{"fiber, tower-http, express: refused origins are told the policy", func(t *testing.T) {
			for _, o := range []string{"https://evil.com", "null", "x"} {
				w := preflight(t, matrixConfig, o, "PUT", "x-foo")
				for name := range w.Header() {
					if name != "Vary" {
						t.Errorf("%s: %s: %s", o, name, w.Header().Get(name))
					}
				}
			}
		}},
		{"fiber, keycloak #25522: a trailing slash is put up with, or costs an hour", func(t *testing.T) {
			_, err := policyhttp.New(exact("https://example.com/"))
			if e, ok := errors.AsType[*policy.ConfigError](err); !ok || e.Errors[0].Suggestion != "https://example.com" {
				t.Errorf("%v", err)
			}
		}},
		{"Spring: a trailing slash of the request is cut off", func(t *testing.T) { reflects(t, exact(app), app+"/") }},
		{"fiber, rs/cors, gin-contrib/cors: all subdomains of com", func(t *testing.T) {
			errs(t, exact("https://*.com"), policy.CodePublicSuffixWithCredentials)
			errs(t, exact("https://*.github.io"), policy.CodePublicSuffixWithCredentials)
		}},
		{"express, rs/cors, go-chi/cors, gorilla/handlers, tower-http: null", func(t *testing.T) {
			reflects(t, matrixConfig, "null")
			reflects(t, exact("https://*.example.com"), "null")
			errs(t, exact("null"), policy.CodeNullOrigin)
			m, err := policyhttp.New(policy.Config{Credentials: true}, policy.WithOrigins(everything{}))
			if err != nil {
				t.Fatal(err)
			}
			if got := serve(m.Wrap(hello), "GET", "Origin", "null").Header().Get(acao); got != "" {
				t.Errorf("a callback that takes everything gets %q", got)
			}
		}},
		{"express: every second request from an allowed origin is refused", func(t *testing.T) {
			h := middleware(t, exact("https://*.example.com")).Wrap(hello)
			for range 5 {
				if got := serve(h, "GET", "Origin", app).Header().Get(acao); got != app {
					t.Errorf("%q", got)
				}
			}
		}},
		{"express: an empty origin switches CORS off in silence", func(t *testing.T) { errs(t, exact(""), policy.CodeInvalidOriginPattern) }},
		{"express, Spring: headers are exposed on preflights", func(t *testing.T) {
			if got := preflight(t, policy.Config{Origins: []string{app}, ExposeHeaders: []string{"x-a"}}, app, "PUT").Header().Get("Access-Control-Expose-Headers"); got != "" {
				t.Errorf("%q", got)
			}
		}},
		{"go-zero CVE-2024-27302: an origin is allowed for its end", func(t *testing.T) {
			reflects(t, exact("https://example.com", "https://*.example.com"), "https://evilexample.com", "https://evil-example.com")
			reflects(t, policy.Config{Origins: []string{"https://*.example.com"}}, "https://example.com", "https://.example.com")
		}},
		{"tower-http #526, gorilla/handlers #210: all headers, but Authorization", func(t *testing.T) {
			c := policy.Config{Origins: []string{"*"}, RequestHeaders: []string{"*"}}
			warns(t, c, policy.CodeAuthorizationNotCovered)
			if w := preflight(t, c, app, "GET", "authorization"); w.Code != 403 {
				t.Errorf("%d", w.Code)
			}
			c.RequestHeaders = append(c.RequestHeaders, "Authorization")
			if got := preflight(t, c, app, "GET", "authorization").Header().Get("Access-Control-Allow-Headers"); got != "*,authorization" {
				t.Errorf("%q", got)
			}
		}},
		{"gorilla/csrf CVE-2025-47909: the scheme is ignored", func(t *testing.T) { reflects(t, exact(app), "http://app.example.com", "ws://app.example.com") }},
		{"golang/go #78563: userinfo hides the host", func(t *testing.T) {
			reflects(t, exact(app, "https://*.example.com"), "https://app.example.com@evil.com", "https://evil.com@app.example.com", "https://app.example.com:x@evil.com")
		}},
		{"http4s #834, aspnet/CORS #46: errors come without CORS headers", func(t *testing.T) {
			h := middleware(t, matrixConfig).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "broken", 500) }))
			if got := serve(h, "GET", "Origin", app).Header().Get(acao); got != app {
				t.Errorf("%q", got)
			}
		}},
		{"cors in configuration files: misspelt fields are ignored", func(t *testing.T) {
			var c policy.Config
			err := json.Unmarshal([]byte(`{"origins":["https://a.com"],"allowCredentials":true}`), &c)
			if e, ok := errors.AsType[*policy.ConfigError](err); !ok || e.Errors[0].Code != policy.CodeUnknownField || e.Errors[0].Suggestion != "credentials" {
				t.Errorf("%v", err)
			}
		}},
	} {
		t.Run(d.name, d.test)
	}
}

// everything is a callback as people write them.
type everything struct{}

func (everything) Contains(origin.Origin) bool { return true }
