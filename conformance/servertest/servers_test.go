package servertest

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// meant is what the servers of these tests are meant to allow.
var meant = policy.Config{
	Origins: []string{"https://app.example", "https://*.tenant.example.com", "https://admin.example.net:8443"}, Credentials: true,
	Methods: []string{"PUT", "PATCH"}, RequestHeaders: []string{"Content-Type", "X-Api-Key"}, ExposeHeaders: []string{"X-Total"},
}

func mustPolicy(t *testing.T, c policy.Config) *policy.Policy {
	t.Helper()
	p, err := policyhttp.NewPolicy(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A site is a server of which each part can be wrong. It is written by hand, with no part of package policy.
type site struct {
	allows      func(origin string) bool
	allowOrigin func(origin string) string
	anybody     func() string // Access-Control-Allow-Origin for those who are not allowed
	credentials string
	methods     func(asked string) string
	headers     func(asked string) string
	expose      string
	vary        func(w http.ResponseWriter, allowed, preflight bool)
	status      int // of allowed preflights
	refused     int // of refused preflights
	first       func(w http.ResponseWriter, r *http.Request) bool
	isPreflight func(r *http.Request) bool
	actual      func(h http.Header, allowed bool, r *http.Request) // the last word on headers of other responses
	preflight   func(h http.Header, allowed bool)                  // and of preflights
	passes      bool                                               // the handler runs on preflights, too
	handler     func(w http.ResponseWriter, r *http.Request)
	reached     atomic.Int64
}

var tenant = regexp.MustCompile(`^https://([a-z0-9-]+\.)+tenant\.example\.com$`)

func rightOrigin(origin string) bool {
	return origin == "https://app.example" || origin == "https://admin.example.net:8443" || tenant.MatchString(origin)
}

func rightHandler(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Total", "3")
	w.Header().Set("X-Internal", "db7")
	switch r.URL.Path {
	case "/", "/items/1":
	case "/fails":
		w.WriteHeader(http.StatusInternalServerError)
		return
	case "/private":
		w.WriteHeader(http.StatusUnauthorized)
		return
	case "/moved":
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusFound)
		return
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	switch r.Method {
	case "OPTIONS":
		w.Header().Set("Allow", "GET, HEAD, POST, PUT, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
	case "GET", "HEAD", "POST", "PUT":
		fmt.Fprint(w, "{}")
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func rightSite() *site {
	return &site{
		allows: rightOrigin, allowOrigin: func(origin string) string { return origin }, anybody: func() string { return "" }, credentials: "true",
		methods: func(string) string { return "PUT, PATCH" }, headers: func(string) string { return "Content-Type, X-Api-Key" }, expose: "X-Total",
		vary:   func(w http.ResponseWriter, _, _ bool) { w.Header().Add("Vary", "Origin") },
		status: 204, refused: 204, first: func(http.ResponseWriter, *http.Request) bool { return false },
		isPreflight: func(r *http.Request) bool {
			return r.Method == "OPTIONS" && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
		},
		actual: func(http.Header, bool, *http.Request) {}, preflight: func(http.Header, bool) {}, handler: rightHandler,
	}
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.first(w, r) {
		return
	}
	h, origin := w.Header(), r.Header.Get("Origin")
	if lines := r.Header.Values("Origin"); len(lines) > 1 {
		origin = strings.Join(lines, ", ")
	}
	allowed, preflight := origin != "" && s.allows(origin), s.isPreflight(r)
	s.vary(w, allowed, preflight)
	if allowed {
		h.Set("Access-Control-Allow-Origin", s.allowOrigin(origin))
		if s.credentials != "" {
			h.Set("Access-Control-Allow-Credentials", s.credentials)
		}
	} else if value := s.anybody(); value != "" {
		h.Set("Access-Control-Allow-Origin", value)
	}
	if !preflight {
		if s.expose != "" && allowed {
			h.Set("Access-Control-Expose-Headers", s.expose)
		}
		s.actual(h, allowed, r)
		s.reached.Add(1)
		s.handler(w, r)
		return
	}
	status := s.refused
	if allowed {
		status = s.status
		h.Set("Access-Control-Allow-Methods", s.methods(r.Header.Get("Access-Control-Request-Method")))
		h.Set("Access-Control-Allow-Headers", s.headers(strings.Join(r.Header.Values("Access-Control-Request-Headers"), ",")))
	}
	s.preflight(h, allowed)
	if s.passes {
		s.reached.Add(1)
		s.handler(w, r)
		return
	}
	w.WriteHeader(status)
}

// by lets a site compare the origin with each of those that are allowed exactly.
func by(compare func(origin, allowed string) bool) func(*site) {
	return func(s *site) {
		s.allows = func(origin string) bool {
			return tenant.MatchString(origin) || compare(origin, "https://app.example") || compare(origin, "https://admin.example.net:8443")
		}
	}
}

func byPattern(pattern string) func(*site) {
	re := regexp.MustCompile(pattern)
	return func(s *site) {
		s.allows = func(origin string) bool { return re.MatchString(origin) || rightOrigin(origin) }
	}
}

// byHost compares something of the origin as a URL.
func byHost(part func(*url.URL) string) func(*site) {
	return by(func(origin, allowed string) bool {
		a, err := url.Parse(origin)
		b, _ := url.Parse(allowed)
		return err == nil && part(a) == part(b)
	})
}

func also(origins ...string) func(*site) {
	return func(s *site) {
		s.allows = func(origin string) bool { return slices.Contains(origins, origin) || rightOrigin(origin) }
	}
}

// noHeadersOnErrors drops the CORS headers of responses with a status.
func noHeadersOnErrors(status int) func(*site) {
	return func(s *site) {
		s.handler = func(w http.ResponseWriter, r *http.Request) {
			rightHandler(&onStatus{w, func(got int) {
				if got == status {
					deleteCORS(w.Header())
				}
			}}, r)
		}
	}
}

type onStatus struct {
	http.ResponseWriter
	f func(status int)
}

func (w *onStatus) WriteHeader(status int) { w.f(status); w.ResponseWriter.WriteHeader(status) }

func deleteCORS(h http.Header) {
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			h.Del(name)
		}
	}
}

// varyOnAllowed leaves Vary away from the responses that no page may read.
func varyOnAllowed(s *site) {
	s.vary = func(w http.ResponseWriter, allowed, _ bool) {
		if allowed {
			w.Header().Add("Vary", "Origin")
		}
	}
}

func reversed(s string) string { b := []byte(s); slices.Reverse(b); return string(b) }

// wrongServers each differ from the right one in one thing, and are to be caught by a finding of that id and severity.
var wrongServers = []struct {
	name     string
	id       string
	severity Severity
	change   func(*site)
	targets  []Target
}{
	// Origins, compared in part or as something else.
	{name: "prefix match", id: "origin-prefix", severity: SeverityUnsafe, change: by(func(o, a string) bool { return strings.HasPrefix(o, a) })},
	{name: "suffix match", id: "origin-suffix", severity: SeverityUnsafe, change: by(func(o, a string) bool { return strings.HasSuffix(o, strings.TrimPrefix(a, "https://")) })},
	{name: "infix match", id: "origin-prefix", severity: SeverityUnsafe, change: by(func(o, a string) bool { return strings.Contains(o, strings.TrimPrefix(a, "https://")) })},
	{name: "found in a list that is a string", id: "origin-truncated", severity: SeverityUnsafe, change: func(s *site) {
		s.allows = func(o string) bool {
			return rightOrigin(o) || strings.Contains("https://app.example,https://admin.example.net:8443", o)
		}
	}},
	{name: "bare dots in a regular expression", id: "origin-infix", severity: SeverityUnsafe, change: byPattern(`^https://admin.example.net:8443$`)},
	{name: "a bare dot below the wildcard", id: "origin-infix", severity: SeverityUnsafe, change: byPattern(`^https://[a-z]+.tenant\.example\.com$`)},
	{name: "no end of a regular expression", id: "origin-prefix", severity: SeverityUnsafe, change: byPattern(`^https://app\.example`)},
	{name: "no beginning of a regular expression", id: "origin-suffix", severity: SeverityUnsafe, change: byPattern(`app\.example$`)},
	{name: "a wildcard without its dot", id: "origin-suffix", severity: SeverityUnsafe, change: byPattern(`^https://.*tenant\.example\.com$`)},
	{name: "a wildcard as a suffix of the string", id: "origin-suffix", severity: SeverityUnsafe, change: func(s *site) {
		s.allows = func(o string) bool { return rightOrigin(o) || strings.HasSuffix(o, "tenant.example.com") }
	}},
	{name: "anchors that hold for one alternative", id: "origin-prefix", severity: SeverityUnsafe, change: byPattern(`^https://app\.example|admin\.example\.net:8443$`)},
	{name: "the host alone is compared", id: "origin-port", severity: SeverityUnsafe, change: byHost((*url.URL).Hostname)},
	{name: "the port is not compared", id: "origin-port", severity: SeverityUnsafe, change: byHost(func(u *url.URL) string { return u.Scheme + "://" + u.Hostname() })},
	{name: "the scheme is not compared", id: "origin-scheme", severity: SeverityUnsafe, change: byHost(func(u *url.URL) string { return u.Host })},
	{name: "http let in with https", id: "origin-scheme", severity: SeverityUnsafe, change: byPattern(`^https?://app\.example$`)},
	{name: "ports that begin with the right one", id: "origin-port", severity: SeverityUnsafe, change: byPattern(`^https://admin\.example\.net:844`)},
	{name: "any port by a regular expression", id: "origin-port", severity: SeverityUnsafe, change: byPattern(`^https://app\.example(:\d+)?$`)},
	{name: "the port's beginning, behind which no port fits", id: "origin-port", severity: SeverityNote, change: byPattern(`^https://admin\.example\.net:8443`)},
	{name: "upper case is taken for lower", id: "origin-malformed", severity: SeverityNote, change: by(strings.EqualFold)},
	{name: "the trailing dot is dropped", id: "origin-trailing-dot", severity: SeverityUnsafe, change: by(func(o, a string) bool { return strings.TrimSuffix(o, ".") == a })},
	{name: "the apex let in by a wildcard", id: "origin-apex", severity: SeverityUnsafe, change: also("https://tenant.example.com")},
	{name: "the apex's parent let in by a wildcard", id: "origin-apex", severity: SeverityUnsafe, change: byPattern(`^https://([a-z0-9-]+\.)*example\.com$`)},
	{name: "subdomains of what is exact", id: "origin-subdomain", severity: SeverityUnsafe, change: byPattern(`^https://([a-z]+\.)?app\.example$`)},
	{name: "deep subdomains of what is exact", id: "origin-subdomain", severity: SeverityUnsafe, change: byPattern(`^https://[a-z]+\.[a-z]+\.app\.example$`)},
	{name: "the own host's neighbours", id: "origin-suffix", severity: SeverityUnsafe, change: byPattern(`^https://.*server\.example$`)},
	{name: "the own host without protection", id: "origin-scheme", severity: SeverityUnsafe, change: also("http://server.example")},
	{name: "siblings", id: "origin-sibling", severity: SeverityUnsafe, change: byPattern(`^https://[a-z]+\.example\.net:8443$`)},
	{name: "null is allowed", id: "origin-null", severity: SeverityUnsafe, change: also("null")},
	{name: "localhost is allowed", id: "origin-localhost", severity: SeverityUnsafe, change: byPattern(`^http://localhost(:\d+)?$`)},
	{name: "loopback addresses are allowed", id: "origin-localhost", severity: SeverityUnsafe, change: byPattern(`^http://127\.`)},
	{name: "a port of the developer's own machine is left in", id: "origin-localhost", severity: SeverityUnsafe, change: also("http://localhost:5173")},
	{name: "the developer's own machine is left in by its address", id: "origin-localhost", severity: SeverityUnsafe, change: byPattern(`^http://\[::1\]:`)},
	{name: "private networks are allowed", id: "origin-private-network", severity: SeverityUnsafe, change: byPattern(`^http://(192\.168|10\.\d+)\.`)},
	{name: "www. is dropped", id: "origin-subdomain", severity: SeverityUnsafe, change: by(func(o, a string) bool { return strings.Replace(o, "://www.", "://", 1) == a })},
	{name: "null is sent to whom is not allowed", id: "origin-null", severity: SeverityUnsafe, change: func(s *site) { s.anybody = func() string { return "null" } }},
	{name: "extensions of Firefox are allowed", id: "origin-extension", severity: SeverityUnsafe, change: byPattern(`^moz-extension://`)},
	{name: "extensions are allowed", id: "origin-extension", severity: SeverityUnsafe, change: byPattern(`^chrome-extension://`)},
	{name: "everybody is echoed", id: "origin-any", severity: SeverityUnsafe, change: func(s *site) { s.allows = func(string) bool { return true } }},
	{name: "all of https is echoed", id: "origin-any", severity: SeverityUnsafe, change: byPattern(`^https://`)},
	{name: "everybody is echoed, without credentials", id: "origin-any", severity: SeverityUnsafe, change: func(s *site) { s.anybody = func() string { return "*" } }},
	{name: "the first label is compared", id: "origin-first-label", severity: SeverityUnsafe, change: byPattern(`^https://app\.`)},
	{name: "the top-level domain is not compared", id: "origin-top", severity: SeverityUnsafe, change: byPattern(`^https://admin\.example\.[a-z]+:8443$`)},
	{name: "hyphens are dots", id: "origin-lookalike", severity: SeverityUnsafe, change: by(func(o, a string) bool { return strings.ReplaceAll(o, "-", ".") == a })},
	{name: "digits are letters", id: "origin-lookalike", severity: SeverityUnsafe, change: by(func(o, a string) bool { return strings.NewReplacer("0", "o", "1", "l").Replace(o) == a })},
	{name: "look-alikes in another alphabet", id: "origin-lookalike", severity: SeverityUnsafe, change: byPattern(`^https://xn--[a-z0-9-]+\.`)},
	{name: "the name's end is left out", id: "origin-extended", severity: SeverityUnsafe, change: byPattern(`^https://app\.example[a-z]?$`)},
	{name: "compared from the end as far as it goes", id: "origin-truncated", severity: SeverityUnsafe, change: by(func(o, a string) bool {
		return len(o) > 8 && strings.HasPrefix(reversed(a), reversed(strings.TrimPrefix(o, "https://")))
	})},
	{name: "user information is not looked at", id: "origin-malformed", severity: SeverityNote, change: byHost(func(u *url.URL) string { return u.Scheme + u.Host })},
	{name: "the first of a list", id: "origin-malformed", severity: SeverityNote, change: by(func(o, a string) bool { first, _, _ := strings.Cut(o, ","); return first == a })},
	{name: "a wildcard of one label only", id: "origin-refused", severity: SeverityBroken, change: func(s *site) {
		s.allows = func(o string) bool { return rightOrigin(o) && strings.Count(o, ".") < 4 }
	}},
	{name: "one origin is forgotten", id: "origin-refused", severity: SeverityBroken, change: func(s *site) {
		s.allows = func(o string) bool { return rightOrigin(o) && o != "https://admin.example.net:8443" }
	}},
	{name: "ports are forgotten", id: "origin-refused", severity: SeverityBroken, change: func(s *site) {
		s.allows = func(o string) bool { return rightOrigin(o) && !strings.HasSuffix(o, ":8443") }
	}},

	// Access-Control-Allow-Origin and -Credentials.
	{name: "* with credentials", id: "credentials-refused", severity: SeverityBroken, change: func(s *site) { s.allowOrigin = func(string) string { return "*" } }},
	{name: "a slash behind the origin", id: "origin-refused", severity: SeverityBroken, change: func(s *site) { s.allowOrigin = func(o string) string { return o + "/" } }},
	{name: "a list of origins", id: "origin-refused", severity: SeverityBroken, change: func(s *site) {
		s.allowOrigin = func(string) string { return "https://app.example, https://admin.example.net:8443" }
	}},
	{name: "the host alone", id: "origin-refused", severity: SeverityBroken, change: func(s *site) { s.allowOrigin = func(o string) string { return strings.TrimPrefix(o, "https://") } }},
	{name: "a pattern is sent", id: "origin-refused", severity: SeverityBroken, change: func(s *site) {
		s.allowOrigin = func(o string) string {
			if tenant.MatchString(o) {
				return "https://*.tenant.example.com"
			}
			return o
		}
	}},
	{name: "two lines", id: "origin-refused", severity: SeverityBroken, change: func(s *site) {
		s.actual = func(h http.Header, allowed bool, _ *http.Request) {
			if allowed {
				h.Add("Access-Control-Allow-Origin", h.Get("Access-Control-Allow-Origin"))
			}
		}
	}},
	{name: "always the first origin", id: "origin-refused", severity: SeverityBroken, change: func(s *site) { s.allowOrigin = func(string) string { return "https://app.example" } }},
	{name: "True", id: "credentials-refused", severity: SeverityBroken, change: func(s *site) { s.credentials = "True" }},
	{name: "no credentials", id: "credentials-refused", severity: SeverityBroken, change: func(s *site) { s.credentials = "" }},
	{name: "credentials twice", id: "credentials-refused", severity: SeverityBroken, change: func(s *site) { s.credentials = "true, true" }},
	{name: "credentials on preflights only", id: "credentials-refused", severity: SeverityBroken, change: func(s *site) {
		s.actual = func(h http.Header, _ bool, _ *http.Request) { h.Del("Access-Control-Allow-Credentials") }
	}},
	{name: "no credentials on preflights", id: "method-refused", severity: SeverityBroken, change: func(s *site) {
		s.preflight = func(h http.Header, _ bool) { h.Del("Access-Control-Allow-Credentials") }
	}},

	// Caches.
	{name: "no Vary", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) { s.vary = func(http.ResponseWriter, bool, bool) {} }},
	{name: "Vary on what is allowed only, where a response is fresh for a minute", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.vary = func(w http.ResponseWriter, allowed, _ bool) {
			w.Header().Set("Cache-Control", "max-age=60")
			if allowed {
				w.Header().Add("Vary", "Origin")
			}
		}
	}},
	{name: "Vary on what is allowed only, where a shared cache may keep it longer", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.vary = func(w http.ResponseWriter, allowed, _ bool) {
			w.Header().Set("Cache-Control", "max-age=0, s-maxage=60")
			if allowed {
				w.Header().Add("Vary", "Origin")
			}
		}
	}},
	{name: "Vary on what is allowed only, where nothing says how long a response is fresh", id: "cache-breaks", severity: SeverityNote, change: varyOnAllowed},
	{name: "no Vary, for one origin", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.vary = func(http.ResponseWriter, bool, bool) {}
		s.allows = func(o string) bool { return o == "https://app.example" }
	}},
	{name: "everybody's response leaks what one gets", id: "cache-leaks", severity: SeverityUnsafe, change: func(s *site) {
		s.vary = func(http.ResponseWriter, bool, bool) {}
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Origin") == "" {
				w.Header().Set("Access-Control-Allow-Origin", "*")
			}
			return false
		}
	}},
	{name: "Vary on preflights only", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.vary = func(w http.ResponseWriter, _, preflight bool) {
			if preflight {
				w.Header().Add("Vary", "Origin")
			}
		}
	}},
	{name: "Vary replaced by the handler", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.handler = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Accept-Encoding")
			rightHandler(w, r)
		}
	}},
	{name: "Vary on requests with Origin only, where a response is fresh for a minute", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			s.vary = func(w http.ResponseWriter, _, _ bool) {
				w.Header().Set("Cache-Control", "max-age=60")
				if r.Header.Get("Origin") != "" {
					w.Header().Add("Vary", "Origin")
				}
			}
			return false
		}
	}},
	{name: "Vary on requests with Origin only, where a response has a date", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			s.vary = func(w http.ResponseWriter, _, _ bool) {
				w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
				if r.Header.Get("Origin") != "" {
					w.Header().Add("Vary", "Origin")
				}
			}
			return false
		}
	}},
	{name: "Vary replaced by what compresses, where it does", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.actual = func(h http.Header, _ bool, r *http.Request) {
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				h.Set("Vary", "Accept-Encoding")
			}
		}
	}},
	{name: "no Vary on a page that is not found, and fresh for a minute", id: "cache-breaks", severity: SeverityWasteful, change: func(s *site) {
		s.handler = func(w http.ResponseWriter, r *http.Request) {
			rightHandler(&onStatus{w, func(got int) {
				if got == 404 {
					w.Header().Del("Vary")
					w.Header().Set("Cache-Control", "max-age=60")
				}
			}}, r)
		}
	}},
	{name: "a cache gives documents without an origin what others get", id: "cache-leaks", severity: SeverityUnsafe, change: func(s *site) {
		s.vary = func(w http.ResponseWriter, allowed, _ bool) {
			if allowed {
				w.Header().Add("Vary", "Origin")
			}
		}
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Origin") == "" {
				w.Header().Set("Access-Control-Allow-Origin", "null")
			}
			return false
		}
	}},
	{name: "Vary of another header", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.vary = func(w http.ResponseWriter, _, _ bool) { w.Header().Add("Vary", "Referer, X-Origin") }
	}},
	{name: "Vary dropped where a response may be stored", id: "cache-breaks", severity: SeverityBroken, change: func(s *site) {
		s.vary = func(http.ResponseWriter, bool, bool) {}
		s.actual = func(h http.Header, _ bool, _ *http.Request) { h.Set("Cache-Control", "public, max-age=60") }
	}},

	// What pages see, and send.
	{name: "too much is exposed", id: "exposed-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.expose = "X-Total, X-Internal" }},
	{name: "more is exposed than is there", id: "exposed-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.expose = "X-Total, X-Session-Token" }},
	{name: "all is exposed", id: "exposed-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.expose = "X-Total, *" }},
	{name: "where to go next is exposed", id: "exposed-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.expose = "X-Total, Location" }},
	{name: "what tells nothing is exposed", id: "exposed-not-meant", severity: SeverityNote, change: func(s *site) { s.expose = "X-Total, Server" }},
	{name: "nothing is exposed", id: "not-exposed", severity: SeverityBroken, change: func(s *site) { s.expose = "" }},
	{name: "exposed on preflights, and not where it counts", id: "not-exposed", severity: SeverityBroken, change: func(s *site) {
		s.expose, s.preflight = "", func(h http.Header, _ bool) { h.Set("Access-Control-Expose-Headers", "X-Total") }
	}},
	{name: "* with credentials exposes nothing", id: "not-exposed", severity: SeverityBroken, change: func(s *site) { s.expose = "*" }},
	{name: "methods are echoed", id: "method-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.methods = func(asked string) string { return asked } }},
	{name: "one method too many", id: "method-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.methods = func(string) string { return "PUT, PATCH, DELETE" } }},
	{name: "all methods", id: "method-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.methods = func(string) string { return "PUT, PATCH, *" } }},
	{name: "PUT is not allowed", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.methods = func(string) string { return "PATCH" } }},
	{name: "methods in lower case", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.methods = func(string) string { return "put, patch" } }},
	{name: "methods with a stray quote", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.methods = func(string) string { return `"PUT", "PATCH"` } }},
	{name: "* for methods, with credentials", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.methods = func(string) string { return "*" } }},
	{name: "methods in any case", id: "method-case", severity: SeverityNote, change: func(s *site) { s.methods = func(string) string { return "PUT, PATCH, patch" } }},
	{name: "headers are echoed", id: "header-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.headers = func(asked string) string { return asked } }},
	{name: "Authorization, too", id: "header-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.headers = func(string) string { return "Content-Type, X-Api-Key, Authorization" } }},
	{name: "Authorization, too, in a list that has another order each time", id: "header-not-meant", severity: SeverityUnsafe, change: func(s *site) {
		n := 0
		s.headers = func(string) string {
			list := []string{"Content-Type", "X-Api-Key", "Authorization"}
			n++
			return list[n%3] + "," + list[(n+1)%3] + "," + list[(n+2)%3]
		}
	}},
	{name: "* for headers, without credentials", id: "header-not-meant", severity: SeverityUnsafe, change: func(s *site) { s.headers = func(string) string { return "Content-Type, X-Api-Key, *" } }},
	{name: "headers are missing on preflights", id: "header-refused", severity: SeverityBroken, change: func(s *site) { s.headers = func(string) string { return "" } }},
	{name: "one header is missing", id: "header-refused", severity: SeverityBroken, change: func(s *site) { s.headers = func(string) string { return "Content-Type" } }},
	{name: "headers apart by spaces", id: "header-refused", severity: SeverityBroken, change: func(s *site) { s.headers = func(string) string { return "Content-Type X-Api-Key" } }},
	{name: "the first header of what is asked", id: "header-refused", severity: SeverityBroken, change: func(s *site) {
		s.headers = func(asked string) string {
			first, _, _ := strings.Cut(asked, ",")
			if strings.EqualFold(first, "content-type") || strings.EqualFold(first, "x-api-key") {
				return first
			}
			return ""
		}
	}},
	{name: "lists must be as browsers send them", id: "list-shape", severity: SeverityNote, change: func(s *site) {
		s.headers = func(asked string) string {
			if asked != strings.ToLower(asked) || strings.ContainsAny(asked, " \t") {
				return ""
			}
			return "Content-Type, X-Api-Key"
		}
	}},

	// Preflights.
	{name: "preflights are not found", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.status = 404 }},
	{name: "preflights are not allowed", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.status = 405 }},
	{name: "preflights need a login", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.status = 401 }},
	{name: "preflights fail", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.status = 500 }},
	{name: "preflights are redirected", id: "method-refused", severity: SeverityBroken, change: func(s *site) {
		s.status, s.preflight = 301, func(h http.Header, _ bool) { h.Set("Location", "/items/1") }
	}},
	{name: "preflights get no headers", id: "method-refused", severity: SeverityBroken, change: func(s *site) { s.preflight = func(h http.Header, _ bool) { deleteCORS(h) } }},
	{name: "preflights of everybody succeed", id: "preflight-not-meant", severity: SeverityUnsafe, change: func(s *site) {
		s.preflight = func(h http.Header, _ bool) {
			h.Set("Access-Control-Allow-Origin", "*")
			h.Set("Access-Control-Allow-Methods", "PUT, PATCH")
			h.Set("Access-Control-Allow-Headers", "Content-Type")
		}
	}},
	{name: "the handler runs on preflights", id: "handler-on-preflight", severity: SeverityBroken, change: func(s *site) { s.passes = true }},
	{name: "the handler runs before preflights are answered", id: "handler-on-preflight", severity: SeverityBroken, change: func(s *site) {
		s.first = func(_ http.ResponseWriter, r *http.Request) bool {
			if s.isPreflight(r) {
				s.reached.Add(1)
			}
			return false
		}
	}},
	{name: "preflights for PUT alone are known", id: "header-refused", severity: SeverityBroken, change: func(s *site) {
		s.isPreflight = func(r *http.Request) bool {
			return r.Method == "OPTIONS" && r.Header.Get("Access-Control-Request-Method") == "PUT"
		}
	}},

	// Errors, and other requests.
	{name: "pages that are not found have no headers", id: "error-without-headers", severity: SeverityWasteful, change: noHeadersOnErrors(404)},
	{name: "methods that are not allowed have no headers", id: "error-without-headers", severity: SeverityWasteful, change: noHeadersOnErrors(405), targets: []Target{{}, {Method: "PATCH", Path: "/items/1"}}},
	{name: "errors have no headers", id: "error-without-headers", severity: SeverityWasteful, change: noHeadersOnErrors(500), targets: []Target{{Path: "/"}, {Path: "/fails"}}},
	{name: "refusals have no headers", id: "error-without-headers", severity: SeverityWasteful, change: noHeadersOnErrors(401), targets: []Target{{Path: "/"}, {Path: "/private"}}},
	{name: "redirects have no headers", id: "origin-refused", severity: SeverityBroken, change: noHeadersOnErrors(302), targets: []Target{{Path: "/"}, {Path: "/moved"}}},
	{name: "a panic", id: "no-answer", severity: SeverityBroken, change: func(s *site) {
		s.first = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Origin") == "null" {
				panic("null is nil")
			}
			return false
		}
	}},
	{name: "POST of the own origin is refused", id: "own-origin-refused", severity: SeverityBroken, targets: []Target{{}, {Method: "POST", Path: "/items/1"}}, change: func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			o := r.Header.Get("Origin")
			if r.Method == "POST" && o != "" && !rightOrigin(o) {
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		}
	}},
	{name: "all of the own origin is refused", id: "own-origin-refused", severity: SeverityNote, change: func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			if o := r.Header.Get("Origin"); o != "" && !rightOrigin(o) {
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		}
	}},
	{name: "every OPTIONS is swallowed", id: "options-swallowed", severity: SeverityNote, change: func(s *site) {
		s.isPreflight = func(r *http.Request) bool { return r.Method == "OPTIONS" && r.Header.Get("Origin") != "" }
	}},
	{name: "the application's OPTIONS is swallowed", id: "options-swallowed", severity: SeverityBroken, targets: []Target{{}, {Method: "OPTIONS"}}, change: func(s *site) {
		s.isPreflight = func(r *http.Request) bool { return r.Method == "OPTIONS" }
	}},
	{name: "HEAD has no headers", id: "head-refused", severity: SeverityBroken, change: func(s *site) {
		s.actual = func(h http.Header, _ bool, r *http.Request) {
			if r.Method == "HEAD" {
				deleteCORS(h)
			}
		}
	}},
	{name: "GET has headers, and POST has not", id: "origin-refused", severity: SeverityBroken, targets: []Target{{}, {Method: "POST", Path: "/items/1"}}, change: func(s *site) {
		s.actual = func(h http.Header, _ bool, r *http.Request) {
			if r.Method == "POST" {
				deleteCORS(h)
			}
		}
	}},
	{name: "one route has no headers", id: "origin-refused", severity: SeverityBroken, targets: []Target{{}, {Path: "/items/1"}}, change: func(s *site) {
		s.actual = func(h http.Header, _ bool, r *http.Request) {
			if r.URL.Path == "/items/1" {
				deleteCORS(h)
			}
		}
	}},
	{name: "one route is open to everybody", id: "origin-any", severity: SeverityUnsafe, targets: []Target{{}, {Path: "/items/1"}}, change: func(s *site) {
		s.actual = func(h http.Header, _ bool, r *http.Request) {
			if r.URL.Path == "/items/1" {
				h.Set("Access-Control-Allow-Origin", "*")
			}
		}
	}},
	{name: "long lists end the connection", id: "hostile-list", severity: SeverityBroken, change: func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			if len(r.Header.Get("Access-Control-Request-Headers")) > 50000 {
				panic(http.ErrAbortHandler)
			}
			return false
		}
	}},
	{name: "long lists crash", id: "hostile-list", severity: SeverityBroken, change: func(s *site) {
		s.headers = func(asked string) string {
			if len(strings.Split(asked, ",")) > 500 {
				panic("too many")
			}
			return "Content-Type, X-Api-Key"
		}
	}},
	{name: "odd lists fail", id: "hostile-list", severity: SeverityBroken, change: func(s *site) {
		s.first = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.ContainsAny(r.Header.Get("Access-Control-Request-Headers"), "();\"") {
				w.WriteHeader(http.StatusInternalServerError)
				return true
			}
			return false
		}
	}},
	{name: "odd origins fail", id: "hostile-list", severity: SeverityBroken, change: func(s *site) {
		s.allows = func(o string) bool {
			if _, err := url.Parse(o); err != nil {
				panic(err)
			}
			return rightOrigin(o)
		}
	}},
}

func (s *site) runs() int { return int(s.reached.Load()) }

// What a page must not get, or does not, is found by its id.
func TestWrongServers(t *testing.T) {
	oracle := mustPolicy(t, meant)
	names := map[string]bool{}
	for _, w := range wrongServers {
		t.Run(w.name, func(t *testing.T) {
			if names[w.name] {
				t.Fatal("the name is there twice")
			}
			names[w.name] = true
			s := rightSite()
			w.change(s)
			report, err := Check(t.Context(), s, oracle, WithReached(s.runs), WithTargets(w.targets...))
			if err != nil {
				t.Fatal(err)
			}
			if report.Inconclusive != "" {
				t.Errorf("inconclusive: %s", report.Inconclusive)
			}
			found := slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.ID == w.id && f.Severity == w.severity })
			if !found {
				t.Errorf("there is no finding %s %s; found: %v", w.severity, w.id, report.Findings)
			}
			for _, f := range report.Findings {
				if f.Severity > w.severity && w.severity == SeverityNote {
					t.Errorf("what is a note is found to be worse: %v", f)
				}
				for name, text := range map[string]string{"origin": f.Origin, "wanted": f.Wanted, "why": f.Why, "fix": f.Fix} {
					if text == "" {
						t.Errorf("%s says nothing of: %s", f.ID, name)
					}
				}
				if len(f.Exchanges) == 0 {
					t.Errorf("%s has no exchanges", f.ID)
				}
				for _, x := range f.Exchanges {
					if x.Request.Method == "" || !strings.HasPrefix(x.Request.Path, "/") || (x.Answer.Status == 0) != (x.Answer.Error != "") || len(x.Answer.String())+len(x.Request.String()) > 10000 {
						t.Errorf("%s: %s: %s", f.ID, x.Request, x.Answer)
					}
				}
			}
		})
	}
	if len(names) < 60 {
		t.Errorf("%d wrong servers", len(names))
	}
}

// The right server is right, whatever it is asked for.
func TestRightServer(t *testing.T) {
	for name, targets := range map[string][]Target{
		"default": nil, "many": {{}, {Path: "/items/1"}, {Path: "/fails"}, {Path: "/private"}, {Path: "/moved"}, {Method: "POST", Path: "/items/1"}, {Method: "OPTIONS"}, {Method: "DELETE", Path: "/items/1"}},
	} {
		s := rightSite()
		report, err := Check(t.Context(), s, mustPolicy(t, meant), WithReached(s.runs), WithTargets(targets...))
		if err != nil || report.Inconclusive != "" || len(report.Findings) > 0 {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
		t.Logf("%s: %d requests", name, report.Asked)
	}
}
