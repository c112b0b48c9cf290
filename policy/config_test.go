package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
)

// finding is a finding without the text for people.
type finding struct {
	Code       policy.Code
	Field      string
	Index      int
	Value      string
	Suggestion string
}

func findings(list []policy.Finding) []finding {
	var out []finding
	for _, f := range list {
		out = append(out, finding{f.Code, f.Field, f.Index, f.Value, f.Suggestion})
	}
	return out
}

func manyOrigins(n int) (origins []string) {
	for i := range n {
		origins = append(origins, fmt.Sprintf("https://tenant-%d.example", i))
	}
	return origins
}

func TestStaticWithOrigins(t *testing.T) {
	_, err := policy.New(policy.Config{Origins: []string{"https://a.example"}, Static: true}, policy.WithOrigins(policy.OriginsFunc(func(origin.Origin) bool { return true })))
	e, _ := errors.AsType[*policy.ConfigError](err)
	if diff := cmp.Diff([]finding{{policy.CodeNotStatic, "static", -1, "true", ""}}, findings(e.Errors)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConfigErrors(t *testing.T) {
	creds := func(origins ...string) policy.Config { return policy.Config{Origins: origins, Credentials: true} }
	with := func(c policy.Config) policy.Config {
		c.Origins = []string{"https://a.example"}
		return c
	}
	const remove = "remove it"
	for _, c := range []struct {
		name   string
		config policy.Config
		want   []finding
	}{
		{"zero", policy.Config{}, []finding{{policy.CodeNoOrigins, "origins", -1, "", ""}}},
		{"null only by flag", policy.Config{DangerouslyAllowNull: true}, []finding{{policy.CodeNoOrigins, "origins", -1, "", ""}}},
		{"null", policy.Config{Origins: []string{"https://a.example", "null"}}, []finding{{policy.CodeNullOrigin, "origins", 1, "null", ""}}},
		{"null, timing", with(policy.Config{TimingAllowOrigin: []string{"null"}}), []finding{{policy.CodeNullOrigin, "timingAllowOrigin", 0, "null", ""}}},
		{"wildcard with credentials", creds("*"), []finding{{policy.CodeWildcardOriginWithCredentials, "origins", 0, "*", ""}}},
		{"insecure with credentials", creds("http://a.example:8080", "http://*.a.example:80", "ws://a.example", "ftp://a.example"), []finding{
			{policy.CodeInsecureOriginWithCredentials, "origins", 0, "http://a.example:8080", "https://a.example:8080"},
			{policy.CodeInsecureOriginWithCredentials, "origins", 1, "http://*.a.example:80", "https://*.a.example"},
			{policy.CodeInsecureOriginWithCredentials, "origins", 2, "ws://a.example", "wss://a.example"},
			{policy.CodeInsecureOriginWithCredentials, "origins", 3, "ftp://a.example", ""},
		}},
		{"no loopback", creds("http://127.example", "http://localhost.example", "http://notlocalhost", "http://128.0.0.1"), []finding{
			{policy.CodeInsecureOriginWithCredentials, "origins", 0, "http://127.example", "https://127.example"},
			{policy.CodeInsecureOriginWithCredentials, "origins", 1, "http://localhost.example", "https://localhost.example"},
			{policy.CodeInsecureOriginWithCredentials, "origins", 2, "http://notlocalhost", "https://notlocalhost"},
			{policy.CodeInsecureOriginWithCredentials, "origins", 3, "http://128.0.0.1", "https://128.0.0.1"},
		}},
		{"public suffixes", creds("https://*.com", "https://*.github.io:*", "https://*.co.uk.", "https://*.kawasaki.jp", "https://*.unlisted"), []finding{
			{policy.CodePublicSuffixWithCredentials, "origins", 0, "https://*.com", ""},
			{policy.CodePublicSuffixWithCredentials, "origins", 1, "https://*.github.io:*", ""},
			{policy.CodePublicSuffixWithCredentials, "origins", 2, "https://*.co.uk.", ""},
			{policy.CodePublicSuffixWithCredentials, "origins", 3, "https://*.kawasaki.jp", ""},
			{policy.CodePublicSuffixWithCredentials, "origins", 4, "https://*.unlisted", ""},
		}},
		{"both", creds("http://*.com"), []finding{
			{policy.CodeInsecureOriginWithCredentials, "origins", 0, "http://*.com", ""},
			{policy.CodePublicSuffixWithCredentials, "origins", 0, "http://*.com", ""},
		}},
		{"methods that only Unicode puts into upper case", with(policy.Config{Methods: []string{"po\u017ft"}}), []finding{
			{policy.CodeInvalidMethod, "methods", 0, "po\u017ft", ""},
		}},
		{"methods", with(policy.Config{Methods: []string{"PUT", "P T", " put", "", "CONNECT", "trace", "Track", "*"}}), []finding{
			{policy.CodeInvalidMethod, "methods", 1, "P T", ""},
			{policy.CodeInvalidMethod, "methods", 2, " put", "PUT"},
			{policy.CodeInvalidMethod, "methods", 3, "", ""},
			{policy.CodeForbiddenMethod, "methods", 4, "CONNECT", remove},
			{policy.CodeForbiddenMethod, "methods", 5, "trace", remove},
			{policy.CodeForbiddenMethod, "methods", 6, "Track", remove},
		}},
		{"request headers", with(policy.Config{RequestHeaders: []string{"X-A", "X A", "X-B:", "", "Cookie", "sec-fetch-mode", "Proxy-X", "Origin", "Access-Control-Request-Method"}}), []finding{
			{policy.CodeInvalidHeaderName, "requestHeaders", 1, "X A", ""},
			{policy.CodeInvalidHeaderName, "requestHeaders", 2, "X-B:", "X-B"},
			{policy.CodeInvalidHeaderName, "requestHeaders", 3, "", ""},
			{policy.CodeForbiddenRequestHeader, "requestHeaders", 4, "Cookie", remove},
			{policy.CodeForbiddenRequestHeader, "requestHeaders", 5, "sec-fetch-mode", remove},
			{policy.CodeForbiddenRequestHeader, "requestHeaders", 6, "Proxy-X", remove},
			{policy.CodeForbiddenRequestHeader, "requestHeaders", 7, "Origin", remove},
			{policy.CodeForbiddenRequestHeader, "requestHeaders", 8, "Access-Control-Request-Method", remove},
		}},
		{"response headers", with(policy.Config{ExposeHeaders: []string{"X-A", "X\u00c4", "Set-Cookie", "set-cookie2", "*"}, Credentials: true}), []finding{
			{policy.CodeInvalidHeaderName, "exposeHeaders", 1, "X\u00c4", ""},
			{policy.CodeForbiddenResponseHeader, "exposeHeaders", 2, "Set-Cookie", remove},
			{policy.CodeForbiddenResponseHeader, "exposeHeaders", 3, "set-cookie2", remove},
			{policy.CodeWildcardExposeWithCredentials, "exposeHeaders", 4, "*", ""},
		}},
		{"preflight status", with(policy.Config{PreflightStatus: 201}), []finding{{policy.CodeInvalidPreflightStatus, "preflightStatus", -1, "201", "204"}}},
		{"static", policy.Config{
			Origins: []string{"https://a.example", "https://b.example"}, Credentials: true, Methods: []string{"PUT", "*"}, RequestHeaders: []string{"*", "Authorization"},
			TimingAllowOrigin: []string{"https://a.example", "https://*.a.example"}, Static: true, DangerouslyAllowNull: true,
		}, []finding{
			{policy.CodeNotStatic, "origins", -1, "", ""},
			{policy.CodeNotStatic, "dangerouslyAllowNull", -1, "true", ""},
			{policy.CodeNotStatic, "methods", 1, "*", ""},
			{policy.CodeNotStatic, "requestHeaders", 0, "*", ""},
			{policy.CodeNotStatic, "timingAllowOrigin", 1, "https://*.a.example", ""},
		}},
		{"static, everybody", policy.Config{Origins: []string{"https://a.example", "*"}, Static: true}, []finding{{policy.CodeNotStatic, "origins", 1, "*", ""}}},
		{"static, what is not a pattern", policy.Config{Origins: []string{"https://a.example/", "https://a.example"}, TimingAllowOrigin: []string{"b c"}, Static: true}, []finding{
			{policy.CodeInvalidOriginPattern, "origins", 0, "https://a.example/", "https://a.example"},
			{policy.CodeInvalidOriginPattern, "timingAllowOrigin", 0, "b c", ""},
		}},
		{"static, a pattern", policy.Config{Origins: []string{"https://a.example:*"}, Static: true}, []finding{
			{policy.CodeNotStatic, "origins", 0, "https://a.example:*", ""},
		}},
		{"static, nobody", policy.Config{Static: true}, []finding{{policy.CodeNoOrigins, "origins", -1, "", ""}}},
		{"static, null", policy.Config{Origins: []string{"null"}, Static: true, DangerouslyAllowNull: true}, []finding{
			{policy.CodeNotStatic, "dangerouslyAllowNull", -1, "true", ""},
		}},
		{"static, a long list", with(policy.Config{Static: true, TimingAllowOrigin: manyOrigins(300)}), []finding{
			{policy.CodeNotStatic, "timingAllowOrigin", -1, "", ""},
		}},
		{"max age", with(policy.Config{MaxAge: new(-1)}), []finding{{policy.CodeInvalidMaxAge, "maxAge", -1, "-1", "0"}}},
		{"all at once", policy.Config{
			Origins: []string{"https://a.example/", "https://b.example"}, Methods: []string{"TRACE"}, RequestHeaders: []string{"Host"}, ExposeHeaders: []string{"a b"},
			MaxAge: new(1 << 31), TimingAllowOrigin: []string{"b.example"},
		}, []finding{
			{policy.CodeInvalidOriginPattern, "origins", 0, "https://a.example/", "https://a.example"},
			{policy.CodeForbiddenMethod, "methods", 0, "TRACE", remove},
			{policy.CodeForbiddenRequestHeader, "requestHeaders", 0, "Host", remove},
			{policy.CodeInvalidHeaderName, "exposeHeaders", 0, "a b", ""},
			{policy.CodeInvalidMaxAge, "maxAge", -1, "2147483648", "86400"},
			{policy.CodeInvalidOriginPattern, "timingAllowOrigin", 0, "b.example", "https://b.example"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := policy.New(c.config, policy.WithSuffixList(publicsuffix.List))
			e, ok := errors.AsType[*policy.ConfigError](err)
			if !ok || p != nil {
				t.Fatalf("got %v, %v, want findings", p, err)
			}
			if diff := cmp.Diff(c.want, findings(e.Errors)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, f := range e.Errors {
				if f.Detail == "" || !strings.Contains(err.Error(), f.Detail) || !errors.Is(err, f) {
					t.Errorf("%v is not told in full", f)
				}
			}
		})
	}
}

// What is wrong does not hide what is odd. Patterns that are wrong cover nothing.
func TestErrorsWithWarnings(t *testing.T) {
	_, err := policy.Parse([]byte(`{"origins":["*","http://*.a.example","https://b.example:443","http://c.a.example","https://b.example","https://b.example/"],
		"credentials":true,"methods":["patch","TRACE"],"requestHeaders":["*"],"maxAge":90000}`))
	e, ok := errors.AsType[*policy.ConfigError](err)
	if !ok {
		t.Fatal(err)
	}
	var codes []policy.Code
	for _, f := range e.Errors {
		codes = append(codes, f.Code)
	}
	if diff := cmp.Diff([]policy.Code{policy.CodeWildcardOriginWithCredentials, policy.CodeInsecureOriginWithCredentials, policy.CodeSuffixListRequired,
		policy.CodeInsecureOriginWithCredentials, policy.CodeInvalidOriginPattern, policy.CodeForbiddenMethod}, codes); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]finding{
		{policy.CodeDefaultPort, "origins", 2, "https://b.example:443", "https://b.example"},
		{policy.CodeRedundantOriginPattern, "origins", 4, "https://b.example", "remove it"},
		{policy.CodeMethodCase, "methods", 0, "patch", "PATCH"},
		{policy.CodeAuthorizationNotCovered, "requestHeaders", 0, "*", ""},
		{policy.CodeMaxAgeAboveCaps, "maxAge", -1, "90000", "86400"},
	}, findings(e.Warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestSuffixList(t *testing.T) {
	c := policy.Config{Origins: []string{"https://a.example", "https://*.b.example"}, Credentials: true}
	_, err := policy.New(c)
	e, _ := errors.AsType[*policy.ConfigError](err)
	want := []finding{{policy.CodeSuffixListRequired, "origins", 1, "https://*.b.example", ""}}
	if diff := cmp.Diff(want, findings(e.Errors)); diff != "" {
		t.Errorf("without a list (-want +got):\n%s", diff)
	}
	c.DangerouslyAllowPublicSuffixes = true
	if _, err := policy.New(c); err != nil {
		t.Errorf("without a list that is needed: %v", err)
	}
	c = policy.Config{Origins: []string{"https://*.com"}}
	if _, err := policy.New(c); err != nil {
		t.Errorf("without credentials: %v", err)
	}
	if _, err := policy.New(policy.Config{Origins: []string{"https://a.example"}, Credentials: true}, nil); err != nil {
		t.Errorf("without a wildcard: %v", err)
	}
}

// Evaluate asks the list about origins that are two or more labels below a
// wildcard, and about no others, and allocates nothing itself.
func TestEvaluateAsksTheSuffixList(t *testing.T) {
	list := &countingList{}
	p, err := policy.New(policy.Config{Origins: []string{"https://*.render.com", "https://mine.app.render.com"}, Credentials: true}, policy.WithSuffixList(list))
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]struct {
		asked   int
		allowed bool
	}{
		"https://www.render.com":      {0, true},
		"https://app.render.com":      {0, true},
		"https://a.b.render.com":      {1, true},
		"https://evil.app.render.com": {1, false},
		"https://mine.app.render.com": {0, true},
		"https://evil.example":        {0, false},
		"null":                        {0, false},
	} {
		r := policy.Request{Method: "GET", Origin: lines(value)}
		list.asked = 0
		d := p.Evaluate(r)
		if d.Allowed() != want.allowed || list.asked != want.asked {
			t.Errorf("%s: allowed %v; the list was asked %d times, want %d", value, d.Allowed(), list.asked, want.asked)
		}
		if n := testing.AllocsPerRun(100, func() { p.Evaluate(r) }); n != 0 {
			t.Errorf("%s: %v allocations", value, n)
		}
	}
}

type countingList struct{ asked int }

func (l *countingList) PublicSuffix(domain string) string {
	l.asked++
	if strings.HasSuffix(domain, "app.render.com") {
		return "app.render.com"
	}
	return domain[strings.LastIndexByte(domain, '.')+1:]
}

// What WithOrigins is given is judged as Config.Origins are, where it can be
// looked at.
func TestWithOriginsIsJudged(t *testing.T) {
	set := origin.MustParseSet("*")
	for _, c := range []struct {
		name   string
		set    policy.Origins
		config policy.Config
		want   []policy.Code
	}{
		{"everybody", origin.MustParseSet("*"), policy.Config{Credentials: true}, []policy.Code{policy.CodeWildcardOriginWithCredentials}},
		{"everything", origin.MustParseSet("https://*.github.io", "http://a.example", "moz-extension://{uuid}", "https://a.example"), policy.Config{Credentials: true},
			[]policy.Code{policy.CodeInsecureOriginWithCredentials, policy.CodePublicSuffixWithCredentials, policy.CodeAnyExtensionWithCredentials}},
		{"everything, dangerously", origin.MustParseSet("https://*.github.io", "http://a.example", "moz-extension://{uuid}", "https://a.example"),
			policy.Config{Credentials: true, DangerouslyAllowInsecureOrigins: true, DangerouslyAllowPublicSuffixes: true, DangerouslyAllowAnyExtensions: true}, nil},
		{"without credentials", set, policy.Config{}, nil},
		{"empty", origin.NewSet(), policy.Config{}, []policy.Code{policy.CodeNoOrigins}},
		{"nil", (*origin.Set)(nil), policy.Config{}, []policy.Code{policy.CodeNoOrigins}},
		{"empty beside an origin", origin.NewSet(), policy.Config{Origins: []string{"https://a.example"}, Credentials: true}, nil},
	} {
		_, err := policy.New(c.config, policy.WithSuffixList(publicsuffix.List), policy.WithOrigins(c.set))
		e, _ := errors.AsType[*policy.ConfigError](err)
		var codes []policy.Code
		if e != nil {
			for _, f := range e.Errors {
				codes = append(codes, f.Code)
				if f.Code != policy.CodeNoOrigins && (f.Field != "WithOrigins" || f.Index != -1 || f.Value == "") {
					t.Errorf("%s: %+v", c.name, f)
				}
			}
		}
		if !slices.Equal(codes, c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}

	c := policy.Config{Credentials: true}
	if _, err := policy.New(c, policy.WithOrigins(origin.MustParseSet("https://*.a.example"))); err == nil || !strings.Contains(err.Error(), string(policy.CodeSuffixListRequired)) {
		t.Errorf("without a list: %v", err)
	}

	// Public suffixes are kept from its wildcards, too.
	p := must(t, c, policy.WithOrigins(origin.MustParseSet("https://*.render.com", "https://mine.app.render.com")))
	for value, want := range map[string]policy.Code{
		"https://a.b.render.com": "", "https://mine.app.render.com": "", "https://evil.app.render.com": policy.CodePublicSuffixNotAllowed, "https://evil.example": policy.CodeOriginNotAllowed,
	} {
		if d := p.Evaluate(policy.Request{Method: "GET", Origin: lines(value)}); d.Code() != want {
			t.Errorf("%s: %q, want %q", value, d.Code(), want)
		}
	}
	if len(p.Warnings()) > 0 {
		t.Errorf("warnings %v", p.Warnings())
	}

	// Of another set, a warning says that nobody has looked.
	warned := func(c policy.Config) []finding {
		return findings(must(t, c, policy.WithOrigins(everything{})).Warnings())
	}
	if diff := cmp.Diff([]finding{{policy.CodeUncheckedOrigins, "WithOrigins", -1, "", ""}}, warned(c)); diff != "" {
		t.Errorf("another set (-want +got):\n%s", diff)
	}
	if got := warned(policy.Config{}); got != nil {
		t.Errorf("another set, without credentials: %v", got)
	}
}

// What a list is too long for, and what is never asked, is told.
func TestMoreWarnings(t *testing.T) {
	var methods, names []string
	for i := range 1000 {
		methods, names = append(methods, fmt.Sprintf("METHOD-%d", i)), append(names, fmt.Sprintf("x-%d", i))
	}
	a := []string{"https://a.example"}
	for name, c := range map[string]struct {
		config policy.Config
		want   []finding
	}{
		"methods":                      {policy.Config{Origins: a, Methods: methods}, []finding{{policy.CodeLongHeader, "methods", -1, "", ""}}},
		"names":                        {policy.Config{Origins: a, RequestHeaders: append(names, names...), ExposeHeaders: names[:900]}, nil},
		"long names":                   {policy.Config{Origins: a, RequestHeaders: []string{strings.Repeat("x", 8193)}}, []finding{{policy.CodeLongHeader, "requestHeaders", -1, "", ""}}},
		"exposed":                      {policy.Config{Origins: a, ExposeHeaders: []string{strings.Repeat("x", 8192), "y"}}, []finding{{policy.CodeLongHeader, "exposeHeaders", -1, "", ""}}},
		"as long as can be":            {policy.Config{Origins: a, ExposeHeaders: []string{strings.Repeat("x", 8190), "y"}}, nil},
		"a wildcard instead of a list": {policy.Config{Origins: a, Methods: append(methods, "*")}, nil},
	} {
		if diff := cmp.Diff(c.want, findings(must(t, c.config).Warnings())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	p := must(t, policy.Config{Origins: []string{"*"}}, policy.WithOrigins(everything{}))
	if diff := cmp.Diff([]finding{{policy.CodeRedundantOriginPattern, "WithOrigins", -1, "", "remove it"}}, findings(p.Warnings())); diff != "" {
		t.Errorf("* beside WithOrigins (-want +got):\n%s", diff)
	}
}

// everything is a set that cannot be looked at.
type everything struct{}

func (everything) Contains(origin.Origin) bool { return true }

// {uuid} is every extension.
func TestAnyExtension(t *testing.T) {
	_, err := policy.New(policy.Config{Origins: []string{"moz-extension://{uuid}"}, Credentials: true})
	e, _ := errors.AsType[*policy.ConfigError](err)
	if diff := cmp.Diff([]finding{{policy.CodeAnyExtensionWithCredentials, "origins", 0, "moz-extension://{uuid}", ""}}, findings(e.Errors)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	must(t, policy.Config{Origins: []string{"moz-extension://{uuid}"}})
	must(t, policy.Config{Origins: []string{"moz-extension://{uuid}"}, Credentials: true, DangerouslyAllowAnyExtensions: true})
	must(t, policy.Config{Origins: []string{"https://a.example"}, TimingAllowOrigin: []string{"moz-extension://{uuid}"}, Credentials: true})
	if _, err := policy.New(policy.Config{Origins: []string{"chrome-extension://{uuid}"}}); err == nil {
		t.Error("chrome-extension://{uuid} is a pattern, though Chrome's hosts are not UUIDs")
	}
}

func TestDangerously(t *testing.T) {
	for _, c := range []policy.Config{
		{Origins: []string{"http://a.example"}, Credentials: true, DangerouslyAllowInsecureOrigins: true},
		{Origins: []string{"https://*.github.io"}, Credentials: true, DangerouslyAllowPublicSuffixes: true},
		{Origins: []string{"null"}, Credentials: true, DangerouslyAllowNull: true},
		{Origins: []string{"http://localhost:*", "http://127.0.0.1:3000", "http://127.1.2.3", "http://[::1]:9090", "http://app.localhost", "http://localhost.:1"}, Credentials: true},
		{Origins: []string{"http://*.localhost:*", "https://*.localhost.", "https://*.app.localhost:[3000,3001]"}, Credentials: true},
		{Origins: []string{"chrome-extension://abcdefghijklmnop", "moz-extension://{uuid}", "capacitor://localhost"}, Credentials: true, DangerouslyAllowAnyExtensions: true},
		{Origins: []string{"https://1.2.3.4", "https://[2001:db8::1]"}, Credentials: true},
	} {
		p := must(t, c)
		if len(p.Warnings()) > 0 {
			t.Errorf("%v: warnings %v", c, p.Warnings())
		}
	}
}

func TestWarnings(t *testing.T) {
	p := must(t, policy.Config{
		Origins:           []string{"https://a.example:443", "https://*.b.example", "https://x.b.example", "https://a.example", "http://c.example:80", "null", "null"},
		Methods:           []string{"put", "patch", "Patch", "GET", "post", "PUT"},
		RequestHeaders:    []string{"X-A", "*"},
		ExposeHeaders:     []string{"content-type", "X-A", "*"},
		MaxAge:            new(86401),
		TimingAllowOrigin: []string{"*", "https://d.example:[443]"},

		DangerouslyAllowNull: true,
	})
	want := []finding{
		{policy.CodeDefaultPort, "origins", 0, "https://a.example:443", "https://a.example"},
		{policy.CodeRedundantOriginPattern, "origins", 2, "https://x.b.example", "remove it"},
		{policy.CodeRedundantOriginPattern, "origins", 3, "https://a.example", "remove it"},
		{policy.CodeDefaultPort, "origins", 4, "http://c.example:80", "http://c.example"},
		{policy.CodeRedundantOriginPattern, "origins", 6, "null", "remove it"},
		{policy.CodeMethodCase, "methods", 1, "patch", "PATCH"},
		{policy.CodeMethodCase, "methods", 2, "Patch", "PATCH"},
		{policy.CodeSafelistedMethod, "methods", 3, "GET", "remove it"},
		{policy.CodeSafelistedMethod, "methods", 4, "post", "remove it"},
		{policy.CodeAuthorizationNotCovered, "requestHeaders", 1, "*", ""},
		{policy.CodeSafelistedResponseHeader, "exposeHeaders", 0, "content-type", "remove it"},
		{policy.CodeMaxAgeAboveCaps, "maxAge", -1, "86401", "86400"},
		{policy.CodeDefaultPort, "timingAllowOrigin", 1, "https://d.example:[443]", "https://d.example"},
		{policy.CodeRedundantOriginPattern, "timingAllowOrigin", 1, "https://d.example:[443]", "remove it"},
	}
	if diff := cmp.Diff(want, findings(p.Warnings())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got := p.Config()
	normal := policy.Config{
		Origins:           []string{"http://c.example", "https://*.b.example", "https://a.example", "null"},
		Methods:           []string{"PUT", "Patch", "patch"},
		RequestHeaders:    []string{"*"},
		ExposeHeaders:     []string{"*"},
		MaxAge:            new(86401),
		TimingAllowOrigin: []string{"*"},

		DangerouslyAllowNull: true,
	}
	if diff := cmp.Diff(normal, got); diff != "" {
		t.Errorf("normal form (-want +got):\n%s", diff)
	}
	p.Warnings()[0].Value = "changed"
	if p.Warnings()[0].Value != "https://a.example:443" {
		t.Error("Warnings hands out its own slice")
	}
}

// New(p.Config()) is the same policy, also through JSON, and has no more of the
// warnings that the normal form takes care of.
func TestConfigRoundTrip(t *testing.T) {
	for _, c := range []policy.Config{
		{Origins: []string{"*"}},
		{Origins: []string{"http://[::1]:9090", "https://[2001:db8::1]:[1,2]", "http://[::1]:*", "https://1.2.3.4"}},
		{Origins: []string{"https://a.example:443", "https://*.a.example:[8443,443]", "https://*.a.example", "moz-extension://{uuid}"}, Credentials: true, DangerouslyAllowAnyExtensions: true},
		{Origins: []string{"null", "https://b.example"}, DangerouslyAllowNull: true, MaxAge: new(0)},
		{Origins: []string{"null", "*"}, DangerouslyAllowNull: true, TimingAllowOrigin: []string{"*", "null"}},
		{Origins: []string{"https://b.example"}, DangerouslyAllowNull: true, TimingAllowOrigin: []string{"null", "https://a.example"}},
		{Origins: []string{"https://b.example"}, Methods: []string{"put", "GET", "PURGE"}, RequestHeaders: []string{"X-B", "x-a", "x-b"}, ExposeHeaders: []string{"x-B", "Expires"}},
		{Origins: []string{"https://b.example"}, Methods: []string{"put", "*"}, RequestHeaders: []string{"X-B", "*", "AUTHORIZATION"}, ExposeHeaders: []string{"x-B", "*"}},
		{Origins: []string{"https://b.example", "http://a.example"}, Credentials: true, DangerouslyAllowInsecureOrigins: true, DangerouslyAllowPublicSuffixes: true},
	} {
		p := must(t, c)
		normal := p.Config()
		again := must(t, normal)
		if diff := cmp.Diff(normal, again.Config()); diff != "" {
			t.Errorf("%+v (-first +second):\n%s", c, diff)
		}
		for _, w := range again.Warnings() {
			if w.Code != policy.CodeAuthorizationNotCovered {
				t.Errorf("%+v: the normal form has the warning %v", c, w)
			}
		}
		text, err := json.Marshal(normal)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := policy.Parse(text, policy.WithSuffixList(publicsuffix.List))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(normal, parsed.Config()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		for name, r := range benchmarkRequests() {
			a, b := p.Evaluate(r), again.Evaluate(r)
			if a.Kind() != b.Kind() || a.Code() != b.Code() || a.Vary() != b.Vary() || !cmp.Equal(headersOf(a), headersOf(b)) {
				t.Errorf("%+v, %s: the second policy is another", c, name)
			}
		}
	}
}

func TestConfigIsCopied(t *testing.T) {
	for _, timing := range []string{"https://a.example", "null"} { // null is kept apart from the patterns
		make := func() policy.Config {
			return policy.Config{Origins: []string{"https://a.example"}, Methods: []string{"PUT"}, RequestHeaders: []string{"x-a"}, ExposeHeaders: []string{"x-a"},
				MaxAge: new(1), TimingAllowOrigin: []string{timing}, DangerouslyAllowNull: timing == "null"}
		}
		given := make()
		p := must(t, given)
		for _, c := range []policy.Config{given, p.Config()} {
			c.Origins[0], c.Methods[0], c.RequestHeaders[0], c.ExposeHeaders[0], *c.MaxAge, c.TimingAllowOrigin[0] = "x", "x", "x", "x", 9, "x"
		}
		if diff := cmp.Diff(make(), p.Config()); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", timing, diff)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, json string
		want       []finding
	}{
		{"unknown fields and others", `{"origin":["https://a.example"],"Methods":["PUT"],"maxage":1,"allowCredentials":true,"xyzzy":0,"maxAge":1.5,"requestHeaders":["Host"]}`, []finding{
			{policy.CodeUnknownField, "origin", -1, "origin", "origins"},
			{policy.CodeUnknownField, "Methods", -1, "Methods", "methods"},
			{policy.CodeUnknownField, "maxage", -1, "maxage", ""},
			{policy.CodeUnknownField, "allowCredentials", -1, "allowCredentials", "credentials"},
			{policy.CodeUnknownField, "xyzzy", -1, "xyzzy", ""},
			{policy.CodeInvalidMaxAge, "maxAge", -1, "1.5", ""},
			{policy.CodeNoOrigins, "origins", -1, "", ""},
			{policy.CodeForbiddenRequestHeader, "requestHeaders", 0, "Host", "remove it"},
		}},
		{"max age too great to be a number", `{"origins":["*"],"maxAge":99999999999999999999}`, []finding{
			{policy.CodeInvalidMaxAge, "maxAge", -1, "99999999999999999999", "86400"},
		}},
	} {
		_, err := policy.Parse([]byte(c.json))
		e, _ := errors.AsType[*policy.ConfigError](err)
		if diff := cmp.Diff(c.want, findings(e.Errors)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}

	for text, field := range map[string]string{
		`[]`: "", `null`: "", `"x"`: "", ``: "", `{`: "", "{\"origins\":[\"\xff\"]}": "", `{} {}`: "", "\ufeff{}": "", `{"origins":[],"origins":["*"]}`: "origins",
	} {
		_, err := policy.Parse([]byte(text))
		if e, ok := errors.AsType[*policy.DecodeError](err); !ok || e.Field != field || !strings.Contains(e.Error(), field) {
			t.Errorf("%s: %v, want a DecodeError at %q", text, err, field)
		}
		// encoding/json judges the syntax before it asks us.
		var c policy.Config
		if err := json.Unmarshal([]byte(text), &c); err == nil || field != "" && !errors.As(err, new(*policy.DecodeError)) {
			t.Errorf("%s: Unmarshal returns %v", text, err)
		}
	}

	// A value of the wrong type hides nothing else, and what is wrong for that reason alone is not told.
	for text, want := range map[string][]finding{
		`{"origins":"https://a.example"}`:                  {{policy.CodeInvalidType, "origins", -1, "https://a.example", ""}},
		`{"origins":{}}`:                                   {{policy.CodeInvalidType, "origins", -1, "{}", ""}},
		`{"origins":["*",1,null,["x"]]}`:                   {{policy.CodeInvalidType, "origins", 1, "1", ""}, {policy.CodeInvalidType, "origins", 2, "null", ""}, {policy.CodeInvalidType, "origins", 3, `["x"]`, ""}},
		`{"origins":["x y",true]}`:                         {{policy.CodeInvalidType, "origins", 1, "true", ""}, {policy.CodeInvalidOriginPattern, "origins", 0, "x y", ""}},
		`{"origins":["*"],"credentials":"yes","static":1}`: {{policy.CodeInvalidType, "credentials", -1, "yes", ""}, {policy.CodeInvalidType, "static", -1, "1", ""}},
		`{"origins":["*"],"methods":[1],"requestHeaders":[2],"exposeHeaders":[3],"timingAllowOrigin":[4]}`: {{policy.CodeInvalidType, "methods", 0, "1", ""},
			{policy.CodeInvalidType, "requestHeaders", 0, "2", ""}, {policy.CodeInvalidType, "exposeHeaders", 0, "3", ""}, {policy.CodeInvalidType, "timingAllowOrigin", 0, "4", ""}},
		`{"origins":["*"],"maxAge":"600"}`:          {{policy.CodeInvalidMaxAge, "maxAge", -1, "600", "600"}},
		`{"origins":["*"],"maxAge":true}`:           {{policy.CodeInvalidMaxAge, "maxAge", -1, "true", ""}},
		`{"origins":["*"],"preflightStatus":"200"}`: {{policy.CodeInvalidPreflightStatus, "preflightStatus", -1, "200", "200"}},
		`{"origins":["*"],"preflightStatus":0}`:     {{policy.CodeInvalidPreflightStatus, "preflightStatus", -1, "0", ""}},
	} {
		_, err := policy.Parse([]byte(text))
		e, _ := errors.AsType[*policy.ConfigError](err)
		if e == nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, findings(e.Errors)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}

	var c policy.Config
	if err := json.Unmarshal([]byte(`{"origins":["*"],"methods":null,"maxAge":null,"credentials":null,"preflightStatus":null,"static":null}`), &c); err != nil || !cmp.Equal(c, policy.Config{Origins: []string{"*"}}) {
		t.Errorf("null fields: %+v, %v", c, err)
	}
	err := json.Unmarshal([]byte(`{"origins":["*"],"method":["PUT"]}`), &c)
	if e, ok := errors.AsType[*policy.ConfigError](err); !ok || e.Errors[0].Suggestion != "methods" {
		t.Errorf("an unknown field: %v", err)
	}
}

// Text for people has nothing in it that a log or a terminal takes for its own,
// and is not as long as somebody's input.
func TestErrorTextIsBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<16)
	for _, text := range []string{
		`{"a\nb\u001b":1}`, `{"` + long + `":1}`, `{"a\nb":1,"a\nb":2}`, `{"` + long + `":1,"` + long + `":2}`,
		`{"origins":["` + long + `"]}`, `{"methods":["a\nb"]}`, `{"maxAge":1` + strings.Repeat("0", 1<<16) + `}`, `{"maxAge":"` + long + `"}`, `{"origins":{"` + long + `":1}}`,
		`{"origins":["` + long + `://*.b"]}`, `{"origins":["https://*.` + long + `.com"],"credentials":true}`, `{"methods":["` + strings.Repeat("a b ", 1<<14) + `"]}`,
		`{"requestHeaders":["` + long + `:"]}`, `{"origins":[` + strings.Repeat(`"`+long[:300]+`",`, 1<<10) + `1]}`,
	} {
		_, err := policy.Parse([]byte(text))
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if len(line) > 1000 || strings.ContainsFunc(strings.TrimPrefix(line, "\t"), unicode.IsControl) {
				t.Errorf("%.40q: %.300q (%d bytes)", text, line, len(line))
			}
		}
		if n := strings.Count(err.Error(), "\n\t"); n != strings.Count(err.Error(), "\n") || n > 21 {
			t.Errorf("%.40q: %.300q", text, err)
		}
	}
}

// Of very many errors, the first are told, and how many more there are.
func TestErrorLines(t *testing.T) {
	for n := 1; n <= 25; n++ {
		_, err := policy.New(policy.Config{Origins: []string{"https://a.example"}, Methods: slices.Repeat([]string{"TRACE"}, n)})
		lines := strings.Split(err.Error(), "\n")
		more := fmt.Sprintf("\tand %d more", n-20)
		if n <= 20 && len(lines) != 1+n || n > 20 && (len(lines) != 22 || lines[21] != more) {
			t.Errorf("%d errors: %q", n, lines)
		}
	}
}

func TestFindingJSON(t *testing.T) {
	_, err := policy.Parse([]byte(`{"origins":["https://a.example/"],"maxAge":-1,"methods":["TRACE"]}`))
	e, _ := errors.AsType[*policy.ConfigError](err)
	got, jsonErr := json.Marshal(e.Errors)
	const want = `[{"code":"invalid-origin-pattern","field":"origins","index":0,"value":"https://a.example/","suggestion":"https://a.example"},` +
		`{"code":"forbidden-method","field":"methods","index":0,"value":"TRACE","suggestion":"remove it"},` +
		`{"code":"invalid-max-age","field":"maxAge","index":null,"value":"-1","suggestion":"0"}]`
	if string(got) != want || jsonErr != nil {
		t.Errorf("got  %s\nwant %s, %v", got, want, jsonErr)
	}
	if got, _ := json.Marshal(policy.Finding{Code: "x", Index: -1}); string(got) != `{"code":"x","field":"","index":null,"value":"","suggestion":null}` {
		t.Errorf("got %s", got)
	}
}

// Configurations that other libraries take: each is an error with a suggestion,
// or matches what it says and nothing else. The rows are those of a survey of
// nine libraries, some of which reflect the origin with credentials for most.
func TestConfigurationMatrix(t *testing.T) {
	for _, c := range []struct {
		name    string
		pattern string
		creds   bool
		code    policy.Code // of the error; "" if it is accepted
		origin  string
		allowed bool
	}{
		{"'*'+creds", "*", true, policy.CodeWildcardOriginWithCredentials, "", false},
		{"'h*'+creds", "h*", true, policy.CodeInvalidOriginPattern, "", false},
		{"https://* +creds", "https://*", true, policy.CodeInvalidOriginPattern, "", false},
		{"null+creds", "null", true, policy.CodeNullOrigin, "", false},
		{"null anon", "null", false, policy.CodeNullOrigin, "", false},
		{"http://example.com+creds", "http://example.com", true, policy.CodeInsecureOriginWithCredentials, "", false},
		{"https://*.com+creds", "https://*.com", true, policy.CodePublicSuffixWithCredentials, "", false},
		{"https://*.github.io+creds", "https://*.github.io", true, policy.CodePublicSuffixWithCredentials, "", false},
		{"trailing slash", "https://example.com/", true, policy.CodeInvalidOriginPattern, "", false},
		{"path", "https://example.com/path", true, policy.CodeInvalidOriginPattern, "", false},
		{"default port :443", "https://example.com:443", true, "", "https://example.com", true},
		{"default port :443, as no browser sends it", "https://example.com:443", true, "", "https://example.com:443", false},
		{"no scheme", "example.com", true, policy.CodeInvalidOriginPattern, "", false},
		{"upper host", "https://EXAMPLE.com", true, policy.CodeInvalidOriginPattern, "", false},
		{"unicode host", "https://www.r\u00e9sum\u00e9.com", true, policy.CodeInvalidOriginPattern, "", false},
		{"https://*.example.com vs sub", "https://*.example.com", true, "", "https://a.b.example.com", true},
		{"https://*.example.com vs apex", "https://*.example.com", true, "", "https://example.com", false},
		{"https://*.example.com vs notexample", "https://*.example.com", true, "", "https://notexample.com", false},
		{"https://*.example.com vs port", "https://*.example.com", true, "", "https://a.example.com:8443", false},
		{"http://localhost:*", "http://localhost:*", true, "", "http://localhost:3000", true},
		{"http://localhost:* vs .evil", "http://localhost:*", true, "", "http://localhost:.evil.com", false},
		{"http://localhost* vs evil", "http://localhost*", true, policy.CodeInvalidOriginPattern, "", false},
		{"https://*example.com vs evil", "https://*example.com", true, policy.CodeInvalidOriginPattern, "", false},
		{"http://[::1]:9090", "http://[::1]:9090", true, "", "http://[::1]:9090", true},
		{"https://a.com vs https://[a.com]", "https://a.com", true, "", "https://[a.com]", false},
		{"https://*.a.com vs https://evil.com/.a.com", "https://*.a.com", true, "", "https://evil.com/.a.com", false},
		{"chrome-extension://abc", "chrome-extension://abcdefghijklmnop", true, "", "chrome-extension://abcdefghijklmnop", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := policy.New(policy.Config{Origins: []string{c.pattern}, Credentials: c.creds, Methods: []string{"PUT"}}, policy.WithSuffixList(publicsuffix.List))
			if c.code != "" {
				e, ok := errors.AsType[*policy.ConfigError](err)
				if !ok || len(e.Errors) != 1 || e.Errors[0].Code != c.code || e.Errors[0].Value != c.pattern || !strings.Contains(e.Errors[0].Detail, ";") && e.Errors[0].Suggestion == "" {
					t.Fatalf("got %v, want %s with what to do", err, c.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			d := p.Evaluate(policy.Request{Method: "GET", Origin: lines(c.origin)})
			if d.Allowed() != c.allowed {
				t.Errorf("allowed: %v", d.Allowed())
			}
			want := ""
			if c.allowed {
				want = c.origin
			}
			if got := header(headersOf(d), acao); got != want {
				t.Errorf("Access-Control-Allow-Origin: %q, want %q", got, want)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	c := policy.Config{Origins: make([]string, 1000), Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"Authorization", "Content-Type"}}
	for i := range c.Origins {
		c.Origins[i] = fmt.Sprintf("https://tenant-%06d.example.com", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.New(c); err != nil {
			b.Fatal(err)
		}
	}
}

// However many origins a policy has, none of them is copied alone.
func TestNewAllocations(t *testing.T) {
	c := policy.Config{Credentials: true}
	for i := range 1000 {
		c.Origins = append(c.Origins, fmt.Sprintf("https://tenant-%06d.service.example.com:8443", i))
	}
	if n := testing.AllocsPerRun(10, func() { policy.New(c) }); n > 100 {
		t.Errorf("%v allocations for %d origins", n, len(c.Origins))
	}
}
