package policy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/safelist"
)

// What random policies and requests are made of: little enough that they meet.
var (
	lawPatterns = []string{
		"https://a.test", "https://b.test:8443", "https://*.a.test", "https://*.a.test:*", "https://*.a.test:[443,8443]", "http://c.test", "http://localhost:*",
		"https://d.test:[1,443]", "http://[::1]:*", "moz-extension://{uuid}", "chrome-extension://abcd", "null", "https://mine.app.a.test", "https://*.mine.app.a.test",
	}
	lawOrigins = []string{
		"https://a.test", "https://b.test:8443", "https://b.test", "https://x.a.test", "https://x.y.a.test:8443", "https://xa.test", "http://c.test", "https://c.test",
		"http://localhost:3000", "https://d.test", "https://d.test:1", "http://[::1]:8", "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6",
		"chrome-extension://abcd", "null", "https://evil.test", "https://app.a.test", "https://mine.app.a.test", "https://x.mine.app.a.test", "https://evil.app.a.test",
		"https://x.evil.app.a.test:8443", "https://all.a.test", "https://x.all.a.test", "https://y.x.all.a.test",
	}
	// Beside test, there is a public suffix below one of the domains, and one that has a public suffix for each name
	// below it.
	lawSuffixes = suffixRules{"test", "app.a.test", "*.all.a.test"}
	lawMethods  = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "patch", "PURGE", "*", "x", "OPTIONS"}
	lawHeaders  = []string{"X-A", "x-b", "Content-Type", "Authorization", "*", "Accept", "Range", "X-HTTP-Method", "x-a"}
	lawValues   = []string{"1", "text/plain", "application/json", "bytes=0-1", "bytes=-1", strings.Repeat("v", 129), strings.Repeat("w", 120)}
)

func oneOf(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func someOf(r *rand.Rand, list []string) (some []string) {
	for range r.IntN(4) {
		some = append(some, oneOf(r, list))
	}
	return some
}

// suffixRules are rules of a public suffix list, of which those with an asterisk
// stand for each name below. The longest that matches is it.
type suffixRules []string

func (rules suffixRules) PublicSuffix(domain string) string {
	for d := domain; ; {
		_, above, more := strings.Cut(d, ".")
		if slices.Contains(rules, d) || slices.Contains(rules, "*."+above) || !more {
			return d
		}
		d = above
	}
}

// A lawPolicy is what a policy was made of: besides the configuration, patterns
// that it has from WithOrigins, by an [origin.Set] or by a function.
type lawPolicy struct {
	policy.Config
	Set, Function []string
}

// randomPolicy returns a valid policy and what it was made of. What is not
// valid is left out.
func randomPolicy(t testing.TB, r *rand.Rand) (*policy.Policy, lawPolicy) {
	for range 1000 {
		l := lawPolicy{Config: policy.Config{
			Credentials:                     r.IntN(2) == 0,
			Methods:                         someOf(r, lawMethods),
			RequestHeaders:                  someOf(r, lawHeaders),
			ExposeHeaders:                   someOf(r, lawHeaders),
			TimingAllowOrigin:               someOf(r, lawPatterns),
			DangerouslyAllowInsecureOrigins: r.IntN(4) > 0,
			DangerouslyAllowPublicSuffixes:  r.IntN(2) == 0,
			DangerouslyAllowNull:            r.IntN(2) == 0,
			DangerouslyAllowAnyExtensions:   r.IntN(4) > 0,
			PreflightStatus:                 r.IntN(2) * 200,
			Static:                          r.IntN(4) == 0,
		}}
		if l.Static {
			l.Origins = []string{oneOf(r, lawPatterns)}
		} else if !l.Credentials && r.IntN(4) == 0 {
			l.Origins = []string{"*"}
		} else {
			for range r.IntN(5) {
				l.Origins = append(l.Origins, oneOf(r, lawPatterns))
			}
		}
		if r.IntN(2) == 0 {
			l.MaxAge = new(r.IntN(1000))
		}
		options := []policy.Option{policy.WithSuffixList(lawSuffixes)}
		more := slices.DeleteFunc(someOf(r, lawPatterns), func(text string) bool { return text == "null" })
		switch r.IntN(4) {
		case 0:
			l.Set = more
			options = append(options, policy.WithOrigins(origin.MustParseSet(more...)))
		case 1:
			l.Function = more
			options = append(options, policy.WithOrigins(policy.OriginsFunc(func(o origin.Origin) bool {
				if o.IsOpaque() {
					t.Fatal("a function is asked about null")
				}
				return slices.ContainsFunc(more, func(text string) bool { return matches(text, o) })
			})))
		}
		if p, err := policy.New(l.Config, options...); err == nil {
			return p, l
		}
	}
	t.Fatal("no random policy is valid")
	return nil, lawPolicy{}
}

// mayRead says without a policy whether l allows o.
func mayRead(l lawPolicy, o origin.Origin) bool {
	if o.IsOpaque() {
		return l.DangerouslyAllowNull || slices.Contains(l.Origins, "*")
	}
	covers := func(text string) bool {
		if text == "null" || !matches(text, o) {
			return false
		}
		_, domain, wildcard := strings.Cut(text, "://*.")
		return !(wildcard && l.Credentials && !l.DangerouslyAllowPublicSuffixes) || !belowSuffix(o.Host(), strings.SplitN(domain, ":", 2)[0])
	}
	if slices.ContainsFunc(l.Origins, covers) || slices.ContainsFunc(l.Set, covers) {
		return true
	}
	// Of what a function allows, nothing is left out but what is not asked for.
	insecure := o.Scheme() == "http" && o.Host() != "localhost" && o.Host() != "[::1]"
	return !(insecure && l.Credentials && !l.DangerouslyAllowInsecureOrigins) &&
		slices.ContainsFunc(l.Function, func(text string) bool { return matches(text, o) })
}

// belowSuffix reports whether there is a public suffix between a host and a
// domain above it, or a name for which each name below it is one.
func belowSuffix(host, domain string) bool {
	for above := host; ; {
		_, above, _ = strings.Cut(above, ".")
		if above == domain {
			return false
		}
		if slices.Contains(lawSuffixes, above) || slices.Contains(lawSuffixes, "*."+above) {
			return true
		}
	}
}

// matches reports whether o is one of the origins that a pattern names.
func matches(pattern string, o origin.Origin) bool {
	p, err := origin.ParsePattern(pattern)
	if err != nil {
		panic(err)
	}
	return p.Matches(o)
}

// isOriginRefusal reports whether code says that an origin is not allowed.
func isOriginRefusal(code policy.Code) bool {
	switch code {
	case policy.CodeOriginNotAllowed, policy.CodePublicSuffixNotAllowed, policy.CodeInsecureOriginNotAllowed:
		return true
	}
	return false
}

// timingFor says without a policy whether l lets o see the timing.
func timingFor(l lawPolicy, o origin.Origin) bool {
	return slices.ContainsFunc(l.TimingAllowOrigin, func(text string) bool {
		if text == "null" {
			return o.IsOpaque() && l.DangerouslyAllowNull
		}
		return matches(text, o)
	})
}

// checkLaw holds a policy against the browser: from an empty cache, the page
// reads the response exactly when the policy allowed everything that was sent,
// and serves the request's credentials mode.
func checkLaw(t testing.TB, r *rand.Rand) {
	p, c := randomPolicy(t, r)
	o, err := origin.Parse(oneOf(r, lawOrigins))
	if err != nil {
		t.Fatal(err)
	}
	request := pageOf(o, safelist.NormalizeMethod(oneOf(r, lawMethods)), fetch.CredentialsMode(r.IntN(3)))
	request.UseCORSPreflight = r.IntN(3) == 0
	request.Body = fetch.Body(r.IntN(2))
	for range r.IntN(4) {
		name, value := oneOf(r, lawHeaders), oneOf(r, lawValues)
		request.Headers.Append(name, value)
	}
	redirect := ""
	switch r.IntN(6) {
	case 0:
		redirect = "https://other.test/y" // the origin becomes null
	case 1:
		redirect = "/y"
	}

	v := fetchFrom(t, new(fetch.Agent), p, request, redirect)
	served := request.Credentials != fetch.CredentialsInclude || c.Credentials
	if v.read() != (v.allowed() && served) {
		t.Fatalf("policy %+v\nrequest %+v\nredirect %q: the page reads: %v (%+v); the policy allowed it: %v; it serves the credentials mode: %v",
			c, request, redirect, v.read(), v.result.Verdict, v.allowed(), served)
	}
	// The policy allows what its configuration does.
	first := v.decisions[0]
	impossible := c.Static && first.Status() == 403 // a list of headers that cannot be answered comes first
	if isOriginRefusal(first.Code()) == mayRead(c, o) && !impossible || first.Allowed() && !mayRead(c, o) {
		t.Fatalf("policy %+v: origin %s: %q", c, o, first.Code())
	}
	// What is read is told in full: exposed headers as configured, timing too.
	if v.read() && redirect == "" {
		if got, want := v.result.Response.TimingAllowPassed, timingFor(c, o); got != want {
			t.Fatalf("policy %+v: timing for %s: %v", c, o, got)
		}
	}

	// Once the preflight has passed, no variant that the policy allows needs
	// another, unless the policy has to echo.
	echoes := c.Credentials && (slices.Contains(c.Methods, "*") || slices.Contains(c.RequestHeaders, "*"))
	if v.read() && v.preflights > 0 && redirect == "" && !echoes && (c.MaxAge == nil || *c.MaxAge > 0) {
		agent := new(fetch.Agent)
		fetchFrom(t, agent, p, request, "")
		next := request
		next.Method = safelist.NormalizeMethod(oneOf(r, append([]string{"GET", "HEAD", "POST"}, c.Methods...)))
		if !safelist.IsMethod(next.Method) || safelist.IsForbiddenMethod(next.Method) {
			return
		}
		next.Headers = nil
		for _, name := range c.RequestHeaders {
			if name != "*" {
				next.Headers.Append(name, "\"")
			}
		}
		// Standing for all, * is not cached for requests with credentials.
		again := fetchFrom(t, agent, p, next, "")
		if !again.read() || again.preflights > 0 && !next.UseCORSPreflight {
			t.Fatalf("policy %+v: after %+v, %+v is read: %v (%+v), with %d preflights", c, request, next, again.read(), again.result.Verdict, again.preflights)
		}
	}
}

func TestLaw(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		checkLaw(t, r)
	}
}

// FuzzLaw is TestLaw for as long as one likes.
func FuzzLaw(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		for range 20 {
			checkLaw(t, r)
		}
	})
}

// checkHostile holds a policy against whatever a client sends: no origin that
// is not allowed gets anything that its pages could share; what is echoed is
// what it should be; and the response depends on nothing but what Vary names.
func checkHostile(t testing.TB, r *rand.Rand, request policy.Request) {
	p, c := randomPolicy(t, r)
	d := p.Evaluate(request)
	headers := fetch.HeaderList(headersOf(d))

	for _, text := range append([]string{request.Origin}, lawOrigins...) {
		o, err := origin.Parse(text)
		if err != nil || mayRead(c, o) {
			continue
		}
		for credentials := range fetch.CredentialsMode(3) {
			asked := pageOf(o, "PUT", credentials, [2]string{"X-A", "1"})
			status := d.Status()
			if status == 0 {
				status = 200
			}
			response := fetch.Response{Status: status, Headers: headers}
			if fetch.CORSCheck(&asked, &response).OK() {
				t.Fatalf("policy %+v\nrequest %+q\nheaders %q: %s could read", c, request, headers, o)
			}
			if verdict, _ := fetch.PreflightCheck(&asked, &response); verdict.OK() {
				t.Fatalf("policy %+v\nrequest %+q\nheaders %q: %s could send", c, request, headers, o)
			}
		}
	}
	for _, text := range append([]string{request.Origin}, lawOrigins...) {
		o, err := origin.Parse(text)
		if err != nil || timingFor(c, o) {
			continue
		}
		asked := pageOf(o, "GET", fetch.CredentialsOmit)
		asked.ResponseTainting = fetch.TaintingCORS
		if fetch.TAOCheck(&asked, &fetch.Response{Status: 200, Headers: headers}).OK() {
			t.Fatalf("policy %+v\nrequest %+q\nheaders %q: %s could see the timing", c, request, headers, o)
		}
	}

	if d.Status() == 403 && len(headers) > 0 {
		t.Fatalf("policy %+v\nrequest %+q: a refusal with %q", c, request, headers)
	}
	if d.Kind() != policy.KindPreflight && d.Status() != 0 {
		t.Fatalf("policy %+v\nrequest %+q: answered with %d", c, request, d.Status())
	}
	for i, h := range headers {
		if !safelist.IsHeaderName(h[0]) || !safelist.IsHeaderValue(h[1]) || h[0] == "Vary" {
			t.Fatalf("policy %+v\nrequest %+q: header %q", c, request, h)
		}
		if !d.Removes(h[0]) {
			t.Fatalf("%s is set, but not removed", h[0])
		}
		for element := range strings.SplitSeq(h[1], ",") {
			if c.Credentials && strings.Trim(element, " \t") == "*" && h[0] != "Timing-Allow-Origin" {
				t.Fatalf("policy %+v\nrequest %+q: with credentials, %q", c, request, h)
			}
		}
		if i > 0 && headers[i-1][0] == h[0] {
			t.Fatalf("policy %+v\nrequest %+q: twice %q", c, request, h)
		}
	}
	if !d.Allowed() && d.Kind() != policy.KindNone && d.Code() == "" || d.Allowed() && d.Code() != "" {
		t.Fatalf("policy %+v\nrequest %+q: allowed %v with code %q", c, request, d.Allowed(), d.Code())
	}
	if text := p.Explain(request); text == "" || len(text) > 4096 {
		t.Fatalf("an explanation of %d bytes", len(text))
	}

	// Another request for the same resource, which agrees in all that Vary names,
	// gets the same answer.
	other := request
	if !strings.Contains(d.Vary(), "Origin") {
		other.Origin = oneOf(r, append(lawOrigins, ""))
	}
	if !strings.Contains(d.Vary(), "Access-Control-Request-Method") {
		other.RequestMethod = oneOf(r, append(lawMethods, ""))
	}
	if !strings.Contains(d.Vary(), "Access-Control-Request-Headers") {
		other.RequestHeaders = oneOf(r, append(lawHeaders, ""))
	}
	if e := p.Evaluate(other); e.Status() != d.Status() || !cmp.Equal(headersOf(e), headersOf(d)) {
		t.Fatalf("policy %+v\nVary %q:\n%+q: %d %q\n%+q: %d %q", c, d.Vary(), request, d.Status(), headersOf(d), other, e.Status(), headersOf(e))
	}
}

// linesOf splits what a fuzzer gives into header lines.
func linesOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func FuzzHostile(f *testing.F) {
	f.Add(uint64(1), "GET", "https://a.test", "", "")
	f.Add(uint64(2), "OPTIONS", "https://a.test", "PUT", "x-a,x-b\n authorization,*")
	f.Add(uint64(3), "OPTIONS", "null", "*", ",,,")
	f.Add(uint64(4), "OPTIONS", "https://evil.com/.a.test\nhttps://x.a.test", "PUT", "")
	f.Fuzz(func(t *testing.T, seed uint64, method, origins, requestMethod, requestHeaders string) {
		checkHostile(t, rand.New(rand.NewPCG(seed, 1)), policy.Request{
			Method: method, Origin: policy.Join(linesOf(origins)), RequestMethod: policy.Join(linesOf(requestMethod)), RequestHeaders: policy.Join(linesOf(requestHeaders)),
		})
	})
}

func TestHostile(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	mutate := func(s string) string {
		for range r.IntN(3) {
			i := r.IntN(len(s) + 1)
			s = s[:i] + string(rune(r.IntN(0x110))) + s[i:]
		}
		return s
	}
	for range 20000 {
		values := func(most int, value func() string) string {
			var lines []string
			for range r.IntN(most) {
				lines = append(lines, value())
			}
			if r.IntN(2) == 0 && len(lines) > 1 {
				lines = lines[:1]
			}
			return policy.Join(lines)
		}
		request := policy.Request{
			Method:         oneOf(r, []string{"GET", "OPTIONS", "OPTIONS", "POST", "x"}),
			Origin:         values(3, func() string { return mutate(oneOf(r, lawOrigins)) }),
			RequestMethod:  values(3, func() string { return mutate(oneOf(r, lawMethods)) }),
			RequestHeaders: values(4, func() string { return mutate(strings.Join(someOf(r, lawHeaders), ",")) }),
		}
		checkHostile(t, r, request)
	}
}

// With four methods and six headers, a page that makes all 24 kinds of request
// to one URL sends one preflight.
func TestOnePreflightFillsTheCache(t *testing.T) {
	methods := []string{"PUT", "PATCH", "DELETE", "PURGE"}
	names := []string{"X-A", "X-B", "X-C", "Authorization", "Content-Type", "Range"}
	for _, credentials := range []fetch.CredentialsMode{fetch.CredentialsInclude, fetch.CredentialsOmit} {
		for first := range len(methods) * len(names) {
			p := must(t, policy.Config{Origins: []string{"https://a.example"}, Credentials: true, Methods: methods, RequestHeaders: names, MaxAge: new(600)})
			agent := new(fetch.Agent)
			preflights := 0
			for i := range len(methods) * len(names) {
				i = (i + first) % (len(methods) * len(names))
				v := fetchFrom(t, agent, p, page(t, "https://a.example", methods[i%len(methods)], credentials, [2]string{names[i/len(methods)], "\""}), "")
				if !v.read() {
					t.Fatalf("request %d is refused: %+v", i, v.result.Verdict)
				}
				preflights += v.preflights
			}
			if preflights != 1 {
				t.Errorf("credentials %v, from request %d on: %d preflights", credentials, first, preflights)
			}
		}
	}
}

// A hostile list costs no more than its length, in the answer too.
func TestAnswersAreBounded(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://a.test"}, Credentials: true, RequestHeaders: []string{"*"}})
	for _, list := range []string{strings.Repeat("x,", 8<<10), strings.Repeat("x,", 8<<10-8), strings.Repeat("x\n", 8<<10)} {
		request := policy.Request{Method: "OPTIONS", Origin: lines("https://a.test"), RequestMethod: lines("PUT"), RequestHeaders: policy.Join(linesOf(list))}
		d := p.Evaluate(request)
		size := 0
		for _, value := range d.All() {
			size += len(value)
		}
		if size > 17<<10 {
			t.Errorf("%.10q…: %d bytes", list, size)
		}
	}
}
