package policyhttp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

func middleware(t testing.TB, c policy.Config) *policyhttp.Middleware {
	t.Helper()
	m, err := policyhttp.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// matrixConfig is the policy that a survey of CORS libraries was made with.
var matrixConfig = policy.Config{
	Origins:        []string{"https://app.example.com", "https://admin.example.com"},
	Credentials:    true,
	Methods:        []string{"PUT", "PATCH"},
	RequestHeaders: []string{"X-Foo", "Content-Type"},
}

// Each row is what a server with that policy has to do, whatever the library.
func TestConformanceMatrix(t *testing.T) {
	const allowed = "https://app.example.com"
	type header = [2]string
	for _, c := range []struct {
		name    string
		method  string
		headers []header

		called bool // the handler runs
		share  bool // the browser shares the response; of a preflight, sends the request
		status int
	}{
		{"GET no Origin", "GET", nil, true, false, 200},
		{"GET allowed", "GET", []header{{"Origin", allowed}}, true, true, 200},
		{"GET disallowed", "GET", []header{{"Origin", "https://evil.com"}}, true, false, 200},
		{"GET Origin:null", "GET", []header{{"Origin", "null"}}, true, false, 200},
		{"GET same-host Origin", "GET", []header{{"Origin", "https://api.example.com"}}, true, false, 200},
		{"GET UPPERCASE origin", "GET", []header{{"Origin", "HTTPS://APP.EXAMPLE.COM"}}, true, false, 200},
		{"GET two Origin lines", "GET", []header{{"Origin", allowed}, {"Origin", allowed}}, true, false, 200},
		{"POST allowed (safelisted)", "POST", []header{{"Origin", allowed}}, true, true, 200},
		{"DELETE allowed origin", "DELETE", []header{{"Origin", allowed}}, true, true, 200},
		{"OPTIONS Origin, no ACRM", "OPTIONS", []header{{"Origin", allowed}}, true, true, 200},
		{"OPTIONS ACRM, no Origin", "OPTIONS", []header{{"Access-Control-Request-Method", "PUT"}}, true, false, 200},
		{"OPTIONS plain", "OPTIONS", nil, true, false, 200},
		{"PF PUT", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}}, false, true, 204},
		{"PF GET + x-foo", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "GET"}, {"Access-Control-Request-Headers", "x-foo"}}, false, true, 204},
		{"PF POST + x-foo", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "POST"}, {"Access-Control-Request-Headers", "x-foo"}}, false, true, 204},
		{"PF DELETE (not allowed)", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "DELETE"}}, false, false, 204},
		{"PF patch (case)", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "patch"}}, false, false, 204},
		{"PF PUT content-type,x-foo", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "content-type,x-foo"}}, false, true, 204},
		{"PF OWS 'content-type, x-foo'", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "content-type, x-foo"}}, false, true, 204},
		{"PF 3 OWS bytes", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "content-type  \t,x-foo"}}, false, true, 204},
		{"PF 2 ACRH lines", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "content-type"}, {"Access-Control-Request-Headers", "x-foo"}}, false, true, 204},
		{"PF unsorted Title-Case", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "X-Foo,Content-Type"}}, false, true, 204},
		{"PF empty elems ',x-foo,'", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", ",x-foo,"}}, false, true, 204},
		{"PF x-evil", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "x-evil"}}, false, false, 204},
		{"PF 'x-foo;x' malformed", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "x-foo;x"}}, false, false, 403},
		{"PF 'x-foo\u00e9' malformed", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "x-foo\u00e9"}}, false, false, 403},
		{"PF 2nd line evil", "OPTIONS", []header{{"Origin", allowed}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "x-foo"}, {"Access-Control-Request-Headers", "x-evil"}}, false, false, 204},
		{"PF evil origin", "OPTIONS", []header{{"Origin", "https://evil.com"}, {"Access-Control-Request-Method", "PUT"}}, false, false, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			called := false
			handler := middleware(t, matrixConfig).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { called = true }))
			r := httptest.NewRequest(c.method, "https://api.example.com/x", nil)
			for _, h := range c.headers {
				r.Header.Add(h[0], h[1])
			}
			w := httptest.NewRecorder()
			w.Header().Set("Vary", "Accept-Encoding")
			handler.ServeHTTP(w, r)

			if called != c.called || w.Code != c.status {
				t.Errorf("handler ran: %v, status %d; want %v, %d", called, w.Code, c.called, c.status)
			}
			if vary := w.Header().Values("Vary"); len(vary) != 2 || vary[0] != "Accept-Encoding" || !strings.HasPrefix(vary[1], "Origin") {
				t.Errorf("Vary: %q", vary)
			}
			if got := shares(r, w.Result()); got != c.share {
				t.Errorf("the browser shares: %v; headers %v", got, w.Header())
			}
			if c.status == 403 || c.called && !c.share {
				for name := range w.Header() {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("who is refused is told %s: %s", name, w.Header().Get(name))
					}
				}
			}
		})
	}
}

// shares asks a browser's checks whether a response may be shared with a page
// of the origin https://app.example.com, or of the one that sent r, or, to a
// preflight, whether the request that it announced may be sent.
func shares(r *http.Request, response *http.Response) bool {
	o, err := origin.Parse(r.Header.Get("Origin"))
	if err != nil {
		o = origin.MustParse("https://app.example.com")
	}
	if len(r.Header["Origin"]) != 1 {
		return response.Header.Get("Access-Control-Allow-Origin") != ""
	}
	request := fetch.Request{
		Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://api.example.com/x")}, Origin: o, Mode: fetch.ModeCORS, Credentials: fetch.CredentialsInclude, UnsafeRequest: true,
	}
	answer := fetch.Response{Status: response.StatusCode}
	for name, values := range response.Header {
		for _, value := range values {
			answer.Headers.Append(name, value)
		}
	}
	method := r.Header.Get("Access-Control-Request-Method")
	if r.Method != "OPTIONS" || method == "" {
		return fetch.CORSCheck(&request, &answer).OK()
	}
	request.Method = method
	for _, line := range r.Header["Access-Control-Request-Headers"] {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.Trim(name, " \t"); name != "" {
				request.Headers.Append(name, "\"") // not safelisted, whatever the name
			}
		}
	}
	verdict, _ := fetch.PreflightCheck(&request, &answer)
	return verdict.OK()
}

func serve(h http.Handler, method string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://api.example.com/x", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var hello = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) })

func TestZeroMiddlewarePasses(t *testing.T) {
	var m policyhttp.Middleware
	w := serve(m.Wrap(hello), "OPTIONS", "Origin", "https://app.example.com", "Access-Control-Request-Method", "PUT")
	if w.Body.String() != "hello" || len(w.Header()["Vary"])+len(w.Header()["Access-Control-Allow-Origin"]) > 0 {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	if m.Load() != nil {
		t.Error("there is a policy")
	}
}

func TestNewErrors(t *testing.T) {
	if m, err := policyhttp.New(policy.Config{Origins: []string{"https://*.github.io"}, Credentials: true}); m != nil || err == nil || !strings.Contains(err.Error(), "public-suffix-with-credentials") {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestStore(t *testing.T) {
	var m policyhttp.Middleware
	h := m.Wrap(hello)
	for _, allowed := range []string{"https://a.example", "https://b.example"} {
		p, err := policyhttp.NewPolicy(policy.Config{Origins: []string{allowed}})
		if err != nil {
			t.Fatal(err)
		}
		m.Store(p)
		for _, o := range []string{"https://a.example", "https://b.example"} {
			want := ""
			if o == allowed {
				want = o
			}
			if got := serve(h, "GET", "Origin", o).Header().Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s, policy for %s: %q", o, allowed, got)
			}
		}
	}
	m.Store(nil)
	if w := serve(h, "GET", "Origin", "https://b.example"); len(w.Header()["Vary"]) > 0 {
		t.Errorf("without a policy: %v", w.Header())
	}
}

func TestStoreWhileServing(t *testing.T) {
	m := middleware(t, matrixConfig)
	h := m.Wrap(hello)
	p := m.Load()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 500 {
				serve(h, "GET", "Origin", "https://app.example.com")
			}
		})
	}
	for range 500 {
		m.Store(nil)
		m.Store(p)
	}
	group.Wait()
}

func TestDecided(t *testing.T) {
	m := middleware(t, matrixConfig)
	var codes []policy.Code
	m.Decided = func(w http.ResponseWriter, r *http.Request, d policy.Decision) {
		if w.Header().Get("Vary") != d.Vary() || (w.Header().Get("Access-Control-Allow-Origin") != "") != (d.Code() != policy.CodeOriginNotAllowed && d.Kind() != policy.KindNone) {
			t.Errorf("%s: the headers are not set yet: %v", r.Method, w.Header())
		}
		w.Header().Set("X-Decided", "1") // nothing is written yet
		codes = append(codes, policy.Code(r.Method+" "+d.Kind().String()+" ")+d.Code())
	}
	h := m.Wrap(hello)
	for _, w := range []*httptest.ResponseRecorder{
		serve(h, "GET"),
		serve(h, "GET", "Origin", "https://evil.example"),
		serve(h, "OPTIONS", "Origin", "https://app.example.com", "Access-Control-Request-Method", "DELETE"),
	} {
		if w.Result().Header.Get("X-Decided") == "" {
			t.Errorf("%d: what it sets is not sent", w.Code)
		}
	}
	if diff := cmp.Diff([]policy.Code{"GET none ", "GET actual origin-not-allowed", "OPTIONS preflight method-not-allowed"}, codes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, nobody := range map[string]*policyhttp.Middleware{"nothing stored": new(policyhttp.Middleware), "nil chosen": policyhttp.NewSelect(func(*http.Request) *policy.Policy { return nil })} {
		nobody.Decided = func(http.ResponseWriter, *http.Request, policy.Decision) {
			t.Errorf("%s: called without a policy", name)
		}
		serve(nobody.Wrap(hello), "GET", "Origin", "https://app.example.com")
		serve(nobody.WrapOver(hello), "GET", "Origin", "https://app.example.com")
	}
}

// A handler or an outer middleware that changes slices in place changes its
// own response only.
func TestNothingIsShared(t *testing.T) {
	m := middleware(t, policy.Config{
		Origins: []string{"https://*.example.com", "https://app.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposeHeaders: []string{"x-a"}, MaxAge: new(5),
		TimingAllowOrigin: []string{"https://app.example"},
	})
	spoil := func(h http.Header) {
		for name, values := range h {
			for i := range values {
				values[i] = "spoilt"
			}
			h[name] = append(values, "more") // must not reach the neighbour's part of an array
		}
	}
	for _, c := range [][]string{
		{"GET", "Origin", "https://a.example.com"},
		{"GET", "Origin", "https://app.example"},
		{"OPTIONS", "Origin", "https://a.example.com", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-a", "Access-Control-Request-Headers", "x-b"},
	} {
		r := httptest.NewRequest(c[0], "https://api.example.com/", nil)
		for i := 1; i < len(c); i += 2 {
			r.Header.Add(c[i], c[i+1])
		}
		asked := r.Header.Clone()
		vary := make([]string, 1, 8)
		vary[0] = "Accept"
		shared := vary[:2:2] // somebody else's
		shared[1] = "kept"

		var want, got http.Header
		for _, headers := range []*http.Header{&want, &got} {
			w := httptest.NewRecorder()
			w.Header()["Vary"] = vary
			h := m.Wrap(hello)
			h.ServeHTTP(w, r)
			*headers = w.Header().Clone()
			before := len(w.Header())
			if len(w.Header()["Vary"]) != 2 {
				t.Errorf("%v: Vary %q", c, w.Header()["Vary"])
			}
			spoil(w.Header())
			for name, values := range w.Header() {
				for i, value := range values {
					if value != "spoilt" && (value != "more" || i != len(values)-1) {
						t.Errorf("%v: %s is %q: an append went into another header", c, name, values)
					}
				}
			}
			if before != len(w.Header()) || shared[1] != "kept" {
				t.Errorf("%v: somebody else's slice was written to", c)
			}
			vary[0] = "Accept"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v: the second response differs (-first +second):\n%s", c, diff)
		}
		if diff := cmp.Diff(asked, r.Header); diff != "" {
			t.Errorf("%v: the request was changed (-before +after):\n%s", c, diff)
		}
	}
}

// What the application sets stays, and what stood there before is replaced,
// except Vary.
func TestHeadersOfOthers(t *testing.T) {
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Expose-Headers", "X-Mine")
		w.Header().Add("Vary", "Cookie")
		w.Header().Set("X-Mine", "1")
		w.WriteHeader(http.StatusInternalServerError)
	})
	wrapped := middleware(t, matrixConfig).Wrap(inner)
	outer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Vary", "Accept-Encoding")
		wrapped.ServeHTTP(w, r)
	})
	w := serve(outer, "GET", "Origin", "https://app.example.com")
	want := http.Header{
		"Access-Control-Allow-Origin": {"https://app.example.com"}, "Access-Control-Allow-Credentials": {"true"}, "Access-Control-Expose-Headers": {"X-Mine"},
		"Vary": {"Accept-Encoding", "Origin", "Cookie"}, "X-Mine": {"1"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" || w.Code != 500 {
		t.Errorf("status %d (-want +got):\n%s", w.Code, diff)
	}
}

// What a policy does not set is not there, also if an outer handler, such as
// another policy's, has set it: else the inner one would not rule.
func TestInnerPolicyRules(t *testing.T) {
	outer := middleware(t, policy.Config{
		Origins: []string{"https://a.example", "https://b.example"}, Credentials: true, ExposeHeaders: []string{"X-Secret"}, RequestHeaders: []string{"X-Secret"},
		TimingAllowOrigin: []string{"https://a.example"}, MaxAge: new(600),
	})
	inner := middleware(t, policy.Config{Origins: []string{"https://a.example"}})
	h := outer.Wrap(inner.Wrap(hello))
	for _, c := range []struct {
		origin string
		want   http.Header
	}{
		{"https://a.example", http.Header{"Access-Control-Allow-Origin": {"https://a.example"}, "Timing-Allow-Origin": {"https://a.example"}, "Vary": {"Origin", "Origin"}}},
		{"https://b.example", http.Header{"Vary": {"Origin", "Origin"}}},
	} {
		w := serve(h, "GET", "Origin", c.origin)
		w.Header().Del("Content-Type")
		if diff := cmp.Diff(c.want, w.Header()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.origin, diff)
		}
	}
	set := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{
			"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
			"Access-Control-Expose-Headers", "Timing-Allow-Origin",
		} {
			w.Header().Set(name, "*")
		}
		inner.Wrap(hello).ServeHTTP(w, r)
	})
	w := serve(set, "OPTIONS", "Origin", "https://a.example", "Access-Control-Request-Method", "PUT")
	want := http.Header{
		"Access-Control-Allow-Origin": {"https://a.example"}, "Access-Control-Allow-Methods": {"GET,HEAD,POST"}, "Timing-Allow-Origin": {"*"},
		"Vary": {"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("preflight (-want +got):\n%s", diff)
	}
	// One header alone goes as well.
	for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers"} {
		lone := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(name, "*")
			inner.Wrap(hello).ServeHTTP(w, r)
		})
		if w := serve(lone, "GET", "Origin", "https://b.example"); w.Header().Get(name) != "" {
			t.Errorf("%s of an outer handler stays", name)
		}
	}
}

// http.TimeoutHandler replaces what stands in Vary by what its handler put there,
// so that its place is outside.
func TestTimeoutHandlerOutside(t *testing.T) {
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Add("Vary", "Cookie") })
	w := serve(http.TimeoutHandler(middleware(t, matrixConfig).Wrap(inner), time.Minute, ""), "GET", "Origin", "https://app.example.com")
	if diff := cmp.Diff([]string{"Origin", "Cookie"}, w.Header()["Vary"]); diff != "" {
		t.Errorf("Vary (-want +got):\n%s", diff)
	}
}

// The ResponseWriter goes through as it is, with all it can do.
func TestResponseWriterIsNotWrapped(t *testing.T) {
	recorder := httptest.NewRecorder()
	h := middleware(t, matrixConfig).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if w != http.ResponseWriter(recorder) {
			t.Errorf("the handler gets a %T", w)
		}
		if _, ok := w.(http.Flusher); !ok {
			t.Error("the handler cannot flush")
		}
	}))
	h.ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
}

// T186: preflights come without credentials, and are answered in front of
// whatever asks for them.
func TestPreflightBeforeAuthentication(t *testing.T) {
	authenticated := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	h := middleware(t, matrixConfig).Wrap(authenticated)
	t.Run("T186 a preflight without credentials", func(t *testing.T) {
		if w := serve(h, "OPTIONS", "Origin", "https://app.example.com", "Access-Control-Request-Method", "PUT"); w.Code != 204 {
			t.Errorf("status %d", w.Code)
		}
	})
	w := serve(h, "GET", "Origin", "https://app.example.com")
	if w.Code != 401 || w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("status %d, %v: the page cannot see that it has to log in", w.Code, w.Header())
	}
}

// discard is a ResponseWriter that costs nothing itself.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func TestMiddlewareAllocations(t *testing.T) {
	list, everybody := middleware(t, matrixConfig), middleware(t, policy.Config{Origins: []string{"*"}})
	echo := middleware(t, policy.Config{Origins: []string{"https://*.example.com"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}, MaxAge: new(600)})
	none := new(policyhttp.Middleware)
	static := middleware(t, policy.Config{Origins: []string{"https://app.example.com"}, Static: true})
	chosen := policyhttp.NewSelect(func(*http.Request) *policy.Policy { return list.Load() }, "X-Tenant")
	nobody := policyhttp.NewSelect(func(*http.Request) *policy.Policy { return nil }, "X-Tenant")
	empty := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, c := range []struct {
		name    string
		m       *policyhttp.Middleware
		method  string
		headers http.Header
		want    float64
	}{
		{"no policy", none, "GET", http.Header{"Origin": {"https://app.example.com"}}, 0},
		{"no Origin", list, "GET", http.Header{}, 1},
		{"allowed", list, "GET", http.Header{"Origin": {"https://app.example.com"}}, 1},
		{"refused", list, "GET", http.Header{"Origin": {"https://evil.example"}}, 1},
		{"malformed", list, "GET", http.Header{"Origin": {"x"}}, 1},
		{"preflight", list, "OPTIONS", http.Header{"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"x-foo"}}, 1},
		{"preflight refused", list, "OPTIONS", http.Header{"Origin": {"https://evil.example"}, "Access-Control-Request-Method": {"PUT"}}, 1},
		{"echo", echo, "OPTIONS", http.Header{"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"PURGE"}, "Access-Control-Request-Headers": {"a,b,c,d,e,f"}}, 1},
		{"static", static, "GET", http.Header{"Origin": {"https://app.example.com"}}, 1},
		{"chosen", chosen, "GET", http.Header{"Origin": {"https://app.example.com"}}, 1},
		{"chosen, none", nobody, "GET", http.Header{"Origin": {"https://app.example.com"}}, 1},
		{"everybody", everybody, "GET", http.Header{"Origin": {"https://app.example.com"}}, 1},
	} {
		h := c.m.Wrap(empty)
		r := httptest.NewRequest(c.method, "/", nil)
		r.Header = c.headers
		w := &discard{http.Header{"Vary": {"Accept-Encoding"}}}
		vary := w.header["Vary"]
		h.ServeHTTP(w, r) // the map grows once
		if got := testing.AllocsPerRun(100, func() { w.header["Vary"] = vary; h.ServeHTTP(w, r) }); got != c.want {
			t.Errorf("%s: %v allocations, want %v", c.name, got, c.want)
		}
	}
}
