package fetchtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

// TestFailures pins what failing tests print.
func TestFailures(t *testing.T) {
	forgetful := cors(header("Access-Control-Allow-Origin", app, "Access-Control-Allow-Headers", "Content-Type"), ok)
	authorized := func(target string) *http.Request {
		return withHeader(httptest.NewRequest("GET", target, nil), "Authorization", "Bearer x")
	}
	mux := http.NewServeMux()
	mux.Handle("GET /orders", cors(forApp, ok))
	mux.Handle("/own/{id}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusMethodNotAllowed) }))
	for _, tt := range []struct {
		name string
		run  func(TB)
		want string // the lines; "..." stands for any
	}{
		{"a header that is not allowed", func(t TB) { MayRead(t, app, forgetful, authorized("/orders")) }, `
https://app.example may not read GET https://example.com/orders: header-disallowed-by-preflight
  -> OPTIONS https://example.com/orders  (preflight, because there are headers that are not CORS-safelisted)
     Accept: */*
     Access-Control-Request-Method: GET
     Access-Control-Request-Headers: authorization
     Origin: https://app.example
  <- 204 No Content
     Access-Control-Allow-Headers: Content-Type
     Access-Control-Allow-Origin: https://app.example
  BLOCKED header-disallowed-by-preflight  (cors-preflight-fetch:7.6, https://fetch.spec.whatwg.org/commit-snapshots/586cd2a44c2a865b37c166dc0740f3fb8bb220d6/#cors-preflight-fetch)
     The response to the preflight does not allow the header "authorization": ...
     Why: ...
     Fix: ...
          Access-Control-Allow-Headers: ...authorization
     Preflight: Authorization is not the name of a safelisted header. ...`},
		{"engines that differ", func(t TB) {
			MayRead(t, app, cors(header("Access-Control-Allow-Origin", "*", "Access-Control-Allow-Headers", "*"), ok), authorized("/orders"))
		}, `
https://app.example may not read GET https://example.com/orders: authorization-not-covered-by-wildcard
...
     Engines: Chromium, ...`},
		{"a mux that swallows OPTIONS", func(t TB) { MayRead(t, app, mux, authorized("/orders")) }, `
https://app.example may not read GET https://example.com/orders: preflight-missing-allow-origin
...
  <- 405 Method Not Allowed
     Allow: GET, HEAD
...
  OPTIONS is swallowed: it is answered with 405 Method Not Allowed (Allow: GET, HEAD) by the mux, whose pattern "GET /orders" matches no OPTIONS. Put the CORS middleware around the mux, not into it, or register a pattern for OPTIONS too.
  BLOCKED preflight-missing-allow-origin  (cors-check:2, ...
     The response to the preflight says nothing of CORS: ...
...
          Access-Control-Allow-Origin: https://app.example
          Vary: Origin
          Access-Control-Allow-Headers: authorization
     Preflight: Authorization is not the name of a safelisted header. ...`},
		{"a handler in a mux that swallows OPTIONS", func(t TB) { MayRead(t, app, mux, authorized("/own/1")) }, `
https://app.example may not read GET https://example.com/own/1: preflight-missing-allow-origin
...
  OPTIONS is swallowed: it is answered with 405 Method Not Allowed by the handler of the pattern "/own/{id}".
...`},
		{"a mux without a route", func(t TB) { MayRead(t, app, mux, authorized("/none")) }, `
https://app.example may not read GET https://example.com/none: preflight-missing-allow-origin
...
  OPTIONS is swallowed: it is answered with 404 Not Found by the mux, which has no pattern for it.
...`},
		{"another router that swallows OPTIONS", func(t TB) { MayRead(t, app, http.StripPrefix("/v1", mux), authorized("/v1/orders")) }, `
https://app.example may not read GET https://example.com/v1/orders: preflight-missing-allow-origin
...
  OPTIONS is swallowed: it is answered with 405 Method Not Allowed (Allow: GET, HEAD), as a router does whose patterns have methods: "GET /v1/orders" matches no OPTIONS. Put the CORS middleware around the mux, not into it, or let OPTIONS through.
...`},
		{"blocked after the handler ran", func(t TB) {
			MayRead(t, "https://evil.example", forgetful, withHeader(httptest.NewRequest("GET", "/orders", nil), "Cookie", "a=b"))
		}, `
https://evil.example may not read GET https://example.com/orders: allow-origin-mismatch
  -> GET https://example.com/orders
...
  <- 200 OK
...
  ignored, as browsers do: Cookie: a=b
...
     The server has handled the request all the same; only the page may not see what came back.
     Sometimes: if it fails only sometimes, ...`},
		{"no answer", func(t TB) {
			MayRead(t, app, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh\x1b[31m") }), httptest.NewRequest("GET", "/x", nil))
		}, `
https://app.example may not read GET https://example.com/x: transport-error
...
  <- no response
  FAILED transport-error
     No response from "https://example.com/x": ...oh\x1b[31m...
...`},
		{"no answer after a redirect", func(t TB) {
			MayRead(t, app, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/gone" {
					panic(http.ErrAbortHandler)
				}
				w.Header().Set("Access-Control-Allow-Origin", "*")
				http.Redirect(w, r, "/gone", http.StatusFound)
			}), httptest.NewRequest("GET", "/x", nil))
		}, `
https://app.example may not read GET https://example.com/x: transport-error
...
     No response from "https://example.com/gone": net/http: abort Handler.
     Why: The request failed before a rule of CORS was applied. To the page it looks the same.`},
		{"used but not read", func(t TB) {
			MayRead(t, app, forgetful, httptest.NewRequest("GET", "/x", nil), fetchhttp.WithMode(fetch.ModeNoCORS))
		}, `
https://app.example may not read GET https://example.com/x: the response is of type "opaque"
...
  ALLOWED the page may use the response, as an image or script can be used, but sees nothing of it (type "opaque")
     timing: how long all of it took; Timing-Allow-Origin does not list the page`},
		{"not blocked", func(t TB) {
			Blocked(t, app, forgetful, httptest.NewRequest("GET", "/x", nil), fetch.CodeMissingAllowOrigin, fetchhttp.WithCredentials(fetch.CredentialsOmit))
		}, `
https://app.example may fetch GET https://example.com/x, want it blocked: missing-allow-origin
...
  ALLOWED the page reads the response: status 200, type "cors"
...`},
		{"a cookie that stays at home", func(t TB) {
			s := NewSession(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
				w.Header().Set("Access-Control-Allow-Credentials", "true")
				http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", SameSite: http.SameSiteLaxMode})
			}))
			include := fetchhttp.WithCredentials(fetch.CredentialsInclude)
			s.MayRead(t, "https://www.api.example", httptest.NewRequest("POST", "https://api.example/login", nil), include)
			s.Blocked(t, "https://app.example", httptest.NewRequest("GET", "https://api.example/me", nil), fetch.CodeMissingAllowOrigin, include)
		}, `
https://app.example may fetch GET https://api.example/me, want it blocked: missing-allow-origin
...
  the cookie "id" did not go to https://api.example/me: SameSite=Lax, and the page's site is https://app.example
  the cookie "id" of https://api.example/me was not kept: SameSite=Lax, and the page's site is https://app.example
...`},
		{"blocked otherwise", func(t TB) {
			Blocked(t, app, forgetful, authorized("/x"), fetch.CodeMissingAllowOrigin)
		}, `
https://app.example: GET https://example.com/x is blocked: header-disallowed-by-preflight, want missing-allow-origin
...
  BLOCKED header-disallowed-by-preflight  (cors-preflight-fetch:7.6, ...
     The response to the preflight does not allow the header "authorization": ...
     Why: ...
     Preflight: Authorization is not the name of a safelisted header.`},
		{"blocked otherwise, and nobody is told how to let it in", func(t TB) {
			Blocked(t, "https://evil.example", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), httptest.NewRequest("GET", "/x", nil), fetch.CodeAllowOriginMismatch)
		}, `
https://evil.example: GET https://example.com/x is blocked: missing-allow-origin, want allow-origin-mismatch
  -> GET https://example.com/x
     Accept: */*
     Origin: https://evil.example
  <- 200 OK
  BLOCKED missing-allow-origin  (cors-check:2, ...
     The response says nothing of CORS: the response has no Access-Control-Allow-Origin.
     Why: ...
     The server has handled the request all the same; only the page may not see what came back.
     Sometimes: ...`},
		{"with credentials", func(t TB) {
			Blocked(t, app, forgetful, httptest.NewRequest("GET", "/x", nil), fetch.CodeMissingAllowOrigin, fetchhttp.WithCredentials(fetch.CredentialsInclude))
		}, `
https://app.example: GET https://example.com/x is blocked: invalid-allow-credentials, want missing-allow-origin
  -> GET https://example.com/x  (with credentials)
...`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var tb fakeTB
			tt.run(&tb)
			if len(tb.errors)+len(tb.fatals) != 1 {
				t.Fatalf("%d errors, %d fatal: %s", len(tb.errors), len(tb.fatals), tb.output())
			}
			if !matches(strings.Split(tt.want[1:], "\n"), strings.Split(tb.output(), "\n")) {
				t.Errorf("-want +got\n%s", cmp.Diff(tt.want[1:], tb.output()))
			}
			if strings.ContainsAny(tb.output(), "\x1b\r") {
				t.Errorf("control bytes in %q", tb.output())
			}
		})
	}
}

// TestPasswordsStaySecret holds that no failure shows the password of a URL.
func TestPasswordsStaySecret(t *testing.T) {
	const secret = "https://user:secret@"
	include := fetchhttp.WithCredentials(fetch.CredentialsInclude)
	leads := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "id=1; Path=/")
		http.Redirect(w, r, secret+"b.example/", http.StatusFound)
	})
	for name, run := range map[string]func(TB){
		"asked for": func(t TB) { MayRead(t, app, leads, httptest.NewRequest("GET", secret+"a.example/", nil)) },
		"redirected to": func(t TB) {
			MayRead(t, app, cors(forApp, leads), httptest.NewRequest("GET", "https://a.example/", nil))
		},
		"redirected to, without CORS": func(t TB) {
			Blocked(t, app, leads, httptest.NewRequest("GET", "https://a.example/", nil), fetch.CodeAborted, fetchhttp.WithMode(fetch.ModeNoCORS), include)
		},
		"a preflight redirected to": func(t TB) { MayRead(t, app, leads, httptest.NewRequest("PUT", "https://a.example/", nil)) },
		"the server's": func(t TB) {
			MayRead(t, app, "ftp://user:secret@a.example/", httptest.NewRequest("GET", "/", nil))
		},
		"the page's": func(t TB) { MayRead(t, secret+"a.example", leads, httptest.NewRequest("GET", "/", nil)) },
	} {
		t.Run(name, func(t *testing.T) {
			var tb fakeTB
			run(&tb)
			if s := tb.output(); s == "" || strings.Contains(s, "secret") {
				t.Errorf("%s", s)
			}
		})
	}
}

// matches compares lines with a pattern in which "..." is any number of lines, or any text in a line.
func matches(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] == "..." {
		for i := range len(got) + 1 {
			if matches(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && matchesLine(want[0], got[0]) && matches(want[1:], got[1:])
}

func matchesLine(want, got string) bool {
	parts := strings.Split(want, "...")
	rest, ok := strings.CutPrefix(got, parts[0])
	if !ok {
		return false
	}
	for _, p := range parts[1:] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return rest == "" || strings.HasSuffix(want, "...")
}
