package origin_test

import (
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/origin"
)

// The table of the URL standard's example, and what it leaves out.
func TestRegistrableDomain(t *testing.T) {
	for _, test := range []struct{ host, suffix, registrable string }{
		{"com", "com", ""},
		{"example.com", "com", "example.com"},
		{"www.example.com", "com", "example.com"},
		{"sub.www.example.com", "com", "example.com"},
		{"EXAMPLE.COM", "com", "example.com"},
		{"example.com.", "com.", "example.com."},
		{"www.example.com.", "com.", "example.com."},
		{"com.", "com.", ""},
		{"github.io", "github.io", ""},
		{"github.io.", "github.io.", ""},
		{"whatwg.github.io", "github.io", "whatwg.github.io"},
		{"\u0625\u062e\u062a\u0628\u0627\u0631", "xn--kgbechtv", ""},
		{"example.\u0625\u062e\u062a\u0628\u0627\u0631", "xn--kgbechtv", "example.xn--kgbechtv"},
		{"sub.example.\u0625\u062e\u062a\u0628\u0627\u0631", "xn--kgbechtv", "example.xn--kgbechtv"},
		{"[2001:0db8:85a3:0000:0000:8a2e:0370:7334]", "", ""},
		{"1.2.3.4", "", ""},
		{"localhost", "localhost", ""},
		{"foo.localhost", "localhost", "foo.localhost"},
		{"www.ck", "ck", "www.ck"}, // An exception rule.
		{"a.b.c.ck", "c.ck", "b.c.ck"},
		{"a..com", "com", ""},
		{"a..", ".", ""},
		{".", ".", ""},
		{".com", "com", ""},
		{"a.b..com", "com", ""},
		{"..a.com", "com", "a.com"},
	} {
		host, err := origin.ParseHost(test.host)
		if err != nil {
			t.Fatal(err)
		}
		suffix, ok := origin.PublicSuffix(host, publicsuffix.List)
		if suffix != test.suffix || ok != (suffix != "") {
			t.Errorf("public suffix of %s: got %q, %t; want %q", host, suffix, ok, test.suffix)
		}
		registrable, ok := origin.RegistrableDomain(host, publicsuffix.List)
		if registrable != test.registrable || ok != (registrable != "") {
			t.Errorf("registrable domain of %s: got %q, %t; want %q", host, registrable, ok, test.registrable)
		}
	}
	if suffix, ok := origin.PublicSuffix("", nil); ok {
		t.Errorf("public suffix of nothing: %q", suffix)
	}
}

// badList answers what is not a suffix of whole labels.
type badList string

func (l badList) PublicSuffix(string) string { return string(l) }

func TestBadSuffixList(t *testing.T) {
	for _, l := range []badList{"", "org", "om", ".com", "www.example.com.", "x.www.example.com"} {
		if got, _ := origin.RegistrableDomain("www.example.com", l); got != "example.com" {
			t.Errorf("list that answers %q: got %q", string(l), got)
		}
	}
}

func TestSites(t *testing.T) {
	for s, want := range map[string]string{
		"https://www.example.com:8443": "https://example.com",
		"https://a.b.github.io":        "https://b.github.io",
		"https://github.io":            "https://github.io",
		"http://127.0.0.1:8080":        "http://127.0.0.1",
		"http://[::1]:8080":            "http://[::1]",
		"https://www.example.com.":     "https://example.com.",
		"chrome-extension://a.b.com:1": "chrome-extension://a.b.com",
		"null":                         "null",
	} {
		site := origin.MustParse(s).Site(publicsuffix.List)
		if site.String() != want || site == (origin.Site{}) {
			t.Errorf("%s: got %s, want %s", s, site, want)
		}
	}
	o := origin.NewOpaque()
	if same := o; o.Site(nil) != same.Site(nil) || o.Site(nil) == origin.NewOpaque().Site(nil) {
		t.Error("the site of an opaque origin is that origin")
	}
}

func TestTrapsSites(t *testing.T) {
	for _, test := range []struct {
		trap, a, b       string
		same, schemeless bool
	}{
		{"T6", "https://a.com:1", "https://a.com:2", true, true},
		{"T6", "http://a.com", "https://a.com", false, true},
		{"T6", "https://x.a.com", "https://y.a.com", true, true},
		{"T7", "https://a.github.io", "https://b.github.io", false, false},
		{"T7", "https://github.io", "https://github.io:8443", true, true},
		{"T7", "https://github.io", "https://a.github.io", false, false},
		{"T8", "https://a.com", "https://a.com.", false, false},
		{"T8", "https://x.a.com.", "https://y.a.com.", true, true},
		{"T9", "http://localhost", "http://foo.localhost", false, false},
		{"T9", "http://localhost:1", "http://localhost:2", true, true},
		{"T10", "http://1.2.3.4", "https://1.2.3.4", false, true},
		{"T10", "http://1.2.3.4", "http://2.2.3.4", false, false},
		{"T10", "http://[::1]", "https://[::1]:1", false, true},
		// Hosts of different kinds are not equal, whatever their text.
		{"X", "https://a.com", "foo://a.com", false, false},
		{"X", "http://1.2.3.4", "foo://1.2.3.4", false, false},
		{"X", "http://github.io", "foo://github.io", false, false},
		{"X", "http://[::1]", "foo://[::1]", false, true},
		{"X", "foo://a.b.com", "foo://c.b.com", false, false},
		{"X", "foo://a.b.com:1", "foo://a.b.com", true, true},
		{"X", "foo://a.b.com", "bar://a.b.com", false, true},
		{"X", "https://x..com", "https://y..com", false, false},
		{"X", "https://x..com", "http://x..com", false, true},
	} {
		t.Run(test.trap, func(t *testing.T) {
			a, b := origin.MustParse(test.a), origin.MustParse(test.b)
			for range 2 {
				if got := origin.SameSite(a, b, publicsuffix.List); got != test.same {
					t.Errorf("same site %s, %s: %t", a, b, got)
				}
				if got := a.Site(publicsuffix.List) == b.Site(publicsuffix.List); got != test.same {
					t.Errorf("sites of %s, %s: %t", a, b, got)
				}
				if got := origin.SchemelesslySameSite(a, b, publicsuffix.List); got != test.schemeless {
					t.Errorf("schemelessly same site %s, %s: %t", a, b, got)
				}
				a, b = b, a
			}
		})
	}
	// Without a list, the last label is the suffix.
	if !origin.SameSite(origin.MustParse("https://a.github.io"), origin.MustParse("https://b.github.io"), nil) {
		t.Error("the default rule knows github.io")
	}
}

// The table of the HTML standard, and a few more.
func TestIsRegistrableDomainSuffixOfOrEqualTo(t *testing.T) {
	for _, test := range []struct {
		suffix, host string
		want         bool
	}{
		{"0.0.0.0", "0.0.0.0", true},
		{"0x10203", "0.1.2.3", true},
		{"[0::1]", "[::1]", true},
		{"example.com", "example.com", true},
		{"example.com", "example.com.", false},
		{"example.com.", "example.com", false},
		{"example.com", "www.example.com", true},
		{"com", "example.com", false},
		{"example", "example", true},
		{"compute.amazonaws.com", "example.compute.amazonaws.com", false},
		{"example.compute.amazonaws.com", "www.example.compute.amazonaws.com", false},
		{"amazonaws.com", "www.example.compute.amazonaws.com", false},
		{"amazonaws.com", "test.amazonaws.com", true},
		{"", "example.com", false},
		{"a b", "example.com", false},
		{"EXAMPLE.com", "www.example.com", true},
		{"xample.com", "example.com", false},
		{"www.example.com", "example.com", false},
		{"0.0.1", "1.0.0.1", false},
		{"example.com.", "www.example.com.", true},
		{"com.", "example.com.", false},
		{"a b", "", false},
		// What is not a host, but ends like one.
		{"1.2.3.4", "x.1.2.3.4", false},
		{"[::1]", "x.[::1]", false},
		{"example.com", "[x.example.com", false},
	} {
		if got := origin.IsRegistrableDomainSuffixOfOrEqualTo(test.suffix, test.host, publicsuffix.List); got != test.want {
			t.Errorf("%q of %q: %t", test.suffix, test.host, got)
		}
	}
}

// TestSameSiteIsEqualSites holds SameSite, which asks no list about hosts that end differently, to its definition.
func TestSameSiteIsEqualSites(t *testing.T) {
	hosts := []string{"com", "a.com", "b.com", "xa.com", "ya.com", "x.a.com", "y.a.com", "x.b.com", "a.com.", "x.a.com.", "b.com.", "com.", "github.io", "a.github.io",
		"b.github.io", "x.b.github.io", "co.uk", "a.co.uk", "b.co.uk", "y.b.co.uk", "localhost", "a.localhost", "127.0.0.1", "10.0.0.1", "1.127.0.1", "[::1]", "[1::1]", "[2::]"}
	for _, l := range []origin.SuffixList{nil, publicsuffix.List} {
		for _, x := range hosts {
			for _, y := range hosts {
				a, b := origin.MustParse("https://"+x), origin.MustParse("https://"+y)
				if got, want := origin.SameSite(a, b, l), a.Site(l) == b.Site(l); got != want {
					t.Errorf("%s and %s: %v, want %v", x, y, got, want)
				}
			}
		}
	}
}

// SameSite asks the list about hosts only if they end alike from within the last label but one.
func TestSameSiteAsks(t *testing.T) {
	asked := 0
	l := suffixFunc(func(domain string) string {
		asked++
		return suffixes.PublicSuffix(domain)
	})
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"a.com", "a.com", 0}, {"a.com", "b.com", 0}, {"a.com", "a.org", 0}, {"xa.com", "ya.com", 2}, {"x.a.com", "y.a.com", 2}, {"com", "a.com", 0}, {"a", "a.", 0}, {"ab", "cb", 0},
		{"com.", "a.com.", 2}, {".com", "a.com", 0},
	} {
		asked = 0
		origin.SameSite(origin.MustParse("https://"+c.a), origin.MustParse("https://"+c.b), l)
		if asked != c.want {
			t.Errorf("%s and %s: the list was asked %d times, want %d", c.a, c.b, asked, c.want)
		}
	}
}

// A list may contradict itself, and is not asked about nothing.
func TestContradictorySuffixList(t *testing.T) {
	l := suffixFunc(func(domain string) string {
		switch domain {
		case "":
			t.Error("the list is asked about nothing")
		case "x.a.b":
			return "a.b"
		}
		return "b"
	})
	if !origin.IsRegistrableDomainSuffixOfOrEqualTo("a.b", "x.a.b", l) {
		t.Error("a.b, which is not a public suffix by itself, is not a suffix of x.a.b")
	}
	if suffix, ok := origin.PublicSuffix(".", l); suffix != "." || !ok {
		t.Errorf("public suffix of a dot: %q, %v", suffix, ok)
	}
}
