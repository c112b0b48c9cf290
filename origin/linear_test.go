package origin_test

import (
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/origin"
)

// hostile is inputs of a length, of shapes that have made parsers slow.
func hostile(n int) map[string]string {
	fill := func(prefix, unit, suffix string) string {
		return prefix + strings.Repeat(unit, (n-len(prefix)-len(suffix))/len(unit)) + suffix
	}
	distinct := func(prefix, suffix string) string {
		var b strings.Builder
		b.WriteString(prefix)
		for r := rune(0x4E00); b.Len() < n-len(suffix)-4; r++ {
			if r == 0x9F00 {
				r = 0x4E00
			}
			b.WriteRune(r)
		}
		return b.String() + suffix
	}
	return map[string]string{
		"canonical path":       fill("https://a.example/", "abc/", ""),
		"slashes":              fill("https://a.example", "/", ""),
		"dot segments":         fill("https://a.example", "/..", ""),
		"names and dots":       fill("https://a.example", "/a/..", ""),
		"deep then up":         fill("https://a.example", "/a", "") + strings.Repeat("/..", n/8),
		"encoded dots":         fill("https://a.example", "/%2E%2e", ""),
		"near dot segments":    fill("https://a.example", "/...", ""),
		"percents":             fill("https://a.example/", "%", ""),
		"spaces":               fill("https://a.example/", " ", "x"),
		"tabs":                 fill("https://a.example/", "\t", "x"),
		"leading spaces":       fill("", " ", "https://a.example/"),
		"not UTF-8":            fill("https://a.example/", "\xff", ""),
		"not UTF-8 and tabs":   fill("https://a.example/", "\xff\t", ""),
		"euros":                fill("https://a.example/", "\u20ac", ""),
		"query":                fill("https://a.example/?", "'", ""),
		"fragment":             fill("https://a.example/#", "`", ""),
		"at signs":             fill("https://", "@", "a.example/"),
		"colons in userinfo":   fill("https://", ":", "@a.example/"),
		"colons":               fill("https://a", ":", ""),
		"userinfo":             fill("https://", "u@:", "a.example/"),
		"long host":            fill("https://", "a", "/"),
		"long origin":          fill("https://", "a", ""),
		"labels":               fill("https://", "a.", "example"),
		"dots":                 fill("https://", ".", ""),
		"uppercase host":       fill("https://", "A", "/"),
		"encoded host":         fill("https://", "%41", "/"),
		"host not UTF-8":       fill("https://", "%ff", "/"),
		"digits":               fill("https://", "9", "/"),
		"zeros":                fill("https://", "0", "/"),
		"hex":                  fill("https://0x", "f", "/"),
		"number labels":        fill("https://", "1.", "1/"),
		"brackets":             fill("https://", "[", "/"),
		"IPv6":                 fill("https://[", "0:", "]/"),
		"IPv6 zeros":           fill("https://[::", "0", "]/"),
		"unicode host":         fill("https://", "\u00e9", "/"),
		"unicode labels":       fill("https://", "\u00e9.", "/"),
		"distinct code points": distinct("https://", "/"),
		"expanding mapping":    fill("https://", "\ufdfa", "/"),
		"combining marks":      fill("https://\u00e9", "\u0300", "/"),
		"punycode":             fill("https://xn--", "a", ".\u00e9/"),
		"punycode labels":      fill("https://", "xn--9ca.", "\u00e9/"),
		"ignored":              fill("https://a", "\u00ad", "/"),
		"port zeros":           fill("https://a:", "0", "443/"),
		"port digits":          fill("https://a:", "9", "/"),
		"scheme":               fill("", "a", ":"),
		"no scheme":            fill("", "a", ""),
		"opaque path":          fill("foo:", "a b", ""),
		"opaque path spaces":   fill("foo:", " ", "#f"),
		"opaque host":          fill("foo://", "\u00e9", "/"),
		"path or authority":    fill("foo:/", ".//", ""),
		"backslashes":          fill("https:", "\\", "a"),
		"file":                 fill("file:", "/C|/..", ""),
		"blob":                 fill("", "blob:", "https://a.example/"),
		"blob path":            fill("blob:https://a.example/", "/..", ""),
		"list":                 fill("https://a.example, ", "https://a.example, ", ""),
	}
}

// operations is what is done with each of them.
var operations = map[string]func(s string){
	"Parse":       func(s string) { _, _ = origin.Parse(s) },
	"ParseStrict": func(s string) { _, _ = origin.ParseStrict(s) },
	"ParseURL": func(s string) {
		if u, err := origin.ParseURL(s, nil); err == nil {
			_, _ = u.Origin(), u.WithoutFragment()
		}
	},
	"OfURL":     func(s string) { _, _ = origin.OfURL(s) },
	"relative":  func(s string) { _, _ = origin.ParseURL(s, &longBase) },
	"ParseHost": func(s string) { _, _ = origin.ParseHost(strings.TrimSuffix(strings.TrimPrefix(s, "https://"), "/")) },
	"DomainToASCII": func(s string) {
		_, _ = origin.DomainToASCII(strings.TrimSuffix(strings.TrimPrefix(s, "https://"), "/"), true)
	},
	"sites": func(s string) {
		if o, err := origin.Parse(s); err == nil {
			_ = origin.SameSite(o, origin.MustParse("https://a.example"), nil)
			_ = origin.IsRegistrableDomainSuffixOfOrEqualTo("example", o.Host(), nil)
		}
	},
	"error text": func(s string) {
		if _, err := origin.Parse(s); err != nil {
			_ = err.Error()
		}
	},
}

var longBase = origin.MustParseURL("https://a.example/b/c/d?e")

// TestLinear holds the cost of 1 MiB against that of 64 KiB, in time and in memory.
func TestLinear(t *testing.T) {
	small, large := hostile(64<<10), hostile(1<<20)
	for shape := range small {
		for name, operation := range operations {
			t.Run(name+"/"+shape, func(t *testing.T) {
				lineartest.Check(t, func(size int) func() {
					s := small[shape]
					if size > 64<<10 {
						s = large[shape]
					}
					return func() { operation(s) }
				})
			})
		}
	}
}
