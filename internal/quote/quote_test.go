package quote

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/lineartest"
)

func TestQuote(t *testing.T) {
	long := strings.Repeat("a", 119)
	for s, want := range map[string]string{
		"":                            `""`,
		"a\"b\n\x1b\xff":              `"a\"b\n\x1b\xff"`,
		long + "b":                    `"` + long + `b"`,
		long + "bc":                   `"` + long + `b"… (121 bytes)`,
		long + "éc":                   `"` + long + `"… (122 bytes)`,
		long + "\x80\x80\x80\x80\x80": `"` + long + `\x80"… (124 bytes)`,
	} {
		if got := Quote(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	for s, want := range map[string]string{
		"":                             "",
		`say "é"`:                      `say "é"`,
		"say \"x\"\t":                  `say "x"\t`,
		"a\nb\x1b[31m\xff":             `a\nb\x1b[31m\xff`,
		"\u202e\ufffd":                 `\u202e` + "\ufffd",
		strings.Repeat("é", 10):        strings.Repeat("é", 10),
		strings.Repeat("é", 11):        strings.Repeat("é", 10) + "… (22 bytes)",
		"\n" + strings.Repeat("é", 11): `\n` + strings.Repeat("é", 9) + "… (23 bytes)",
	} {
		if got := Line(s, 20); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b\xc3", 3)
	f.Fuzz(func(t *testing.T, s string, most int) {
		most = max(0, min(most, 1000))
		for _, got := range []string{Line(s, most), Quote(s)} {
			if !utf8.ValidString(got) || !clean(got) {
				t.Errorf("%q: %q", s, got)
			}
		}
		if len(s) <= most && clean(s) && Line(s, most) != s {
			t.Errorf("%q: %q", s, Line(s, most))
		}
	})
}

func TestLinear(t *testing.T) {
	lineartest.Check(t, func(size int) func() {
		s := strings.Repeat("\x1b", size)
		return func() { Quote(s); Line(s, 1000) }
	})
}
