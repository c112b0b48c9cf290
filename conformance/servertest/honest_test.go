package servertest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// everybody is a policy of another kind: all may read, nobody with credentials.
var everybody = policy.Config{Origins: []string{"*"}, Methods: []string{"PUT", "PATCH"}, RequestHeaders: []string{"Content-Type", "X-Api-Key"}, ExposeHeaders: []string{"X-Total"}}

func echo(asked string, allowed ...string) string {
	if slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, asked) }) {
		return asked
	}
	return ""
}

// asOneOrigin makes a site that is for one origin only.
func asOneOrigin(s *site) {
	s.allows = func(origin string) bool { return origin == "https://app.example" }
}

// honestServers do what is meant by other means than the right one.
var honestServers = []struct {
	name   string
	meant  policy.Config
	change func(*site)
}{
	{"echoes methods and headers that are allowed", meant, func(s *site) {
		s.methods = func(asked string) string { return echo(asked, "PUT", "PATCH") }
		s.headers = func(asked string) string {
			for name := range strings.SplitSeq(asked, ",") {
				if name = strings.TrimSpace(name); name != "" && echo(name, "Content-Type", "X-Api-Key") == "" {
					return ""
				}
			}
			return asked
		}
	}},
	{"answers preflights with 200", meant, func(s *site) { s.status, s.refused = 200, 200 }},
	{"refuses preflights with 403", meant, func(s *site) { s.refused = 403 }},
	{"refuses preflights with 404", meant, func(s *site) { s.refused = 404 }},
	{"refuses preflights with 405", meant, func(s *site) { s.refused = 405 }},
	{"refuses preflights with 400, as Starlette", meant, func(s *site) { s.refused = 400 }},
	{"refuses all requests of other origins with 403, except its own", meant, func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			if o := r.Header.Get("Origin"); o != "" && !rightOrigin(o) && o != "https://"+r.Host {
				w.Header().Set("Vary", "Origin")
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		}
	}},
	{"refuses all requests of other origins with 403", meant, func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			if o := r.Header.Get("Origin"); o != "" && !rightOrigin(o) {
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		}
	}},
	{"leaves preflights of strangers to the handler", meant, func(s *site) {
		s.isPreflight = func(r *http.Request) bool {
			return r.Method == "OPTIONS" && rightOrigin(r.Header.Get("Origin")) && r.Header.Get("Access-Control-Request-Method") != ""
		}
	}},
	{"names a fixed origin to others", meant, func(s *site) { s.anybody = func() string { return "https://app.example" } }},
	{"sends credentials to all", meant, func(s *site) {
		s.actual = func(h http.Header, _ bool, _ *http.Request) { h.Set("Access-Control-Allow-Credentials", "true") }
	}},
	{"another max-age", meant, func(s *site) { s.preflight = func(h http.Header, _ bool) { h.Set("Access-Control-Max-Age", "86400") } }},
	{"a max-age that is not a number", meant, func(s *site) { s.preflight = func(h http.Header, _ bool) { h.Set("Access-Control-Max-Age", "1 day") } }},
	{"a max-age that counts down", meant, func(s *site) {
		seconds := 86400
		s.preflight = func(h http.Header, _ bool) { seconds--; h.Set("Access-Control-Max-Age", strconv.Itoa(seconds)) }
	}},
	{"lists in another order each time", meant, func(s *site) {
		n := 0
		turn := func(a, b string) string {
			if n++; n%2 == 0 {
				return a + ", " + b
			}
			return b + ", " + a
		}
		s.methods, s.headers = func(string) string { return turn("PUT", "PATCH") }, func(string) string { return turn("Content-Type", "X-Api-Key") }
	}},
	{"redirects with headers, where the slash is missing", meant, func(s *site) {
		s.handler = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/items" {
				http.Redirect(w, r, "/items/1", http.StatusMovedPermanently)
				return
			}
			rightHandler(w, r)
		}
	}},
	{"a fixed origin, to requests with Origin only", policy.Config{Origins: []string{"https://app.example"}, Credentials: true, Methods: meant.Methods, RequestHeaders: meant.RequestHeaders, ExposeHeaders: meant.ExposeHeaders}, func(s *site) {
		s.allows, s.allowOrigin = func(string) bool { return true }, func(string) string { return "https://app.example" }
		s.vary = func(http.ResponseWriter, bool, bool) {}
	}},
	{"compresses, with Vary of both", meant, func(s *site) {
		s.actual = func(h http.Header, _ bool, r *http.Request) {
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				h.Set("Vary", "accept-encoding,origin")
				h.Set("Content-Encoding", "gzip")
			}
		}
	}},
	{"lists safelisted methods and headers, too", meant, func(s *site) {
		s.methods = func(string) string { return "GET,HEAD,POST,OPTIONS,PUT,PATCH" }
		s.headers = func(string) string { return "accept,content-type,x-api-key" }
	}},
	{"exposes what pages see anyway", meant, func(s *site) { s.expose = "Content-Length, Content-Type, x-total" }},
	{"exposes where the header is alone", meant, func(s *site) {
		s.expose = ""
		s.handler = func(w http.ResponseWriter, r *http.Request) {
			if w.Header().Get("Access-Control-Allow-Origin") != "" {
				w.Header().Set("Access-Control-Expose-Headers", "X-Total")
			}
			rightHandler(w, r)
		}
	}},
	{"Vary of more", meant, func(s *site) {
		s.vary = func(w http.ResponseWriter, _, _ bool) {
			w.Header().Add("Vary", "Accept-Encoding")
			w.Header().Add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
		}
	}},
	{"Vary *", meant, func(s *site) { s.vary = func(w http.ResponseWriter, _, _ bool) { w.Header().Set("Vary", "*") } }},
	{"no Vary on preflights, which nothing stores", meant, func(s *site) {
		s.vary = func(w http.ResponseWriter, _, preflight bool) {
			if !preflight {
				w.Header().Add("Vary", "Origin")
			}
		}
	}},
	{"no Vary where nothing may be stored", meant, func(s *site) {
		s.vary = func(w http.ResponseWriter, _, _ bool) { w.Header().Set("Cache-Control", "private, max-age=60") }
	}},
	{"no-store in place of Vary", meant, func(s *site) {
		s.vary = func(w http.ResponseWriter, _, _ bool) { w.Header().Set("Cache-Control", "no-store") }
	}},
	{"answers with headers only to requests with Origin", everybody, func(s *site) {
		s.allows, s.allowOrigin, s.credentials = func(string) bool { return true }, func(string) string { return "*" }, ""
	}},
	{"answers with headers and Vary only to requests with Origin, as gin", meant, func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			o := r.Header.Get("Origin")
			s.vary = func(w http.ResponseWriter, _, _ bool) {
				if o != "" {
					w.Header().Add("Vary", "Origin")
				}
			}
			if o != "" && o != "https://"+r.Host && !rightOrigin(o) {
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		}
	}},
	{"Vary on what is allowed only, as Starlette", meant, func(s *site) { varyOnAllowed(s); s.refused = 400 }},
	{"Vary on what is allowed only, where a response is stale at once", meant, func(s *site) {
		varyOnAllowed(s)
		s.actual = func(h http.Header, _ bool, _ *http.Request) { h.Set("Expires", "0") }
	}},
	{"no Vary where a shared cache must ask again", meant, func(s *site) {
		s.vary = func(w http.ResponseWriter, _, _ bool) { w.Header().Set("Cache-Control", "max-age=600, s-maxage=0") }
	}},
	{"no headers for methods that no page can send, as rs/cors", meant, func(s *site) {
		s.actual = func(h http.Header, _ bool, r *http.Request) {
			if !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH"}, r.Method) {
				deleteCORS(h)
			}
		}
	}},
	{"everybody, always", everybody, func(s *site) {
		s.allows, s.allowOrigin, s.credentials = func(string) bool { return true }, func(string) string { return "*" }, ""
		s.anybody = func() string { return "*" }
		s.vary = func(http.ResponseWriter, bool, bool) {}
	}},
	{"everybody by an echo, without credentials", everybody, func(s *site) { s.allows, s.credentials = func(string) bool { return true }, "" }},
	{"* with credentials, which browsers refuse", everybody, func(s *site) {
		s.allows, s.allowOrigin = func(string) bool { return true }, func(string) string { return "*" }
	}},
	{"a fixed origin", policy.Config{Origins: []string{"https://app.example"}, Credentials: true, Methods: meant.Methods, RequestHeaders: meant.RequestHeaders, ExposeHeaders: meant.ExposeHeaders}, func(s *site) {
		asOneOrigin(s)
		s.actual = func(h http.Header, _ bool, _ *http.Request) {
			h.Set("Access-Control-Allow-Origin", "https://app.example")
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", "X-Total")
		}
		s.vary = func(http.ResponseWriter, bool, bool) {}
	}},
	{"one origin, all methods and headers by name", policy.Config{Origins: []string{"https://app.example"}, Methods: []string{"*"}, RequestHeaders: []string{"*", "Authorization"}, ExposeHeaders: []string{"*"}}, func(s *site) {
		asOneOrigin(s)
		s.methods, s.headers, s.expose, s.credentials = func(string) string { return "*" }, func(string) string { return "*, Authorization" }, "*", ""
	}},
	{"one origin, all methods and headers by echo", policy.Config{Origins: []string{"https://app.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*", "Authorization"}, ExposeHeaders: meant.ExposeHeaders}, func(s *site) {
		asOneOrigin(s)
		s.methods, s.headers = func(asked string) string { return asked }, func(asked string) string { return asked }
	}},
	{"nobody but what is named gets preflights, as nginx with map", meant, func(s *site) {
		s.isPreflight = func(r *http.Request) bool { return r.Method == "OPTIONS" }
		s.actual = func(h http.Header, allowed bool, _ *http.Request) {
			if allowed {
				h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, OPTIONS")
			}
		}
	}},
}

// What is done otherwise and comes to the same is not a finding.
func TestHonestServers(t *testing.T) {
	for _, h := range honestServers {
		t.Run(h.name, func(t *testing.T) {
			s := rightSite()
			h.change(s)
			oracle := mustPolicy(t, h.meant)
			for name, options := range map[string][]Option{
				"default": nil,
				"targets": {WithReached(s.runs), WithTargets(Target{}, Target{Path: "/items/1", Credentials: true}, Target{Path: "/items"}, Target{Path: "/fails"}, Target{Path: "/private"}, Target{Path: "/moved"})},
			} {
				report, err := Check(t.Context(), s, oracle, options...)
				if err != nil || report.Inconclusive != "" {
					t.Fatalf("%s: %q, %v", name, report.Inconclusive, err)
				}
				if worst, ok := report.Worst(); ok && worst > SeverityNote {
					t.Errorf("%s: %v", name, report.Findings)
				}
			}
		})
	}
}

// The project's own middleware has no finding at all, for policies of many kinds, in process and over a socket.
func TestOwnMiddleware(t *testing.T) {
	maxAge := 0
	for _, c := range []policy.Config{
		meant, everybody,
		{Origins: []string{"https://app.example"}},
		{Origins: []string{"https://app.example"}, Static: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposeHeaders: []string{"*"}, PreflightStatus: 200, MaxAge: &maxAge},
		{Origins: []string{"https://app.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*", "Authorization"}},
		{Origins: []string{"http://localhost:*", "https://example.com:[443,8443]", "https://*.example.com:*"}, Credentials: true},
		{Origins: []string{"https://app.example", "null"}, DangerouslyAllowNull: true},
		{Origins: []string{"https://app.example"}, TimingAllowOrigin: []string{"*"}},
		{Origins: []string{"https://app.example"}, TimingAllowOrigin: []string{"https://stats.example", "https://*.stats.example:*", "null"}, DangerouslyAllowNull: true},
		{Origins: []string{"https://app.example"}, TimingAllowOrigin: []string{"https://app.example", "https://stats.example"}, Static: true},
		{Origins: []string{"http://intranet", "https://[2001:db8::1]:8443", "https://192.0.2.7", "https://xn--bcher-kva.example"}},
		{Origins: []string{"moz-extension://{uuid}", "https://app.example"}},
	} {
		m, err := policyhttp.New(c)
		if err != nil {
			t.Fatal(err)
		}
		s := &site{handler: rightHandler}
		handler := m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.reached.Add(1); rightHandler(w, r) }))
		report, err := Check(t.Context(), handler, mustPolicy(t, c), WithReached(s.runs), WithTargets(Target{}, Target{Method: "POST"}, Target{Method: "OPTIONS"}, Target{Path: "/fails"}))
		if err != nil || report.Inconclusive != "" || len(report.Findings) > 0 {
			t.Errorf("%v: %+v, %v", c.Origins, report, err)
		}
	}
	m, err := policyhttp.New(meant)
	if err != nil {
		t.Fatal(err)
	}
	for name, start := range map[string]func(*httptest.Server){"http": (*httptest.Server).Start, "https": func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() }} {
		server := httptest.NewUnstartedServer(m.Wrap(http.HandlerFunc(rightHandler)))
		start(server)
		report, err := Check(t.Context(), server.URL, mustPolicy(t, meant), WithTransport(server.Client().Transport))
		if err != nil || report.Inconclusive != "" || len(report.Findings) > 0 {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
		server.Close()
	}
}

// Over HTTP/1.1 something else is answered than over HTTP/2.
func TestVersionsDiffer(t *testing.T) {
	s := rightSite()
	s.actual = func(h http.Header, _ bool, r *http.Request) {
		if r.ProtoMajor == 1 {
			deleteCORS(h)
		}
	}
	server := httptest.NewUnstartedServer(s)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	report, err := Check(t.Context(), server.URL, mustPolicy(t, meant), WithTransport(server.Client().Transport))
	if err != nil || len(report.Findings) != 1 || report.Findings[0].ID != "versions-differ" {
		t.Errorf("%+v, %v", report, err)
	}
}
