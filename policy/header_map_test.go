package policy_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/policy"
)

// headerMap reads lines of key and value, where the keys stand as they are.
func headerMap(text string) map[string][]string {
	h := map[string][]string{}
	for _, line := range linesOf(text) {
		key, value, _ := strings.Cut(line, ":")
		h[key] = append(h[key], value)
	}
	return h
}

// checkHeaderMap holds Apply and ApplyToMap against what Evaluate says, done to a header line by line.
func checkHeaderMap(t *testing.T, r *rand.Rand, method string, request map[string][]string, before, vary string) {
	p, c := randomPolicy(t, r)
	d := p.Evaluate(policy.Request{
		Method: method, Origin: policy.Join(request["Origin"]),
		RequestMethod: policy.Join(request["Access-Control-Request-Method"]), RequestHeaders: policy.Join(request["Access-Control-Request-Headers"]),
	})
	model := func(vary string) map[string][]string {
		h := headerMap(before)
		for _, key := range slices.Collect(maps.Keys(h)) {
			if d.Removes(key) {
				delete(h, key)
			}
		}
		for name, value := range d.All() {
			h[name] = []string{value}
		}
		if vary != "" {
			h["Vary"] = append(h["Vary"], vary)
		}
		return h
	}
	asked := headerMap("")
	for key, lines := range request {
		asked[key] = slices.Clone(lines)
	}

	got := headerMap(before)
	status := p.Apply(method, request, got)
	if diff := cmp.Diff(model(d.Vary()), got); diff != "" || status != d.Status() {
		t.Fatalf("policy %+v\n%s %q, before %q: status %d, want %d; Apply (-want +got):\n%s", c, method, request, before, status, d.Status(), diff)
	}
	for _, line := range []string{d.Vary(), vary} {
		applied := headerMap(before)
		d.ApplyToMap(applied, line)
		if diff := cmp.Diff(model(line), applied); diff != "" {
			t.Fatalf("policy %+v\n%s %q, before %q: ApplyToMap with %q (-want +got):\n%s", c, method, request, before, line, diff)
		}
	}

	// Nobody who writes to a response, or appends to it, reaches another value, the request or the next response.
	for key, lines := range got {
		if key == "Vary" && d.Vary() != "" && len(lines) != cap(lines) || d.Removes(key) && (len(lines) != 1 || cap(lines) != 1) {
			t.Fatalf("%s has %d lines, and room for %d", key, len(lines), cap(lines))
		}
		for i := range lines {
			lines[i] = "overwritten"
		}
	}
	if diff := cmp.Diff(asked, request); diff != "" {
		t.Fatalf("the request has changed (-want +got):\n%s", diff)
	}
	again := headerMap(before)
	if p.Apply(method, request, again); !cmp.Equal(model(d.Vary()), again) {
		t.Fatalf("policy %+v\n%s %q, before %q: after the response was overwritten, the next one is %q", c, method, request, before, again)
	}
}

func FuzzHeaderMap(f *testing.F) {
	f.Add(uint64(1), "GET", "Origin:https://a.test", "access-control-allow-origin:*\nVary:Cookie", "Origin, X-Tenant")
	f.Add(uint64(2), "OPTIONS", "Origin:https://x.a.test\nAccess-Control-Request-Method:PUT\nAccess-Control-Request-Headers:x-a", "TIMING-ALLOW-ORIGIN:*\nVary:a\nVary:b", "")
	f.Add(uint64(3), "OPTIONS", "Access-Control-Request-Method:PUT", "vary:x", "*")
	f.Add(uint64(4), "OPTIONS", "Origin:https://a.test\nOrigin:https://a.test\nAccess-Control-Request-Method:\n", "", "X-A")
	f.Fuzz(func(t *testing.T, seed uint64, method, request, before, vary string) {
		checkHeaderMap(t, rand.New(rand.NewPCG(seed, 1)), method, headerMap(request), before, vary)
	})
}

func TestHeaderMap(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	names := []string{acao, acac, acam, acah, acma, aceh, tao, "Vary", "Vary", "vary", "Content-Type", strings.ToLower(acao), strings.ToUpper(aceh), "Acce\u017fs-Control-Allow-Origin", ""}
	for range 5000 {
		request := map[string][]string{}
		add := func(name string, values []string) {
			for range r.IntN(3) {
				request[name] = append(request[name], oneOf(r, values))
			}
		}
		add("Origin", append(lawOrigins, "x", ""))
		add("Access-Control-Request-Method", append(lawMethods, ""))
		add("Access-Control-Request-Headers", append(lawHeaders, "x-a,x-b", ",", "x y"))
		var before []string
		for range r.IntN(4) {
			before = append(before, oneOf(r, names)+":"+oneOf(r, []string{"*", "https://a.test", "Origin", ""}))
		}
		checkHeaderMap(t, r, oneOf(r, []string{"GET", "OPTIONS", "OPTIONS", "POST"}), request, strings.Join(before, "\n"), oneOf(r, []string{"", "Origin, X-Tenant"}))
	}
	var nobody *policy.Policy
	h := headerMap(acao + ":*")
	if status := nobody.Apply("OPTIONS", map[string][]string{"Origin": {"https://a.test"}, "Access-Control-Request-Method": {"PUT"}}, h); status != 0 || !cmp.Equal(h, headerMap(acao+":*")) {
		t.Errorf("no policy makes %d %q", status, h)
	}
}

// Of a preflight that is refused for its origin, the names that it asks for are not put together.
func TestApplyReadsNoMore(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://a.example"}, RequestHeaders: []string{"X-A"}})
	request := map[string][]string{"Origin": {"https://evil.example"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"x-a", "x-a"}}
	h := map[string][]string{}
	n := testing.AllocsPerRun(100, func() {
		clear(h)
		p.Apply("OPTIONS", request, h)
	})
	if n > 1 {
		t.Errorf("%v allocations", n)
	}
}
