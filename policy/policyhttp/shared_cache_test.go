package policyhttp_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// A sharedCache stores every response, to OPTIONS too, and reuses it as Vary lets
// it: what answers GET answers HEAD.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
type sharedCache struct {
	stored []stored
	reused int
}

type stored struct {
	request  *http.Request
	response answer
}

// answer is what matters here of a response.
type answer struct {
	status int
	header http.Header
}

func (c *sharedCache) serve(h http.Handler, r *http.Request) answer {
	for _, s := range c.stored {
		if s.matches(r) {
			c.reused++
			return s.response
		}
	}
	a := direct(h, r)
	c.stored = append(c.stored, stored{r, a})
	return a
}

func (s *stored) matches(r *http.Request) bool {
	if s.request.URL.String() != r.URL.String() || s.request.Method != r.Method && !(s.request.Method == "GET" && r.Method == "HEAD") {
		return false
	}
	for name := range strings.SplitSeq(strings.Join(s.response.header["Vary"], ","), ",") {
		name = strings.TrimSpace(name)
		if name == "*" || !slices.Equal(s.request.Header.Values(name), r.Header.Values(name)) {
			return false
		}
	}
	return true
}

func direct(h http.Handler, r *http.Request) answer {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return answer{w.Code, w.Header()}
}

// cors is what a browser looks at.
func (a answer) cors() map[string][]string {
	said := map[string][]string{"status": {fmt.Sprint(a.status)}}
	for name, lines := range a.header {
		if strings.HasPrefix(name, "Access-Control-") || name == "Timing-Allow-Origin" {
			said[name] = lines
		}
	}
	return said
}

// randomPolicy returns a policy of few parts, so that requests meet it.
func randomPolicy(r *rand.Rand) *policy.Policy {
	some := func(most int, list ...string) (some []string) {
		for range r.IntN(most + 1) {
			some = append(some, list[r.IntN(len(list))])
		}
		return some
	}
	patterns := []string{"https://a.example", "https://b.example", "https://*.b.example", "https://a.example:*", "null", "*"}
	for {
		p, err := policyhttp.NewPolicy(policy.Config{
			Origins: some(3, patterns...), Credentials: r.IntN(2) == 0, Methods: some(2, "PUT", "PATCH", "*"), RequestHeaders: some(2, "X-A", "Authorization", "*"),
			ExposeHeaders: some(1, "X-B", "*"), TimingAllowOrigin: some(2, patterns...), Static: r.IntN(4) == 0, PreflightStatus: r.IntN(2) * 200, DangerouslyAllowNull: r.IntN(2) == 0,
		})
		if err == nil {
			return p
		}
	}
}

// randomSite returns a handler with random policies: one for all, one for each
// tenant or origin, or one for each route.
func randomSite(r *rand.Rand) http.Handler {
	mux := http.NewServeMux()
	for _, pattern := range []string{"GET /a", "PUT /a", "POST /a", "/b", "OPTIONS /b", "GET /c"} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Accept")
			w.Header().Set("X-Said", r.Header.Get("Accept"))
		})
	}
	perhaps := func() *policy.Policy {
		if r.IntN(4) == 0 {
			return nil
		}
		return randomPolicy(r)
	}
	m := new(policyhttp.Middleware)
	switch r.IntN(4) {
	case 0:
		m.Store(perhaps())
	case 1:
		tenants := map[string]*policy.Policy{"": perhaps(), "1": perhaps(), "2": perhaps()}
		m = policyhttp.NewSelect(func(r *http.Request) *policy.Policy { return tenants[r.Header.Get("X-Tenant")] }, "X-Tenant")
	case 2:
		trusted, others := perhaps(), perhaps()
		m = policyhttp.NewSelect(func(r *http.Request) *policy.Policy {
			if r.Header.Get("Origin") == "https://a.example" {
				return trusted
			}
			return others
		}, "origin")
	case 3:
		routes := map[string]*policy.Policy{}
		for _, pattern := range []string{"GET /a", "PUT /a", "POST /a", "/b", "OPTIONS /b", "GET /c", ""} {
			routes[pattern] = perhaps()
		}
		m = policyhttp.NewSelect(policyhttp.ByPattern(mux, routes))
	}
	if r.IntN(2) == 0 {
		return m.WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Accept-Language")
			mux.ServeHTTP(w, r)
		}))
	}
	return m.Wrap(mux)
}

func randomRequest(r *rand.Rand) *http.Request {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	request := httptest.NewRequest(one("GET", "GET", "HEAD", "OPTIONS", "OPTIONS", "OPTIONS"), "https://api.example"+one("/a", "/b", "/c", "/d"), nil)
	for name, value := range map[string]string{
		"Origin": one("", "https://a.example", "https://b.example", "https://x.b.example", "https://evil.example", "null", "x"), "X-Tenant": one("", "", "1", "2", "3"),
		"Accept": one("", "", "text/html"),
	} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	if request.Method == "OPTIONS" || r.IntN(8) == 0 {
		for name, value := range map[string]string{
			"Access-Control-Request-Method":  one("", "GET", "PUT", "PATCH", "DELETE", "x y"),
			"Access-Control-Request-Headers": one("", "", "x-a", "x-b", "authorization", "x y"),
		} {
			if value != "" {
				request.Header.Set(name, value)
			}
		}
	}
	return request
}

// differences counts the answers of a cache that are not what the site says.
func differences(t *testing.T, r *rand.Rand, sites, requests int, site func(*rand.Rand) http.Handler) (different, reused int, example string) {
	t.Helper()
	for range sites {
		h := site(r)
		var cache sharedCache
		for range requests {
			request := randomRequest(r)
			want, got := direct(h, request), cache.serve(h, request)
			if diff := cmp.Diff(want.cors(), got.cors()); diff != "" {
				different++
				example = fmt.Sprintf("%s %s %v (-direct +cached):\n%s", request.Method, request.URL, request.Header, diff)
			}
		}
		reused += cache.reused
	}
	return different, reused, example
}

// A cache that honours Vary gives nobody what the site would not say.
func TestSharedCache(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	different, reused, example := differences(t, r, 300, 150, randomSite)
	if different != 0 {
		t.Errorf("%d of %d reused answers are not what the site says, such as that to %s", different, reused, example)
	}
	if reused < 5000 {
		t.Errorf("only %d answers were reused", reused)
	}
	// The model finds it where a name is left out of Vary.
	for _, name := range []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "X-Tenant"} {
		different, _, _ := differences(t, r, 100, 150, func(r *rand.Rand) http.Handler {
			h := randomSite(r)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a := direct(h, r)
				maps.Copy(w.Header(), a.header)
				names := slices.DeleteFunc(strings.Split(strings.Join(a.header["Vary"], ","), ","), func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), name) })
				w.Header().Set("Vary", strings.Join(names, ","))
				w.WriteHeader(a.status)
			})
		})
		if different == 0 {
			t.Errorf("without %s in Vary, the model finds nothing", name)
		}
	}
}
