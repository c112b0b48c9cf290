package idna

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

func toASCII(domain string, beStrict bool) (string, *Error) {
	b, err := AppendToASCII(nil, domain, beStrict)
	return string(b), err
}

// The delta has to say what the newer tables say, and the older ones not. When
// golang.org/x/net/idna moves on, this says that it is time to generate again.
func TestDelta(t *testing.T) {
	n := 0
	for r := rune(0x80); r <= utf8.MaxRune; r++ {
		to, ok := delta(r)
		isNew := newIdeograph(r)
		if !ok && !isNew {
			continue
		}
		n++
		if isNew {
			to = string(r)
		}
		got, err := mapping.ToUnicode(string(r))
		same := err == nil && got == to
		if _, err := validation.ToUnicode("a" + to); err != nil && !isNew {
			t.Errorf("%U maps to %q, which is not valid", r, to)
		}
		switch idna.UnicodeVersion {
		case "15.0.0":
			if same {
				t.Errorf("%U: the tables map it to %q, too", r, to)
			}
		case "17.0.0":
			if !same {
				t.Errorf("%U: the tables map it to %q, %v; not %q", r, got, err, to)
			}
		default:
			t.Fatalf("the delta knows nothing of Unicode %s: adapt gen.go and this test", idna.UnicodeVersion)
		}
	}
	if n < 50 {
		t.Errorf("only %d code points", n)
	}
}

// What the delta does not mend. These fail with the tables for Unicode 15.0 (a
// build with Go before 1.27), and have to leave the list where they pass.
func TestKnownGaps(t *testing.T) {
	if idna.UnicodeVersion != "15.0.0" {
		t.Skipf("the tables are for Unicode %s", idna.UnicodeVersion)
	}
	for domain, reason := range map[string]string{
		"a\u1806":                          "disallowed in Unicode 15.0, valid in 17.0; the module's validation does not know",
		"\U0001e5d0":                       "assigned in Unicode 16.0 (OL ONAL LETTER O)",
		"\U00010d70":                       "assigned in Unicode 16.0 (GARAY SMALL LETTER A), right to left",
		"\U00016ea0":                       "assigned in Unicode 17.0 (BERIA ERFE CAPITAL LETTER ARKAB)",
		"a\u0897":                          "assigned in Unicode 16.0 (ARABIC PEPET), a combining mark",
		"\U0001fae9":                       "assigned in Unicode 16.0 (FACE WITH BAGS UNDER EYES)",
		"\u1c89":                           "assigned in Unicode 16.0 (CYRILLIC CAPITAL LETTER TJE)",
		"a" + strings.Repeat("\u0301", 40): "the module normalizes in the stream-safe format, which the standard does not",
	} {
		if got, err := toASCII(domain, false); err == nil {
			t.Errorf("%q passes now, as %q; take it off the list (%s)", domain, got, reason)
		}
	}
}

func TestReasons(t *testing.T) {
	for _, test := range []struct {
		domain   string
		beStrict bool
		offset   int
		reason   string
	}{
		{strings.Repeat("\u00e9", MaxLength), false, MaxLength, ReasonTooLong},
		{"a.\u00e9\u2066.b", false, 4, ReasonDisallowed},
		{"a.\ufffd", false, 2, ReasonDisallowed},
		{"\u00e9.xn--\u00e9", false, 3, ReasonPunycode},
		{"\u00e9.xn--", false, 3, ReasonPunycode},
		{"\u00e9\u3002xn--a", false, 5, ReasonLabel},    // Decodes to U+0080.
		{"\u00e9.xn--8i7caa", false, 3, ReasonPunycode}, // Decodes to what has to be mapped.
		{"\u00e9.xn--xn---epa", false, 3, ReasonPunycode},
		{"\u00e9.xn--zca.xn--u-ccb", false, 11, ReasonPunycode}, // Decodes to what is not normalized.
		{"\u00e9.xn--ab-r13a", false, 3, ReasonPunycode},        // Decodes to what is mapped to two labels.
		{"xn--lnd.b", true, 0, ReasonPunycode},                  // Decodes to U+10BE, mapped since Unicode 16.
		{"\u00e9.\u0300", false, 3, ReasonLabel},
		{"\u00e9.a\u200db", false, 3, ReasonLabel},
		{"\u05d0.1a", false, 0, ReasonLabel},
		{"a.\u0646\u200c\u0627.\u0646\u200c1", false, 10, ReasonLabel}, // Only what joins may follow a non-joiner,
		{"\u0646\u200c\u064e", false, 0, ReasonLabel},                  // behind what is transparent,
		{"\u0646\u200c.\u0646", false, 0, ReasonLabel},                 // in its label,
		{"\u0646\u200c\u0640\u0646", false, 0, ReasonLabel},            // and does not cause joining.
		{"\u0646\u200c\u0646\u200c1", false, 0, ReasonLabel},           // Each of them counts.
		{"\ua872\u200ca", false, 0, ReasonLabel},
		{"a.-b", true, 2, ReasonHyphens},
		{"a.b-", true, 2, ReasonHyphens},
		{"a.ab--", true, 2, ReasonHyphens},
		{"a.\u00e9b--c", true, 2, ReasonHyphens},
		{"a.a_b", true, 2, ReasonSTD3},
		{"a..b", true, 2, ReasonDNSLength},
		{"a.", true, 2, ReasonDNSLength},
		{"a." + strings.Repeat("a", 1024) + "\u00e9", false, 2, ReasonLongLabel},
		{strings.Repeat("abcdefgh.", 28) + "ab", true, 0, ReasonDNSLength},
	} {
		got, err := toASCII(test.domain, test.beStrict)
		if err == nil || err.Offset != test.offset || err.Reason != test.reason {
			t.Errorf("%.40q: got %.40q, %+v; want %d, %s", test.domain, got, err, test.offset, test.reason)
		}
	}
}

func TestToASCII(t *testing.T) {
	for _, test := range []struct{ domain, unicode string }{
		{"\u00c9.ab--c", "\u00e9.ab--c"},
		{"\ud002\ufc5e", "\ud002 \u064c\u0651"}, // No bidi domain once it is mapped.
		{"\u00e9..b.", "\u00e9..b."},
		{"\u1e9e.xn--zca", "\u00df.\u00df"},
		{"\u10a0\u180e\u2183", "\u2d00\u2184"},
		{"\U000323b0\u4e00\u00e9\u2f00", "\U000323b0\u4e00\u00e9\u4e00"}, // All four ways to a stand-in.
		{"\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.\u0646\u064e\u200c\u064e\u0646", "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.\u0646\u064e\u200c\u064e\u0646"},
		{"\u0915\u094d\u200ca", "\u0915\u094d\u200ca"}, // Behind a virama it needs nothing.
		{"\u4e00\U0002ebf0.xn--9ca", "\u4e00\U0002ebf0.\u00e9"},
	} {
		got, err := toASCII(test.domain, false)
		if err != nil {
			t.Errorf("%q: %v", test.domain, err)
			continue
		}
		if u, err := idna.Punycode.ToUnicode(got); err != nil || u != test.unicode || !isASCII(got) {
			t.Errorf("%q: got %q, which is %q, %v; want %q", test.domain, got, u, err, test.unicode)
		}
	}
}

// Where the module's own profile accepts a domain, and its known faults do not
// matter, both have one result.
func FuzzAgainstModule(f *testing.F) {
	module := idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.CheckHyphens(false), idna.BidiRule(), idna.Transitional(false))
	for _, s := range []string{"b\u00fccher.de", "xn--fa-hia.\u00df", "\u05d0.1a", "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc", "\u1e9e", "<\u0338", "\u3002.\uff0e", "xn--\u00df-", "xn--.\u00e9", "\u2f00\u4e00\U000323b0", "\u00e9.xn--a\u0300", "\U0002f868", "xn--233o", "XN--233O.\u00e9", "\u05d0\u05d1.a.\u6771", "\u05d0.a1", "\u05d0\u0663a", "\u0e15\u0e31\u0e27.\u0915\u094d\u200d\u0937", "\ud002\ufc5e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > MaxLength {
			t.Skip()
		}
		checkShortcuts(t, s)
		got, err := toASCII(s, false)
		want, wantErr := module.ToASCII(s)
		if err != nil {
			if err.Offset < 0 || err.Offset > len(s) {
				t.Fatalf("%q: offset %d", s, err.Offset)
			}
			return
		}
		if again, err := toASCII(got, false); err != nil && len(got) <= MaxLength || err == nil && again != got {
			t.Fatalf("%.100q: got %.100q, from which %.100q, %v", s, got, again, err)
		}
		// A newer code point may have come in Punycode.
		u, err2 := idna.Punycode.ToUnicode(got)
		if err2 != nil {
			t.Fatalf("%.100q: got %.100q, which does not decode: %v", s, got, err2)
		}
		if strings.ContainsFunc(s+u, func(r rune) bool { _, ok := delta(r); return ok || newIdeograph(r) }) {
			return
		}
		// The module asks for the bidi rule if there is a right-to-left letter,
		// even if it is mapped to what is not one.
		if wantErr != nil {
			want, wantErr = module.ToASCII(u)
		}
		if wantErr != nil || got != want {
			t.Fatalf("%.100q: got %.100q, want %.100q, %v", s, got, want, wantErr)
		}
	})
}

// The twin of the encoder is the module's, which follows the RFC's procedure.
func FuzzPunycode(f *testing.F) {
	for _, s := range []string{"\u00fc", "b\u00fccher", "\u05dc\u05de\u05d4\u05d4\u05dd", "3\u5e74B\u7d44\u91d1\u516b\u5148\u751f", "a\u00e9b\u00e9c\u00e8", "\U0010ffff\u0080", "-\u00e9-", strings.Repeat("\u00e9\u00e8", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || isASCII(s) || strings.Contains(s, ".") || strings.HasPrefix(s, acePrefix) || utf8.RuneCountInString(s) > maxLabel {
			t.Skip()
		}
		got, ok := appendPunycode([]byte(acePrefix), s)
		want, err := idna.Punycode.ToASCII(s)
		if ok != (err == nil) || ok && string(got) != want {
			t.Fatalf("%q: got %q, %t; want %q, %v", s, got, ok, want, err)
		}
	})
}
