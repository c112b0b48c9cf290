package idna

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

// What is taken for known has to be what the module says of each plain letter,
// and what makes it true of any number of them: whatever composes with what
// stands before is a mark, or a vowel or final consonant of Hangul.
func TestPlainLetters(t *testing.T) {
	n := 0
	for r := rune(utf8.RuneSelf); r <= utf8.MaxRune; r++ {
		d := plainDirection(r)
		if d == 0 {
			continue
		}
		n++
		s := string(r)
		if _, ok := delta(r); ok || newIdeograph(r) {
			t.Errorf("%#U is in the delta", r)
		}
		if !unicode.IsLetter(r) || 0x1160 <= r && r <= 0x11FF {
			t.Errorf("%#U is not a letter, or may compose", r)
		}
		if got, err := mapping.ToUnicode(s); err != nil || got != s {
			t.Errorf("%#U maps to %q, %v", r, got, err)
		}
		if got, err := validation.ToUnicode("a" + s); d == leftToRight && (err != nil || got != "a"+s) {
			t.Errorf("%#U: a label with it becomes %q, %v", r, got, err)
		}
		// The bidi rule tells what direction it is.
		_, within := validation.ToUnicode("א" + s)
		_, besideRTL := validation.ToUnicode("א." + s)
		_, besideLTR := validation.ToUnicode("a." + s)
		_, digitBeside := validation.ToUnicode("1." + s)
		switch {
		case besideRTL != nil || besideLTR != nil:
			t.Errorf("%#U is not a label: %v, %v", r, besideRTL, besideLTR)
		case (within == nil) != (d == rightToLeft) || (digitBeside == nil) != (d == leftToRight):
			t.Errorf("%#U has direction %d, but %v, %v", r, d, within, digitBeside)
		}
	}
	if n < 30000 {
		t.Errorf("only %d plain letters", n)
	}
}

func TestIsPlain(t *testing.T) {
	for domain, want := range map[string]bool{
		"bücher.example": true, "a..b.": true, "1.é": true, "-é-": true, "é_b": true, "xn-é": true, "": true, "é.xnn--a": true, "axn--a": true,
		"Bücher": false, "É": false, "é.xn--a": false, "xn--": false, "é.xn--": false, "e\u0301": false, "a\u200db": false, "ĳ": false, "ŀ": false, "÷": false,
		"אב.example": true, "אב.ab.東京": true, "אב.": false, "אב..a": false, "אבa.a": false, "אב1": false, "אב.a1": false, "אב.a-b": false, "1.אב": false, "א-ב": false,
	} {
		if got := isPlain(domain); got != want {
			t.Errorf("%q: got %t", domain, got)
		}
	}
}

// checkShortcuts holds what isPlain and isProcessed say of a domain against the
// slow way.
func checkShortcuts(t *testing.T, domain string) {
	t.Helper()
	if !isPlain(domain) && !isProcessed(domain) {
		return
	}
	mapped, err := mapCodePoints(domain)
	if err != nil || mapped != domain {
		t.Fatalf("%q is plain: %t; but maps to %q, %v", domain, isPlain(domain), mapped, err)
	}
	if processed, _, reason := processLabels(mapped); reason != "" || processed != domain {
		t.Fatalf("%q is plain: %t; but becomes %q: %s", domain, isPlain(domain), processed, reason)
	}
}

func TestIsProcessed(t *testing.T) {
	for domain, want := range map[string]bool{
		"ตัวอย่าง.ทดสอบ": true, "उदाहरण.परीक्षा.": true, "נָ.a": true, "क्\u200dष.é": true,
		"Aतक": false, "xn--p1ai.तक": false, "xn--.तक": false, "e\u0301": false, "a\u200db": false, "\u0958": false, "तक。": false, "त\u00adक": false, "\u093eत": false,
		"Ⴀ": false, "\U0002ebf0": false, "א.1त": false, "तक\u2066": false,
	} {
		if got := isProcessed(domain); got != want {
			t.Errorf("%q: got %t", domain, got)
		}
		checkShortcuts(t, domain)
	}
}
