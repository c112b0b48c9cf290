package origin_test

import (
	"strings"
	"testing"

	"github.com/corspec/corspec/origin"
)

var urlSeeds = []string{
	"https://a.example/b?c#d", "HTTPS://A.example:443", "http://u:p@[::1]:8080/..", "ws://b\u00fccher.example:443?", "wss:\\\\a\\b", "ftp://0x7f.1:21/", "https://a b/", "https://a:/x",
	"http:/ a", " https://a\t.b \n/", "https://a /", "https://a@", "https://:1", "https://a:65536", "file:///C|/", "file://localhost/x", "data:a b #c", "data:a ?b", "about:blank#", "foo://h:1", "foo:/.//a", "foo:a",
	"blob:https://a:443/x", "blob:HTTP://A\\b", "blob:ftp://a/", "blob:file:///", "blob:blob:https://a/", "blob: https://a", "blob:https://u@a/", "blob:x", "blob:https://u:p@a:443?b", "https://u:p@a:443/", "https://u:@a", "https://u@", "https://:p@a:1#", "https://u:p@a b", "https://%41%c3%bc.\u00e9%2e/", "https://a%", "https://\uff05", "htt\nps:a", "https", "ht\ntps://a", "\xff", "https://\xff", "https://a/\xff", "https://xn--a.\u00e9/",
}

// checkURL holds what is made of a URL against the parsing of its serialization,
// and the short way to its origin against the long one.
func checkURL(t *testing.T, s, fragment string) {
	t.Helper()
	u, err := origin.ParseURL(s, nil)
	o, originErr := origin.OfURL(s)
	if err != nil {
		if originErr == nil || *originErr.(*origin.ParseError) != *err.(*origin.ParseError) {
			t.Fatalf("%q: OfURL has the error %v, ParseURL %v", s, originErr, err)
		}
		return
	}
	if originErr != nil || o != u.Origin() && !(o.IsOpaque() && u.Origin().IsOpaque()) {
		t.Fatalf("%q: OfURL is %v, %v; ParseURL's origin is %v", s, o, originErr, u.Origin())
	}
	if !o.IsOpaque() {
		if again, err := origin.Parse(o.String()); err != nil || again != o {
			t.Fatalf("%q: the origin %v parses to %v, %v", s, o, again, err)
		}
	}
	same := func(what string, got origin.URL, serialization string) {
		t.Helper()
		for _, base := range []*origin.URL{nil, &u, &fileBase} {
			if want, err := origin.ParseURL(serialization, base); err != nil || got != want {
				t.Fatalf("%q: %s is %#v; %q parses to %#v, %v", s, what, got, serialization, want, err)
			}
		}
	}
	same("it", u, u.String())
	without, _, _ := strings.Cut(u.String(), "#")
	same("WithoutFragment", u.WithoutFragment(), without)
	if f, ok := origin.MustParseURL("about:blank#" + fragment).Fragment(); ok {
		same("WithFragment", u.WithFragment(f), without+"#"+f)
	}
	upgraded := u.String()
	if rest, ok := strings.CutPrefix(upgraded, "http:"); ok {
		upgraded = "https:" + rest
	} else if rest, ok := strings.CutPrefix(upgraded, "ws:"); ok {
		upgraded = "wss:" + rest
	}
	same("UpgradeToHTTPS", u.UpgradeToHTTPS(), upgraded)
}

var fileBase = origin.MustParseURL("file:///C:/a/b?c")

func TestURLs(t *testing.T) {
	for _, s := range urlSeeds {
		checkURL(t, s, "")
		checkURL(t, s, " f`\u00e9#")
	}
}

func FuzzURL(f *testing.F) {
	for _, s := range urlSeeds {
		f.Add(s, "f")
	}
	f.Fuzz(checkURL)
}

// Loopback addresses are those of special schemes, whose hosts can be addresses; other hosts only look like it.
func TestTrustworthyOpaqueHosts(t *testing.T) {
	for s, want := range map[string]bool{"http://127.0.0.1": true, "app://127.0.0.1": false, "app://127.1": false, "app://[::1]": true, "app://localhost": true, "app://127.localhost": true, "http://127.example": false} {
		if got := origin.MustParse(s).IsPotentiallyTrustworthy(); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
	for _, originOnly := range []bool{false, true} {
		if u := (origin.URL{}).StripForReferrer(originOnly); u.IsValid() {
			t.Errorf("the zero URL is told as %v", u)
		}
	}
}
