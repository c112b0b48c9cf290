package fetchtest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

const app = "https://app.example"

// cors allows one origin, and what the preflight says.
func cors(allow http.Header, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range allow {
			w.Header()[name] = values
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next(w, r)
	})
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func ok(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }

var forApp = header("Access-Control-Allow-Origin", app)

func withHeader(r *http.Request, name, value string) *http.Request {
	r.Header.Set(name, value)
	return r
}

// Tests that run in parallel may share a request, though its body can be had only once.
func TestSharedRequest(t *testing.T) {
	req := httptest.NewRequest("POST", "/x", io.MultiReader(strings.NewReader("body")))
	h := cors(forApp, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if i%4 == 0 {
				if Preflight(app, req, fetchhttp.WithUploadListener()) == nil {
					t.Error("no preflight")
				}
				return
			}
			if b, err := io.ReadAll(MayRead(t, app, h, req).Body); string(b) != "body" || err != nil {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
	wg.Wait()
}

func TestMayRead(t *testing.T) {
	resp := MayRead(t, app, cors(header("Access-Control-Allow-Origin", app, "X-Hidden", "1", "X-Shown", "2", "Access-Control-Expose-Headers", "x-shown"), ok), httptest.NewRequest("GET", "/x", nil))
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "ok" || resp.StatusCode != 200 {
		t.Errorf("%d %q, %v", resp.StatusCode, body, err)
	}
	if resp.Header.Get("X-Hidden") != "" || resp.Header.Get("X-Shown") != "2" {
		t.Errorf("headers %v", resp.Header)
	}
	if resp.URL != "https://example.com/x" {
		t.Errorf("URL %q", resp.URL)
	}
}

func TestMayReadServers(t *testing.T) {
	h := cors(forApp, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host+" "+r.RequestURI) })
	s := httptest.NewServer(h)
	defer s.Close()
	tls := httptest.NewTLSServer(h)
	defer tls.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", h)
	hostOf := func(s *httptest.Server) string { return s.Listener.Addr().String() }
	get := func(target string) *http.Request {
		r, err := http.NewRequest("GET", target, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, tt := range []struct {
		name   string
		server any
		req    *http.Request
		want   string
	}{
		{"handler", h, httptest.NewRequest("GET", "/x?y", nil), "example.com /x?y"},
		{"handler, two slashes", h, httptest.NewRequest("GET", "//x", nil), "example.com //x"},
		{"handler, host in the URL", h, httptest.NewRequest("GET", "https://api.example:8080/x", nil), "api.example:8080 /x"},
		{"handler, client's request", h, get("https://api.example/x#f"), "api.example /x"},
		{"handler, client's request without a host", h, get("/x#f"), "server.example /x"},
		{"func", h.ServeHTTP, httptest.NewRequest("GET", "/x", nil), "example.com /x"},
		{"mux", mux, httptest.NewRequest("GET", "/x", nil), "example.com /x"},
		{"URL", s.URL, httptest.NewRequest("GET", "/x", nil), hostOf(s) + " /x"},
		{"URL with a path", s.URL + "/base/", httptest.NewRequest("GET", "/x", nil), hostOf(s) + " /x"},
		{"URL, host in the request", s.URL, httptest.NewRequest("GET", "https://api.example/x", nil), "api.example /x"},
		{"*url.URL", u, get("/x"), hostOf(s) + " /x"},
		{"server", s, get("/x"), hostOf(s) + " /x"},
		{"TLS server", tls, get("/x"), hostOf(tls) + " /x"},
		{"TLS server, host in the request", tls, get("https://api.example/x"), "api.example /x"},
		{"transport", fetchhttp.Handler(h), get("https://api.example/x"), "api.example /x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp := MayRead(t, app, tt.server, tt.req)
			if body, _ := io.ReadAll(resp.Body); string(body) != tt.want {
				t.Errorf("%q, want %q", body, tt.want)
			}
		})
	}
}

// TestScheme holds that a handler can tell https from http, as those do that redirect to https.
func TestScheme(t *testing.T) {
	h := cors(header("Access-Control-Allow-Origin", "*"), func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			http.Redirect(w, r, "https://"+r.Host+r.RequestURI, http.StatusPermanentRedirect)
		}
	})
	for target, hops := range map[string]int{"/x": 0, "https://api.example/x": 0, "http://api.example/x": 1} {
		page := app
		if hops > 0 {
			page = "http://app.example" // one of https would not even ask
		}
		if resp := MayRead(t, page, h, httptest.NewRequest("GET", target, nil)); resp.Trace.Result.Hop != hops || resp.StatusCode != 200 {
			t.Errorf("%s: %d redirects, want %d", target, resp.Trace.Result.Hop, hops)
		}
	}
}

// TestMisuse holds that a test that asks for what makes no sense fails, whichever way it asks.
func TestMisuse(t *testing.T) {
	h := cors(forApp, ok)
	get := func() *http.Request { return httptest.NewRequest("GET", "/x", nil) }
	for _, tt := range []struct {
		name, page string
		server     any
		req        *http.Request
		options    []fetchhttp.Option
		want       string
	}{
		{"nil server", app, nil, get(), nil, "server is nil"},
		{"no server", app, 1, get(), nil, "is of type int, want"},
		{"URL of nothing", app, "http://", get(), nil, "URL"},
		{"URL of another scheme", app, "ftp://example.com", get(), nil, "http or https"},
		{"nil request", app, h, nil, nil, "request is nil"},
		{"request without a URL", app, h, &http.Request{}, nil, "no URL"},
		{"request of the asterisk", app, h, httptest.NewRequest("OPTIONS", "*", nil), nil, "not a path"},
		{"page with a slash", "https://app.example/", h, get(), nil, `write "https://app.example"`},
		{"page in upper case", "HTTPS://APP.example:443", h, get(), nil, `write "https://app.example"`},
		{"page without a scheme", "app.example", h, get(), nil, "page's origin"},
		{"page of the server's default origin", "https://example.com", h, get(), nil, "own origin"},
		{"forbidden method", app, h, httptest.NewRequest("TRACE", "/x", nil), nil, "forbidden"},
		{"GET with a body", app, h, httptest.NewRequest("GET", "/x", strings.NewReader("a")), nil, "GET request has none"},
		{"no-cors PUT", app, h, httptest.NewRequest("PUT", "/x", nil), []fetchhttp.Option{fetchhttp.WithMode(fetch.ModeNoCORS)}, "safelisted"},
		{"mode navigate", app, h, get(), []fetchhttp.Option{fetchhttp.WithMode(fetch.ModeNavigate)}, "navigates"},
		{"body that fails", app, h, httptest.NewRequest("POST", "/x", io.MultiReader(strings.NewReader("a"), failing{})), nil, "body"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var tb fakeTB
			if resp := MayRead(&tb, tt.page, tt.server, tt.req, tt.options...); resp != nil {
				t.Error("MayRead returns a response")
			}
			if len(tb.fatals) != 1 || !strings.Contains(tb.output(), tt.want) {
				t.Errorf("MayRead prints %q, want %q in it", tb.output(), tt.want)
			}
			if tt.name == "body that fails" {
				return // it is gone
			}
			tb = fakeTB{}
			Blocked(&tb, tt.page, tt.server, tt.req, fetch.CodeMissingAllowOrigin, tt.options...)
			if len(tb.errors) != 1 || !strings.Contains(tb.output(), tt.want) {
				t.Errorf("Blocked prints %q, want %q in it", tb.output(), tt.want)
			}
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("read failed") }

func TestBlocked(t *testing.T) {
	auth := func() *http.Request {
		return withHeader(httptest.NewRequest("GET", "/x", nil), "Authorization", "Bearer x")
	}
	Blocked(t, "https://evil.example", cors(forApp, ok), httptest.NewRequest("GET", "/x", nil), fetch.CodeAllowOriginMismatch)
	Blocked(t, "null", cors(forApp, ok), httptest.NewRequest("GET", "/x", nil), fetch.CodeAllowOriginMismatch)
	Blocked(t, app, cors(forApp, ok), auth(), fetch.CodeHeaderDisallowedByPreflight)
	Blocked(t, app, cors(header("Access-Control-Allow-Origin", "*"), ok), httptest.NewRequest("GET", "/x", nil), fetch.CodeWildcardOriginNotAllowed, fetchhttp.WithCredentials(fetch.CredentialsInclude))
	Blocked(t, app, cors(forApp, ok), httptest.NewRequest("GET", "/x", nil), fetch.CodeDisallowedByMode, fetchhttp.WithMode(fetch.ModeSameOrigin))
	Blocked(t, app, cors(forApp, http.RedirectHandler("/y", http.StatusFound).ServeHTTP), httptest.NewRequest("GET", "/x", nil), fetch.CodeRedirectModeError, fetchhttp.WithRedirect(fetch.RedirectError))
	Blocked(t, app, http.HandlerFunc(ok), httptest.NewRequest("POST", "/x", strings.NewReader("a")), fetch.CodePreflightMissingAllowOrigin, fetchhttp.WithUploadListener())
	Blocked(t, app, http.HandlerFunc(ok), httptest.NewRequest("POST", "/x", strings.NewReader("a")), fetch.CodePreflightMissingAllowOrigin, fetchhttp.WithBody(fetch.BodyStream))
	Blocked(t, app, http.HandlerFunc(ok), httptest.NewRequest("POST", "/x", strings.NewReader("a")), fetch.CodeMissingAllowOrigin)
	Blocked(t, app, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }), httptest.NewRequest("GET", "/x", nil), fetch.CodeTransportError)
}

// TestBodies holds that a request can be used again, whatever kind of body it has, and that the handler gets the body
// whole.
func TestBodies(t *testing.T) {
	var got []string
	h := cors(header("Access-Control-Allow-Origin", "*", "Access-Control-Allow-Methods", "PUT"), func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = append(got, string(body))
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		}
	})
	server := httptest.NewRequest("PUT", "/again", io.MultiReader(strings.NewReader("bo"), strings.NewReader("dy")))
	client, err := http.NewRequest("PUT", "https://api.example/again", bytes.NewReader([]byte("body")))
	if err != nil {
		t.Fatal(err)
	}
	for _, req := range []*http.Request{server, client} {
		got = nil
		MayRead(t, app, h, req)
		MayRead(t, app, h, req)
		if strings.Join(got, ",") != "body,body,body,body" {
			t.Errorf("bodies %q", got)
		}
	}
	got = nil
	Blocked(t, app, h, httptest.NewRequest("PUT", "/again", strings.NewReader("body")), fetch.CodeRedirectBodyNotReplayable, fetchhttp.WithBody(fetch.BodyStream))
	if strings.Join(got, ",") != "body" {
		t.Errorf("bodies of a stream %q", got)
	}
}

func TestSession(t *testing.T) {
	preflights := 0
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := r.Header.Get("Origin")
		w.Header().Set("Access-Control-Allow-Origin", o)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Max-Age", "60")
		switch {
		case r.Method == http.MethodOptions:
			preflights++
		case r.URL.Path == "/login":
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Path: "/", Secure: true, SameSite: http.SameSiteNoneMode})
		default:
			_, err := r.Cookie("id")
			if err != nil {
				w.WriteHeader(http.StatusUnauthorized)
			}
		}
	})
	s := NewSession(h)
	now := time.Unix(0, 0)
	s.Agent.Now = func() time.Time { return now }
	include := fetchhttp.WithCredentials(fetch.CredentialsInclude)
	put := func() *http.Request { return httptest.NewRequest("PUT", "/x", nil) }
	if resp := s.MayRead(t, app, put(), include); resp.StatusCode != 401 {
		t.Errorf("before the login: %d", resp.StatusCode)
	}
	s.MayRead(t, app, httptest.NewRequest("POST", "/login", nil), include)
	if resp := s.MayRead(t, app, put(), include); resp.StatusCode != 200 {
		t.Errorf("after the login: %d", resp.StatusCode)
	}
	if resp := s.MayRead(t, app, put()); resp.StatusCode != 401 {
		t.Errorf("without credentials: %d", resp.StatusCode)
	}
	if preflights != 1 {
		t.Errorf("%d preflights within the max-age, want 1", preflights)
	}
	now = now.Add(61 * time.Second)
	s.MayRead(t, app, put(), include)
	if preflights != 2 {
		t.Errorf("%d preflights after the max-age, want 2", preflights)
	}
	// Opaque pages of one session are one page, as far as the cache goes.
	s.MayRead(t, "null", put())
	s.MayRead(t, "null", put())
	if preflights != 3 {
		t.Errorf("%d preflights, want 3", preflights)
	}
}

func TestPreflight(t *testing.T) {
	for _, tt := range []struct {
		name    string
		page    string
		req     *http.Request
		options []fetchhttp.Option
		want    string // Access-Control-Request-Method, -Headers and Origin; empty: no preflight
	}{
		{"simple", app, httptest.NewRequest("GET", "/x", nil), nil, ""},
		{"method", app, httptest.NewRequest("PUT", "/x", nil), nil, "PUT||" + app},
		{"method in lower case", app, httptest.NewRequest("patch", "/x", nil), nil, "patch||" + app},
		{"headers are sorted, in lower case, without a space", app, withHeader(withHeader(httptest.NewRequest("GET", "/x", nil), "X-Trace", "1"), "Authorization", "x"), nil, "GET|authorization,x-trace|" + app},
		{"opaque page", "null", httptest.NewRequest("DELETE", "/x", nil), nil, "DELETE||null"},
		{"JSON", app, withHeader(httptest.NewRequest("POST", "/x", strings.NewReader("{}")), "Content-Type", "application/json"), nil, "POST|content-type|" + app},
		{"stream", app, httptest.NewRequest("POST", "/x", strings.NewReader("{}")), []fetchhttp.Option{fetchhttp.WithBody(fetch.BodyStream)}, "POST||" + app},
		{"upload listener", app, httptest.NewRequest("POST", "/x", strings.NewReader("{}")), []fetchhttp.Option{fetchhttp.WithUploadListener()}, "POST||" + app},
		{"no-cors", app, httptest.NewRequest("POST", "/x", strings.NewReader("{}")), []fetchhttp.Option{fetchhttp.WithMode(fetch.ModeNoCORS)}, ""},
		{"same origin", app, httptest.NewRequest("PUT", app+"/x", nil), nil, ""},
		{"data", app, httptest.NewRequest("GET", "data:,x", nil), nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Preflight(tt.page, tt.req, tt.options...)
			if p == nil || tt.want == "" {
				if p != nil || tt.want != "" {
					t.Fatalf("%v, want %q", p, tt.want)
				}
				return
			}
			got := strings.Join([]string{p.Header.Get("Access-Control-Request-Method"), p.Header.Get("Access-Control-Request-Headers"), p.Header.Get("Origin")}, "|")
			if got != tt.want || p.Method != "OPTIONS" || p.RequestURI != "/x" || p.Host != "example.com" || p.Header.Get("Accept") != "*/*" {
				t.Errorf("%s %s %s %v: %q, want %q", p.Method, p.Host, p.RequestURI, p.Header, got, tt.want)
			}
			if _, has := p.Header["Access-Control-Request-Headers"]; has == strings.Contains(got, "||") {
				t.Errorf("headers %v", p.Header)
			}
		})
	}
	if p := Preflight(app, httptest.NewRequest("PUT", "http://[::1]:8080/x?y", nil)); p.Host != "[::1]:8080" || p.RequestURI != "/x?y" {
		t.Errorf("host %q, target %q", p.Host, p.RequestURI)
	}
}

func TestPreflightPanics(t *testing.T) {
	for _, tt := range []struct {
		page string
		req  *http.Request
		want string
	}{
		{"app.example", httptest.NewRequest("GET", "/x", nil), "origin"},
		{app, httptest.NewRequest("CONNECT", "/x", nil), "forbidden"},
		{app, httptest.NewRequest("OPTIONS", "*", nil), "path"},
		{app, nil, "nil"},
	} {
		func() {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "fetchtest: ") || !strings.Contains(s, tt.want) {
					t.Errorf("%s: panics with %q, want %q in it", tt.page, s, tt.want)
				}
			}()
			Preflight(tt.page, tt.req)
		}()
	}
}
