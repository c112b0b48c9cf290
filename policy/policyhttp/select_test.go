package policyhttp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

func newPolicy(t testing.TB, c policy.Config) *policy.Policy {
	t.Helper()
	p, err := policyhttp.NewPolicy(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const varyOptions = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

// What is in Vary, with a policy and without one.
func TestNewSelectVary(t *testing.T) {
	policies := map[string]*policy.Policy{
		"list": newPolicy(t, policy.Config{Origins: []string{"https://a.example"}}),
		"all":  newPolicy(t, policy.Config{Origins: []string{"*"}}),
		"none": nil,
	}
	for _, c := range []struct {
		reads                            []string
		list, all, none, options, before string
	}{
		{nil, "Origin", "", "", varyOptions, ""},
		{[]string{"X-Tenant"}, "Origin, X-Tenant", "X-Tenant", "X-Tenant", varyOptions + ", X-Tenant", ""},
		{[]string{"origin", "X-Tenant", "x-tenant"}, "Origin, X-Tenant", "origin, X-Tenant", "origin, X-Tenant", varyOptions + ", X-Tenant", ""},
	} {
		for name, p := range policies {
			m := policyhttp.NewSelect(func(*http.Request) *policy.Policy { return p }, c.reads...)
			want := map[string]string{"list": c.list, "all": c.all, "none": c.none}[name]
			for _, h := range []http.Handler{m.Wrap(hello), m.WrapOver(hello)} {
				for _, headers := range [][]string{nil, {"Origin", "https://a.example"}, {"Origin", "https://b.example"}} {
					if got := strings.Join(serve(h, "GET", headers...).Header()["Vary"], ", "); got != want {
						t.Errorf("reads %q, policy %s, GET with %q: Vary %q, want %q", c.reads, name, headers, got, want)
					}
					for _, method := range []string{"", "PUT"} {
						if got := strings.Join(serve(h, "OPTIONS", append(headers, "Access-Control-Request-Method", method)...).Header()["Vary"], ", "); got != c.options {
							t.Errorf("reads %q, policy %s, OPTIONS with %q: Vary %q, want %q", c.reads, name, headers, got, c.options)
						}
					}
				}
			}
		}
	}
}

func TestNewSelectPanics(t *testing.T) {
	choose := func(*http.Request) *policy.Policy { return nil }
	for _, c := range []struct {
		choose func(*http.Request) *policy.Policy
		reads  []string
		want   string
	}{
		{nil, nil, "nil"},
		{choose, []string{"X-Tenant", "Cookie"}, "Cookie"},
		{choose, []string{"authorization"}, "authorization"},
		{choose, []string{"Content-Type"}, "Content-Type"},
		{choose, []string{""}, "not a header name"},
		{choose, []string{"X-A, X-B"}, "not a header name"},
	} {
		func() {
			defer func() {
				if got, ok := recover().(string); !ok || !strings.HasPrefix(got, "policyhttp: ") || !strings.Contains(got, c.want) {
					t.Errorf("reads %q: %q, want %s", c.reads, got, c.want)
				}
			}()
			policyhttp.NewSelect(c.choose, c.reads...)
		}()
	}
}

// What is stored is not used if there is a choice.
func TestNewSelectStore(t *testing.T) {
	m := policyhttp.NewSelect(func(*http.Request) *policy.Policy { return nil })
	m.Store(newPolicy(t, policy.Config{Origins: []string{"*"}}))
	if got := serve(m.Wrap(hello), "GET", "Origin", "https://a.example").Header(); got.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%v", got)
	}
}

func TestByPattern(t *testing.T) {
	mux := http.NewServeMux()
	for _, pattern := range []string{"GET /items", "PUT /items/{id}", "DELETE /items/{id}", "/files/", "admin.example/", "POST /items"} {
		mux.Handle(pattern, hello)
	}
	allow := func(origin string) *policy.Policy {
		return newPolicy(t, policy.Config{Origins: []string{origin}, Methods: []string{"PUT", "DELETE"}})
	}
	policies := map[string]*policy.Policy{
		"GET /items": allow("https://get.example"), "PUT /items/{id}": allow("https://put.example"), "/files/": allow("https://files.example"),
		"admin.example/": allow("https://admin.example"), "": allow("https://nowhere.example"),
	}
	h := policyhttp.NewSelect(policyhttp.ByPattern(mux, policies)).Wrap(mux)
	clear(policies) // it has its own
	for _, c := range []struct {
		method, url, requestMethod, want string
	}{
		{"GET", "https://api.example/items", "", "https://get.example"},
		{"HEAD", "https://api.example/items", "", "https://get.example"},
		{"POST", "https://api.example/items", "", ""},
		{"PUT", "https://api.example/items/7", "", "https://put.example"},
		{"GET", "https://api.example/files/a/b", "", "https://files.example"},
		{"GET", "https://admin.example/items", "", "https://admin.example"},
		{"GET", "https://api.example/nothing", "", "https://nowhere.example"},
		{"PATCH", "https://api.example/items", "", "https://nowhere.example"},
		{"OPTIONS", "https://api.example/items/7", "PUT", "https://put.example"},
		{"OPTIONS", "https://api.example/items/7", "DELETE", ""},
		{"OPTIONS", "https://api.example/items/7", "", "https://nowhere.example"},
		{"OPTIONS", "https://api.example/files/a", "PUT", "https://files.example"},
		{"OPTIONS", "https://api.example/files/a", "", "https://files.example"},
		{"OPTIONS", "https://api.example/files/../items/7", "PUT", "https://put.example"},
		{"OPTIONS", "https://admin.example/items/7", "PUT", "https://admin.example"},
		{"OPTIONS", "https://api.example/items", "x y", "https://nowhere.example"},
	} {
		for _, origin := range []string{"https://get.example", "https://put.example", "https://files.example", "https://admin.example", "https://nowhere.example", "https://evil.example"} {
			r := httptest.NewRequest(c.method, c.url, nil)
			r.Header.Set("Origin", origin)
			if c.requestMethod != "" {
				r.Header.Set("Access-Control-Request-Method", c.requestMethod)
			}
			before := *r
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			want := ""
			if origin == c.want {
				want = origin
			}
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s %s for %q from %s: %q, want %q", c.method, c.url, c.requestMethod, origin, got, want)
			}
			if r.Method != before.Method || !cmp.Equal(r.Header, before.Header) {
				t.Errorf("%s %s: the request was changed", c.method, c.url)
			}
		}
	}
}

// Of requests that are not OPTIONS, only Origin is read.
func TestSelectReadsNoMore(t *testing.T) {
	p := middleware(t, matrixConfig).Load()
	m := policyhttp.NewSelect(func(*http.Request) *policy.Policy { return p })
	w := &discard{http.Header{}}
	allocs := func(header http.Header) float64 {
		r := &http.Request{Method: "GET", Header: header}
		return testing.AllocsPerRun(100, func() {
			clear(w.header)
			m.Handle(w, r)
		})
	}
	few, many := http.Header{"Origin": {"https://app.example.com"}}, http.Header{
		"Origin":                         {"https://app.example.com"},
		"Access-Control-Request-Method":  {"PUT", "PUT"},
		"Access-Control-Request-Headers": {"x-a", "x-b"},
	}
	if few, many := allocs(few), allocs(many); many > few {
		t.Errorf("%v allocations, and without the headers of preflights %v", many, few)
	}
}
