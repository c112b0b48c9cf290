package policyhttp_test

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// fuzzConfigs are policies whose headers differ.
var fuzzConfigs = []policy.Config{
	{Origins: []string{"https://a.example"}},
	{Origins: []string{"https://a.example", "https://*.b.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposeHeaders: []string{"x-a"}, MaxAge: new(5)},
	{Origins: []string{"*"}, TimingAllowOrigin: []string{"*"}, ExposeHeaders: []string{"*"}},
	{Origins: []string{"https://b.example"}, TimingAllowOrigin: []string{"https://a.example"}, Methods: []string{"PUT"}},
	{Origins: []string{"https://a.example"}, Static: true, PreflightStatus: 200},
	{}, // no policy
}

// corsNames are the headers that are the policy's, in lower case.
func corsNames(c policy.Config) []string {
	if len(c.Origins) == 0 {
		return nil
	}
	names := []string{
		"access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods", "access-control-allow-headers", "access-control-max-age",
		"access-control-expose-headers",
	}
	if c.TimingAllowOrigin != nil {
		names = append(names, "timing-allow-origin")
	}
	return names
}

// lower is s with A to Z in lower case.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// headerOf reads lines of name and value, where the names are keys as they are.
func headerOf(text string) http.Header {
	h := http.Header{}
	for line := range strings.SplitSeq(text, "\n") {
		key, value, _ := strings.Cut(line, ":")
		h[key] = append(h[key], strings.TrimSpace(value))
	}
	return h
}

// model is what the middleware makes of a header, said as simply as can be.
func model(h http.Header, c policy.Config, d policy.Decision) http.Header {
	h = h.Clone()
	maps.DeleteFunc(h, func(key string, _ []string) bool { return slices.Contains(corsNames(c), lower(key)) })
	for name, value := range d.All() {
		h[name] = []string{value}
	}
	return h
}

// modelOver is what WrapOver makes of a header where Vary had some lines before.
func modelOver(h http.Header, before []string, c policy.Config, d policy.Decision) http.Header {
	h = model(h, c, d)
	lines := append(slices.Clone(before), h["Vary"]...)
	for _, key := range slices.Sorted(maps.Keys(h)) {
		if lower(key) == "vary" && key != "Vary" {
			lines = append(lines, h[key]...)
			delete(h, key)
		}
	}
	delete(h, "Vary")
	var names []string
	for name := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		name = strings.Trim(name, " \t")
		if name != "" && !slices.ContainsFunc(names, func(other string) bool { return lower(other) == lower(name) }) {
			names = append(names, name)
		}
	}
	if len(names) > 64 {
		names = []string{"*"}
	}
	if names != nil {
		h["Vary"] = []string{strings.Join(names, ", ")}
	}
	return h
}

// checkMiddleware holds Wrap, WrapOver and ApplyTo against the model, with any
// header outside of them, any that the handler sets, and one inside the other.
func checkMiddleware(t *testing.T, r *rand.Rand, method, origin, requestMethod, requestHeaders, outside, inside string) {
	c := fuzzConfigs[r.IntN(len(fuzzConfigs))]
	m := new(policyhttp.Middleware)
	if len(c.Origins) > 0 {
		m = middleware(t, c)
	}
	set := headerOf(inside)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { maps.Copy(w.Header(), set.Clone()) })
	request := &http.Request{Method: method, Header: http.Header{}}
	for name, value := range map[string]string{"Origin": origin, "Access-Control-Request-Method": requestMethod, "Access-Control-Request-Headers": requestHeaders} {
		if value != "" {
			request.Header[name] = []string{value}
		}
	}
	d := m.Load().Evaluate(policy.Request{Method: method, Origin: origin, RequestMethod: requestMethod, RequestHeaders: requestHeaders})
	run := func(h http.Handler) http.Header {
		w := &discard{headerOf(outside)}
		h.ServeHTTP(w, request)
		return w.header
	}

	want := model(headerOf(outside), c, d)
	if line := d.Vary(); line != "" {
		want["Vary"] = append(want["Vary"], line)
	}
	begun := want.Clone()
	if d.Status() == 0 {
		maps.Copy(want, set)
	}
	if diff := cmp.Diff(want, run(m.Wrap(handler))); diff != "" {
		t.Fatalf("%+v\n%v outside %q inside %q: Wrap (-want +got):\n%s", c, request, outside, inside, diff)
	}
	over := want
	if m.Load() != nil && d.Status() == 0 {
		over = modelOver(want, begun["Vary"], c, d)
	}
	got := run(m.WrapOver(handler))
	if diff := cmp.Diff(over, got); diff != "" {
		t.Fatalf("%+v\n%v outside %q inside %q: WrapOver (-want +got):\n%s", c, request, outside, inside, diff)
	}
	// Whatever somebody else says, the policy's word is the only one.
	if m.Load() != nil {
		n := 0
		for key, lines := range got {
			if lower(key) == "access-control-allow-origin" {
				n += len(lines)
			}
		}
		if said := got.Get("Access-Control-Allow-Origin"); n > 1 || d.Code() == policy.CodeOriginNotAllowed && (said == "*" || said == origin) {
			t.Fatalf("%+v\n%v outside %q inside %q: %d times Access-Control-Allow-Origin %q", c, request, outside, inside, n, said)
		}
	}

	// ApplyTo is the same where keys are canonical.
	canonical := http.Header{}
	for key, lines := range headerOf(outside) {
		canonical[http.CanonicalHeaderKey(key)] = lines
	}
	applied, handled := canonical.Clone(), &discard{canonical.Clone()}
	d.ApplyTo(applied)
	m.Handle(handled, request)
	if diff := cmp.Diff(applied, handled.header); diff != "" {
		t.Fatalf("%+v\n%v outside %q: Handle and ApplyTo (-ApplyTo +Handle):\n%s", c, request, outside, diff)
	}

	// Of two policies that apply their headers, the inner one rules; with WrapOver, the outer one.
	inner := fuzzConfigs[r.IntN(len(fuzzConfigs)-1)]
	im := middleware(t, inner)
	id := im.Load().Evaluate(policy.Request{Method: method, Origin: origin, RequestMethod: requestMethod, RequestHeaders: requestHeaders})
	rules := func(h http.Header, c policy.Config, d policy.Decision) bool {
		for name, value := range d.All() {
			if got := h[name]; len(got) != 1 || got[0] != value {
				return false
			}
		}
		for key := range h {
			if slices.Contains(corsNames(c), lower(key)) && !slices.Contains(slices.Collect(maps.Keys(maps.Collect(d.All()))), key) {
				return false
			}
		}
		return true
	}
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	if nested := run(m.Wrap(im.Wrap(nothing))); d.Status() == 0 && !rules(nested, inner, id) || d.Status() != 0 && !rules(nested, c, d) {
		t.Fatalf("%+v around %+v\n%v outside %q: %v", c, inner, request, outside, nested)
	}
	if nested := run(m.WrapOver(im.WrapOver(handler))); m.Load() != nil && !rules(nested, c, d) {
		t.Fatalf("%+v over %+v\n%v outside %q: %v", c, inner, request, outside, nested)
	}
}

func FuzzMiddleware(f *testing.F) {
	f.Add(uint64(1), "GET", "https://a.example", "", "", "access-control-allow-origin: *\nVary: Origin", "ACCESS-CONTROL-ALLOW-CREDENTIALS: true\nvary: Cookie")
	f.Add(uint64(2), "OPTIONS", "https://x.b.example", "PUT", "x-a", "Timing-Allow-Origin: *", "")
	f.Add(uint64(3), "OPTIONS", "null", "", "", "Vary: ,", "Vary: *")
	f.Add(uint64(4), "HEAD", "", "", "", "\n:", "A:\nvaRY: a")
	f.Fuzz(func(t *testing.T, seed uint64, method, origin, requestMethod, requestHeaders, outside, inside string) {
		checkMiddleware(t, rand.New(rand.NewPCG(seed, 1)), method, origin, requestMethod, requestHeaders, outside, inside)
	})
}

func TestMiddlewareModel(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	lines := func() string {
		var b strings.Builder
		for range r.IntN(5) {
			name := one("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
				"Access-Control-Expose-Headers", "Timing-Allow-Origin", "Vary", "Vary", "Access-Control-Allow-Origin ", "Acce\u017fs-Control-Allow-Origin", "Content-Type", "")
			switch r.IntN(4) {
			case 0:
				name = lower(name)
			case 1:
				name = strings.ToUpper(name)
			}
			b.WriteString(name + ":" + one("*", "https://a.example", "true", "Origin", "origin, Cookie", "", "x") + "\n")
		}
		return b.String()
	}
	for range 5000 {
		checkMiddleware(t, r, one("GET", "OPTIONS", "OPTIONS", "POST"), one("", "https://a.example", "https://x.b.example", "https://evil.example", "null", "x"),
			one("", "PUT", "PURGE", "*", "x y"), one("", "x-a", "x-a, x-b", "authorization", ",", "x y"), lines(), lines())
	}
}
