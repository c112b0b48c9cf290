package origin_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unsafe"

	"github.com/corspec/corspec/origin"
)

func must(t testing.TB, s string) origin.Origin {
	t.Helper()
	o, err := origin.OfURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// list knows a few public suffixes, to be independent of the real list.
type list map[string]bool

func (l list) PublicSuffix(domain string) string {
	for d := domain; ; {
		if l[d] {
			return d
		}
		_, rest, ok := strings.Cut(d, ".")
		if !ok {
			return d
		}
		d = rest
	}
}

var suffixes = list{"com": true, "github.io": true, "co.uk": true}

// T1 to T13, as far as they are not vectors.
func TestTrapsOrigins(t *testing.T) {
	t.Run("T1", func(t *testing.T) {
		if got := must(t, "https://a.com:443/x").String(); got != "https://a.com" {
			t.Error(got)
		}
		if _, err := origin.Parse("https://a.com:443"); err == nil {
			t.Error("default port accepted")
		}
	})
	a, b := must(t, "https://x.a.com"), must(t, "https://y.a.com:8443")
	t.Run("T2", func(t *testing.T) {
		// No origin carries a domain that its serialization could show.
		if a.String() != "https://x.a.com" || unsafe.Sizeof(a) > 24 {
			t.Error(a, unsafe.Sizeof(a))
		}
	})
	t.Run("T3", func(t *testing.T) {
		if !origin.SameOriginDomain(a, "a.com", b, "a.com") || origin.SameOrigin(a, b) {
			t.Error("document.domain makes hosts and ports not count")
		}
		if origin.SameOriginDomain(a, "a.com", must(t, "http://y.a.com"), "a.com") {
			t.Error("the scheme still counts")
		}
		if origin.SameOriginDomain(a, "a.com", b, "b.com") || origin.SameOriginDomain(a, "", b, "") {
			t.Error("other domains, other hosts")
		}
	})
	t.Run("T4", func(t *testing.T) {
		if origin.SameOriginDomain(a, "a.com", a, "") || origin.SameOriginDomain(a, "", a, "a.com") || !origin.SameOrigin(a, a) {
			t.Error("one null domain")
		}
		if !origin.SameOriginDomain(a, "", a, "") {
			t.Error("no domain")
		}
	})
	t.Run("T5", func(t *testing.T) {
		x, y := origin.NewOpaque(), origin.NewOpaque()
		switch {
		case x == y, origin.SameOrigin(x, y), origin.SameSite(x, y, nil), origin.SchemelesslySameSite(x, y, nil), origin.SameOriginDomain(x, "", y, ""):
			t.Error("two opaque origins are the same")
		case !origin.SameOrigin(x, x), !origin.SameSite(x, x, nil), !origin.SchemelesslySameSite(x, x, nil), !origin.SameOriginDomain(x, "", x, ""):
			t.Error("an opaque origin is not itself")
		case x.String() != "null", y.String() != "null", x.Site(nil).String() != "null":
			t.Error("not null")
		case origin.SameOrigin(x, a), origin.SameSite(a, x, nil), origin.SchemelesslySameSite(x, a, nil), origin.SameOriginDomain(a, "", x, ""):
			t.Error("opaque and tuple")
		}
		n1, n2 := origin.MustParse("null"), origin.MustParse("null")
		if n1 == n2 || !n1.IsOpaque() {
			t.Error("null is one origin")
		}
	})
	t.Run("T11", func(t *testing.T) {
		if got := must(t, "blob:https://a.com/uuid"); got != must(t, "https://a.com") {
			t.Error(got)
		}
	})
	t.Run("T12", func(t *testing.T) {
		for _, s := range []string{"blob:wss://a.com/x", "blob:ftp://a.com/x", "blob:blob:https://a.com/x", "blob:null/x", "blob:", "blob:file:///x"} {
			u := origin.MustParseURL(s)
			if x := u.Origin(); !x.IsOpaque() || x == u.Origin() {
				t.Errorf("%s: %v", s, x)
			}
		}
	})
	t.Run("T13", func(t *testing.T) {
		for _, s := range []string{"data:,x", "about:blank", "web+foo://h/", "file:///x", "javascript:1"} {
			if x := must(t, s); !x.IsOpaque() {
				t.Errorf("%s: %v", s, x)
			}
		}
	})
}

func TestOriginOfURL(t *testing.T) {
	for s, want := range map[string]string{
		"https://u:p@a.example:8443/x?y#z":       "https://a.example:8443",
		"https://u@a.example/x":                  "https://a.example",
		"http://[::1]:8080/":                     "http://[::1]:8080",
		"http://u@[::1]/":                        "http://[::1]",
		"ws://a.example:80/":                     "ws://a.example",
		"ftp://a.example:0/":                     "ftp://a.example:0",
		"HTTPS://B\u00dcCHER.example":            "https://xn--bcher-kva.example",
		"blob:https://u:p@a.example:444/x#https": "https://a.example:444",
		"blob:http://a.example":                  "http://a.example",
	} {
		got := must(t, s)
		if got.String() != want {
			t.Errorf("%s: got %s, want %s", s, got, want)
		}
		if parsed, err := origin.Parse(want); err != nil || parsed != got {
			t.Errorf("%s: parsed %v, %v", s, parsed, err)
		}
	}
	if _, err := origin.OfURL("/x"); err == nil {
		t.Error("relative URL has an origin")
	}
	if o := (origin.URL{}).Origin(); o.IsValid() {
		t.Error("the zero URL has an origin")
	}
}

func TestOriginParts(t *testing.T) {
	for s, want := range map[string]struct {
		scheme, host string
		port         int
	}{
		"https://a.example":         {"https", "a.example", -1},
		"http://a.example:8080":     {"http", "a.example", 8080},
		"http://[::1]":              {"http", "[::1]", -1},
		"http://[::1]:65535":        {"http", "[::1]", 65535},
		"chrome-extension://abc":    {"chrome-extension", "abc", -1},
		"moz-extension://ABC-DEF:0": {"moz-extension", "ABC-DEF", 0},
		"null":                      {"", "", -1},
	} {
		o := origin.MustParse(s)
		port, ok := o.Port()
		if o.Scheme() != want.scheme || o.Host() != want.host || ok != (want.port >= 0) || ok && int(port) != want.port {
			t.Errorf("%s: %q, %q, %d, %t", s, o.Scheme(), o.Host(), port, ok)
		}
		if o.String() != s || !o.IsValid() {
			t.Errorf("%s: %s", s, o)
		}
	}
}

func TestZeroOrigin(t *testing.T) {
	var zero origin.Origin
	a := origin.MustParse("https://a.example")
	_, ok := zero.Port()
	switch {
	case zero.IsValid(), zero.IsOpaque(), zero.String() != "invalid origin", zero.Scheme() != "", zero.Host() != "", ok:
		t.Error("parts of the zero origin")
	case origin.SameOrigin(zero, zero), origin.SameSite(zero, zero, nil), origin.SchemelesslySameSite(zero, zero, nil), origin.SameOriginDomain(zero, "", zero, ""),
		origin.SameOriginDomain(zero, "a", zero, "a"), origin.SameSite(zero, a, nil), origin.SameOrigin(a, zero):
		t.Error("the zero origin is the same as something")
	case zero.Site(nil) != (origin.Site{}), zero.Site(nil).String() != "invalid site":
		t.Error("the zero origin has a site")
	}
}

func TestText(t *testing.T) {
	var v struct{ O, P, Q origin.Origin }
	if err := json.Unmarshal([]byte(`{"O":"https://a.example:1","P":"null","Q":""}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.O != origin.MustParse("https://a.example:1") || !v.P.IsOpaque() || v.Q.IsValid() {
		t.Errorf("%+v", v)
	}
	out, err := json.Marshal(v)
	if want := `{"O":"https://a.example:1","P":"null","Q":""}`; err != nil || string(out) != want {
		t.Errorf("%s, %v; want %s", out, err, want)
	}
	for _, s := range []string{`"https://A.example"`, `"*"`, `" "`} {
		o := v.O
		if err := json.Unmarshal([]byte(s), &o); err == nil || o != v.O {
			t.Errorf("%s: %v, %v", s, o, err)
		}
	}
}

func TestMustPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"MustParse":    func() { origin.MustParse("https://a.example/") },
		"MustParseURL": func() { origin.MustParseURL("//a.example/") },
	} {
		func() {
			defer func() {
				if err, ok := recover().(*origin.ParseError); !ok {
					t.Errorf("%s: %v", name, err)
				}
			}()
			f()
		}()
	}
}

func TestAllocs(t *testing.T) {
	var o origin.Origin
	var u origin.URL
	var err error
	for _, s := range []string{
		"https://example.com", "http://localhost:8080", "https://xn--bcher-kva.example", "http://127.0.0.1:3000", "http://[2001:db8::1]:8443",
		"chrome-extension://abcdefghijklmnop", "https://a_b.example.", "https://cafe.0xg.face",
	} {
		if n := testing.AllocsPerRun(100, func() { o, err = origin.Parse(s) }); n != 0 || err != nil {
			t.Errorf("Parse(%q): %v allocations, %v", s, n, err)
		}
		if unsafe.StringData(o.String()) != unsafe.StringData(s) {
			t.Errorf("Parse(%q) copies", s)
		}
	}
	if n := unsafe.Sizeof(origin.ParseError{}); n > 48 {
		t.Errorf("a refusal allocates %d bytes", n)
	}
	if n := testing.AllocsPerRun(100, func() { o, err = origin.ParseStrict("https://www.example.com:8443") }); n != 0 || err != nil {
		t.Errorf("ParseStrict: %v allocations, %v", n, err)
	}
	base := origin.MustParseURL("https://example.org/")
	for _, s := range []string{"https://example.com/", "http://localhost:8080/a/b.c?d=e#f", "ws://127.0.0.1/%20", "ftp://[::1]:22/..a/", "https://a.example/a//b/%2e%2e%2e/?%27"} {
		if n := testing.AllocsPerRun(100, func() { u, err = origin.ParseURL(s, &base) }); n != 0 || err != nil {
			t.Errorf("ParseURL(%q): %v allocations, %v", s, n, err)
		}
		if n := testing.AllocsPerRun(100, func() { o = u.Origin() }); n != 0 || o.IsOpaque() {
			t.Errorf("%s: Origin: %v allocations", s, n)
		}
		if n := testing.AllocsPerRun(100, func() { _ = u.WithoutFragment(); _, _ = u.Query(); _, _ = u.Fragment() }); n != 0 {
			t.Errorf("%s: parts: %v allocations", s, n)
		}
	}
	for _, s := range []string{"data:text/plain;base64,QUJD?a#b", "blob:https://example.com/0b2c1c0e", "about:blank", "file:///etc/hosts", "chrome-extension://abcdefghijklmnop/a?b", "https://u:p@example.com/"} {
		if n := testing.AllocsPerRun(100, func() { u, err = origin.ParseURL(s, &base) }); n != 0 || err != nil {
			t.Errorf("ParseURL(%q): %v allocations, %v", s, n, err)
		}
	}
	for s, want := range map[string]float64{
		"https://example.com": 0, "http://example.com:80/..": 0, "ws://[::1]:8080?\u00e9": 0, // It starts with its origin.
		"HTTPS://example.com/": 1, "https://u@example.com:443/": 1, "https://b\u00fccher.\u4f8b\u5b50/": 1,
	} {
		if n := testing.AllocsPerRun(100, func() { o, err = origin.OfURL(s) }); n != want || err != nil {
			t.Errorf("OfURL(%q): %v allocations, %v; want %v", s, n, err, want)
		}
	}
	u = origin.MustParseURL("blob:https://example.com/0b2c1c0e")
	if n := testing.AllocsPerRun(100, func() { o = u.Origin() }); n != 0 || o.IsOpaque() {
		t.Errorf("%s: Origin: %v allocations", u, n)
	}
	a, b := origin.MustParse("https://a.example.co.uk"), origin.MustParse("https://b.example.co.uk:8443")
	if n := testing.AllocsPerRun(100, func() {
		if !origin.SameSite(a, b, suffixes) || !origin.SchemelesslySameSite(a, b, suffixes) || origin.SameOrigin(a, b) {
			t.Error("not same site")
		}
	}); n != 0 {
		t.Errorf("SameSite: %v allocations", n)
	}
}

func TestUpgradeToHTTPS(t *testing.T) {
	for s, want := range map[string]string{
		"http://a.example/x?y#z": "https://a.example/x?y#z",
		"http://a.example:443/":  "https://a.example/",
		"http://a.example:8080/": "https://a.example:8080/",
		"http://u:p@a.example/":  "https://u:p@a.example/",
		"ws://a.example/":        "wss://a.example/",
		"https://a.example/":     "https://a.example/",
		"ftp://a.example/":       "ftp://a.example/",
		"foo://a.example/":       "foo://a.example/",
	} {
		if got := origin.MustParseURL(s).UpgradeToHTTPS(); got != origin.MustParseURL(want) {
			t.Errorf("%s: got %s, want %s", s, got, want)
		}
	}
	if (origin.URL{}).UpgradeToHTTPS().IsValid() {
		t.Error("the zero URL")
	}
}

func TestZeroURL(t *testing.T) {
	var u origin.URL
	_, hasPort := u.Port()
	_, hasQuery := u.Query()
	_, hasFragment := u.Fragment()
	if u.IsValid() || u.String()+u.Scheme()+u.Username()+u.Password()+u.Hostname()+u.Pathname() != "" ||
		hasPort || hasQuery || hasFragment || u.IncludesCredentials() || u.WithoutFragment() != u || u.WithFragment("x") != u {
		t.Errorf("%#v", u)
	}
	if _, err := origin.ParseURL("x", &u); err == nil {
		t.Error("the zero URL is a base")
	}
}

var (
	sinkOrigin origin.Origin
	sinkURL    *url.URL
	sinkParsed origin.URL
)

var benchmarkOrigins = []string{"https://example.com", "https://www.some-service.example.co.uk:8443", "http://localhost:3000", "http://127.0.0.1:8080", "http://[2001:db8::1]:8443"}

func BenchmarkParse(b *testing.B) {
	for _, s := range benchmarkOrigins {
		b.Run(s, func(b *testing.B) {
			b.Run("origin.Parse", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					sinkOrigin, _ = origin.Parse(s)
				}
			})
			b.Run("net-url.Parse", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					sinkURL, _ = url.Parse(s)
				}
			})
		})
	}
}

func BenchmarkParseURL(b *testing.B) {
	for _, s := range []string{"https://example.com/", "https://www.example.com:8443/some/longer/path/index.html?with=a&query=string#fragment", "https://example.com", "https://EXAMPLE.com/a/../b", "https://b\u00fccher.example/"} {
		b.Run(s, func(b *testing.B) {
			b.Run("origin.ParseURL", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					sinkParsed, _ = origin.ParseURL(s, nil)
				}
			})
			b.Run("origin.OfURL", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					sinkOrigin, _ = origin.OfURL(s)
				}
			})
			b.Run("net-url.Parse", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					sinkURL, _ = url.Parse(s)
				}
			})
		})
	}
}

// The empty text is the zero value, also if there was another.
func TestUnmarshalTextEmpty(t *testing.T) {
	o := origin.MustParse("https://a.example")
	if err := o.UnmarshalText(nil); err != nil || o != (origin.Origin{}) {
		t.Errorf("%v, %v", o, err)
	}
}

// A reason that is not the package's has no hint.
func TestParseErrorWithoutHint(t *testing.T) {
	err := &origin.ParseError{Offset: 1, Reason: "x"}
	if got, want := err.Error(), `origin: invalid origin "", byte 1: x`; got != want || err.Hint() != "" {
		t.Errorf("%s, hint %q; want %s", got, err.Hint(), want)
	}
}
