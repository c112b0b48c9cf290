package origin_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/internal/golden"
	"github.com/corspec/corspec/origin"
)

// texts are origins, URLs, patterns, hosts, and what is none of them.
func texts() []string {
	list := []string{
		"", "null", "*", "https://a.example", "http://a.example", "https://a.example:443", "https://a.example:0", "https://a.example:00", "https://a.example:65535", "https://a.example:65536",
		"https://a.example:8443", "https://b.a.example", "https://c.b.a.example", "https://xa.example", "https://a.example.", "https://a.example..", "https://example", "https://co.uk",
		"https://x.co.uk", "https://y.x.co.uk", "https://a.github.io", "https://github.io", "wss://a.example", "ws://a.example", "ftp://a.example", "app://a", "app://a:1", "app://a.example",
		"APP://a", "http://localhost", "http://LOCALHOST:*", "http://x.localhost", "http://localhost.", "http://127.0.0.1", "http://127.1", "http://127.0.0.1:1", "http://[::1]", "http://[::1]:1",
		"http://[0:0::1]", "http://10.0.0.1", "http://0x7f.1", "http://1.1/24", "http://10.0.0.0/8", "https://a.example/24", "http://a.1", "http://*.1.2.3.4", "http://*.[::1]",
		"https://*.a.example", "https://*.b.a.example", "https://*.a.example:*", "https://*.a.example:443", "https://*.a.example:[443,8443]", "https://a.example:*", "https://a.example:[443,8443]",
		"https://*.com", "https://*.", "https://.a.example", "https://*..a.example", "https://*", "https://*:1", "*.a.example", "*.a.example:443", "*.a.example:444", "a.example", "a.example:1", "a.example.",
		"A.example/x", "a", "localhost", "Localhost:1", "localhost*", "http://localhost*", "http://localhost*:1", "http://a.example*", "127.0.0.1:80", "10.0.0.1", "[::1]", "[::1]:[1,2]", "[::2]", "http://[::1]*",
		"moz-extension://{uuid}", "moz-extension://{UUID}", "moz-extension://*", "moz-extension://AB", "moz-extension://ab", "moz-extension://0a9b8c7d-1234-5678-9abc-def012345678",
		"moz-extension://0a9b8c7d-1234-5678-9abc-def012345678:1", "moz-extension://{uuid}:1", "safari-web-extension://{uuid}", "chrome-extension://{uuid}", "https://{uuid}", "x-extension://a*",
		"https://user@a.example", "https://user:pw@a.example", "https://a.example@evil.example", "https://a@b@c.example", "user@a.example", "//a.example", "//user@a.example", "://a.example", "https:a.example",
		"https:/a.example", "https//a.example", `https:\\a.example`, "HTTPS:/A.example", "http:a", "httpx", "https", "http/", "https://a.example/", "https://a.example?x", "https://a.example#x", `https://a.example\`,
		`https://a.example\.b`, `https://a.example\x`, "https://a.example/a,https://b", "https://a.example/,b", "https://a.example,b.example", "https://a.example, https://b.example", "https://a.example https://b.example",
		" https://a.example ", "https://a.example,", "https://a.example;", `"https://a.example"`, "'https://a.example'", "`a.example`", `["https://a.example"]`, `['a.example']`, `["a.example","b.example"]`, `[""]`,
		`"`, `""`, "\ufeffa.example", "\u200ba.example\n", "a.example\x00", "https://a\x01.example", "https://b\u00fccher.example", "https://\u00fc.a.example:1", "https://*.b\u00fccher.example", "https://xn--bcher-kva.example",
		"https://xn--a", "https://\xff.example", "\xff.example", "a\xe2\x82.example", "\u00fc\xff\xff", "https://a_b.example", "https://a b.example", "https://a+b.example", "https://a%41.example", "https://(a|b).example", "^https://a.example$", `https://.*\.a\.example`,
		"https://a.example:[1-3]", "https://a.example:1-3", "https://a.example:[1,2-4,9]", "https://a.example:[1-64]", "https://a.example:[1-65]", "https://a.example:[0,1-63]", "https://a.example:[0,1-64]", "https://a.example:[3-1]",
		"https://a.example:[1,1]", "https://a.example:[2,1]", "https://a.example:[1]", "https://a.example:[]", "https://a.example:[1,]", "https://a.example:[1", "https://a.example:1]", "https://a.example:[1,x]", "https://a.example:[x-2]",
		"https://a.example:[1-x]", "https://a.example:65535-65535", "https://a.example:65535-65536", "https://a.example:40000", "https://a.example:40000-40001", "https://a.example:+1", "https://a.example:", "https://a.example:x", "https://a.example:080",
		"file://", "file:///x", "data:text/plain,x", "about:blank", "about:blank?x", "about:srcdoc", "about:srcdoc?x", "about:client", "about:/blank", "blob:https://a.example/x", "blob:null/x", "blob:ftp://a/x", "blob:http://a.example/x",
		"javascript:x", "mailto:a@b", "https://", "http://:1", "://", "1x://a", "x_y://a", "https://a.example/p?q#f", "http://u:p@a.example:1/p?q#f", "wss://a.example/p", "app://A/p", "ws://x.localhost/",
		"https://9.example", "https://a.example9:9", "https://z-Z.example", "https://a`.example", "https://a:b.example",
	}
	for n := 1022; n <= 1026; n++ {
		list = append(list, "https://a.example/"+strings.Repeat("x", n-len("https://a.example/")))
	}
	label := strings.Repeat("a", 63)
	for n := 59; n <= 62; n++ {
		long := strings.Repeat(label+".", 3) + strings.Repeat("b", n)
		list = append(list, "https://"+long, "https://"+long+".")
	}
	return list
}

// shown shortens what is long.
func shown(text string) string {
	if len(text) > 300 {
		return fmt.Sprintf("%s … (%d bytes)", text[:80], len(text))
	}
	return text
}

// allText is what the package says of texts and of pairs of them.
func allText() string {
	var b strings.Builder
	say := func(format string, args ...any) { b.WriteString(shown(fmt.Sprintf(format, args...)) + "\n") }
	origins := []origin.Origin{{}, origin.NewOpaque(), origin.NewOpaque()}
	var patterns []origin.Pattern
	var values []string
	for _, text := range texts() {
		say("%q", text)
		if o, err := origin.Parse(text); err != nil {
			say("  origin: %v", err)
		} else {
			origins, values = append(origins, o), append(values, text)
			port, ok := o.Port()
			say("  origin: %q %q %d %v, opaque %v, trustworthy %v, sites %v and %v", o.Scheme(), o.Host(), port, ok, o.IsOpaque(), o.IsPotentiallyTrustworthy(), o.Site(nil), o.Site(publicsuffix.List))
		}
		if _, err := origin.ParseStrict(text); err != nil {
			say("  strictly: %v", err)
		}
		if p, err := origin.ParsePattern(text); err != nil {
			say("  pattern: %v", err)
		} else {
			patterns = append(patterns, p)
			_, exact := p.Exact()
			say("  pattern: %v, %q %q, any %v, exact %v, subdomains %v", p, p.Scheme(), p.Host(), p.IsAny(), exact, p.HasSubdomains())
		}
		if u, err := origin.ParseURL(text, nil); err != nil {
			say("  URL: %v", err)
		} else {
			say("  URL: %v, origin %v, trustworthy %v; for referrers %v and %v; by https %v", u, u.Origin(), u.IsPotentiallyTrustworthy(), u.StripForReferrer(false), u.StripForReferrer(true), u.UpgradeToHTTPS())
		}
		if strings.Contains(text, "://") {
			continue // not a host
		}
		if host, err := origin.ParseHost(text); err != nil {
			say("  host: %v", err)
		} else {
			suffix, ok := origin.PublicSuffix(host, publicsuffix.List)
			without, _ := origin.PublicSuffix(host, nil)
			say("  host: %q, suffixes %q %v and %q", host, suffix, ok, without)
		}
		ascii, err := origin.DomainToASCII(text, true)
		loose, looseErr := origin.DomainToASCII(text, false)
		say("  ASCII: %q %v, and %q %v", ascii, err, loose, looseErr)
	}

	b.WriteString("\nPairs: a for the same site, l for it without a list, s for schemelessly, d for the same origin-domain, D with one domain (of the first), x with a domain of one alone,\nr for a registrable suffix\n")
	when := func(is bool, letter string) string {
		if is {
			return letter
		}
		return ""
	}
	for i, x := range origins {
		var line []string
		for j, y := range origins {
			relation := when(origin.SameSite(x, y, publicsuffix.List), "a") + when(origin.SameSite(x, y, nil), "l") + when(origin.SchemelesslySameSite(x, y, publicsuffix.List), "s") +
				when(origin.SameOriginDomain(x, "", y, ""), "d") + when(max(i, j) < 8 && origin.SameOriginDomain(x, "a.example", y, "a.example"), "D") +
				when(origin.SameOriginDomain(x, "a.example", y, ""), "x") +
				when(origin.IsRegistrableDomainSuffixOfOrEqualTo(x.Host(), y.Host(), publicsuffix.List), "r")
			if relation != "" {
				line = append(line, y.String()+"="+relation)
			}
		}
		b.WriteString(x.String() + ": " + strings.Join(line, " ") + "\n")
	}

	b.WriteString("\nPatterns: the origins that each matches, and the patterns that a set of it covers\n")
	for _, p := range append(patterns, origin.Pattern{}) {
		set := origin.NewSet(p)
		careful := set.ExceptPublicSuffixes(publicsuffix.List)
		fmt.Fprintf(&b, "%v:", p)
		for _, o := range origins {
			if relation := when(p.Matches(o), "m") + when(set.Contains(o), "c") + when(careful.Contains(o), "e"); relation != "" {
				fmt.Fprintf(&b, " %v=%s", o, relation)
			}
		}
		for _, other := range patterns {
			if set.WildcardCovers(other) || careful.WildcardCovers(other) {
				fmt.Fprintf(&b, " covers %v %v", other, careful.WildcardCovers(other))
			}
		}
		b.WriteString("\n")
	}

	all := origin.NewSet(patterns...)
	fmt.Fprintf(&b, "\nAll patterns: %v; redundant %v\n", all.Patterns(), all.Redundant())
	var bounded []origin.Pattern
	for _, p := range patterns {
		if !p.IsAny() {
			bounded = append(bounded, p)
		}
	}
	set := origin.NewSet(bounded...)
	fmt.Fprintf(&b, "Without *: redundant %v\n", set.Redundant())
	for _, value := range append(values, "https://evil.example", "x", "https://b.a.example:444", "app://b") {
		own, ok := set.Match(value)
		fmt.Fprintf(&b, "%s: %q %v\n", value, own, ok)
	}
	return b.String()
}

// What the package says of texts, to the byte. Other tests say what is right; this one shows in a change what else it
// changes.
func TestTexts(t *testing.T) {
	golden.Text(t, "testdata/texts.txt", allText())
}
